/* SPDX-License-Identifier: Apache-2.0 */
/* Before cmocka.h, which defines fail() as a macro. */
#include "runtime/envelope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define TRACEPARENT "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

static struct header header_of(const char *name, const char *value)
{
    return (struct header){text_of(name), text_of(value)};
}

static enum status read_one(const char *name, const char *value, struct envelope *ret_envelope,
                            struct error *err)
{
    struct header header = header_of(name, value);
    return envelope_read(&header, 1, ret_envelope, err);
}

static void test_all_headers_are_read(void **state)
{
    (void)state;
    const struct header headers[] = {
        header_of("ce_specversion", "1.0"),
        header_of("ce_type", "aftercare.intake.v1.CaseOpened"),
        header_of("ce_source", "/aftercare/intake"),
        header_of("ce_id", "intake/3/17"),
        header_of("ce_time", "2026-11-24T18:00:00.5+08:00"),
        header_of("ce_subject", "5f0c7a1e-0000-4000-8000-000000000001"),
        header_of("content-type", "application/protobuf"),
        header_of("traceparent", TRACEPARENT),
        header_of("aftercare-seq", "intake/3/17/16"),
        header_of("x-other", ""),
    };
    struct envelope envelope;
    struct error err;
    assert_int_equal(envelope_read(headers, sizeof headers / sizeof *headers, &envelope, &err), STATUS_OK);
    assert_true(text_equal_string(envelope.type, "CaseOpened"));
    assert_true(text_equal_string(envelope.type_full, "aftercare.intake.v1.CaseOpened"));
    assert_true(text_equal_string(envelope.source, "/aftercare/intake"));
    assert_true(text_equal_string(envelope.id, "intake/3/17"));
    assert_int_equal(envelope.time_us, INT64_C(1795514400500000));
    assert_true(text_equal_string(envelope.subject, "5f0c7a1e-0000-4000-8000-000000000001"));
    assert_true(text_equal_string(envelope.traceparent, TRACEPARENT));
    assert_true(text_equal_string(envelope.content_type, "application/protobuf"));
    assert_true(envelope.has_seq);
    assert_true(text_equal_string(envelope.seq.service, "intake"));
    assert_int_equal(envelope.seq.lane, 3);
    assert_int_equal(envelope.seq.n, 17);
    assert_int_equal(envelope.seq.prev, 16);
    assert_int_equal(envelope_require_identity(&envelope, &err), STATUS_OK);
}

static void test_no_headers_is_an_envelope_without_identity(void **state)
{
    (void)state;
    struct envelope envelope;
    struct error err;
    assert_int_equal(envelope_read(NULL, 0, &envelope, &err), STATUS_OK);
    assert_null(envelope.type.at);
    assert_false(envelope.has_seq);
    assert_int_equal(envelope_require_identity(&envelope, &err), STATUS_INVALID);
    assert_string_equal(err.text, "ce_id: is missing");
    envelope.id = TEXT("1");
    assert_int_equal(envelope_require_identity(&envelope, &err), STATUS_INVALID);
    assert_string_equal(err.text, "ce_source: is missing");
    envelope.source = TEXT("shop");
    assert_int_equal(envelope_require_identity(&envelope, &err), STATUS_INVALID);
    assert_string_equal(err.text, "ce_type: is missing");
}

static void test_type_is_the_last_component(void **state)
{
    (void)state;
    struct envelope envelope;
    assert_int_equal(read_one("ce_type", "CaseOpened", &envelope, NULL), STATUS_OK);
    assert_true(text_equal_string(envelope.type, "CaseOpened"));
    assert_true(text_equal_string(envelope.type_full, "CaseOpened"));
}

/* One header alone, accepted or refused; a refusal names the header. */
static void test_values(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        enum status status;
    } cases[] = {
        {"ce_specversion", "1.0", STATUS_OK},
        {"ce_specversion", "0.3", STATUS_INVALID},
        {"ce_specversion", "1.0.0", STATUS_INVALID},
        {"ce_type", "a.b.", STATUS_INVALID},
        {"ce_type", "", STATUS_INVALID},
        {"ce_id", "", STATUS_INVALID},
        {"ce_id", "\xe5\x8d\x95-1", STATUS_OK},
        {"ce_id", "a\xff", STATUS_INVALID},
        {"ce_id", "a\nb", STATUS_INVALID},
        {"ce_id", "a\x7f", STATUS_INVALID},
        {"ce_id", "a\xc2\x85", STATUS_INVALID},
        {"ce_id", "a\xc2\xa9", STATUS_OK},
        {"ce_source", "a\tb", STATUS_INVALID},
        {"ce_subject", "", STATUS_INVALID},
        {"ce_time", "2026-11-24T10:00:00Z", STATUS_OK},
        {"ce_time", "2026-11-24", STATUS_INVALID},
        {"ce_time", "yesterday", STATUS_INVALID},
        {"ce_time", "2026-02-30T10:00:00Z", STATUS_INVALID},
        {"content-type", "application/x-protobuf", STATUS_OK},
        {"content-type", "Application/Protobuf; messageType=x", STATUS_OK},
        {"content-type", "application/json", STATUS_INVALID},
        {"content-type", "application/cloudevents+protobuf", STATUS_INVALID},
        {"content-type", "application/protobufs", STATUS_INVALID},
        {"content-type", "application/protobu", STATUS_INVALID},
        {"aftercare-seq", "intake/0/1/0", STATUS_OK},
        {"aftercare-seq", "intake/2147483647/9223372036854775807/9223372036854775806", STATUS_OK},
        {"aftercare-seq", "intake/2147483648/1/0", STATUS_INVALID},
        {"aftercare-seq", "intake/0/9223372036854775808/0", STATUS_INVALID},
        {"aftercare-seq", "intake/-1/1/0", STATUS_INVALID},
        {"aftercare-seq", "intake/0/1/-1", STATUS_INVALID},
        {"aftercare-seq", "intake/0/1/1", STATUS_INVALID},
        {"aftercare-seq", "intake/0/1/2", STATUS_INVALID},
        {"aftercare-seq", "intake/0/0/0", STATUS_INVALID},
        {"aftercare-seq", "intake/00/1/0", STATUS_INVALID},
        {"aftercare-seq", "intake/0/01/0", STATUS_INVALID},
        {"aftercare-seq", "/0/1/0", STATUS_INVALID},
        {"aftercare-seq", "Intake/0/1/0", STATUS_INVALID},
        {"aftercare-seq", "intake/0/1", STATUS_INVALID},
        {"aftercare-seq", "intake/0/1/", STATUS_INVALID},
        {"aftercare-seq", "intake/0/1/0/", STATUS_INVALID},
        {"aftercare-seq", "intake/0/1/0 ", STATUS_INVALID},
        {"aftercare-seq", "intake/0/+1/0", STATUS_INVALID},
        {"aftercare-seq", "intake", STATUS_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct envelope envelope = {.time_us = -7};
        struct error err = {""};
        enum status status = read_one(cases[i].name, cases[i].value, &envelope, &err);
        if (status != cases[i].status)
            fail_msg("%s: '%s' gave %s", cases[i].name, cases[i].value, status_name(status));
        if (status == STATUS_OK)
            continue;
        assert_memory_equal(err.text, cases[i].name, strlen(cases[i].name));
        assert_int_equal(envelope.time_us, -7); /* untouched */
    }
}

static void test_sizes_are_bounded(void **state)
{
    (void)state;
    static const char *const names[] = {"ce_type", "ce_source", "ce_id", "ce_subject"};
    char value[257];
    memset(value, 'x', sizeof value - 1);
    value[256] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct header header = {text_of(names[i]), text_make(value, 255)};
        struct envelope envelope;
        assert_int_equal(envelope_read(&header, 1, &envelope, NULL), STATUS_OK);
        header.value.len = 256;
        assert_int_equal(envelope_read(&header, 1, &envelope, NULL), STATUS_INVALID);
        header.value = text_make("a\0b", 3);
        assert_int_equal(envelope_read(&header, 1, &envelope, NULL), STATUS_INVALID);
    }
}

static void test_nothing_is_there_twice(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"ce_specversion", "1.0"},
        {"ce_type", "CaseOpened"},
        {"ce_source", "a"},
        {"ce_id", "a"},
        {"ce_time", "2026-11-24T10:00:00Z"},
        {"ce_subject", "a"},
        {"content-type", "application/protobuf"},
        {"aftercare-seq", "intake/0/1/0"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct header headers[] = {header_of(pairs[i][0], pairs[i][1]),
                                         header_of(pairs[i][0], pairs[i][1])};
        struct envelope envelope;
        struct error err;
        char expected[64];
        snprintf(expected, sizeof expected, "%s: is there twice", pairs[i][0]);
        assert_int_equal(envelope_read(headers, 2, &envelope, &err), STATUS_INVALID);
        assert_string_equal(err.text, expected);
    }
}

static void test_bad_traceparents_are_dropped(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "00",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        TRACEPARENT "0",
    };
    struct envelope envelope;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read_one("traceparent", bad[i], &envelope, NULL), STATUS_OK);
        assert_null(envelope.traceparent.at);
    }
    const struct header twice[] = {header_of("traceparent", TRACEPARENT),
                                   header_of("traceparent", TRACEPARENT)};
    assert_int_equal(envelope_read(twice, 2, &envelope, NULL), STATUS_OK);
    assert_null(envelope.traceparent.at);
}

static void test_the_reader_drops_repeats_and_waits_at_holes(void **state)
{
    (void)state;
    assert_int_equal(seq_judge(0, 1, 0), SEQ_APPLY);
    assert_int_equal(seq_judge(4, 5, 4), SEQ_APPLY);
    assert_int_equal(seq_judge(4, 9, 0), SEQ_APPLY); /* first of a batch: numbers between went elsewhere */
    assert_int_equal(seq_judge(4, 9, 3), SEQ_APPLY);
    assert_int_equal(seq_judge(4, 4, 3), SEQ_REPEAT);
    assert_int_equal(seq_judge(4, 1, 0), SEQ_REPEAT);
    assert_int_equal(seq_judge(4, 6, 5), SEQ_HOLE);
    assert_int_equal(seq_judge(0, 2, 1), SEQ_HOLE);
}

static void test_what_is_written_reads_the_same(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    const struct envelope written = {
        .type_full = TEXT("aftercare.escalation.v1.CaseAssigned"),
        .source = TEXT("/aftercare/escalation"),
        .id = TEXT("escalation/11/1795514400500001"),
        .time_us = INT64_C(1795514400500001),
        .subject = TEXT("5f0c7a1e-0000-4000-8000-000000000001"),
        .traceparent = TEXT(TRACEPARENT),
        .content_type = TEXT("application/protobuf"),
        .has_seq = true,
        .seq = {TEXT("escalation"), 11, INT64_C(1795514400500001), INT64_C(1795514400500000)},
    };
    size_t count;
    const struct header *headers = envelope_headers(&arena, &written, &count);
    assert_non_null(headers);
    assert_int_equal(count, 9);
    struct envelope envelope;
    struct error err;
    assert_int_equal(envelope_read(headers, count, &envelope, &err), STATUS_OK);
    assert_true(text_equal(envelope.type_full, written.type_full));
    assert_true(text_equal_string(envelope.type, "CaseAssigned"));
    assert_true(text_equal(envelope.source, written.source));
    assert_true(text_equal(envelope.id, written.id));
    assert_int_equal(envelope.time_us, written.time_us);
    assert_true(text_equal(envelope.subject, written.subject));
    assert_true(text_equal(envelope.traceparent, written.traceparent));
    assert_true(text_equal(envelope.seq.service, written.seq.service));
    assert_int_equal(envelope.seq.lane, 11);
    assert_int_equal(envelope.seq.n, written.seq.n);
    assert_int_equal(envelope.seq.prev, written.seq.prev);
    arena_done(&arena);
}

static void test_absent_parts_make_no_header_and_a_full_arena_none_at_all(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    const struct envelope bare = {.type_full = TEXT("CaseOpened"), .id = TEXT("1")};
    size_t count;
    const struct header *headers = envelope_headers(&arena, &bare, &count);
    assert_non_null(headers);
    assert_int_equal(count, 3); /* with ce_specversion */
    arena_done(&arena);
    for (size_t cap = 0; cap < 384; cap += 16) {
        arena_init(&arena, cap);
        headers = envelope_headers(&arena, &bare, &count);
        assert_true(headers != NULL || arena.is_exhausted);
        arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_headers_are_read),
        cmocka_unit_test(test_no_headers_is_an_envelope_without_identity),
        cmocka_unit_test(test_type_is_the_last_component),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_sizes_are_bounded),
        cmocka_unit_test(test_nothing_is_there_twice),
        cmocka_unit_test(test_bad_traceparents_are_dropped),
        cmocka_unit_test(test_the_reader_drops_repeats_and_waits_at_holes),
        cmocka_unit_test(test_what_is_written_reads_the_same),
        cmocka_unit_test(test_absent_parts_make_no_header_and_a_full_arena_none_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
