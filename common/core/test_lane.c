/* SPDX-License-Identifier: Apache-2.0 */
#include "core/lane.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

/* With INT32_MAX lanes the lane is the hash itself, without its sign. */
static int32_t hash_of(struct text key)
{
    return lane_of_key(key, INT32_MAX);
}

/* Of Kafka's own UtilsTest.testMurmur2: all four lengths of a tail, and one longer than a block. */
static void test_hash_is_that_of_java(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        int32_t murmur2;
    } vectors[] = {
        {"21", -973932308},
        {"foobar", -790332482},
        {"a-little-bit-long-string", -985981536},
        {"a-little-bit-longer-string", -1486304829},
        {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
        {"abc", 479470107},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        assert_int_equal(hash_of(text_of(vectors[i].key)), vectors[i].murmur2 & INT32_MAX);
}

static void test_bytes_are_unsigned_and_nul_is_one_of_them(void **state)
{
    (void)state;
    /* A signed byte in the tail or in a block would give another hash. */
    assert_int_not_equal(hash_of(text_make("\xff", 1)), hash_of(text_make("\x7f", 1)));
    assert_int_not_equal(hash_of(text_make("\0", 1)), hash_of(text_make("\0\0", 2)));
    assert_int_not_equal(hash_of(text_make("ab\0d", 4)), hash_of(text_make("ab\0e", 4)));
    /* Java: murmur2(new byte[]{(byte) 0xe9, (byte) 0x80, (byte) 0x80}) is worked out below by its definition.
     */
    const uint32_t m = 0x5bd1e995U;
    uint32_t h = 0x9747b28cU ^ 3U;
    h ^= 0x80U << 16;
    h ^= 0x80U << 8;
    h ^= 0xe9U;
    h *= m;
    h ^= h >> 13;
    h *= m;
    h ^= h >> 15;
    assert_int_equal(hash_of(text_make("\xe9\x80\x80", 3)), h & INT32_MAX);
}

static void test_lane_is_in_range_and_all_are_used(void **state)
{
    (void)state;
    unsigned used[12] = {0};
    char key[32];
    for (int i = 0; i < 12000; i++) {
        int len = snprintf(key, sizeof key, "case-%d", i);
        int32_t lane = lane_of_key(text_make(key, (size_t)len), 12);
        assert_in_range(lane, 0, 11);
        used[lane]++;
        assert_int_equal(lane_of_key(text_make(key, (size_t)len), 1), 0);
    }
    for (size_t lane = 0; lane < 12; lane++)
        assert_in_range(used[lane], 800, 1200);
}

static void test_no_key_has_a_lane_too(void **state)
{
    (void)state;
    assert_int_equal(lane_of_key(TEXT_NULL, 12), lane_of_key(TEXT(""), 12));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash_is_that_of_java),
        cmocka_unit_test(test_bytes_are_unsigned_and_nul_is_one_of_them),
        cmocka_unit_test(test_lane_is_in_range_and_all_are_used),
        cmocka_unit_test(test_no_key_has_a_lane_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
