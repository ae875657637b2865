/* SPDX-License-Identifier: Apache-2.0 */
#include "language.h"

#include <stdbool.h>

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const char *language_of_tag(struct text tag)
{
    if (tag.len < 2)
        return NULL;
    bool ends = tag.len == 2 || !is_letter(tag.at[2]);
    if (ends && (tag.at[0] | 0x20) == 'z' && (tag.at[1] | 0x20) == 'h')
        return "zh-CN";
    return "en";
}

/* U+4E00..U+9FFF is E4 B8 80 .. E9 BF BF in UTF-8. */
static const char *language_of_words(struct text words)
{
    bool any_letter = false;
    for (size_t i = 0; i < words.len; i++) {
        unsigned char c = (unsigned char)words.at[i];
        if (c >= 0xE4 && c <= 0xE9)
            return "zh-CN";
        any_letter = any_letter || is_letter(words.at[i]);
    }
    return any_letter ? "en" : NULL;
}

const char *language_choose(struct text said, struct text preferred, struct text words, const char *otherwise)
{
    const char *language = language_of_tag(said);
    if (language == NULL)
        language = language_of_tag(preferred);
    if (language == NULL)
        language = language_of_words(words);
    return language == NULL ? otherwise : language;
}
