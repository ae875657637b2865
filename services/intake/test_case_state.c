/* SPDX-License-Identifier: Apache-2.0 */
#include "case_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define T(field, value)                                                                                      \
    {                                                                                                        \
        .name = (field), .text = {(value), sizeof(value) - 1 }                                               \
    }
#define N(field, value)                                                                                      \
    {                                                                                                        \
        .name = (field), .number = (value)                                                                   \
    }
#define FACT(service_, name_, at_, ...)                                                                      \
    {                                                                                                        \
        .service = {(service_), sizeof(service_) - 1}, .name = {(name_), sizeof(name_) - 1}, .at_us = (at_), \
        .fields = (const struct case_fact_field[]){__VA_ARGS__},                                             \
        .field_count =                                                                                       \
            sizeof((const struct case_fact_field[]){__VA_ARGS__}) / sizeof(struct case_fact_field)           \
    }

/* The story as each topic tells it. Intake speaks from two lanes: the conversation's and the order's. */
static const struct case_fact intake_lane_1[] = {
    FACT("intake", "CaseOpened", 100, T("channel", "PHONE"), T("order_no", "O-1"), N("received_at", 99),
         T("language", "zh-CN"), T("shop_id", "s1")),
    FACT("intake", "CallRecorded", 101, T("words", "不能充电")),
    FACT("intake", "MessageReceived", 140, T("text", "上门取件")),
};
static const struct case_fact intake_lane_2[] = {
    FACT("intake", "OrderLinked", 105, N("order.updated_at", 50), T("order.order_no", "O-1"),
         T("order.lines.0.product", "Vacuum")),
    FACT("intake", "OrderLinked", 139, N("order.updated_at", 60), T("order.order_no", "O-1"),
         T("order.lines.0.product", "Robot vacuum")),
};
static const struct case_fact classification[] = {
    FACT("classification", "CaseClassified", 110, T("type", "INQUIRY"), T("label", "other"),
         N("in_warranty", 0)),
    FACT("classification", "CaseClassified", 115, T("type", "REPAIR"), T("label", "charging"),
         N("in_warranty", 1)),
};
static const struct case_fact escalation[] = {
    FACT("escalation", "DeadlineSet", 111, T("clock", "RESOLUTION"), N("due_at", 900), N("version", 1)),
    FACT("escalation", "CaseAssigned", 120, T("agent_id", "a7"), N("version", 2)),
    FACT("escalation", "CaseResolved", 180, T("resolution", "repaired"), N("version", 3)),
    FACT("escalation", "CaseClosed", 190, T("how", "CONFIRMED"), N("version", 4)),
};
static const struct case_fact returns[] = {
    FACT("returns", "ReturnOpened", 130, T("return_id", "r1"), N("version", 1)),
    FACT("returns", "PickupBooked", 145, N("version", 2)),
    FACT("returns", "ReturnClosed", 175, T("outcome", "REPAIRED"), N("version", 3)),
};
static const struct case_fact survey[] = {
    FACT("survey", "SurveySent", 182, T("survey_id", "v")),
    FACT("survey", "SurveyAnswered", 188, N("score", 5), N("is_solved", 1)),
};

struct stream {
    const struct case_fact *facts;
    size_t count;
};
#define STREAM(array)                                                                                        \
    {                                                                                                        \
        (array), sizeof(array) / sizeof *(array)                                                             \
    }
static const struct stream streams[] = {STREAM(intake_lane_1), STREAM(intake_lane_2), STREAM(classification),
                                        STREAM(escalation),    STREAM(returns),       STREAM(survey)};
enum { STREAMS = sizeof streams / sizeof *streams };

/* Everything of the record that a reader can see. */
static void print(const struct case_record *r, char *to, size_t size)
{
    int len =
        snprintf(to, size,
                 "%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|"
                 "%lld %lld %lld %d %lld %d %lld %lld %lld %lld %lld %d %d %d %lld",
                 TEXT_ARGS(r->channel), TEXT_ARGS(r->order_no), TEXT_ARGS(r->product), TEXT_ARGS(r->language),
                 TEXT_ARGS(r->type), TEXT_ARGS(r->label), TEXT_ARGS(r->status), TEXT_ARGS(r->assignee),
                 TEXT_ARGS(r->resolution), TEXT_ARGS(r->closed_how), TEXT_ARGS(r->return_id),
                 TEXT_ARGS(r->return_state), TEXT_ARGS(r->return_outcome), TEXT_ARGS(r->survey_state),
                 (long long)r->opened_at_us, (long long)r->received_at_us, (long long)r->order_updated_at_us,
                 (int)r->messages, (long long)r->last_message_at_us, (int)r->in_warranty,
                 (long long)r->resolved_at_us, (long long)r->closed_at_us, (long long)r->resolution_due_at_us,
                 (long long)r->escalation_version, (long long)r->returns_version, (int)r->score,
                 (int)r->is_solved, (int)r->facts, (long long)r->updated_at_us);
    assert_true(len > 0 && (size_t)len < size);
}

static const char final_state[] =
    "PHONE|O-1|Robot vacuum|zh-CN|REPAIR|charging|CLOSED|a7|repaired|CONFIRMED|r1|"
    "CLOSED|REPAIRED|ANSWERED|100 99 60 2 140 1 180 190 900 4 3 5 1 16 190";

static void expect_final(const struct case_record *record)
{
    char got[1024];
    print(record, got, sizeof got);
    assert_string_equal(got, final_state);
}

/* Walks every interleaving of the streams that are not yet at their ends. */
static size_t walk(const struct case_record *record, size_t *next, const bool *moves)
{
    size_t ends = 0;
    bool any = false;
    for (size_t i = 0; i < STREAMS; i++) {
        if (!moves[i] || next[i] == streams[i].count)
            continue;
        any = true;
        struct case_record copy = *record;
        case_state_apply(&copy, &streams[i].facts[next[i]]);
        next[i]++;
        ends += walk(&copy, next, moves);
        next[i]--;
    }
    if (!any) {
        struct case_record whole = *record;
        for (size_t i = 0; i < STREAMS; i++)
            for (size_t j = next[i]; j < streams[i].count; j++)
                case_state_apply(&whole, &streams[i].facts[j]);
        expect_final(&whole);
        ends = 1;
    }
    return ends;
}

/* Any three topics interleaved in every way, with the others before and after them. */
static void every_interleaving_of_three_topics_gives_one_state(void **state)
{
    (void)state;
    size_t ends = 0;
    for (size_t a = 0; a < STREAMS; a++)
        for (size_t b = a + 1; b < STREAMS; b++)
            for (size_t c = b + 1; c < STREAMS; c++)
                for (int others_first = 0; others_first < 2; others_first++) {
                    bool moves[STREAMS] = {false};
                    size_t next[STREAMS] = {0};
                    struct case_record record = {.level = 0};
                    moves[a] = moves[b] = moves[c] = true;
                    for (size_t i = 0; i < STREAMS && others_first; i++)
                        for (; !moves[i] && next[i] < streams[i].count; next[i]++)
                            case_state_apply(&record, &streams[i].facts[next[i]]);
                    ends += walk(&record, next, moves);
                }
    assert_true(ends > 20000);
}

static void many_interleavings_of_all_topics_give_one_state(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        struct case_record record = {.level = 0};
        size_t next[STREAMS] = {0}, left = 16;
        while (left > 0) {
            seed = seed * 1664525u + 1013904223u;
            size_t i = (seed >> 16) % STREAMS;
            if (next[i] == streams[i].count)
                continue;
            case_state_apply(&record, &streams[i].facts[next[i]++]);
            left--;
        }
        expect_final(&record);
    }
}

static void an_older_version_changes_nothing(void **state)
{
    (void)state;
    struct case_record record = {.level = 0};
    const struct case_fact newer =
        FACT("escalation", "CaseAssigned", 20, T("agent_id", "b"), N("version", 5));
    const struct case_fact older =
        FACT("escalation", "CaseAssigned", 10, T("agent_id", "a"), N("version", 4));
    case_state_apply(&record, &newer);
    case_state_apply(&record, &older);
    assert_true(text_equal_string(record.assignee, "b"));
    assert_int_equal(record.escalation_version, 5);
}

static void a_reopened_case_is_open(void **state)
{
    (void)state;
    struct case_record record = {.level = 0};
    assert_true(text_equal_string(case_state_status(&record), "ACCEPTED"));
    case_state_apply(&record, &intake_lane_1[0]);
    assert_true(text_equal_string(case_state_status(&record), "OPEN"));
    case_state_apply(&record, &escalation[2]);
    assert_true(text_equal_string(case_state_status(&record), "RESOLVED"));
    assert_int_equal(case_state_ended_at_us(&record), 180);
    const struct case_fact reopened = FACT("escalation", "CaseReopened", 185, N("version", 4));
    case_state_apply(&record, &reopened);
    assert_true(text_equal_string(case_state_status(&record), "OPEN"));
    assert_int_equal(record.resolved_at_us, 0);
    assert_int_equal(case_state_ended_at_us(&record), 0);
    assert_int_equal(case_state_ended_at_us(NULL), 0);
    assert_null(record.resolution.at);
}

static void a_fact_of_the_future_counts_and_changes_nothing(void **state)
{
    (void)state;
    struct case_record record = {.level = 0};
    const struct case_fact unknown = FACT("notification", "LetterSent", 7, T("status", "SENT"));
    case_state_apply(&record, &unknown);
    assert_int_equal(record.facts, 1);
    assert_int_equal(record.updated_at_us, 7);
    assert_null(record.status.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_interleaving_of_three_topics_gives_one_state),
        cmocka_unit_test(many_interleavings_of_all_topics_give_one_state),
        cmocka_unit_test(an_older_version_changes_nothing),
        cmocka_unit_test(a_reopened_case_is_open),
        cmocka_unit_test(a_fact_of_the_future_counts_and_changes_nothing),
    };
    return cmocka_run_group_tests_name("case_state", tests, NULL, NULL);
}
