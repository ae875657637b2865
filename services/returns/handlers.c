/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers.h"

#include "apply.h"
#include "events.h"
#include "policies.h"
#include "store.h"

struct work {
    struct store store;
    const struct rulebook *rules;
    int64_t now_us;
};

static enum status full(struct error *err)
{
    return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
}

static bool is_of_others(const struct fact *fact)
{
    return fact->kind == FACT_ACTION && fact->as.action.kind == 0;
}

/* The order a case may have when the fact is applied: the one it has, or one that the batch links to it. */
static void want_money(struct work *work, const struct fact *fact)
{
    struct text shop_id = TEXT_NULL, order_no = TEXT_NULL;
    const struct case_state *state = store_case(&work->store, fact->case_id);
    if (fact->kind == FACT_ORDER) {
        shop_id = fact->as.order.shop_id;
        order_no = fact->as.order.order_no;
    } else if (state != NULL && fact->kind != FACT_SCAN && fact->kind != FACT_RESULT) {
        shop_id = state->shop_id;
        order_no = state->order_no;
    }
    if (!text_is_empty(order_no))
        store_want_money(&work->store, file_order_key(work->store.arena, shop_id, order_no));
}

enum status handlers_load(const struct batch *batch, void **ret_work, struct error *err)
{
    const struct returns_policy *policy = batch->policy;
    struct work *work = arena_alloc(batch->arena, sizeof *work);
    struct fact *facts = arena_alloc_array(batch->arena, batch->count + 1, sizeof *facts);
    if (work == NULL || facts == NULL)
        return full(err);
    work->rules = &policy->rulebook;
    work->now_us = batch->now_us;
    store_init(&work->store, batch->arena);
    for (size_t i = 0; i < batch->count; i++) {
        enum status status = events_read(batch->events[i], batch->arena, &facts[i], err);
        if (status != STATUS_OK)
            return status; /* the routes' check let it through: cannot be */
        if (!is_of_others(&facts[i]))
            store_want(&work->store, facts[i].case_id);
    }
    enum status status = store_load(batch->db, &work->store, err);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < batch->count; i++)
        if (!is_of_others(&facts[i]))
            want_money(work, &facts[i]);
    status = store_load_money(batch->db, &work->store, err);
    if (status == STATUS_OK)
        *ret_work = work;
    return status;
}

enum status handlers_save(void *work, const struct batch *batch, struct error *err)
{
    (void)err;
    store_save(batch->db, &((struct work *)work)->store);
    return STATUS_OK;
}

/* Money belongs to the order the case has after the fact. */
static enum status add_money(struct work *work, const struct fact *fact, struct case_file *file,
                             struct error *err)
{
    bool is_other = fact->kind == FACT_ORDER && case_takes_order(&file->state, fact);
    struct text shop_id = is_other ? fact->as.order.shop_id : file->state.shop_id;
    struct text order_no = is_other ? fact->as.order.order_no : file->state.order_no;
    if (text_is_empty(order_no) || fact->kind == FACT_SCAN || fact->kind == FACT_RESULT)
        return STATUS_OK; /* neither asks for money */
    return store_money(&work->store, file_order_key(work->store.arena, shop_id, order_no), &file->money, err);
}

enum status handlers_handle(void *at, const struct event *event, struct outbox *outbox, struct error *err)
{
    struct work *work = at;
    struct arena *arena = outbox_arena(outbox);
    struct fact fact;
    struct case_file file;
    enum status status = events_read(event, arena, &fact, err);
    if (status != STATUS_OK || is_of_others(&fact))
        return status;
    if (fact.kind == FACT_DUE && store_case(&work->store, fact.case_id) == NULL)
        return STATUS_OK; /* a deadline of a case that is gone */
    status = store_open(&work->store, fact.case_id, &file, err);
    if (status == STATUS_OK)
        status = add_money(work, &fact, &file, err);
    struct effects *effects = arena_alloc(arena, sizeof *effects);
    if (status == STATUS_OK && effects == NULL)
        status = full(err);
    if (status != STATUS_OK)
        return status;
    case_apply(&file, &fact, work->rules, arena, work->now_us, effects);
    status = store_close(&work->store, &file, err);
    if (status == STATUS_OK)
        events_state(outbox, &file.state, effects);
    return status;
}
