/* SPDX-License-Identifier: Apache-2.0 */
#include "api.h"
#include "api_post.h"
#include "core/time.h"
#include "intake.h"
#include "runtime/http_publish.h"

/* ---- the answer ---- */

static void answer(struct http_exchange *exchange, const struct post *post, struct uuid case_id)
{
    struct arena *arena = http_arena(exchange);
    struct text at = api_place_text(arena, &post->place), location = TEXT_NULL;
    json_t *json = json_object();
    json_object_set_new(json, "status", json_string("accepted"));
    if (post->kind->own_id != NULL)
        json_object_set_new(json, post->kind->own_id,
                            api_json_of_text(events_field(post->message, post->kind->own_id)));
    if (!uuid_is_nil(case_id)) {
        struct text id = uuid_text(arena, case_id);
        json_object_set_new(json, "case_id", api_json_of_text(id));
        location = text_print(arena, "/v1/cases/%.*s?at=%.*s", TEXT_ARGS(id), TEXT_ARGS(at));
    }
    if (post->is_action) {
        struct text id = api_segment(arena, post->action.action_id);
        location = text_print(arena, "/v1/actions/%.*s?at=%.*s", TEXT_ARGS(id), TEXT_ARGS(at));
    }
    if (location.at != NULL) {
        http_add_header(exchange, "Location", location);
        json_object_set_new(json, "location", api_json_of_text(location));
    }
    http_answer_json(exchange, 202, json);
}

/* Kafka has it, so the answer is yes whatever Postgres says: then the case is the conversation's first. */
static void answer_unasked(struct http_exchange *exchange)
{
    const struct post *post = http_context(exchange);
    answer(exchange, post,
           post->is_action       ? post->action.case_id
           : post->kind->is_said ? conversation_case_id(post->said.conversation_id, 1)
                                 : uuid_nil);
}

static int64_t reopen_within_us(struct http_exchange *exchange)
{
    struct policy_set *set = policy_acquire(http_policies(exchange));
    int64_t us = ((const struct intake_policy *)policy_values(set))->rules.reopen_within_us;
    policy_release(set);
    return us;
}

/* What was acted on already has its case in the row: a repeat opens no other, however late it comes. */
static void answer_case(struct http_exchange *exchange, bool is_known)
{
    const struct post *post = http_context(exchange);
    struct conversation row;
    int64_t ended_at_us;
    struct error err;
    if (store_read_conversation(http_postgres(exchange), post->said.conversation_id, http_arena(exchange),
                                &row, &ended_at_us, &err) != STATUS_OK)
        answer_unasked(exchange);
    else if (is_known && !uuid_is_nil(row.case_id))
        answer(exchange, post, row.case_id);
    else
        answer(exchange, post,
               conversation_choose(&row, ended_at_us, time_wall_us(), reopen_within_us(exchange)).case_id);
}

/* True, and answered: the id stands for another action, perhaps of another publisher. */
static bool is_taken(struct http_exchange *exchange)
{
    const struct post *post = http_context(exchange);
    const struct requested *asked = &post->action;
    struct action action;
    struct error err;
    bool is_known;
    if (!post->is_action ||
        store_read_action(http_postgres(exchange), action_key(asked->action_id), http_arena(exchange),
                          &is_known, &action, &err) != STATUS_OK ||
        !is_known)
        return false;
    /* An action that was decided before its request came has no kind yet. */
    if (uuid_equal(action.case_id, asked->case_id) &&
        (text_is_empty(action.kind) || text_equal(action.kind, asked->kind)))
        return false;
    http_problem(exchange, 422, "id-taken", "The id stands for something else",
                 "action_id: is that of another action, so nothing is done");
    return true;
}

/* On a reader thread, after Kafka's yes, so that what came first is known as far as it can be: intake takes
 * one record of an identity and drops the others, and a dropped one must not be told that it was accepted. */
static void answer_asked(struct http_exchange *exchange)
{
    const struct post *post = http_context(exchange);
    enum repeat_known known;
    struct error err;
    bool is_asked = repeats_ask(http_postgres(exchange), &post->identity, http_arena(exchange), &known,
                                &err) == STATUS_OK;
    if (is_asked && known == REPEAT_OTHER)
        http_problem(exchange, 422, "id-taken", "The id stands for something else",
                     "%s: this API key has sent another request under it, so nothing is done",
                     post->has_key ? "Idempotency-Key" : post->kind->own_id);
    else if (is_asked && is_taken(exchange))
        return;
    else if (is_asked && post->kind->is_said && !text_is_empty(post->said.conversation))
        answer_case(exchange, known == REPEAT_SAME);
    else
        answer_unasked(exchange);
}

static void on_published(struct http_exchange *exchange, const struct door_report *report)
{
    struct post *post = http_context(exchange);
    post->place = (struct api_place){text_of(post->kind->topic), report->partition, report->offset};
    if (post->has_key || post->kind->own_id != NULL)
        http_read_or(exchange, answer_asked, answer_unasked, 0);
    else
        answer_unasked(exchange); /* its content is its identity */
}

/* ---- the way to Kafka ---- */

static void publish(struct http_exchange *exchange)
{
    const struct post *post = http_context(exchange);
    http_publish(exchange, &post->record, on_published);
}

/* On a reader thread. */
static void publish_if_own(struct http_exchange *exchange)
{
    const struct post *post = http_context(exchange);
    struct error err;
    enum status status = api_check_owner(exchange, post, &err);
    if (status == STATUS_OK)
        publish(exchange);
    else if (status != STATUS_REFUSED)
        http_problem_of(exchange, status, &err);
    else if (post->is_action)
        http_problem(exchange, 404, "no-such-case", "No such case", "%s", err.text);
    else
        http_problem(exchange, 403, "not-yours", "The API key may not do this", "%s", err.text);
}

static void take(struct http_exchange *exchange, const char *kind)
{
    struct post *post = post_read(exchange, events_kind(kind));
    if (post == NULL)
        return;
    http_set_context(exchange, post);
    if (!api_may_post(exchange, post))
        http_problem(exchange, 403, "not-yours", "The API key may not do this",
                     "it is tied to other shops or sellers than this belongs to");
    else if (api_must_look(exchange, post))
        http_read(exchange, publish_if_own, 0);
    else
        publish(exchange);
}

void api_post_message(struct http_exchange *exchange)
{
    take(exchange, "messages");
}

void api_post_call(struct http_exchange *exchange)
{
    take(exchange, "calls");
}

void api_post_return(struct http_exchange *exchange)
{
    take(exchange, "returns");
}

void api_post_action(struct http_exchange *exchange)
{
    take(exchange, "actions");
}

void api_post_order(struct http_exchange *exchange)
{
    take(exchange, "orders");
}

void api_post_customer(struct http_exchange *exchange)
{
    take(exchange, "customers");
}

void api_post_agent(struct http_exchange *exchange)
{
    take(exchange, "agents");
}

void api_post_parcel(struct http_exchange *exchange)
{
    take(exchange, "parcels");
}

void api_post_payment(struct http_exchange *exchange)
{
    take(exchange, "payments");
}
