/* SPDX-License-Identifier: Apache-2.0 */
/* The form as it comes back, from browsers and from others. */
#include "submission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;
static const struct token token = {.survey_id = {{1}}};

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, 16 << 20);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static struct submission sent;

static enum submission_problem send_form(const char *body)
{
    struct http_url fields;
    struct error err;
    assert_int_equal(http_url_parse_form(&arena, text_of(body), &fields, &err), STATUS_OK);
    return submission_read(&fields, &token, &arena, &sent);
}

static void a_good_one(void **unused)
{
    (void)unused;
    assert_int_equal(send_form("form=f&score=5&solved=yes&comment=+fine%0D%0Aand%07well+&other=1"),
                     SUBMISSION_GOOD);
    assert_int_equal(sent.values.score, 5);
    assert_true(sent.is_solved);
    assert_true(text_equal_string(sent.values.comment, "fine\nand well"));
    assert_int_equal(strlen(sent.id), SUBMISSION_ID_LEN);
    assert_int_equal(send_form("score=1&solved=no"), SUBMISSION_GOOD);
    assert_false(sent.is_solved);
    assert_int_equal(sent.values.comment.len, 0);
}

static void what_is_missing_is_said_and_the_rest_kept(void **unused)
{
    (void)unused;
    assert_int_equal(send_form(""), SUBMISSION_WITHOUT_SCORE);
    assert_int_equal(send_form("solved=yes&comment=hm"), SUBMISSION_WITHOUT_SCORE);
    assert_true(text_equal_string(sent.values.solved, "yes"));
    assert_true(text_equal_string(sent.values.comment, "hm"));
    static const char *const wrong[] = {"0", "6", "55", "-1", "%2B5", "5.0", "%EF%BC%95", "x", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char body[64];
        snprintf(body, sizeof body, "solved=yes&score=%s", wrong[i]);
        assert_int_equal(send_form(body), SUBMISSION_WITHOUT_SCORE);
    }
    assert_int_equal(send_form("score=4"), SUBMISSION_WITHOUT_SOLVED);
    assert_int_equal(sent.values.score, 4);
    assert_int_equal(send_form("score=4&solved=YES"), SUBMISSION_WITHOUT_SOLVED);
    assert_int_equal(sent.values.solved.len, 0);
}

static void a_comment_has_2000_characters(void **unused)
{
    (void)unused;
    static char body[64 + 3 * (COMMENT_MOST + 1) + 1];
    strcpy(body, "score=4&solved=yes&comment=");
    for (int i = 0; i < COMMENT_MOST; i++)
        strcat(body + strlen(body), "好");
    assert_int_equal(send_form(body), SUBMISSION_GOOD);
    assert_int_equal(sent.values.comment.len, 3 * COMMENT_MOST);
    strcat(body, "好");
    assert_int_equal(send_form(body), SUBMISSION_TOO_LONG);
    assert_int_equal(sent.values.comment.len, 3 * (COMMENT_MOST + 1)); /* to be shortened by who wrote it */
}

static void numbers_of_cards_are_hidden(void **unused)
{
    (void)unused;
    assert_int_equal(send_form("score=4&solved=yes&comment=4111+1111+1111+1111"), SUBMISSION_GOOD);
    assert_true(text_equal_string(sent.values.comment, "**** **** **** 1111"));
}

static void the_identity_is_of_link_copy_and_words(void **unused)
{
    (void)unused;
    static const char *const bodies[] = {
        "form=a&score=5&solved=yes&comment=x", "form=b&score=5&solved=yes&comment=x",
        "form=a&score=4&solved=yes&comment=x", "form=a&score=5&solved=no&comment=x",
        "form=a&score=5&solved=yes&comment=y", "form=ax&score=5&solved=yes&comment=",
        "form=&score=5&solved=yes&comment=ax",
    };
    char ids[sizeof bodies / sizeof *bodies][SUBMISSION_ID_LEN + 1];
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        assert_int_equal(send_form(bodies[i]), SUBMISSION_GOOD);
        memcpy(ids[i], sent.id, sizeof ids[i]);
        assert_int_equal(send_form(bodies[i]), SUBMISSION_GOOD);
        assert_string_equal(ids[i], sent.id); /* clicked twice */
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(ids[i], ids[j]);
    }
    struct http_url fields;
    struct error err;
    const struct token other = {.survey_id = {{2}}};
    assert_int_equal(http_url_parse_form(&arena, text_of(bodies[0]), &fields, &err), STATUS_OK);
    assert_int_equal(submission_read(&fields, &other, &arena, &sent), SUBMISSION_GOOD);
    assert_string_not_equal(ids[0], sent.id);
}

static void without_memory_nothing_is_sent(void **unused)
{
    (void)unused;
    struct http_url fields;
    struct error err;
    struct arena small;
    arena_init(&small, 1);
    assert_int_equal(
        http_url_parse_form(&arena, TEXT("score=5&solved=yes&comment=4111111111111111"), &fields, &err),
        STATUS_OK);
    assert_int_equal(submission_read(&fields, &token, &small, &sent), SUBMISSION_MALFORMED);
    assert_null(sent.values.comment.at);
    arena_done(&small);
}

#define FORM(test) cmocka_unit_test_setup_teardown(test, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FORM(a_good_one),
        FORM(what_is_missing_is_said_and_the_rest_kept),
        FORM(a_comment_has_2000_characters),
        FORM(numbers_of_cards_are_hidden),
        FORM(the_identity_is_of_link_copy_and_words),
        FORM(without_memory_nothing_is_sent),
    };
    return cmocka_run_group_tests_name("survey submission", tests, NULL, NULL);
}
