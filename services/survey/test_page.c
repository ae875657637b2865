/* SPDX-License-Identifier: Apache-2.0 */
/* The page: languages, what is filled in, and that no text becomes markup. */
#include "html.h"
#include "page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HOSTILE         "<script>alert('x')</script>&\"'"
#define HOSTILE_ESCAPED "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;&#39;"

static struct arena arena;
static struct forms forms;

static int open_arena(void **state)
{
    (void)state;
    struct policy_text *words = (struct policy_text *)&forms;
    arena_init(&arena, 4 << 20);
    for (size_t i = 0; i < sizeof forms / sizeof *words; i++)
        words[i] = (struct policy_text){.zh_cn = TEXT("好" HOSTILE), .en = TEXT("en" HOSTILE)};
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static size_t count_of(struct text page, const char *part)
{
    size_t count = 0;
    for (size_t i = 0; i + strlen(part) <= page.len; i++)
        count += memcmp(page.at + i, part, strlen(part)) == 0;
    return count;
}

static void the_form_has_what_it_needs(void **unused)
{
    (void)unused;
    const struct page_values values = {
        .form = TEXT("f-1"), .score = 4, .solved = TEXT("no"), .comment = TEXT("\nfine")};
    struct text page = page_form(&forms, LANGUAGE_EN, &values, NULL, &arena);
    assert_int_equal(count_of(page, "type=\"radio\" name=\"score\" required"), 5);
    assert_int_equal(count_of(page, "type=\"radio\" name=\"solved\" required"), 2);
    assert_int_equal(count_of(page, " checked>"), 2);
    assert_int_equal(count_of(page, "value=\"4\" checked>"), 1);
    assert_int_equal(count_of(page, "value=\"no\" checked>"), 1);
    assert_int_equal(count_of(page, "name=\"form\" value=\"f-1\">"), 1);
    assert_int_equal(count_of(page, ">\n\nfine</textarea>"), 1);
    assert_int_equal(count_of(page, "<html lang=\"en\">"), 1);
    assert_int_equal(count_of(page, "role=\"alert\""), 0);
    assert_int_equal(count_of(page, "http"), 0); /* nothing from elsewhere */
    page = page_form(&forms, LANGUAGE_ZH_CN, &values, &forms.too_long, &arena);
    assert_int_equal(count_of(page, "<html lang=\"zh-CN\">"), 1);
    assert_int_equal(count_of(page, "role=\"alert\""), 1);
    assert_int_equal(count_of(page, "en" HOSTILE_ESCAPED), 0);
}

static void no_text_becomes_markup(void **unused)
{
    (void)unused;
    const struct page_values values = {
        .form = TEXT("\"><script>"), .solved = TEXT("\"><script>"), .comment = TEXT("</textarea>" HOSTILE)};
    struct text page = page_form(&forms, LANGUAGE_EN, &values, &forms.malformed, &arena);
    assert_int_equal(count_of(page, "<script"), 0);
    assert_int_equal(count_of(page, "alert('"), 0);
    assert_int_equal(count_of(page, "</textarea>"), 1);
    assert_int_equal(count_of(page, "value=\"&quot;&gt;&lt;script&gt;\""), 1);
    assert_int_equal(count_of(page, "&lt;/textarea&gt;" HOSTILE_ESCAPED), 1);
    page = page_words(&forms, LANGUAGE_EN, &forms.thanks_title, &forms.thanks, true, &arena);
    assert_int_equal(count_of(page, "<script"), 0);
    assert_int_equal(count_of(page, "<a href=\"\">"), 1);
    page = page_words(&forms, LANGUAGE_EN, &forms.expired_title, &forms.expired, false, &arena);
    assert_int_equal(count_of(page, "<a "), 0);
}

static void the_longest_comment_has_room(void **unused)
{
    (void)unused;
    static char quotes[32768];
    memset(quotes, '"', sizeof quotes);
    const struct page_values values = {.comment = text_make(quotes, sizeof quotes)};
    struct text page = page_form(&forms, LANGUAGE_EN, &values, NULL, &arena);
    assert_int_equal(count_of(page, "&quot;&quot;"), sizeof quotes - 1);
    struct arena small;
    arena_init(&small, 1000);
    assert_null(page_form(&forms, LANGUAGE_EN, &values, NULL, &small).at);
    assert_null(page_words(&forms, LANGUAGE_EN, &forms.title, &forms.thanks, true, &small).at);
    arena_done(&small);
    struct html html;
    html_init(&html, &arena, 8);
    html_add(&html, "12345");
    html_add_text(&html, TEXT("<"));
    html_add(&html, "1"); /* too late: a page with a hole is none */
    assert_null(html_text(&html).at);
}

static void the_customer_s_language(void **unused)
{
    (void)unused;
    static const struct {
        const char *accepted;
        int32_t language;
    } heads[] = {
        {"en", LANGUAGE_EN},
        {"en-GB,en;q=0.9", LANGUAGE_EN},
        {"zh-TW", LANGUAGE_ZH_CN},
        {"de, en;q=0.5, zh;q=0.4", LANGUAGE_EN},
        {"en;q=0.2 , ZH-cn; q=0.8", LANGUAGE_ZH_CN},
        {"en;q=0.200,zh;q=0.201", LANGUAGE_ZH_CN},
        {"en;q=0", LANGUAGE_ZH_CN},
        {"english", LANGUAGE_ZH_CN},
        {"*", LANGUAGE_ZH_CN},
        {"", LANGUAGE_ZH_CN},
        {";;,,q=,=;en", LANGUAGE_ZH_CN},
        {"en;q=9999999999999999999", LANGUAGE_EN},
        {"en;q=x", LANGUAGE_EN},
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        assert_int_equal(page_language(0, text_of(heads[i].accepted)), heads[i].language);
    assert_int_equal(page_language(0, TEXT_NULL), LANGUAGE_ZH_CN);
    assert_int_equal(page_language(LANGUAGE_ZH_CN, TEXT("en")), LANGUAGE_ZH_CN); /* the case's comes first */
    assert_int_equal(page_language(77, TEXT("en")), LANGUAGE_EN);
}

#define PAGE(test) cmocka_unit_test_setup_teardown(test, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGE(the_form_has_what_it_needs),
        PAGE(no_text_becomes_markup),
        PAGE(the_longest_comment_has_room),
        PAGE(the_customer_s_language),
    };
    return cmocka_run_group_tests_name("survey page", tests, NULL, NULL);
}
