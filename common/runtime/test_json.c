/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/base64.h"
#include "runtime/json.h"
#include "runtime/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire_sample.h"

#define EVERYTHING (&wire__test__v1__everything__descriptor)

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)16 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static enum status read_text(struct text json, const Wire__Test__V1__Everything **ret_all, struct error *err)
{
    /* An exact copy on the heap, so that a sanitizer sees a read past its end. */
    char *copy = malloc(json.len == 0 ? 1 : json.len);
    assert_non_null(copy);
    memcpy(copy, json.at, json.len);
    ProtobufCMessage *message = NULL;
    enum status status = json_text_to_message(&arena, EVERYTHING, text_make(copy, json.len), &message, err);
    free(copy);
    assert_int_equal(status == STATUS_OK, message != NULL);
    if (status == STATUS_OK)
        *ret_all = (const void *)message;
    return status;
}

static const Wire__Test__V1__Everything *read_good(const char *json)
{
    const Wire__Test__V1__Everything *all = NULL;
    struct error err = {""};
    if (read_text(text_of(json), &all, &err) != STATUS_OK)
        fail_msg("%s: %s", json, err.text);
    return all;
}

static void assert_json(const ProtobufCMessage *message, bool with_defaults, const char *expected)
{
    json_t *json = with_defaults ? message_to_json_full(message) : message_to_json(message);
    assert_non_null(json);
    char *text = json_dumps(json, JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
    json_decref(json);
}

static const char sample_json[] =
    "{\"orderNo\":\"A-1\",\"rawBytes\":\"/"
    "wA=\",\"isUrgent\":true,\"small\":-5,\"large\":\"-9223372036854775808\","
    "\"smallUnsigned\":4294967295,\"largeUnsigned\":\"18446744073709551615\",\"smallSigned\":-2147483648,"
    "\"largeSigned\":\"9223372036854775807\",\"fourBytes\":7,\"eightBytes\":\"-7\",\"ratio\":0."
    "10000000000000001,"
    "\"exactRatio\":0.10000000000000001,\"colour\":\"COLOUR_GREEN\",\"amount\":{\"minor\":\"-1234\","
    "\"currency\":"
    "\"CNY\"},\"lines\":[{\"lineNo\":1,\"amount\":{\"minor\":\"9223372036854775807\",\"currency\":\"JPY\"},"
    "\"colour\":"
    "\"COLOUR_NEGATIVE\"},{\"lineNo\":2,\"colour\":\"COLOUR_NEGATIVE\"}],\"words\":["
    "\"\xe9\x80\x80\xe8\xb4\xa7\",\"\","
    "\"ok\"],\"numbers\":[\"1\",\"-1\",\"-9223372036854775808\"],\"colours\":[\"COLOUR_RED\",\"COLOUR_"
    "GREEN\","
    "\"COLOUR_NEGATIVE\"],\"flags\":[true,false,true],\"chunks\":[\"YQBi\",\"\"],\"happenedAt\":"
    "\"2026-11-24T10:00:00.120Z\",\"took\":\"-1.500s\",\"weights\":[0.5,-2.0],\"answerAmount\":{\"minor\":"
    "\"5\","
    "\"currency\":\"EUR\"}}";

static void test_everything_is_written(void **state)
{
    (void)state;
    assert_json(&wire_sample(&arena)->base, false, sample_json);
    assert_json(&wire_sample(&arena)->base, true, sample_json);
}

static void test_what_is_written_reads_the_same(void **state)
{
    (void)state;
    struct text expected, bytes;
    assert_int_equal(wire_pack(&arena, &wire_sample(&arena)->base, 0, &expected, NULL), STATUS_OK);
    const Wire__Test__V1__Everything *all = read_good(sample_json);
    assert_true(protobuf_c_message_check(&all->base));
    assert_int_equal(wire_pack(&arena, &all->base, 0, &bytes, NULL), STATUS_OK);
    assert_true(text_equal(bytes, expected));
}

static void test_defaults(void **state)
{
    (void)state;
    const Wire__Test__V1__Everything *all = read_good("{}");
    assert_true(protobuf_c_message_check(&all->base));
    assert_string_equal(all->order_no, "");
    assert_json(&all->base, false, "{}");
    assert_json(
        &all->base, true,
        "{\"orderNo\":\"\",\"rawBytes\":\"\",\"isUrgent\":false,\"small\":0,\"large\":\"0\","
        "\"smallUnsigned\":0,"
        "\"largeUnsigned\":\"0\",\"smallSigned\":0,\"largeSigned\":\"0\",\"fourBytes\":0,\"eightBytes\":"
        "\"0\","
        "\"ratio\":0.0,\"exactRatio\":0.0,\"colour\":\"COLOUR_UNSPECIFIED\",\"lines\":[],\"words\":[],"
        "\"numbers\":[],\"colours\":[],\"flags\":[],\"chunks\":[],\"weights\":[]}");
    /* A member of a oneof says that it was chosen, even by its default. */
    all = read_good("{\"answerNumber\":\"0\"}");
    assert_int_equal(all->answer_case, WIRE__TEST__V1__EVERYTHING__ANSWER_ANSWER_NUMBER);
    assert_json(&all->base, false, "{\"answerNumber\":\"0\"}");
    /* null is absent. */
    all = read_good(
        "{\"orderNo\":null,\"amount\":null,\"lines\":null,\"answerText\":null,\"answerFlag\":true}");
    assert_null(all->amount);
    assert_int_equal(all->answer_case, WIRE__TEST__V1__EVERYTHING__ANSWER_ANSWER_FLAG);
}

static void test_other_spellings_are_read(void **state)
{
    (void)state;
    const Wire__Test__V1__Everything *all = read_good(
        "{\"order_no\":\"\\u9000\\ud83d\\ude00\",\"large\":-12,\"small\":\"34\",\"large_unsigned\":5.0,"
        "\"smallUnsigned\":1e3,\"colour\":2,\"colours\":[-3,\"COLOUR_RED\"],\"ratio\":\"-0.5\","
        "\"exactRatio\":\"NaN\",\"weights\":[1,\"Infinity\",\"-Infinity\",\"1e-3\"],\"rawBytes\":\"_-8\","
        "\"happenedAt\":\"2026-11-24T18:00:00.123456789+08:00\",\"took\":\"3.000000001s\"}");
    assert_string_equal(all->order_no, "\xe9\x80\x80\xf0\x9f\x98\x80");
    assert_int_equal(all->large, -12);
    assert_int_equal(all->small, 34);
    assert_int_equal(all->large_unsigned, 5);
    assert_int_equal(all->small_unsigned, 1000);
    assert_int_equal(all->colour, WIRE__TEST__V1__COLOUR__COLOUR_GREEN);
    assert_int_equal(all->colours[0], -3);
    assert_true(all->ratio == -0.5F);
    assert_true(isnan(all->exact_ratio));
    assert_true(isinf(all->weights[1]) && all->weights[2] < 0);
    assert_true(all->weights[3] == 0.001);
    assert_int_equal(all->raw_bytes.len, 2);
    assert_memory_equal(all->raw_bytes.data, "\xff\xef", 2);
    assert_int_equal(all->happened_at->seconds, 1795514400);
    assert_int_equal(all->happened_at->nanos, 123456000);
    assert_int_equal(all->took->seconds, 3);
    assert_int_equal(all->took->nanos, 1);
}

static void test_times_at_the_edges(void **state)
{
    (void)state;
    static const char *const same[] = {
        "{\"happenedAt\":\"0001-01-01T00:00:00Z\"}",
        "{\"happenedAt\":\"9999-12-31T23:59:59.999999Z\"}",
        "{\"happenedAt\":\"1969-12-31T23:59:59.500Z\"}",
        "{\"took\":\"0s\"}",
        "{\"took\":\"-0.000000001s\"}",
        "{\"took\":\"315576000000s\"}",
        "{\"took\":\"-315576000000s\"}",
        "{\"took\":\"0.250s\"}",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_json(&read_good(same[i])->base, false, same[i]);
    assert_int_equal(read_good(same[2])->happened_at->seconds, -1);
    assert_int_equal(read_good(same[2])->happened_at->nanos, 500000000);
    /* Records may hold times that break the types' contracts. */
    Google__Protobuf__Timestamp at = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Google__Protobuf__Duration took = GOOGLE__PROTOBUF__DURATION__INIT;
    Wire__Test__V1__Everything all = WIRE__TEST__V1__EVERYTHING__INIT;
    all.happened_at = &at;
    all.took = &took;
    at.seconds = took.seconds = INT64_MIN;
    at.nanos = took.nanos = INT32_MIN;
    assert_json(&all.base, false, "{\"happenedAt\":\"0001-01-01T00:00:00Z\",\"took\":\"-315576000000s\"}");
    at.seconds = took.seconds = INT64_MAX;
    at.nanos = took.nanos = INT32_MAX;
    assert_json(&all.base, false,
                "{\"happenedAt\":\"9999-12-31T23:59:59.999999Z\",\"took\":\"315576000000s\"}");
    at.seconds = took.seconds = 1;
    at.nanos = took.nanos = -1;
    assert_json(&all.base, false, "{\"happenedAt\":\"1970-01-01T00:00:01Z\",\"took\":\"1s\"}");
}

/* The sentence without the place in the text, which jansson's versions count differently. */
static const char *without_column(struct error *err)
{
    int length = 0;
    if (sscanf(err->text, "JSON: line 1, column %*d: %n", &length) == 0 && length > 0)
        memmove(err->text + strlen("JSON: "), err->text + length, strlen(err->text + length) + 1);
    return err->text;
}

/* JSON that is refused, with the sentence. */
static void test_strictness(void **state)
{
    (void)state;
    static const struct {
        const char *json, *says;
    } cases[] = {
        {"", "JSON: ends too early"},
        {"{", "JSON: ends too early"},
        {"{}{}", "JSON: something follows the object"},
        {"{\"small\":1,}", "JSON: is not JSON here"},
        {"{'small':1}", "JSON: is not JSON here"},
        {"{\"small\":1,\"small\":2}", "JSON: a name is given twice in one object"},
        {"{\"orderNo\":\"a\\u0000b\"}", "JSON: a string holds NUL"},
        {"{\"orderNo\":\"\\ud800\"}", "JSON: is not JSON here"},
        {"{\"orderNo\":\"\xff\"}", "JSON: is not UTF-8"},
        {"{\"large\":9223372036854775808}", "JSON: a number is too large; write it as a string"},
        {"[]", "the message: must be an object"},
        {"{\"bogus\":1}", "bogus: is not a field of this message"},
        {"{\"ORDERNO\":\"a\"}", "ORDERNO: is not a field of this message"},
        {"{\"a\\nb\":1}", "?: is not a field of this message"},
        {"{\"amount\":{\"bogus\":null}}", "amount.bogus: is not a field of this message"},
        {"{\"orderNo\":\"a\",\"order_no\":\"a\"}", "orderNo: is given twice, under both of its names"},
        {"{\"orderNo\":5}", "orderNo: must be a string"},
        {"{\"isUrgent\":\"true\"}", "isUrgent: must be true or false"},
        {"{\"isUrgent\":1}", "isUrgent: must be true or false"},
        {"{\"small\":2147483648}", "small: must be from -2147483648 to 2147483647"},
        {"{\"small\":\"-2147483649\"}", "small: must be from -2147483648 to 2147483647"},
        {"{\"small\":1.5}", "small: must be a whole number; write large ones as a string"},
        {"{\"small\":true}", "small: must be a whole number"},
        {"{\"small\":\" 1\"}", "small: must be a whole number in range"},
        {"{\"small\":\"\"}", "small: must be a whole number in range"},
        {"{\"smallUnsigned\":-1}", "smallUnsigned: must be from 0 to 4294967295"},
        {"{\"large\":1e300}", "large: must be a whole number; write large ones as a string"},
        {"{\"large\":\"9223372036854775808\"}", "large: must be a whole number in range"},
        {"{\"largeUnsigned\":\"18446744073709551616\"}",
         "largeUnsigned: must be a whole number from 0 to 18446744073709551615"},
        {"{\"largeUnsigned\":\"\"}", "largeUnsigned: must be a whole number from 0 to 18446744073709551615"},
        {"{\"largeUnsigned\":-1}", "largeUnsigned: must be from 0 to 9223372036854775807"},
        {"{\"ratio\":1e39}", "ratio: is out of range"},
        {"{\"ratio\":\"0.5 \"}", "ratio: must be a number"},
        {"{\"ratio\":\"0x10\"}", "ratio: must be a number"},
        {"{\"ratio\":\"inf\"}", "ratio: must be a number"},
        {"{\"ratio\":\"[1]\"}", "ratio: must be a number"},
        {"{\"ratio\":[]}", "ratio: must be a number"},
        {"{\"colour\":\"RED\"}", "colour: must be a value of Colour"},
        {"{\"colour\":3}", "colour: must be a value of Colour"},
        {"{\"colour\":4294967297}", "colour: must be a value of Colour"},
        {"{\"colour\":1.0}", "colour: must be a value of Colour"},
        {"{\"rawBytes\":\"a\"}", "rawBytes: must be base64"},
        {"{\"rawBytes\":\"YQ=\"}", "rawBytes: must be base64"},
        {"{\"rawBytes\":\"YR==\"}", "rawBytes: must be base64"},
        {"{\"rawBytes\":\"Y===\"}", "rawBytes: must be base64"},
        {"{\"rawBytes\":\"Y Q=\"}", "rawBytes: must be base64"},
        {"{\"rawBytes\":7}", "rawBytes: must be a string in base64"},
        {"{\"amount\":[]}", "amount: must be an object"},
        {"{\"amount\":\"CNY 5\"}", "amount: must be an object"},
        {"{\"words\":\"a\"}", "words: must be an array"},
        {"{\"words\":{}}", "words: must be an array"},
        {"{\"words\":[\"a\",null]}", "words[1]: must not be null"},
        {"{\"lines\":[{},{},{\"amount\":{\"minor\":\"x\"}}]}",
         "lines[2].amount.minor: must be a whole number in range"},
        {"{\"lines\":[{\"line_no\":\"x\"}]}", "lines[0].line_no: must be a whole number in range"},
        {"{\"answerText\":\"a\",\"answerNumber\":1}",
         "answerNumber: cannot be given together with answerText"},
        {"{\"answerFlag\":false,\"answerAmount\":{}}",
         "answerFlag: cannot be given together with answerAmount"},
        {"{\"happenedAt\":1795514400}", "happenedAt: must be an RFC 3339 time such as 2026-11-24T10:00:00Z"},
        {"{\"happenedAt\":\"2026-11-24T10:00:00\"}",
         "happenedAt: must be an RFC 3339 time such as 2026-11-24T10:00:00Z"},
        {"{\"happenedAt\":{\"seconds\":1}}",
         "happenedAt: must be an RFC 3339 time such as 2026-11-24T10:00:00Z"},
        {"{\"took\":\"1.5\"}", "took: must be a duration such as \"1.5s\""},
        {"{\"took\":\"s\"}", "took: must be a duration such as \"1.5s\""},
        {"{\"took\":\"-s\"}", "took: must be a duration such as \"1.5s\""},
        {"{\"took\":\"--1s\"}", "took: must be a duration such as \"1.5s\""},
        {"{\"took\":\"1.s\"}", "took: must be a duration such as \"1.5s\""},
        {"{\"took\":\".5s\"}", "took: must be a duration such as \"1.5s\""},
        {"{\"took\":\"1.-5s\"}", "took: must be a duration such as \"1.5s\""},
        {"{\"took\":\"1.0000000001s\"}", "took: must be a duration such as \"1.5s\""},
        {"{\"took\":\"315576000001s\"}", "took: must be a duration such as \"1.5s\""},
        {"{\"took\":\"315576000000.1s\"}", "took: must be a duration such as \"1.5s\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {""};
        const Wire__Test__V1__Everything *all;
        enum status status = read_text(text_of(cases[i].json), &all, &err);
        if (status != STATUS_INVALID || strcmp(without_column(&err), cases[i].says) != 0)
            fail_msg("%s: %s '%s'", cases[i].json, status_name(status), err.text);
    }
}

static void test_strings_made_elsewhere_are_checked_too(void **state)
{
    (void)state;
    json_t *json = json_object();
    assert_int_equal(json_object_set_new(json, "orderNo", json_stringn_nocheck("a\0b", 3)), 0);
    struct error err;
    ProtobufCMessage *message;
    assert_int_equal(json_to_message(&arena, EVERYTHING, json, &message, &err), STATUS_INVALID);
    assert_string_equal(err.text, "orderNo: must be UTF-8 without NUL");
    json_decref(json);
    /* And none is written that JSON cannot hold. */
    Wire__Test__V1__Everything all = WIRE__TEST__V1__EVERYTHING__INIT;
    all.order_no = "\xff";
    assert_null(message_to_json(&all.base));
    char *words[] = {"ok", "\xff"};
    all = *read_good("{}");
    all.n_words = 2;
    all.words = words;
    assert_null(message_to_json(&all.base));
}

static void test_depth_is_bounded(void **state)
{
    (void)state;
    char json[400];
    ProtobufCMessage *message;
    struct error err;
    for (int depth = 15; depth <= 16; depth++) {
        size_t len = 0;
        for (int i = 0; i < depth; i++)
            len += (size_t)snprintf(json + len, sizeof json - len, "{\"inner\":");
        len += (size_t)snprintf(json + len, sizeof json - len, "{\"number\":1}");
        for (int i = 0; i < depth; i++)
            json[len++] = '}';
        assert_int_equal(json_text_to_message(&arena, &wire__test__v1__nested__descriptor,
                                              text_make(json, len), &message, &err),
                         depth == 15 ? STATUS_OK : STATUS_INVALID);
    }
    assert_non_null(strstr(err.text, "inner.inner.inner: is nested too deep"));
    char deep[8192];
    memset(deep, '[', sizeof deep);
    const Wire__Test__V1__Everything *all;
    assert_int_equal(read_text(text_make(deep, sizeof deep), &all, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "is nested too deep"));
}

static void test_a_full_arena_is_transient(void **state)
{
    (void)state;
    arena_done(&arena);
    struct error err;
    const Wire__Test__V1__Everything *all;
    size_t full = 0;
    for (size_t cap = 0; cap < 1536; cap += 16) {
        arena_init(&arena, cap);
        enum status status = read_text(text_of(sample_json), &all, &err);
        assert_true(status == STATUS_OK || status == STATUS_TRANSIENT);
        full += status == STATUS_TRANSIENT;
        arena_done(&arena);
    }
    assert_true(full > 50);
}

static void test_mutations_never_crash(void **state)
{
    (void)state;
    uint64_t seed = 20261124;
    char mutant[sizeof sample_json];
    size_t fine = 0;
    for (int round = 0; round < 20000; round++) {
        memcpy(mutant, sample_json, sizeof mutant);
        for (int i = 0; i < 1 + round % 3; i++) {
            static const char pieces[] = "{}[]\",:\\0159-.eEtfns\"\"uS_\xff\xc2\x80";
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            mutant[(seed >> 33) % (sizeof mutant - 1)] = pieces[(seed >> 20) % (sizeof pieces - 1)];
        }
        arena_reset(&arena);
        const Wire__Test__V1__Everything *all;
        struct error err = {""};
        enum status status = read_text(text_make(mutant, sizeof mutant - 1), &all, &err);
        assert_true(status == STATUS_OK || status == STATUS_INVALID);
        assert_int_equal(status == STATUS_OK, err.text[0] == '\0');
        if (status != STATUS_OK)
            continue;
        /* What was let in is fit for the wire, and for JSON. */
        fine++;
        struct text bytes, body;
        assert_int_equal(wire_pack(&arena, &all->base, 0, &bytes, NULL), STATUS_OK);
        assert_int_equal(wire_check(EVERYTHING, bytes, &body, NULL), STATUS_OK);
        json_t *json = message_to_json(&all->base);
        assert_non_null(json);
        json_decref(json);
    }
    assert_true(fine > 500);
}

static void test_base64(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {/* RFC 4648, section 10 */
                                           {"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct text bytes = text_of(pairs[i][0]), coded = text_of(pairs[i][1]);
        char to[16];
        uint8_t from[16];
        size_t len;
        assert_int_equal(base64_text_len(bytes.len), coded.len);
        base64_write((const uint8_t *)bytes.at, bytes.len, to);
        assert_memory_equal(to, coded.at, coded.len);
        for (int with_padding = 0; with_padding < 2; with_padding++) {
            assert_true(base64_read(coded, from, &len));
            assert_int_equal(len, bytes.len);
            assert_true(len <= base64_max_len(coded));
            assert_memory_equal(from, bytes.at, len);
            while (coded.len > 0 && coded.at[coded.len - 1] == '=')
                coded.len--;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_everything_is_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_written_reads_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_defaults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_spellings_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_times_at_the_edges, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_strictness, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_strings_made_elsewhere_are_checked_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_depth_is_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_full_arena_is_transient, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mutations_never_crash, set_up, tear_down),
        cmocka_unit_test(test_base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
