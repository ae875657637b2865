/* SPDX-License-Identifier: Apache-2.0 */
#include "api.h"
#include "store_tables.h"

enum { LOOK_AGAIN_MS = 100 };

/* "CLOSE, REOPEN" as a list. */
static json_t *json_of_moves(struct text moves)
{
    json_t *list = json_array();
    struct text rest = moves;
    while (!text_is_empty(rest))
        json_array_append_new(list, api_json_of_text(text_trim(text_cut(&rest, ','))));
    return list;
}

json_t *api_json_of_action(const struct action *action)
{
    json_t *json = api_json_of_row(&store_actions, action);
    json_object_del(json, "action_key");
    if (text_equal_string(action->state, "refused"))
        json_object_set_new(json, "legal_moves", json_of_moves(action->legal_moves));
    return json;
}

static bool may_look(struct http_exchange *exchange, const struct action *action, enum status *ret_status,
                     struct error *err)
{
    struct case_view view;
    if (!api_is_tied(exchange))
        return true;
    *ret_status =
        store_read_case(http_postgres(exchange), action->case_id, 0, http_arena(exchange), &view, err);
    return *ret_status == STATUS_OK && view.is_known &&
           api_may_touch(exchange, view.record.shop_id, view.record.seller_id);
}

static void answer_known(struct http_exchange *exchange, const struct action *action)
{
    json_t *json = api_json_of_action(action);
    if (!text_equal_string(action->state, "refused")) {
        http_answer_json(exchange, 200, json);
        return;
    }
    http_problem_with(exchange, 409, json, "refused", "The action was refused", "%.*s",
                      TEXT_ARGS(action->reason));
}

static void answer_unknown(struct http_exchange *exchange, bool is_unread)
{
    if (!is_unread) {
        http_problem(exchange, 404, "no-such-action", "No such action", "id: this action was never heard of");
        return;
    }
    json_t *json = json_object();
    json_object_set_new(json, "action_id", api_json_of_text(http_param(exchange, "id")));
    json_object_set_new(json, "state", json_string("pending"));
    http_answer_json(exchange, 200, json);
}

void api_get_action(struct http_exchange *exchange)
{
    struct action action;
    struct error err;
    bool is_unread, is_known;
    if (!http_has_scope(exchange, "cases") && !http_has_scope(exchange, "agent-actions")) {
        http_problem(exchange, 403, "scope", "The API key may not do this",
                     "it lacks the scope 'agent-actions'");
        return;
    }
    enum status status = api_is_unread(exchange, &is_unread, &err);
    if (status == STATUS_OK)
        status = store_read_action(http_postgres(exchange), action_key(http_param(exchange, "id")),
                                   http_arena(exchange), &is_known, &action, &err);
    if (status != STATUS_OK) {
        http_problem_of(exchange, status, &err);
        return;
    }
    if ((is_known ? !action_is_decided(&action) : is_unread) && http_read_again(exchange, LOOK_AGAIN_MS))
        return;
    if (is_known && !may_look(exchange, &action, &status, &err))
        is_known = is_unread = false;
    if (status != STATUS_OK)
        http_problem_of(exchange, status, &err);
    else if (is_known)
        answer_known(exchange, &action);
    else
        answer_unknown(exchange, is_unread);
}
