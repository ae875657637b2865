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
#define BOMB       (&wire__test__v1__bomb__descriptor)
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

static void test_a_prefix_never_crashes(void **state)
{
    (void)state;
    struct text bytes = sample();
    size_t refused = 0;
    for (size_t len = 0; len < bytes.len; len++) {
        ProtobufCMessage *message = NULL;
        enum status status = unpack(EVERYTHING, text_make(bytes.at, len), &message, NULL);
        assert_true(status == STATUS_OK || status == STATUS_INVALID);
        assert_int_equal(status == STATUS_OK, message != NULL);
        refused += status == STATUS_INVALID;
    }
    assert_true(refused > bytes.len / 2);
}

/* Bytes that are refused, with the sentence; "" for those that are not. */
static void test_hostile_records(void **state)
{
    (void)state;
    static const struct {
        const char *hex, *says;
    } cases[] = {
        {"", ""},
        {"0a 03 41 2d 31", ""},
        {"0a 03 41 00 31", "order_no: must be UTF-8 without NUL"},
        {"0a 02 c0 80", "order_no: must be UTF-8 without NUL"},
        {"0a 03 ed a0 80", "order_no: must be UTF-8 without NUL"},
        {"0a 01 ff", "order_no: must be UTF-8 without NUL"},
        {"0a 04 41", "Everything: is cut off, or not protobuf"},
        {"0a ff ff ff ff ff ff ff ff ff 01", "Everything: is cut off, or not protobuf"},
        {"0a ff ff ff ff 07", "Everything: is cut off, or not protobuf"},
        {"0a", "Everything: is cut off, or not protobuf"},
        {"80", "Everything: is not protobuf"},
        {"02 00", "Everything: is not protobuf"}, /* field number 0 */
        {"f8 ff ff ff ff ff ff ff ff 01 00", "Everything: is not protobuf"},
        {"08 01", "order_no: has the wrong wire type"},
        {"1a 01 41", "is_urgent: has the wrong wire type"},
        {"25 00 00 00 00", "small: has the wrong wire type"},
        {"50 01", "four_bytes: has the wrong wire type"},
        {"58 01", "eight_bytes: has the wrong wire type"},
        {"78 01", "amount: has the wrong wire type"},
        {"0b 0c", "Everything: holds a group, which is not read"},
        {"fb 07 fc 07", "Everything: holds a group, which is not read"}, /* in an unknown field, too */
        {"0e 00", "Everything: is cut off, or not protobuf"},            /* wire type 6 */
        {"20 ff ff ff ff ff ff ff ff ff 01", ""},                        /* -1 in ten bytes */
        {"20 ff ff ff ff ff ff ff ff ff 02", "Everything: is cut off, or not protobuf"},
        {"20 ff ff ff ff ff ff ff ff ff ff 01", "Everything: is cut off, or not protobuf"},
        {"20 81 80 80 80 00", ""}, /* overlong, yet a 1 */
        {"70 02", ""},
        {"70 03", "colour: 3 is not a value of this enum"},
        {"70 fd ff ff ff ff ff ff ff ff 01", ""},
        {"70 fc ff ff ff ff ff ff ff ff 01", "colour: -4 is not a value of this enum"},
        {"82 01 02 18 09", "lines.colour: 9 is not a value of this enum"},
        {"82 01 05 12 03 12 01 ff", "lines.amount.currency: must be UTF-8 without NUL"},
        {"82 01 04 12 03 12 01", "lines: is cut off, or not protobuf"},
        {"9a 01 03 01 02 07", "colours: 7 is not a value of this enum"},
        {"98 01 07", "colours: 7 is not a value of this enum"}, /* not packed */
        {"92 01 02 01 ff", "numbers: is cut off"},
        {"c2 01 07 00 00 00 00 00 00 00", "weights: is cut off"},
        {"7a 02 08 01 7a 02 08 01", "amount: is there twice"},
        {"f2 01 01 41 f2 01 01 41", "answer_text: is there twice"},
        {"f2 01 01 41 f8 01 07", "answer_number: another member of its oneof is there, too"},
        {"8a 01 01 ff", "words: must be UTF-8 without NUL"},
        {"c2 3e 02 ff 00", ""}, /* unknown field, whatever it holds */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {""};
        ProtobufCMessage *message = NULL;
        enum status status = unpack(EVERYTHING, bytes_of_hex(cases[i].hex), &message, &err);
        if (strcmp(err.text, cases[i].says) != 0)
            fail_msg("%s: says '%s'", cases[i].hex, err.text);
        assert_int_equal(status, cases[i].says[0] == '\0' ? STATUS_OK : STATUS_INVALID);
        assert_int_equal(message != NULL, status == STATUS_OK);
    }
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

static void test_a_small_record_cannot_take_much_memory(void **state)
{
    (void)state;
    static const struct {
        const ProtobufCMessageDescriptor *descriptor;
        const char *unit_hex;
        size_t fine, too_many;
    } bombs[] = {
        {BOMB, "0a 00", 1000, 500000},                /* big empty messages */
        {BOMB, "12 00", 1000, 500000},                /* small empty messages */
        {EVERYTHING, "8a 01 00", 1000, 500000},       /* empty strings */
        {EVERYTHING, "aa 01 00", 1000, 500000},       /* empty bytes */
        {EVERYTHING, "90 01 01", 1000, 500000},       /* numbers, not packed */
        {EVERYTHING, "20 01", 1000, 500000},          /* one number, again and again */
        {EVERYTHING, "c0 3e 01", 1000, 500000},       /* unknown numbers */
        {EVERYTHING, "c2 3e 00", 1000, 500000},       /* unknown empty bytes */
        {EVERYTHING, "0a 01 41", 1000, 500000},       /* one string, again and again */
        {EVERYTHING, "a2 01 02 01 01", 1000, 200000}, /* many short packed fields */
    };
    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
        ProtobufCMessage *message;
        struct error err = {""};
        assert_int_equal(
            unpack(bombs[i].descriptor, repeat(bombs[i].unit_hex, bombs[i].fine), &message, &err), STATUS_OK);
        enum status status =
            unpack(bombs[i].descriptor, repeat(bombs[i].unit_hex, bombs[i].too_many), &message, &err);
        if (status != STATUS_INVALID || strstr(err.text, "the record would take too much memory") == NULL)
            fail_msg("%s: %s, '%s'", bombs[i].unit_hex, status_name(status), err.text);
        arena_reset(&arena);
    }
}

static struct text nest(int depth)
{
    char *bytes = arena_alloc(&arena, 256);
    size_t from = 256;
    for (int i = 0; i < depth; i++) {
        size_t len = 256 - from;
        bytes[--from] = (char)len;
        bytes[--from] = i == depth - 1 ? 0x1a : 0x0a; /* Bomb.nested outside, Nested.inner inside */
    }
    return text_make(bytes + from, 256 - from);
}

static void test_depth_is_bounded(void **state)
{
    (void)state;
    ProtobufCMessage *message;
    struct error err = {""};
    assert_int_equal(unpack(BOMB, nest(WIRE_DEPTH - 1), &message, &err), STATUS_OK);
    assert_int_equal(unpack(BOMB, nest(WIRE_DEPTH), &message, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "nested.inner.inner"));
    assert_non_null(strstr(err.text, "is nested too deep"));
    assert_int_equal(unpack(BOMB, nest(60), &message, &err), STATUS_INVALID);
}

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static void mutate(char *bytes, size_t *len, uint64_t *seed)
{
    size_t changes = 1 + next_random(seed) % 4;
    for (size_t i = 0; i<changes && * len> 0; i++) {
        size_t at = next_random(seed) % *len;
        switch (next_random(seed) % 4) {
        case 0:
            bytes[at] = (char)next_random(seed);
            break;
        case 1:
            bytes[at] = (char)(bytes[at] ^ 1 << next_random(seed) % 8);
            break;
        case 2: /* cut a piece out */
            *len -= 1;
            memmove(bytes + at, bytes + at + 1, *len - at);
            break;
        default: /* double a piece */
            memmove(bytes + at + 1, bytes + at, *len - at);
            *len += 1;
            break;
        }
    }
}

static void test_mutations_never_crash(void **state)
{
    (void)state;
    struct text bytes = sample();
    char *honest = malloc(bytes.len), *mutant = malloc(bytes.len + 8);
    assert_non_null(honest);
    assert_non_null(mutant);
    memcpy(honest, bytes.at, bytes.len);
    size_t fine = 0, refused = 0;
    uint64_t seed = 20261124;
    for (int round = 0; round < 20000; round++) {
        size_t len = bytes.len;
        memcpy(mutant, honest, len);
        mutate(mutant, &len, &seed);
        arena_reset(&arena);
        ProtobufCMessage *message;
        struct text again;
        enum status status = unpack(EVERYTHING, text_make(mutant, len), &message, NULL);
        assert_true(status == STATUS_OK || status == STATUS_INVALID);
        refused += status == STATUS_INVALID;
        if (status != STATUS_OK)
            continue;
        /* What was let in is a sound message: it packs, and what it packs to is let in. */
        fine++;
        assert_int_equal(wire_pack(&arena, message, 0, &again, NULL), STATUS_OK);
        assert_int_equal(unpack(EVERYTHING, again, &message, NULL), STATUS_OK);
    }
    assert_true(fine > 1000 && refused > 1000);
    free(honest);
    free(mutant);
}

static void test_noise_never_crashes(void **state)
{
    (void)state;
    uint64_t seed = 7;
    char noise[64];
    for (int round = 0; round < 20000; round++) {
        size_t len = next_random(&seed) % sizeof noise;
        for (size_t i = 0; i < len; i++)
            noise[i] = (char)next_random(&seed);
        ProtobufCMessage *message;
        enum status status =
            unpack(round % 2 == 0 ? EVERYTHING : BOMB, text_make(noise, len), &message, NULL);
        assert_true(status == STATUS_OK || status == STATUS_INVALID);
        arena_reset(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_prefix_never_crashes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_records, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_small_record_cannot_take_much_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_depth_is_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mutations_never_crash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_noise_never_crashes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
