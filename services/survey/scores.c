/* SPDX-License-Identifier: Apache-2.0 */
#include "scores.h"

#include <string.h>

#define LONGEST 64 /* bytes; what is longer says more than a score */

static const struct text marks[] = {TEXT("。"), TEXT("～"), TEXT("、"), TEXT("…"), TEXT("!"),
                                    TEXT("."),  TEXT("~"),  TEXT(","),  TEXT(";"), TEXT(" ")};

/* U+FF01 to U+FF5E are ASCII drawn wide, U+3000 is a wide blank. Never longer than it was. */
static size_t make_plain(struct text text, char *to)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        unsigned char second = text.len - i > 2 ? (unsigned char)text.at[i + 1] : 0;
        unsigned char third = text.len - i > 2 ? (unsigned char)text.at[i + 2] : 0;
        if (c == 0xEF && second == 0xBC && third >= 0x81) {
            c = (unsigned char)(third - 0x60);
            i += 2;
        } else if (c == 0xEF && second == 0xBD && third >= 0x80 && third <= 0x9E) {
            c = (unsigned char)(third - 0x20);
            i += 2;
        } else if (c == 0xE3 && second == 0x80 && third == 0x80) {
            c = ' ';
            i += 2;
        } else if (c == '\t' || c == '\r' || c == '\n') {
            c = ' ';
        }
        to[len++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return len;
}

static bool drop_mark(struct text *text)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct text mark = marks[i];
        if (text->len < mark.len)
            continue;
        if (memcmp(text->at, mark.at, mark.len) == 0) {
            *text = text_make(text->at + mark.len, text->len - mark.len);
            return true;
        }
        if (memcmp(text->at + text->len - mark.len, mark.at, mark.len) == 0) {
            text->len -= mark.len;
            return true;
        }
    }
    return false;
}

static struct text plain_in(struct text text, char *to)
{
    struct text plain = text_make(to, make_plain(text, to));
    while (drop_mark(&plain))
        continue;
    return plain;
}

struct text scores_plain(struct text text, struct arena *arena)
{
    char *to = arena_alloc(arena, text.len + 1);
    return to == NULL ? TEXT_NULL : plain_in(text, to);
}

int32_t scores_read(const struct rulebook *rules, struct text text)
{
    char to[LONGEST];
    text = text_trim(text);
    if (text.len == 0 || text.len > LONGEST)
        return SCORE_NONE;
    struct text plain = plain_in(text, to);
    if (plain.len == 1 && plain.at[0] >= '0' + SCORE_LEAST && plain.at[0] <= '0' + SCORE_MOST)
        return plain.at[0] - '0';
    for (size_t i = 0; i < rules->word_count; i++)
        if (text_equal(plain, rules->words[i].word))
            return rules->words[i].score;
    return SCORE_NONE;
}
