/* SPDX-License-Identifier: Apache-2.0 */
#include "web.h"

#include "answers.h"
#include "core/time.h"
#include "events.h"
#include "policies.h"
#include "runtime/http_publish.h"
#include "runtime/http_url.h"
#include "setup.h"
#include "submission.h"

#define TOPIC     "aftercare.survey.inbox.v1"
#define BODY_MOST 32768 /* 2,000 characters as a browser encodes them, and the rest */

/* What a request is answered with, from whichever thread. */
struct visit {
    const struct setup *setup;
    struct token token;
    int32_t language;
    bool is_low; /* of a POST: to be thanked in other words */
};

/* ---- pages ---- */

static void answer_page(struct http_exchange *exchange, int status, struct text page)
{
    const struct setup *setup = http_self(exchange);
    if (page.at == NULL || setup == NULL) {
        http_problem(exchange, 503, "busy", "Too busy", "there is no memory for the page; try again");
        return;
    }
    http_add_header(exchange, "Content-Security-Policy", setup->security_policy);
    http_add_header(exchange, "Cache-Control", TEXT("no-store"));
    http_add_header(exchange, "Referrer-Policy", TEXT("no-referrer"));
    http_add_header(exchange, "X-Content-Type-Options", TEXT("nosniff"));
    http_add_header(exchange, "X-Frame-Options", TEXT("DENY"));
    http_add_header(exchange, "X-Robots-Tag", TEXT("noindex"));
    http_add_header(exchange, "Vary", TEXT("Accept-Language"));
    if (status == 503)
        http_add_header(exchange, "Retry-After", TEXT("5"));
    http_answer(exchange, status, "text/html; charset=utf-8", page);
}

enum words { WORDS_THANKS, WORDS_SORRY, WORDS_UNKNOWN, WORDS_EXPIRED, WORDS_UNAVAILABLE };

static void answer_words(struct http_exchange *exchange, int status, int32_t language, enum words words)
{
    struct policy_set *set = policy_acquire(http_policies(exchange));
    const struct forms *forms = &((const struct survey_policy *)policy_values(set))->forms;
    const struct {
        const struct policy_text *title, *words;
    } said[] = {[WORDS_THANKS] = {&forms->thanks_title, &forms->thanks},
                [WORDS_SORRY] = {&forms->thanks_title, &forms->sorry},
                [WORDS_UNKNOWN] = {&forms->unknown_title, &forms->unknown},
                [WORDS_EXPIRED] = {&forms->expired_title, &forms->expired},
                [WORDS_UNAVAILABLE] = {&forms->unavailable_title, &forms->unavailable}};
    bool has_change = words == WORDS_THANKS || words == WORDS_SORRY;
    answer_page(
        exchange, status,
        page_words(forms, language, said[words].title, said[words].words, has_change, http_arena(exchange)));
    policy_release(set);
}

static const struct policy_text *problem_words(const struct forms *forms, enum submission_problem problem)
{
    switch (problem) {
    case SUBMISSION_GOOD:
        return NULL;
    case SUBMISSION_WITHOUT_SCORE:
        return &forms->missing_score;
    case SUBMISSION_WITHOUT_SOLVED:
        return &forms->missing_solved;
    case SUBMISSION_TOO_LONG:
        return &forms->too_long;
    case SUBMISSION_MALFORMED:
        break;
    }
    return &forms->malformed;
}

static void answer_form(struct http_exchange *exchange, int status, int32_t language,
                        const struct page_values *values, enum submission_problem problem)
{
    struct policy_set *set = policy_acquire(http_policies(exchange));
    const struct forms *forms = &((const struct survey_policy *)policy_values(set))->forms;
    char id[UUID_TEXT_LEN + 1];
    struct page_values shown = *values;
    shown.form = text_of(uuid_format(uuid_random(), id));
    answer_page(exchange, status,
                page_form(forms, language, &shown, problem_words(forms, problem), http_arena(exchange)));
    policy_release(set);
}

/* ---- requests ---- */

/* False: there is no form behind this link, and that was answered. */
static bool begin_visit(struct http_exchange *exchange, struct visit *visit)
{
    *visit = (struct visit){.setup = http_self(exchange)};
    struct text accepted = http_header(exchange, "Accept-Language");
    if (visit->setup == NULL) {
        http_problem(exchange, 503, "starting", "Starting",
                     "the service is not ready yet; try again in a moment");
        return false;
    }
    bool is_ours = token_read(&visit->setup->keys, http_param(exchange, "token"), &visit->token);
    visit->language = page_language(visit->token.language, accepted);
    if (!is_ours) {
        answer_words(exchange, 404, visit->language, WORDS_UNKNOWN);
        return false;
    }
    if (time_wall_us() >= visit->token.expires_at_us) {
        answer_words(exchange, 410, visit->language, WORDS_EXPIRED);
        return false;
    }
    return true;
}

static void show_form(struct http_exchange *exchange)
{
    struct visit visit;
    const struct page_values nothing = {.solved = TEXT(""), .comment = TEXT("")};
    if (begin_visit(exchange, &visit))
        answer_form(exchange, 200, visit.language, &nothing, SUBMISSION_GOOD);
}

static void on_published(struct http_exchange *exchange, const struct door_report *report)
{
    (void)report;
    const struct visit *visit = http_context(exchange);
    answer_words(exchange, 200, visit->language, visit->is_low ? WORDS_SORRY : WORDS_THANKS);
}

static void on_unpublished(struct http_exchange *exchange, enum status status, const struct error *err)
{
    (void)status;
    (void)err;
    const struct visit *visit = http_context(exchange);
    answer_words(exchange, 503, visit->language, WORDS_UNAVAILABLE);
}

static void publish(struct http_exchange *exchange, struct visit *visit, const struct submission *submission)
{
    struct arena *arena = http_arena(exchange);
    const struct fact_submitted submitted = {.survey_id = visit->token.survey_id,
                                             .score = submission->values.score,
                                             .is_solved = submission->is_solved,
                                             .comment = submission->values.comment};
    struct door_record record = {.topic = TOPIC,
                                 .key = uuid_text(arena, visit->token.case_id),
                                 .value = events_submission(visit->token.case_id, &submitted, arena)};
    const struct envelope envelope = {.type_full = text_of(events_submission_type),
                                      .source = TEXT("/aftercare/survey/page"),
                                      .id = text_copy(arena, text_of(submission->id)),
                                      .time_us = time_wall_us()};
    record.headers = envelope_headers(arena, &envelope, &record.header_count);
    struct visit *kept = arena_copy(arena, visit, sizeof *visit);
    if (record.key.at == NULL || record.value.at == NULL || record.headers == NULL || kept == NULL) {
        answer_words(exchange, 503, visit->language, WORDS_UNAVAILABLE);
        return;
    }
    http_set_context(exchange, kept);
    http_publish_or(exchange, &record, on_published, on_unpublished);
}

static void take_form(struct http_exchange *exchange)
{
    struct visit visit;
    const struct page_values nothing = {.solved = TEXT(""), .comment = TEXT("")};
    struct http_url fields;
    struct submission submission;
    struct error err;
    if (!begin_visit(exchange, &visit))
        return;
    if (!http_body_is(exchange, "application/x-www-form-urlencoded")) {
        answer_form(exchange, 415, visit.language, &nothing, SUBMISSION_MALFORMED);
        return;
    }
    if (http_body(exchange).len > BODY_MOST) {
        answer_form(exchange, 413, visit.language, &nothing, SUBMISSION_TOO_LONG);
        return;
    }
    if (http_url_parse_form(http_arena(exchange), http_body(exchange), &fields, &err) != STATUS_OK) {
        answer_form(exchange, 400, visit.language, &nothing, SUBMISSION_MALFORMED);
        return;
    }
    enum submission_problem problem =
        submission_read(&fields, &visit.token, http_arena(exchange), &submission);
    if (problem != SUBMISSION_GOOD) {
        answer_form(exchange, 400, visit.language, &submission.values, problem);
        return;
    }
    struct policy_set *set = policy_acquire(http_policies(exchange));
    const struct rulebook *rules = &((const struct survey_policy *)policy_values(set))->rulebook;
    visit.is_low = answers_is_low(rules, submission.values.score, submission.is_solved);
    policy_release(set);
    publish(exchange, &visit, &submission);
}

const struct http_route web_routes[] = {
    {.method = "GET", .path = "/s/{token}", .handle = show_form, .is_public = true},
    {.method = "POST", .path = "/s/{token}", .handle = take_form, .is_public = true},
    {.method = NULL},
};
