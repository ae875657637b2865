/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire_sample.h"

#define EVERYTHING (&wire__test__v1__everything__descriptor)
#define ARENA_CAP  ((size_t)64 << 20)

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_CAP);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static struct text sample(void)
{
    struct text bytes;
    assert_int_equal(wire_pack(&arena, &wire_sample(&arena)->base, 0, &bytes, NULL), STATUS_OK);
    return bytes;
}

static enum status unpack(const ProtobufCMessageDescriptor *descriptor, struct text bytes,
                          ProtobufCMessage **ret_message, struct error *err)
{
    /* An exact copy on the heap, so that a sanitizer sees a read past its end. */
    char *copy = malloc(bytes.len + 1);
    assert_non_null(copy);
    memcpy(copy, bytes.at, bytes.len);
    char *exact = realloc(copy, bytes.len == 0 ? 1 : bytes.len);
    assert_non_null(exact);
    size_t before = arena.used_bytes;
    enum status status = wire_unpack(descriptor, &arena, text_make(exact, bytes.len), ret_message, err);
    assert_true(arena.used_bytes - before <= WIRE_MEMORY + 8 * bytes.len);
    free(exact);
    return status;
}

static struct text bytes_of_hex(const char *hex)
{
    size_t len = 0;
    char *bytes = arena_alloc(&arena, strlen(hex) + 1);
    for (; *hex != '\0'; hex++) {
        unsigned byte;
        if (*hex == ' ')
            continue;
        assert_int_equal(sscanf(hex, "%2x", &byte), 1);
        bytes[len++] = (char)byte;
        hex++;
    }
    return text_make(bytes, len);
}

static void test_everything_comes_back(void **state)
{
    (void)state;
    struct text bytes = sample(), again;
    ProtobufCMessage *message;
    struct error err = {""};
    assert_int_equal(unpack(EVERYTHING, bytes, &message, &err), STATUS_OK);
    const Wire__Test__V1__Everything *all = (const void *)message;
    assert_string_equal(all->order_no, "A-1");
    assert_int_equal(all->n_lines, 2);
    assert_int_equal(all->lines[1]->colour, -3);
    assert_string_equal(all->answer_amount->currency, "EUR");
    assert_int_equal(wire_pack(&arena, message, 0, &again, &err), STATUS_OK);
    assert_true(text_equal(bytes, again));
}

/* `count` times `unit`, as one record. */
static struct text repeat(const char *unit_hex, size_t count)
{
    struct text unit = bytes_of_hex(unit_hex);
    char *bytes = arena_alloc(&arena, unit.len * count);
    assert_non_null(bytes);
    for (size_t i = 0; i < count; i++)
        memcpy(bytes + i * unit.len, unit.at, unit.len);
    return text_make(bytes, unit.len * count);
}

static void test_a_large_honest_record_passes(void **state)
{
    (void)state;
    ProtobufCMessage *message;
    struct error err = {""};
    char *description = arena_alloc(&arena, (1 << 20) + 1);
    memset(description, 'x', 1 << 20);
    Wire__Test__V1__Everything all = WIRE__TEST__V1__EVERYTHING__INIT;
    all.order_no = description;
    struct text bytes;
    assert_int_equal(wire_pack(&arena, &all.base, 0, &bytes, &err), STATUS_OK);
    assert_int_equal(unpack(EVERYTHING, bytes, &message, &err), STATUS_OK);
    /* 2000 order lines */
    assert_int_equal(
        unpack(EVERYTHING, repeat("82 01 0d 08 01 12 07 08 64 12 03 43 4e 59 18 01", 2000), &message, &err),
        STATUS_OK);
    /* A packed array of 100000 numbers */
    struct text packed = repeat("01", 100000 + 5);
    memcpy((char *)packed.at, "\x92\x01\xa0\x8d\x06", 5);
    assert_int_equal(unpack(EVERYTHING, packed, &message, &err), STATUS_OK);
    assert_int_equal(((const Wire__Test__V1__Everything *)(const void *)message)->n_numbers, 100000);
}

static void test_a_schema_registrys_frame_is_cut_off(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        enum status status;
    } cases[] = {
        {"00 00 00 00 2a 00 0a 01 41", STATUS_OK},               /* [0], short form */
        {"00 00 00 00 2a 02 00 0a 01 41", STATUS_OK},            /* [0] */
        {"00 00 00 00 2a 04 02 04 0a 01 41", STATUS_OK},         /* [1, 2] */
        {"00 00 00 00 2a", STATUS_INVALID},                      /* no index */
        {"00 00 00 00 2a 04 02", STATUS_INVALID},                /* index cut off */
        {"00 00 00 00 2a 01 0a 01 41", STATUS_INVALID},          /* negative count */
        {"00 00 00 00 2a fe ff ff ff 0f", STATUS_INVALID},       /* huge count */
        {"00 00 00 00 2a 00 00 00 00 00 2a 00", STATUS_INVALID}, /* framed twice */
        {"00", STATUS_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ProtobufCMessage *message;
        if (unpack(EVERYTHING, bytes_of_hex(cases[i].hex), &message, NULL) != cases[i].status)
            fail_msg("%s", cases[i].hex);
        if (cases[i].status == STATUS_OK)
            assert_string_equal(((const Wire__Test__V1__Everything *)(const void *)message)->order_no, "A");
    }
}

static void test_packing_keeps_to_its_bounds(void **state)
{
    (void)state;
    Wire__Test__V1__Amount amount = WIRE__TEST__V1__AMOUNT__INIT;
    amount.currency = "CNY";
    struct text bytes = TEXT("untouched");
    struct error err;
    assert_int_equal(wire_pack(&arena, &amount.base, 5, &bytes, &err), STATUS_OK);
    assert_int_equal(bytes.len, 5);
    bytes = TEXT("untouched");
    assert_int_equal(wire_pack(&arena, &amount.base, 4, &bytes, &err), STATUS_INVALID);
    assert_string_equal(err.text, "Amount: 5 bytes, at most 4 are allowed");
    assert_true(text_equal_string(bytes, "untouched"));
}

static void test_a_full_arena_is_transient(void **state)
{
    (void)state;
    struct text bytes = sample(), packed;
    struct arena tiny;
    arena_init(&tiny, 64);
    ProtobufCMessage *message;
    assert_int_equal(wire_unpack(EVERYTHING, &tiny, bytes, &message, NULL), STATUS_TRANSIENT);
    arena_reset(&tiny);
    Wire__Test__V1__Amount amount = WIRE__TEST__V1__AMOUNT__INIT;
    amount.currency = "0123456789012345678901234567890123456789012345678901234567890123456789";
    assert_int_equal(wire_pack(&tiny, &amount.base, 0, &packed, NULL), STATUS_TRANSIENT);
    arena_done(&tiny);
}

static void test_the_fact_in_a_wrapper_is_found(void **state)
{
    (void)state;
    Wire__Test__V1__CaseClosed closed = WIRE__TEST__V1__CASE_CLOSED__INIT;
    Wire__Test__V1__TestFact wrapper = WIRE__TEST__V1__TEST_FACT__INIT;
    const ProtobufCMessageDescriptor *fact;
    const void *member;
    assert_false(wire_oneof(&wrapper.base, &fact, &member));
    wrapper.fact_case = WIRE__TEST__V1__TEST_FACT__FACT_CASE_CLOSED;
    assert_false(wire_oneof(&wrapper.base, &fact, &member)); /* chosen, but not there */
    wrapper.case_closed = &closed;
    assert_true(wire_oneof(&wrapper.base, &fact, &member));
    assert_string_equal(fact->short_name, "CaseClosed");
    assert_ptr_equal(member, &closed);
    assert_true(wire_is_wrapper(wrapper.base.descriptor));
    assert_false(wire_is_wrapper(closed.base.descriptor));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_everything_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_large_honest_record_passes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_schema_registrys_frame_is_cut_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_packing_keeps_to_its_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_full_arena_is_transient, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_fact_in_a_wrapper_is_found, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
