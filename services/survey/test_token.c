/* SPDX-License-Identifier: Apache-2.0 */
/* Links: what was signed comes back, and nothing else does. */
#include "token.h"

#include "core/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define KEY       "0123456789abcdef0123456789abcdef"
#define OTHER_KEY "fedcba9876543210fedcba9876543210"

static const struct token_keys keys = {TEXT(KEY), TEXT_NULL};
static const struct token token = {.case_id = {{1, 2, 3}},
                                   .survey_id = {{250, 251, 252}},
                                   .expires_at_us = 1764000000 * US_PER_SECOND,
                                   .language = 2};

static void what_was_signed_comes_back(void **unused)
{
    (void)unused;
    char text[TOKEN_LEN + 1];
    struct token back;
    token_write(&keys, &token, text);
    assert_int_equal(strlen(text), TOKEN_LEN);
    assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                     TOKEN_LEN);
    assert_true(token_read(&keys, text_of(text), &back));
    assert_true(uuid_equal(back.case_id, token.case_id));
    assert_true(uuid_equal(back.survey_id, token.survey_id));
    assert_int_equal(back.expires_at_us, token.expires_at_us);
    assert_int_equal(back.language, 2);
    char again[TOKEN_LEN + 1];
    assert_string_equal(token_write(&keys, &token, again), text); /* the same on every retry */
}

static void every_changed_bit_shows(void **unused)
{
    (void)unused;
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char text[TOKEN_LEN + 1];
    struct token back;
    token_write(&keys, &token, text);
    for (size_t i = 0; i < TOKEN_LEN; i++) {
        char was = text[i];
        for (size_t digit = 0; digit < sizeof digits - 1; digit++) {
            text[i] = digits[digit];
            assert_int_equal(token_read(&keys, text_of(text), &back), digits[digit] == was);
        }
        text[i] = was;
    }
}

static void what_is_no_token(void **unused)
{
    (void)unused;
    char text[TOKEN_LEN + 2];
    struct token back;
    token_write(&keys, &token, text);
    assert_false(token_read(&keys, TEXT_NULL, &back));
    for (size_t len = 0; len < TOKEN_LEN; len++)
        assert_false(token_read(&keys, text_make(text, len), &back));
    text[TOKEN_LEN] = 'A';
    assert_false(token_read(&keys, text_make(text, TOKEN_LEN + 1), &back));
    text[TOKEN_LEN] = '=';
    assert_false(token_read(&keys, text_make(text, TOKEN_LEN + 1), &back));
    text[7] = '\0';
    assert_false(token_read(&keys, text_make(text, TOKEN_LEN), &back));
    memset(text, 'A', TOKEN_LEN);
    assert_false(token_read(&keys, text_make(text, TOKEN_LEN), &back));
}

static void keys_are_changed_without_losing_links(void **unused)
{
    (void)unused;
    const struct token_keys changed = {TEXT(OTHER_KEY), TEXT(KEY)}, later = {TEXT(OTHER_KEY), TEXT_NULL};
    char text[TOKEN_LEN + 1], newer[TOKEN_LEN + 1];
    struct token back;
    token_write(&keys, &token, text);
    token_write(&changed, &token, newer);
    assert_string_not_equal(text, newer);
    assert_true(token_read(&changed, text_of(text), &back));
    assert_true(token_read(&changed, text_of(newer), &back));
    assert_false(token_read(&later, text_of(text), &back));
    assert_false(token_read(&keys, text_of(newer), &back));
    /* A key that is not there signs nothing. */
    const struct token_keys empty = {TEXT(""), TEXT_NULL};
    token_write(&empty, &token, text);
    assert_false(token_read(&empty, text_of(text), &back));
    assert_false(token_read(&keys, text_of(text), &back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_signed_comes_back),
        cmocka_unit_test(every_changed_bit_shows),
        cmocka_unit_test(what_is_no_token),
        cmocka_unit_test(keys_are_changed_without_losing_links),
    };
    return cmocka_run_group_tests_name("survey token", tests, NULL, NULL);
}
