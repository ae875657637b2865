/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void for_urls(void **state)
{
    (void)state;
    static const struct {
        struct text bytes;
        const char *text;
    } pairs[] = {{TEXT(""), ""},
                 {TEXT("\xfb"), "-w"},
                 {TEXT("\xff\xfe"), "__4"},
                 {TEXT("abc"), "YWJj"},
                 {TEXT("\xfb\xff\0"), "-_8A"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char text[16];
        uint8_t back[16];
        size_t len = 99;
        base64url_write((const uint8_t *)pairs[i].bytes.at, pairs[i].bytes.len, text);
        assert_string_equal(text, pairs[i].text);
        assert_true(base64_read(text_of(text), back, &len));
        assert_int_equal(len, pairs[i].bytes.len);
        assert_memory_equal(back, pairs[i].bytes.at, len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(for_urls)};
    return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
