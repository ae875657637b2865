/* SPDX-License-Identifier: Apache-2.0 */
#include "page.h"

#include "html.h"

#include <string.h>

/* Room for everything but the comment, whose characters may each become an escape of six. */
#define PAGE_BYTES   65536
#define ESCAPE_BYTES 6

const struct text page_style = TEXT(
    "*{box-sizing:border-box}"
    "body{margin:0;background:#f3f4f6;color:#1f2328;"
    "font:17px/1.5 system-ui,-apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif}"
    "main{max-width:34rem;margin:0 auto;padding:1.25rem 1rem 3rem}"
    "h1{font-size:1.4rem;line-height:1.3;margin:.5rem 0}"
    "fieldset{border:0;margin:1.5rem 0 0;padding:0}"
    "legend,.ask{display:block;font-weight:600;padding:0;margin:0 0 .5rem}"
    ".choice{display:flex;align-items:center;gap:.75rem;min-height:3rem;padding:.5rem .9rem;"
    "margin:0 0 .5rem;background:#fff;border:1px solid #c9ced6;border-radius:.6rem}"
    ".choice:focus-within{outline:3px solid #1a5fb4}"
    "input[type=radio]{width:1.3rem;height:1.3rem;margin:0;accent-color:#1a5fb4;flex:none}"
    ".stars{color:#a15c00;letter-spacing:.1em;white-space:nowrap}"
    ".pair{display:flex;gap:.6rem}.pair .choice{flex:1}"
    "textarea{width:100%;min-height:7rem;padding:.6rem;font:inherit;border:1px solid #c9ced6;"
    "border-radius:.6rem;background:#fff}"
    ".hint{margin:.3rem 0 0;font-size:.9rem;color:#57606a}"
    ".problem{background:#ffebe9;border:1px solid #cf222e;border-radius:.6rem;padding:.7rem .9rem}"
    "button{display:block;width:100%;min-height:3.2rem;margin-top:1.5rem;border:0;border-radius:.6rem;"
    "background:#1a5fb4;color:#fff;font:inherit;font-weight:600}"
    "button:focus-visible{outline:3px solid #1f2328;outline-offset:2px}"
    "a{color:#1a5fb4}");

/* ---- language ---- */

/* A quality in thousandths: "0.8" is 800; 1000 without, and for what is none. */
static int quality_of(struct text parameters)
{
    struct text q = text_trim(parameters);
    if (!text_starts_with(q, TEXT("q=")) && !text_starts_with(q, TEXT("Q=")))
        return 1000;
    int quality = 0, weight = 1000;
    for (size_t i = 2; i < q.len && weight > 0; i++) {
        if (q.at[i] >= '0' && q.at[i] <= '9') {
            quality += (q.at[i] - '0') * weight;
            weight /= 10;
        } else if (q.at[i] != '.') {
            return 1000;
        }
    }
    return quality > 1000 ? 1000 : quality;
}

static int32_t language_of(struct text tag)
{
    tag = text_trim(tag);
    if (tag.len < 2 || (tag.len > 2 && tag.at[2] != '-'))
        return 0;
    char first = (char)(tag.at[0] | 0x20), second = (char)(tag.at[1] | 0x20);
    if (first == 'z' && second == 'h')
        return LANGUAGE_ZH_CN;
    return first == 'e' && second == 'n' ? LANGUAGE_EN : 0;
}

int32_t page_language(int32_t of_case, struct text accept_language)
{
    if (of_case > 0 && of_case < LANGUAGE_COUNT)
        return of_case;
    int32_t best = LANGUAGE_ZH_CN;
    int best_quality = 0;
    struct text rest = accept_language;
    while (rest.at != NULL) {
        struct text parameters = text_cut(&rest, ',');
        int32_t language = language_of(text_cut(&parameters, ';'));
        int quality = language == 0 ? 0 : quality_of(parameters);
        if (quality > best_quality) {
            best = language;
            best_quality = quality;
        }
    }
    return best;
}

/* ---- parts ---- */

struct writer {
    struct html html;
    struct text language;
};

static void say(struct writer *writer, const struct policy_text *words)
{
    html_add_text(&writer->html, policy_text_for(words, writer->language));
}

static void wrap(struct writer *writer, const char *before, const struct policy_text *words,
                 const char *after)
{
    html_add(&writer->html, before);
    say(writer, words);
    html_add(&writer->html, after);
}

static void begin(struct writer *writer, int32_t language, const struct policy_text *title,
                  size_t comment_len, struct arena *arena)
{
    html_init(&writer->html, arena, PAGE_BYTES + ESCAPE_BYTES * comment_len);
    writer->language = language == LANGUAGE_EN ? TEXT("en") : TEXT("zh-CN");
    html_add(&writer->html, "<!doctype html>\n<html lang=\"");
    html_add_text(&writer->html, writer->language);
    html_add(&writer->html, "\">\n<head>\n<meta charset=\"utf-8\">\n"
                            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                            "<meta name=\"robots\" content=\"noindex\">\n");
    wrap(writer, "<title>", title, "</title>\n<style>");
    html_add(&writer->html, page_style.at);
    wrap(writer, "</style>\n</head>\n<body>\n<main>\n<h1>", title, "</h1>\n");
}

static struct text end(struct writer *writer)
{
    html_add(&writer->html, "</main>\n</body>\n</html>\n");
    return html_text(&writer->html);
}

static void add_score(struct writer *writer, int score, const struct policy_text *name, bool is_chosen)
{
    static const char *const stars[] = {"", "★☆☆☆☆", "★★☆☆☆", "★★★☆☆", "★★★★☆", "★★★★★"};
    const char digit[2] = {(char)('0' + score), '\0'};
    html_add(&writer->html, "<label class=\"choice\"><input type=\"radio\" name=\"score\" required value=\"");
    html_add(&writer->html, digit);
    html_add(&writer->html, is_chosen ? "\" checked>" : "\">");
    html_add(&writer->html, "<span class=\"stars\" aria-hidden=\"true\">");
    html_add(&writer->html, stars[score]);
    html_add(&writer->html, "</span> <span>");
    html_add(&writer->html, digit);
    html_add(&writer->html, " · ");
    wrap(writer, "", name, "</span></label>\n");
}

static void add_solved(struct writer *writer, const char *value, const struct policy_text *name,
                       struct text chosen)
{
    html_add(&writer->html,
             "<label class=\"choice\"><input type=\"radio\" name=\"solved\" required value=\"");
    html_add(&writer->html, value);
    html_add(&writer->html, text_equal_string(chosen, value) ? "\" checked> <span>" : "\"> <span>");
    wrap(writer, "", name, "</span></label>\n");
}

/* ---- pages ---- */

struct text page_form(const struct forms *forms, int32_t language, const struct page_values *values,
                      const struct policy_text *problem, struct arena *arena)
{
    const struct policy_text *names[] = {&forms->score_5, &forms->score_4, &forms->score_3, &forms->score_2,
                                         &forms->score_1};
    struct writer writer;
    begin(&writer, language, &forms->title, values->comment.len, arena);
    wrap(&writer, "<p>", &forms->intro, "</p>\n");
    if (problem != NULL)
        wrap(&writer, "<p class=\"problem\" role=\"alert\">", problem, "</p>\n");
    /* Without an action a form goes to the address it was read from. */
    html_add(&writer.html, "<form method=\"post\" accept-charset=\"utf-8\">\n"
                           "<input type=\"hidden\" name=\"form\" value=\"");
    html_add_text(&writer.html, values->form);
    wrap(&writer, "\">\n<fieldset>\n<legend>", &forms->score_question, "</legend>\n");
    for (int score = SCORE_MOST; score >= SCORE_LEAST; score--)
        add_score(&writer, score, names[SCORE_MOST - score], values->score == score);
    wrap(&writer, "</fieldset>\n<fieldset>\n<legend>", &forms->solved_question,
         "</legend>\n<div class=\"pair\">\n");
    add_solved(&writer, "yes", &forms->yes, values->solved);
    add_solved(&writer, "no", &forms->no, values->solved);
    wrap(&writer, "</div>\n</fieldset>\n<fieldset>\n<label class=\"ask\" for=\"comment\">",
         &forms->comment_question, "</label>\n");
    /* The line break after the tag is dropped by browsers, so that one in the comment is not. */
    html_add(&writer.html, "<textarea id=\"comment\" name=\"comment\" maxlength=\"2000\" rows=\"4\">\n");
    html_add_text(&writer.html, values->comment);
    wrap(&writer, "</textarea>\n<p class=\"hint\">", &forms->comment_hint, "</p>\n</fieldset>\n");
    wrap(&writer, "<button type=\"submit\">", &forms->submit, "</button>\n</form>\n");
    return end(&writer);
}

struct text page_words(const struct forms *forms, int32_t language, const struct policy_text *title,
                       const struct policy_text *words, bool has_change, struct arena *arena)
{
    struct writer writer;
    begin(&writer, language, title, 0, arena);
    wrap(&writer, "<p>", words, "</p>\n");
    if (has_change)
        wrap(&writer, "<p><a href=\"\">", &forms->change, "</a></p>\n"); /* the same address */
    return end(&writer);
}
