/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include <string.h>

struct kept_answer {
    struct uuid survey_id;
    int64_t edition, answered_at_us;
    int32_t score;
    bool is_solved;
    struct text comment;
    int32_t answered_by;
};

#define CASE(member, type)     COLUMN(struct case_state, member, type)
#define SURVEY(member, type)   COLUMN(struct survey, member, type)
#define CUSTOMER(member, type) COLUMN(struct customer, member, type)
#define ANSWER(member, type)   COLUMN(struct kept_answer, member, type)

static const struct column case_columns[] = {
    CASE(case_id, COLUMN_UUID),     CASE(opened_at_us, COLUMN_TIME), CASE(channel, COLUMN_INT4),
    CASE(language, COLUMN_INT4),    CASE(customer_id, COLUMN_TEXT),  CASE(shop_id, COLUMN_TEXT),
    CASE(no_surveys, COLUMN_BOOL),  CASE(version, COLUMN_INT8),      CASE(is_resolved, COLUMN_BOOL),
    CASE(resolutions, COLUMN_INT8), CASE(asked, COLUMN_INT8),
};
static const struct table cases = TABLE("cases", struct case_state, case_columns, 1);

static const struct column survey_columns[] = {
    SURVEY(case_id, COLUMN_UUID),        SURVEY(resolution, COLUMN_INT8),
    SURVEY(survey_id, COLUMN_UUID),      SURVEY(status, COLUMN_INT4),
    SURVEY(reason, COLUMN_TEXT),         SURVEY(resolved_at_us, COLUMN_TIME),
    SURVEY(due_at_us, COLUMN_TIME),      SURVEY(sent_at_us, COLUMN_TIME),
    SURVEY(expires_at_us, COLUMN_TIME),  SURVEY(chat_until_us, COLUMN_TIME),
    SURVEY(answered_at_us, COLUMN_TIME), SURVEY(score, COLUMN_INT4),
    SURVEY(is_solved, COLUMN_BOOL),      SURVEY(comment, COLUMN_TEXT),
    SURVEY(answered_by, COLUMN_INT4),    SURVEY(edition, COLUMN_INT8),
    SURVEY(is_followed_up, COLUMN_BOOL),
};
static const struct table surveys = TABLE("surveys", struct survey, survey_columns, 2);

static const struct column customer_columns[] = {
    CUSTOMER(customer_id, COLUMN_TEXT),
    CUSTOMER(asked, COLUMN_BYTES),
};
static const struct table customers = TABLE("customers", struct customer, customer_columns, 1);

static const struct column answer_columns[] = {
    ANSWER(survey_id, COLUMN_UUID),   ANSWER(edition, COLUMN_INT8),   ANSWER(answered_at_us, COLUMN_TIME),
    ANSWER(score, COLUMN_INT4),       ANSWER(is_solved, COLUMN_BOOL), ANSWER(comment, COLUMN_TEXT),
    ANSWER(answered_by, COLUMN_INT4),
};
static const struct table answers = TABLE("answers", struct kept_answer, answer_columns, 2);

bool store_init(struct store *store, struct arena *arena, size_t most)
{
    *store = (struct store){.arena = arena, .events_most = most};
    rows_init(&store->cases, &cases, arena);
    rows_init(&store->surveys, &surveys, arena);
    rows_init(&store->customers, &customers, arena);
    store->answers = arena_alloc_array(arena, most + 1, sizeof *store->answers);
    store->wanted = arena_alloc_array(arena, most + 1, sizeof *store->wanted);
    return store->answers != NULL && store->wanted != NULL;
}

void store_want_case(struct store *store, struct uuid case_id)
{
    rows_want(&store->cases, &case_id);
    rows_want(&store->surveys, &case_id);
}

enum status store_load_cases(struct postgres *db, struct store *store, struct error *err)
{
    table_queue_load(db, &store->cases, TABLE_PLAIN);
    table_queue_load(db, &store->surveys, TABLE_PLAIN);
    return postgres_run(db, err);
}

void store_want_customer(struct store *store, struct uuid case_id)
{
    const struct case_state *state = rows_find(&store->cases, &(struct case_state){.case_id = case_id});
    if (state == NULL || text_is_empty(state->customer_id) || store->wanted_count == store->events_most)
        return;
    store->wanted[store->wanted_count++] = state->customer_id;
    rows_want(&store->customers, &state->customer_id);
}

enum status store_load_customers(struct postgres *db, struct store *store, struct error *err)
{
    if (store->wanted_count == 0)
        return STATUS_OK;
    table_queue_load(db, &store->customers, TABLE_FOR_UPDATE);
    return postgres_run(db, err);
}

bool store_read(struct store *store, struct uuid case_id, struct dossier *ret_dossier)
{
    struct dossier dossier = {.state.case_id = case_id};
    const struct case_state *state = rows_find(&store->cases, &dossier.state);
    if (state != NULL)
        dossier.state = *state;
    size_t count = 0;
    void **of = rows_of(&store->surveys, &case_id, &count);
    if (of == NULL)
        return false;
    size_t first = count > DOSSIER_SURVEYS ? count - DOSSIER_SURVEYS : 0;
    for (size_t i = first; i < count; i++) {
        dossier.surveys[dossier.count] = *(const struct survey *)of[i];
        dossier.surveys[dossier.count++].is_changed = false;
    }
    *ret_dossier = dossier;
    return true;
}

struct customer *store_customer(struct store *store, const struct dossier *dossier)
{
    for (size_t i = 0; i < store->wanted_count; i++)
        if (text_equal(store->wanted[i], dossier->state.customer_id))
            return rows_get(&store->customers, &dossier->state.customer_id);
    return NULL;
}

bool store_write(struct store *store, const struct dossier *dossier)
{
    struct case_state *state = rows_get(&store->cases, &dossier->state.case_id);
    if (state == NULL)
        return false;
    *state = dossier->state;
    rows_touch(&store->cases, state);
    for (size_t i = 0; i < dossier->count; i++) {
        if (!dossier->surveys[i].is_changed)
            continue;
        struct survey *survey = rows_get_row(&store->surveys, &dossier->surveys[i]);
        if (survey == NULL)
            return false;
        *survey = dossier->surveys[i];
        rows_touch(&store->surveys, survey);
    }
    return true;
}

void store_keep(struct store *store, const struct survey *survey, const struct answer *answer)
{
    if (store->answer_count == store->events_most)
        return;
    store->answers[store->answer_count++] = (struct kept_answer){.survey_id = survey->survey_id,
                                                                 .edition = survey->edition,
                                                                 .answered_at_us = answer->at_us,
                                                                 .score = answer->score,
                                                                 .is_solved = answer->is_solved,
                                                                 .comment = answer->comment,
                                                                 .answered_by = answer->by};
}

void store_save(struct postgres *db, struct store *store)
{
    for (size_t i = 0; i < store->wanted_count; i++) {
        struct customer *customer =
            rows_find(&store->customers, &(struct customer){.customer_id = store->wanted[i]});
        if (customer != NULL && customer->is_changed)
            rows_touch(&store->customers, customer);
    }
    table_queue_save(db, &store->customers);
    table_queue_save(db, &store->cases);
    table_queue_save(db, &store->surveys);
    if (store->answer_count > 0)
        table_queue_append(db, &answers, store->answers, store->answer_count, store->arena);
}
