/* SPDX-License-Identifier: Apache-2.0 */
#include "plain.h"

#include "domain.h"

#include <stdbool.h>
#include <string.h>

/* The text is well-formed: checked on the wire. */
static size_t decode(const char *at, uint32_t *ret_point)
{
    unsigned char first = (unsigned char)at[0];
    size_t len = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t point = len == 1 ? first : (uint32_t)first & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++)
        point = point << 6 | ((unsigned char)at[i] & 0x3fU);
    *ret_point = point;
    return len;
}

static bool is_invisible(uint32_t point)
{
    return (point < 0x20 && point != '\t' && point != '\n' && point != '\r') || point == 0x7f ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x202a && point <= 0x202e) || point == 0x2060 ||
           point == 0xfeff || (point >= 0xfe00 && point <= 0xfe0f);
}

static bool is_blank(uint32_t point)
{
    return point == ' ' || point == '\t' || point == '\n' || point == '\r' || point == 0xa0 ||
           (point >= 0x2000 && point <= 0x200a) || point == 0x3000;
}

static bool is_han(uint32_t point)
{
    return (point >= 0x4e00 && point <= 0x9fff) || (point >= 0x3400 && point <= 0x4dbf) ||
           (point >= 0x20000 && point <= 0x2fa1f);
}

/* ASCII where there is one; others stay. */
static uint32_t fold(uint32_t point)
{
    if (point >= 0xff01 && point <= 0xff5e)
        point -= 0xfee0;
    if (point == 0x2018 || point == 0x2019)
        return '\'';
    if (point >= 'A' && point <= 'Z')
        return point - 'A' + 'a';
    return point;
}

struct plain {
    char *to;
    size_t len;
    uint32_t last;
    int repeats;
};

static void put(struct plain *plain, const char *at, size_t len, uint32_t point)
{
    bool is_digit = point >= '0' && point <= '9';
    plain->repeats = point == plain->last ? plain->repeats + 1 : 1;
    plain->last = point;
    if (plain->repeats > (point == ' ' ? 1 : 3) && !is_digit)
        return;
    if (point < 0x80)
        plain->to[plain->len++] = (char)point;
    else {
        memcpy(plain->to + plain->len, at, len);
        plain->len += len;
    }
}

struct text plain_text(struct text text, struct arena *arena)
{
    text = text_clip(text_trim(text), PLAIN_BYTES_MOST);
    struct plain plain = {.to = arena_alloc(arena, text.len + 1)};
    if (plain.to == NULL)
        return TEXT_NULL;
    for (size_t i = 0; i < text.len;) {
        uint32_t point;
        size_t len = decode(text.at + i, &point);
        if (is_blank(point))
            put(&plain, " ", 1, ' ');
        else if (!is_invisible(point))
            put(&plain, text.at + i, len, fold(point));
        i += len;
    }
    return text_trim(text_make(plain.to, plain.len));
}

int32_t plain_language(struct text text)
{
    size_t han = 0, words = 0;
    bool is_in_word = false;
    for (size_t i = 0; i < text.len;) {
        uint32_t point;
        i += decode(text.at + i, &point);
        bool is_letter = (point | 0x20) >= 'a' && (point | 0x20) <= 'z';
        words += is_letter && !is_in_word ? 1 : 0;
        is_in_word = is_letter;
        han += is_han(point) ? 1 : 0;
    }
    if (han == 0 && words == 0)
        return 0;
    /* A product's name in Latin letters does not make a Chinese sentence English. */
    return han >= words ? LANGUAGE_ZH_CN : LANGUAGE_EN;
}
