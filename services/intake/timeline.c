/* SPDX-License-Identifier: Apache-2.0 */
#include "timeline.h"

#include "core/time.h"
#include "timeline_words.h"

#include <stdio.h>
#include <string.h>

enum { SENTENCE_BYTES = 600, VALUE_BYTES = 120 };

struct sentence {
    char text[SENTENCE_BYTES + VALUE_BYTES];
    size_t len;
    bool has_gap; /* a field of the current optional part was empty */
};

static void append(struct sentence *to, struct text text)
{
    text = text_clip(text, VALUE_BYTES);
    if (to->len + text.len > SENTENCE_BYTES)
        return;
    memcpy(to->text + to->len, text.at, text.len);
    to->len += text.len;
}

/* "2026-11-24 10:00 UTC": minutes are enough for a person. */
static void append_moment(struct sentence *to, int64_t at_us)
{
    char moment[TIME_TEXT_LEN + 1];
    time_format(at_us, moment);
    moment[10] = ' ';
    append(to, text_make(moment, 16));
    append(to, TEXT(" UTC"));
}

static void append_field(struct sentence *to, const struct case_fact *fact, const char *name, size_t name_len,
                         bool is_chinese)
{
    for (size_t i = 0; i < fact->field_count; i++) {
        const struct case_fact_field *field = &fact->fields[i];
        if (strlen(field->name) != name_len || memcmp(field->name, name, name_len) != 0)
            continue;
        if (field->text.at != NULL) {
            append(to, timeline_word(field->text, is_chinese));
            to->has_gap = to->has_gap || field->text.len == 0;
        } else if (field->is_moment && field->number != 0)
            append_moment(to, field->number);
        else if (!field->is_moment) {
            char number[24];
            append(to, text_make(number,
                                 (size_t)snprintf(number, sizeof number, "%lld", (long long)field->number)));
        } else
            to->has_gap = true;
        return;
    }
    to->has_gap = true;
}

/* "{?field}" and "{!field}" write nothing: their part stands when the field is set, or is not. */
static void ask_field(struct sentence *to, const struct case_fact *fact, const char *name, size_t name_len)
{
    bool is_set = false;
    for (size_t i = 0; i < fact->field_count; i++)
        if (strlen(fact->fields[i].name) == name_len - 1 &&
            memcmp(fact->fields[i].name, name + 1, name_len - 1) == 0)
            is_set = fact->fields[i].number != 0;
    if (is_set != (*name == '?'))
        to->has_gap = true;
}

/* A pattern is text with {field}s; a part in [brackets] stands only when every field in it has a value. */
static struct text fill(const char *pattern, const struct case_fact *fact, bool is_chinese,
                        struct arena *arena)
{
    struct sentence to = {.len = 0};
    size_t part_at = 0;
    for (const char *at = pattern; *at != '\0'; at++) {
        if (*at == '[') {
            part_at = to.len;
            to.has_gap = false;
        } else if (*at == ']') {
            to.len = to.has_gap ? part_at : to.len;
        } else if (*at == '{') {
            size_t len = strcspn(at + 1, "}");
            if (at[1] == '?' || at[1] == '!')
                ask_field(&to, fact, at + 1, len);
            else
                append_field(&to, fact, at + 1, len, is_chinese);
            at += len + 1;
        } else {
            append(&to, text_make(at, 1));
        }
    }
    return text_copy(arena, text_make(to.text, to.len));
}

static struct text words_of(const struct case_fact *fact)
{
    static const char *const fields[] = {"text",           "words",   "notice.text", "action.text",
                                         "request.reason", "comment", "answer"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct text words = case_fact_text(fact, fields[i]);
        if (!text_is_empty(words))
            return words;
    }
    return TEXT_NULL;
}

struct timeline_line timeline_tell(const struct case_fact *fact, struct arena *arena)
{
    struct timeline_line line = {
        .case_id = fact->case_id,
        .source = fact->place.source,
        .lane = fact->place.lane,
        .n = fact->place.n,
        .happened_at_us = fact->at_us,
        .service = fact->service,
        .fact = fact->name,
        .words = words_of(fact),
    };
    const char *service, *name, *zh, *en;
    for (size_t i = 0; timeline_sentence(i, &service, &name, &zh, &en); i++) {
        if (!text_equal_string(fact->name, name) ||
            (*service != '\0' && !text_equal_string(fact->service, service)))
            continue;
        line.sentence_zh = fill(zh, fact, true, arena);
        line.sentence_en = fill(en, fact, false, arena);
        return line;
    }
    line.sentence_zh = line.sentence_en = text_copy(arena, fact->name);
    return line;
}
