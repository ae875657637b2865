/* SPDX-License-Identifier: Apache-2.0 */
#include "entities.h"

#include "core/mask.h"
#include "domain.h"
#include "plain.h"

#include <stdbool.h>
#include <string.h>

#define NEAR_BYTES 40 /* how far before a number the word stands that says what it is */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Of the plain text: letters are small. '*' stands where something was hidden. */
static bool is_part(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '*' || c == '_' || c == '@';
}

static bool is_shape(struct text text, const char *shape)
{
    /* '#' is a digit, '?' a digit or letter, anything else itself. */
    size_t i = 0;
    for (; shape[i] != '\0'; i++) {
        if (i >= text.len)
            return false;
        char c = text.at[i];
        if (shape[i] == '#' ? !is_digit(c) : shape[i] == '?' ? c == '-' : c != shape[i])
            return false;
    }
    return i == text.len;
}

static bool is_digits(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_digit(text.at[i]))
            return false;
    return text.len > 0;
}

static void add(struct entities *entities, int32_t kind, struct text value)
{
    for (size_t i = 0; i < entities->count; i++)
        if (entities->items[i].kind == kind && text_equal(entities->items[i].value, value))
            return;
    if (entities->count < ENTITIES_MOST && value.at != NULL)
        entities->items[entities->count++] = (struct entity){kind, value};
}

/* The length of a mobile number that begins here, country code and separators included; its digits in
 * `number`. */
static size_t mobile_at(struct text text, size_t at, char number[11])
{
    size_t i = at;
    if (i < text.len && text.at[i] == '+')
        i++;
    if (text.len - i > 2 && text.at[i] == '8' && text.at[i + 1] == '6') {
        i += 2;
        if (text.at[i] == '-' || text.at[i] == ' ')
            i++;
    } else if (i > at) {
        return 0;
    }
    size_t digits = 0;
    for (; i < text.len && digits < 11; i++) {
        bool is_gap = (digits == 3 || digits == 7) && (text.at[i] == '-' || text.at[i] == ' ');
        if (is_gap && is_digit(text.at[i - 1]))
            continue;
        if (!is_digit(text.at[i]))
            return 0;
        number[digits++] = text.at[i];
    }
    if (digits < 11 || number[0] != '1' || number[1] < '3')
        return 0;
    bool is_longer = i < text.len && (is_part(text.at[i]) ||
                                      (text.at[i] == '-' && i + 1 < text.len && is_part(text.at[i + 1])));
    return is_longer ? 0 : i - at;
}

static bool is_said_before(struct text text, size_t at, const struct text *names, size_t count)
{
    size_t from = at > NEAR_BYTES ? at - NEAR_BYTES : 0;
    struct text before = text_make(text.at + from, at - from);
    for (size_t i = 0; i < count; i++)
        if (text_contains(before, names[i]))
            return true;
    return false;
}

static bool is_order_context(struct text text, size_t at)
{
    static const struct text names[] = {TEXT("订单"), TEXT("单号"), TEXT("order")};
    return is_said_before(text, at, names, sizeof names / sizeof *names);
}

static bool is_parcel_context(struct text text, size_t at)
{
    static const struct text names[] = {TEXT("运单"),     TEXT("快递"),     TEXT("物流"), TEXT("顺丰"),
                                        TEXT("中通"),     TEXT("圆通"),     TEXT("申通"), TEXT("韵达"),
                                        TEXT("waybill"),  TEXT("tracking"), TEXT("ems"),  TEXT("邮政"),
                                        TEXT("shipment"), TEXT("parcel")};
    return is_said_before(text, at, names, sizeof names / sizeof *names);
}

/* UPU S10: two letters, eight digits, a check digit, the country. */
static bool is_postal(struct text token)
{
    static const int weights[] = {8, 6, 4, 2, 3, 5, 9, 7};
    if (token.len != 13 || is_digit(token.at[0]) || is_digit(token.at[1]) || token.at[11] != 'c' ||
        token.at[12] != 'n' || !is_digits(text_make(token.at + 2, 9)))
        return false;
    int sum = 0;
    for (size_t i = 0; i < 8; i++)
        sum += weights[i] * (token.at[i + 2] - '0');
    int check = 11 - sum % 11;
    return token.at[10] - '0' == (check == 10 ? 0 : check == 11 ? 5 : check);
}

static bool is_carriers(struct text token)
{
    static const char *const shapes[] = {
        "sf############",  "sf#############", "yt#############", "zt#############",
        "sto##########",   "jt#############", "jd#############", "jdv###########",
        "jdv############", "jdx###########",  "jdx############", "jdk###########",
        "jdk############", "jdvb###########", "jdvc###########", "dpk############"};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (is_shape(token, shapes[i]))
            return true;
    return is_postal(token) || (token.len == 18 && is_shape(token, "1z????????????????"));
}

static bool is_bare_waybill(struct text token)
{
    static const char *const shapes[] = {"############",    "7#############",  "43#############",
                                         "46#############", "77#############", "9############",
                                         "1############"};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (is_shape(token, shapes[i]))
            return true;
    return false;
}

static bool has_digit(struct text token)
{
    for (size_t i = 0; i < token.len; i++)
        if (is_digit(token.at[i]))
            return true;
    return false;
}

static bool is_hidden(struct text token)
{
    return memchr(token.at, '*', token.len) != NULL || memchr(token.at, '@', token.len) != NULL;
}

static int32_t kind_of(struct text text, size_t at, struct text token, struct text order_no)
{
    if (!text_is_empty(order_no) && text_equal(token, order_no))
        return ENTITY_ORDER_NO;
    if (!has_digit(token) || is_hidden(token))
        return 0;
    if (is_carriers(token))
        return ENTITY_WAYBILL;
    if (is_shape(token, "######-###############"))
        return ENTITY_ORDER_NO;
    if (is_bare_waybill(token) && is_parcel_context(text, at) && !is_order_context(text, at))
        return ENTITY_WAYBILL;
    if (is_digits(token) && (token.len == 18 || token.len == 19))
        return ENTITY_ORDER_NO;
    /* Bare digits need eleven or more, for "order 3 days ago" names no order; others need a letter or a dash
     * too. */
    bool is_number = is_digits(token) ? token.len >= 8 && token.len <= 20 : token.len >= 6 && token.len <= 40;
    return is_number && is_order_context(text, at) ? ENTITY_ORDER_NO : 0;
}

static struct text capitals(struct text text, struct arena *arena)
{
    char *copy = arena_copy(arena, text.at, text.len);
    for (size_t i = 0; copy != NULL && i < text.len; i++)
        if (copy[i] >= 'a' && copy[i] <= 'z')
            copy[i] = (char)(copy[i] - 'a' + 'A');
    return copy == NULL ? TEXT_NULL : text_make(copy, text.len);
}

/* Letters, digits, and dashes between them. */
static size_t token_at(struct text text, size_t at)
{
    size_t end = at;
    while (end < text.len && (is_part(text.at[end]) || (text.at[end] == '-' && end > at &&
                                                        end + 1 < text.len && is_part(text.at[end + 1]))))
        end++;
    return end - at;
}

void entities_find(struct text text, struct text order_no, struct arena *arena, struct entities *entities)
{
    text = plain_text(mask_numbers(arena, text, order_no), arena);
    order_no = plain_text(order_no, arena);
    for (size_t at = 0; at < text.len;) {
        char number[11];
        size_t len = mobile_at(text, at, number);
        size_t token = token_at(text, at);
        if (len > 0 && !(token == order_no.len && text_equal(text_make(text.at + at, token), order_no))) {
            add(entities, ENTITY_PHONE, text_print(arena, "%.3s****%.4s", number, number + 7));
            at += len;
        } else if (token > 0) {
            int32_t kind = kind_of(text, at, text_make(text.at + at, token), order_no);
            if (kind != 0)
                add(entities, kind, capitals(text_make(text.at + at, token), arena));
            at += token;
        } else {
            at++;
        }
    }
}
