/* SPDX-License-Identifier: Apache-2.0 */
#include "core/text.h"

#include <string.h>

struct text text_of(const char *string)
{
    return string == NULL ? TEXT_NULL : (struct text){string, strlen(string)};
}

struct text text_make(const void *at, size_t len)
{
    return (struct text){at, len};
}

struct text text_copy(struct arena *arena, struct text text)
{
    if (text.at == NULL)
        return TEXT_NULL;
    const char *at = arena_copy(arena, text.at, text.len);
    return at == NULL ? TEXT_NULL : (struct text){at, text.len};
}

char *text_string(struct arena *arena, struct text text)
{
    return arena_copy(arena, text.at == NULL ? "" : text.at, text.len);
}

struct text text_print(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct text text = text_of(arena_vprint(arena, format, args));
    va_end(args);
    return text;
}

bool text_is_empty(struct text text)
{
    return text.len == 0;
}

bool text_equal(struct text a, struct text b)
{
    return (a.at == NULL) == (b.at == NULL) && a.len == b.len &&
           (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool text_equal_string(struct text a, const char *b)
{
    return text_equal(a, text_of(b));
}

int text_compare(struct text a, struct text b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len == 0 ? 0 : memcmp(a.at, b.at, len);
    if (order != 0)
        return order;
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return (a.at != NULL) - (b.at != NULL);
}

bool text_starts_with(struct text text, struct text prefix)
{
    return text.len >= prefix.len && (prefix.len == 0 || memcmp(text.at, prefix.at, prefix.len) == 0);
}

bool text_contains(struct text text, struct text part)
{
    if (part.len == 0)
        return true;
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (text.at[i] == part.at[0] && memcmp(text.at + i, part.at, part.len) == 0)
            return true;
    return false;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct text text_trim(struct text text)
{
    while (text.len > 0 && is_space(text.at[0])) {
        text.at++;
        text.len--;
    }
    while (text.len > 0 && is_space(text.at[text.len - 1]))
        text.len--;
    return text;
}

struct text text_cut(struct text *rest, char separator)
{
    const char *found = rest->len == 0 ? NULL : memchr(rest->at, separator, rest->len);
    if (found == NULL) {
        struct text all = *rest;
        *rest = TEXT_NULL;
        return all;
    }
    struct text head = {rest->at, (size_t)(found - rest->at)};
    *rest = (struct text){found + 1, rest->len - head.len - 1};
    return head;
}

bool text_to_int64(struct text text, int64_t *ret_value)
{
    bool is_negative = text.len > 0 && text.at[0] == '-';
    size_t i = is_negative ? 1 : 0;
    if (i == text.len)
        return false;
    int64_t value = 0;
    for (; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        int digit = text.at[i] - '0';
        /* Built towards the negative, for INT64_MIN has no positive twin. */
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    if (!is_negative && __builtin_sub_overflow(0, value, &value))
        return false;
    *ret_value = value;
    return true;
}

/* Length of the well-formed character at the start, 0 when there is none (RFC 3629, table 3-7 of Unicode). */
static size_t utf8_char_len(const unsigned char *at, size_t len)
{
    unsigned char first = at[0];
    if (first < 0x80)
        return first == 0 ? 0 : 1;
    size_t need = first >= 0xC2 && first <= 0xDF   ? 2
                  : (first & 0xF0) == 0xE0         ? 3
                  : first >= 0xF0 && first <= 0xF4 ? 4
                                                   : 0;
    if (need == 0 || need > len)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    if ((first == 0xE0 && at[1] < 0xA0) || (first == 0xED && at[1] > 0x9F) ||
        (first == 0xF0 && at[1] < 0x90) || (first == 0xF4 && at[1] > 0x8F))
        return 0;
    return need;
}

bool text_is_utf8(struct text text)
{
    for (size_t i = 0; i < text.len;) {
        size_t len = utf8_char_len((const unsigned char *)text.at + i, text.len - i);
        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

struct text text_clip(struct text text, size_t max_bytes)
{
    if (text.len <= max_bytes)
        return text;
    size_t len = max_bytes;
    while (len > 0 && ((unsigned char)text.at[len] & 0xC0) == 0x80)
        len--;
    return (struct text){text.at, len};
}

uint64_t text_hash(struct text text)
{
    uint64_t hash = 0xcbf29ce484222325U;
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * 0x100000001b3U;
    return hash;
}
