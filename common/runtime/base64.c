/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/base64.h"

size_t base64_text_len(size_t len)
{
    return len / 3 * 4 + (len % 3 != 0 ? 4 : 0);
}

void base64_write(const uint8_t *bytes, size_t len, char *to)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        uint32_t group = (uint32_t)bytes[i] << 16;
        if (left > 1)
            group |= (uint32_t)bytes[i + 1] << 8;
        if (left > 2)
            group |= bytes[i + 2];
        *to++ = digits[group >> 18 & 63];
        *to++ = digits[group >> 12 & 63];
        *to++ = left > 1 ? digits[group >> 6 & 63] : '=';
        *to++ = left > 2 ? digits[group & 63] : '=';
    }
}

void base64url_write(const uint8_t *bytes, size_t len, char *to)
{
    base64_write(bytes, len, to);
    size_t end = 0;
    for (size_t i = 0; i < base64_text_len(len) && to[i] != '='; i++, end++) {
        if (to[i] == '+')
            to[i] = '-';
        else if (to[i] == '/')
            to[i] = '_';
    }
    to[end] = '\0';
}

size_t base64_max_len(struct text text)
{
    return text.len / 4 * 3 + 3;
}

static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

bool base64_read(struct text text, uint8_t *to, size_t *ret_len)
{
    size_t digits = text.len, len = 0;
    while (digits > 0 && text.len - digits < 2 && text.at[digits - 1] == '=')
        digits--;
    if ((digits < text.len && text.len % 4 != 0) || digits % 4 == 1)
        return false;
    uint32_t group = 0;
    for (size_t i = 0; i < digits; i++) {
        int digit = digit_of(text.at[i]);
        if (digit < 0)
            return false;
        group = group << 6 | (uint32_t)digit;
        if (i % 4 == 0)
            continue;
        /* The 2nd, 3rd and 4th digit each complete a byte. */
        unsigned spare_bits = i % 4 == 1 ? 4 : i % 4 == 2 ? 2 : 0;
        to[len++] = (uint8_t)(group >> spare_bits);
        group &= (1U << spare_bits) - 1;
    }
    if (group != 0 && digits % 4 != 0)
        return false;
    *ret_len = len;
    return true;
}
