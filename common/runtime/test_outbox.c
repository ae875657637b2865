/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/outbox.h"

#include "core/lane.h"
#include "escalation.pb-c.h"
#include "ledger.pb-c.h"
#include "runtime/envelope.h"
#include "runtime/outbox_batch.h"
#include "survey.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LANES 4

struct fixture {
    struct arena arena;
    struct cursor cursor;
    struct outbox_lane lane;
    struct outbox outbox;
    struct envelope envelope;
    struct event event;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    memset(&fixture, 0, sizeof fixture);
    arena_init(&fixture.arena, 1 << 20);
    fixture.cursor.out_seq = 100;
    fixture.event = (struct event){.lane = 1, .envelope = &fixture.envelope};
    fixture.outbox = (struct outbox){.arena = &fixture.arena,
                                     .service = "survey",
                                     .wrapper = &aftercare__survey__v1__survey_fact__descriptor,
                                     .facts = {"aftercare.survey.v1", 1000},
                                     .dlq = {"aftercare.survey.dlq.v1", 0},
                                     .lane_count = LANES,
                                     .now_us = 1764000000000005};
    if (!outbox_lane_init(&fixture.lane, &fixture.cursor, LANES, &fixture.arena))
        return -1;
    outbox_begin(&fixture.outbox, &fixture.event, &fixture.lane);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    arena_done(&((struct fixture *)*state)->arena);
    return 0;
}

static void state_fact(struct fixture *fixture, struct text key, const char *reason)
{
    Aftercare__Survey__V1__SurveySuppressed suppressed = AFTERCARE__SURVEY__V1__SURVEY_SUPPRESSED__INIT;
    suppressed.reason = (char *)reason;
    outbox_state_keyed(&fixture->outbox, key, &suppressed.base);
}

static Runtime__Pending *pack(struct fixture *fixture)
{
    struct text pending;
    assert_true(outbox_pack(&fixture->lane, &fixture->arena, &pending));
    Runtime__Pending *unpacked = runtime__pending__unpack(NULL, pending.len, (const uint8_t *)pending.at);
    assert_non_null(unpacked);
    return unpacked;
}

static const char *header(const Runtime__PendingRecord *record, const char *name, char *to, size_t size)
{
    for (size_t i = 0; i < record->n_headers; i++) {
        if (strcmp(record->headers[i]->name, name) != 0)
            continue;
        assert_true(record->headers[i]->value.len < size);
        memcpy(to, record->headers[i]->value.data, record->headers[i]->value.len);
        to[record->headers[i]->value.len] = '\0';
        return to;
    }
    return NULL;
}

/* Two keys on one partition and one elsewhere: `prev` chains per partition, numbers rise over all. */
static void test_numbers_chain_within_a_partition(void **state)
{
    struct fixture *fixture = *state;
    struct text a = TEXT("key-0"), b = TEXT_NULL, other = TEXT_NULL;
    char names[200][8];
    for (int i = 1; i < 200 && (b.at == NULL || other.at == NULL); i++) {
        snprintf(names[i], sizeof names[i], "key-%d", i);
        struct text key = text_of(names[i]);
        if (lane_of_key(key, LANES) == lane_of_key(a, LANES))
            b = b.at == NULL ? key : b;
        else
            other = other.at == NULL ? key : other;
    }
    state_fact(fixture, a, "1");
    state_fact(fixture, other, "2");
    state_fact(fixture, b, "3");
    state_fact(fixture, a, "4");
    struct error err;
    assert_int_equal(outbox_end(&fixture->outbox, &err), STATUS_OK);
    Runtime__Pending *pending = pack(fixture);
    char seq[64];
    assert_int_equal(pending->n_records, 4);
    assert_string_equal(header(pending->records[0], "aftercare-seq", seq, sizeof seq), "survey/1/101/0");
    assert_string_equal(header(pending->records[1], "aftercare-seq", seq, sizeof seq), "survey/1/102/0");
    assert_string_equal(header(pending->records[2], "aftercare-seq", seq, sizeof seq), "survey/1/103/101");
    assert_string_equal(header(pending->records[3], "aftercare-seq", seq, sizeof seq), "survey/1/104/103");
    assert_string_equal(header(pending->records[3], "ce_id", seq, sizeof seq), "survey/1/104");
    assert_string_equal(header(pending->records[3], "ce_type", seq, sizeof seq),
                        "aftercare.survey.v1.SurveySuppressed");
    assert_int_equal(fixture->cursor.out_seq, 104);
    runtime__pending__free_unpacked(pending, NULL);
}

/* The wrapper is the outbox's work. */
static void test_a_fact_of_a_case_carries_case_and_time(void **state)
{
    struct fixture *fixture = *state;
    struct uuid case_id = uuid_random();
    char text[UUID_TEXT_LEN + 1];
    struct error err;
    Aftercare__Survey__V1__SurveyExpired expired = AFTERCARE__SURVEY__V1__SURVEY_EXPIRED__INIT;
    expired.survey_id = (char *)"s";
    outbox_state(&fixture->outbox, case_id, &expired.base);
    state_fact(fixture, TEXT("customer"), "of no case");
    assert_int_equal(outbox_end(&fixture->outbox, &err), STATUS_OK);
    Runtime__Pending *pending = pack(fixture);
    Aftercare__Survey__V1__SurveyFact *facts[2];
    for (size_t i = 0; i < 2; i++) {
        const Runtime__PendingRecord *record = pending->records[i];
        facts[i] = aftercare__survey__v1__survey_fact__unpack(NULL, record->value.len, record->value.data);
        assert_non_null(facts[i]);
        assert_int_equal(facts[i]->at->seconds, 1764000000);
        assert_int_equal(facts[i]->at->nanos, 5000);
    }
    assert_string_equal(facts[0]->case_id, uuid_format(case_id, text));
    assert_memory_equal(pending->records[0]->key.data, text, UUID_TEXT_LEN);
    assert_string_equal(facts[0]->survey_expired->survey_id, "s");
    assert_string_equal(facts[1]->case_id, "");
    for (size_t i = 0; i < 2; i++)
        aftercare__survey__v1__survey_fact__free_unpacked(facts[i], NULL);
    runtime__pending__free_unpacked(pending, NULL);
}

static void test_another_service_s_fact_is_not_stated(void **state)
{
    struct fixture *fixture = *state;
    struct error err;
    Aftercare__Escalation__V1__CaseClosed other = AFTERCARE__ESCALATION__V1__CASE_CLOSED__INIT;
    outbox_state(&fixture->outbox, uuid_random(), &other.base);
    assert_int_equal(outbox_end(&fixture->outbox, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "has no fact aftercare.escalation.v1.CaseClosed"));
}

static void test_too_large_is_the_records_fault(void **state)
{
    struct fixture *fixture = *state;
    char reason[1200];
    struct error err;
    memset(reason, 'x', sizeof reason - 1);
    reason[sizeof reason - 1] = '\0';
    state_fact(fixture, TEXT("a"), reason);
    state_fact(fixture, TEXT("a"), "fits"); /* the first problem counts, whatever follows */
    assert_int_equal(outbox_end(&fixture->outbox, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "aftercare.survey.v1"));
    assert_non_null(strstr(err.text, "1000 are allowed"));
}

static void test_dead_letter_keeps_headers_and_renames_the_number(void **state)
{
    struct fixture *fixture = *state;
    const struct header headers[] = {{TEXT("aftercare-seq"), TEXT("intake/3/7/0")}, {TEXT("x"), TEXT("y")}};
    outbox_bury(&fixture->outbox, &(struct dead_letter){.topic = TEXT("aftercare.intake.v1"),
                                                        .partition = 2,
                                                        .offset = 4711,
                                                        .timestamp_ms = -1,
                                                        .value = TEXT("bytes"),
                                                        .headers = headers,
                                                        .header_count = 2,
                                                        .reason = TEXT("invalid"),
                                                        .message = TEXT("because")});
    Runtime__Pending *pending = pack(fixture);
    const Runtime__PendingRecord *record = pending->records[0];
    char value[64];
    assert_int_equal(record->partition, 2);
    assert_memory_equal(record->value.data, "bytes", 5);
    assert_string_equal(header(record, "aftercare-seq-original", value, sizeof value), "intake/3/7/0");
    assert_string_equal(header(record, "aftercare-seq", value, sizeof value), "survey/1/101/0");
    assert_string_equal(header(record, "x", value, sizeof value), "y");
    assert_string_equal(header(record, "__connect.errors.offset", value, sizeof value), "4711");
    assert_non_null(header(record, "kafka_dlt-original-offset", value, sizeof value));
    assert_memory_equal(value, "\0\0\0\0\0\0\x12\x67", 8);
    runtime__pending__free_unpacked(pending, NULL);
}

static void test_last_word_on_a_deadline_counts(void **state)
{
    struct fixture *fixture = *state;
    struct uuid subjects[300];
    for (size_t i = 0; i < 300; i++) {
        subjects[i] = uuid_random();
        outbox_arm(&fixture->outbox, subjects[i], "ring", (int64_t)i);
    }
    for (size_t i = 0; i < 300; i += 2)
        outbox_cancel(&fixture->outbox, subjects[i], "ring");
    outbox_arm(&fixture->outbox, subjects[0], "ring", 7);
    outbox_arm(&fixture->outbox, subjects[0], "other", 8);
    assert_int_equal(fixture->outbox.change_count, 301);
    for (size_t i = 0; i < 300; i++) {
        bool is_cancelled = i % 2 == 0 && i != 0;
        assert_int_equal(fixture->outbox.changes[i].what, is_cancelled ? DEADLINE_CANCEL : DEADLINE_ARM);
    }
    assert_int_equal(fixture->outbox.changes[0].due_at_us, 7);
    assert_false(outbox_has_changed(&fixture->outbox, uuid_random(), "ring"));
}

/* A handler that cancels the very deadline that woke it leaves it "fired"; arming it again wins. */
static void test_deadline_being_handled(void **state)
{
    struct fixture *fixture = *state;
    struct deadline_candidate candidate = {.lane = 1, .due = {uuid_random(), "ring", 3, 1}};
    outbox_deadline_done(&fixture->outbox, &candidate, DEADLINE_FIRED);
    outbox_cancel(&fixture->outbox, candidate.due.subject_id, "ring");
    assert_int_equal(fixture->outbox.changes[0].what, DEADLINE_FIRED);
    assert_int_equal(fixture->outbox.changes[0].generation, 3);
    outbox_arm(&fixture->outbox, candidate.due.subject_id, "ring", 9);
    assert_int_equal(fixture->outbox.changes[0].what, DEADLINE_ARM);
    assert_int_equal(fixture->outbox.change_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_numbers_chain_within_a_partition, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_fact_of_a_case_carries_case_and_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_service_s_fact_is_not_stated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_too_large_is_the_records_fault, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dead_letter_keeps_headers_and_renames_the_number, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_last_word_on_a_deadline_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_deadline_being_handled, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
