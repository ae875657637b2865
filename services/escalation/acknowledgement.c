/* SPDX-License-Identifier: Apache-2.0 */
#include "acknowledgement.h"

#include <string.h>

#define LONGEST 64 /* bytes; what is longer says something */

static const struct text marks[] = {TEXT("。"), TEXT("！"), TEXT("～"), TEXT("，"), TEXT("…"),
                                    TEXT("!"),  TEXT("."),  TEXT("~"),  TEXT(","),  TEXT("　")};

static bool drop_front(struct text *text)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (text_starts_with(*text, marks[i])) {
            *text = text_make(text->at + marks[i].len, text->len - marks[i].len);
            return true;
        }
    return false;
}

static bool drop_back(struct text *text)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct text mark = marks[i];
        if (text->len >= mark.len && memcmp(text->at + text->len - mark.len, mark.at, mark.len) == 0) {
            text->len -= mark.len;
            return true;
        }
    }
    return false;
}

static struct text bare(struct text text)
{
    text = text_trim(text);
    while (drop_front(&text) || drop_back(&text))
        text = text_trim(text);
    return text;
}

static char small(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

struct text acknowledgement_plain(struct text text, struct arena *arena)
{
    text = bare(text);
    char *copy = arena_copy(arena, text.len == 0 ? "" : text.at, text.len);
    for (size_t i = 0; copy != NULL && i < text.len; i++)
        copy[i] = small(copy[i]);
    return text_make(copy, copy == NULL ? 0 : text.len);
}

bool acknowledgement_is(const struct rulebook *rules, struct text text)
{
    text = bare(text);
    if (text.len == 0 || text.len > LONGEST)
        return false;
    if (text.len == 1 && text.at[0] >= '1' && text.at[0] <= '5')
        return true;
    char plain[LONGEST];
    for (size_t i = 0; i < text.len; i++)
        plain[i] = small(text.at[i]);
    for (size_t i = 0; i < rules->thanks_count; i++)
        if (text_equal(text_make(plain, text.len), rules->thanks[i]))
            return true;
    return false;
}
