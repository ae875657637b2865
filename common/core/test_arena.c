/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_zeroed_and_aligned(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (size_t size = 0; size < 300; size++) {
        char *at = arena_alloc(&arena, size);
        assert_non_null(at);
        assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(at[i], 0);
        memset(at, 0xFF, size);
    }
    arena_done(&arena);
}

static void test_cap_holds_and_reset_lifts_it(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1000);
    assert_non_null(arena_alloc(&arena, 900));
    assert_false(arena.is_exhausted);
    assert_null(arena_alloc(&arena, 200));
    assert_true(arena.is_exhausted);
    arena_reset(&arena);
    assert_false(arena.is_exhausted);
    assert_non_null(arena_alloc(&arena, 900));
    assert_null(arena_alloc_array(&arena, SIZE_MAX / 2, 3));
    assert_null(arena_copy(&arena, "", SIZE_MAX));
    arena_done(&arena);
}

static void test_memory_is_zero_again_after_reset(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    memset(arena_alloc(&arena, 4096), 0xAA, 4096);
    memset(arena_alloc(&arena, 100000), 0xAA, 100000);
    arena_reset(&arena);
    unsigned char *at = arena_alloc(&arena, 4096);
    for (size_t i = 0; i < 4096; i++)
        assert_int_equal(at[i], 0);
    assert_int_equal(arena.used_bytes, 4096);
    arena_done(&arena);
}

static void test_print_and_copy(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 64);
    assert_string_equal(arena_print(&arena, "%s-%d", "case", 7), "case-7");
    assert_string_equal(arena_copy(&arena, "abcdef", 3), "abc");
    assert_null(arena_print(&arena, "%100d", 1));
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zeroed_and_aligned),
        cmocka_unit_test(test_cap_holds_and_reset_lifts_it),
        cmocka_unit_test(test_memory_is_zero_again_after_reset),
        cmocka_unit_test(test_print_and_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
