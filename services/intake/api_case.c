/* SPDX-License-Identifier: Apache-2.0 */
#include "api.h"
#include "core/time.h"
#include "store_tables.h"

/* A line in the reader's language; the language is the case's unless ?language= says otherwise. */
static json_t *json_of_lines(const struct case_view *view, bool is_chinese)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < view->line_count; i++) {
        const struct timeline_line *line = &view->lines[i];
        char at[TIME_TEXT_LEN + 1];
        json_t *json = json_object();
        json_object_set_new(json, "at", json_string(time_format(line->happened_at_us, at)));
        json_object_set_new(json, "service", api_json_of_text(line->service));
        json_object_set_new(json, "fact", api_json_of_text(line->fact));
        json_object_set_new(json, "sentence",
                            api_json_of_text(is_chinese ? line->sentence_zh : line->sentence_en));
        if (!text_is_empty(line->words))
            json_object_set_new(json, "words", api_json_of_text(line->words));
        json_array_append_new(lines, json);
    }
    return lines;
}

static json_t *json_of_actions(const struct case_view *view)
{
    json_t *actions = json_array();
    for (size_t i = 0; i < view->action_count; i++)
        json_array_append_new(actions, api_json_of_action(&view->actions[i]));
    return actions;
}

/* "OPEN" is told as "open": what a case, a return, an action is at the moment is in small letters. */
static json_t *json_of_state(struct text state, struct arena *arena)
{
    char *small = text_string(arena, state);
    for (char *at = small; at != NULL && *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    return small == NULL ? json_null() : json_string(small);
}

static void answer(struct http_exchange *exchange, const struct case_view *view, struct uuid case_id,
                   bool is_unread)
{
    struct arena *arena = http_arena(exchange);
    struct case_record record = view->record;
    struct text language = http_argument(exchange, "language");
    if (language.at == NULL)
        language = record.language;
    record.case_id = case_id;
    json_t *json = api_json_of_row(&store_cases, &record);
    json_object_set_new(json, "status", json_of_state(case_state_status(&record), arena));
    if (record.opened_at_us != 0)
        json_object_set_new(json, "no", api_json_of_text(text_clip(uuid_text(arena, case_id), 8)));
    if (is_unread)
        json_object_set_new(json, "is_unread", json_true());
    if (!uuid_is_nil(view->later_case_id))
        json_object_set_new(json, "later_case_id", api_json_of_text(uuid_text(arena, view->later_case_id)));
    json_object_set_new(json, "timeline", json_of_lines(view, !text_starts_with(language, TEXT("en"))));
    if (view->has_earlier_lines)
        json_object_set_new(json, "has_earlier_lines", json_true());
    json_object_set_new(json, "requests", json_of_actions(view));
    http_answer_json(exchange, 200, json);
}

static bool language_is_known(const struct http_exchange *exchange)
{
    struct text language = http_argument(exchange, "language");
    return language.at == NULL || text_equal_string(language, "en") || text_equal_string(language, "zh-CN");
}

void api_get_case(struct http_exchange *exchange)
{
    struct uuid case_id;
    struct case_view view;
    struct error err;
    bool is_unread;
    if (!uuid_parse(http_param(exchange, "id"), &case_id)) {
        http_problem(exchange, 400, "invalid", "Not a case id", "id: must be a UUID");
        return;
    }
    if (!language_is_known(exchange)) {
        http_problem(exchange, 400, "invalid", "No such language", "language: must be zh-CN or en");
        return;
    }
    /* First how far intake has read, then what it knows: what was read in between is known. */
    enum status status = api_is_unread(exchange, &is_unread, &err);
    if (status == STATUS_OK)
        status = store_read_case(http_postgres(exchange), case_id, STORE_READ_LINES, http_arena(exchange),
                                 &view, &err);
    if (status != STATUS_OK)
        http_problem_of(exchange, status, &err);
    else if (view.is_known ? !api_may_touch(exchange, view.record.shop_id, view.record.seller_id)
                           : !view.is_opened && !is_unread)
        http_problem(exchange, 404, "no-such-case", "No such case", "id: this case was never heard of");
    else
        answer(exchange, &view, case_id, is_unread);
}
