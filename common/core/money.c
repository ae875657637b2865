/* SPDX-License-Identifier: Apache-2.0 */
#include "core/money.h"

#include <inttypes.h>
#include <string.h>

enum status money_make(int64_t minor, struct text currency, struct money *ret_money, struct error *err)
{
    if (currency.len != 3)
        return fail(err, STATUS_INVALID, "currency: three capitals wanted (ISO 4217)");
    for (size_t i = 0; i < 3; i++)
        if (currency.at[i] < 'A' || currency.at[i] > 'Z')
            return fail(err, STATUS_INVALID, "currency: three capitals wanted (ISO 4217)");
    struct money money = {.minor = minor};
    memcpy(money.currency, currency.at, 3);
    *ret_money = money;
    return STATUS_OK;
}

bool money_is_none(struct money money)
{
    return money.currency[0] == '\0';
}

static enum status check_pair(struct money a, struct money b, struct error *err)
{
    if (!money_is_none(a) && !money_is_none(b) && strcmp(a.currency, b.currency) != 0)
        return fail(err, STATUS_INVALID, "currency: %s and %s do not add up", a.currency, b.currency);
    return STATUS_OK;
}

enum status money_add(struct money a, struct money b, struct money *ret_sum, struct error *err)
{
    enum status status = check_pair(a, b, err);
    if (status != STATUS_OK)
        return status;
    struct money sum = money_is_none(a) ? b : a;
    if (__builtin_add_overflow(a.minor, b.minor, &sum.minor))
        return fail(err, STATUS_INVALID, "amount: too large");
    *ret_sum = sum;
    return STATUS_OK;
}

enum status money_subtract(struct money a, struct money b, struct money *ret_rest, struct error *err)
{
    enum status status = check_pair(a, b, err);
    if (status != STATUS_OK)
        return status;
    struct money rest = money_is_none(a) ? b : a;
    if (__builtin_sub_overflow(a.minor, b.minor, &rest.minor))
        return fail(err, STATUS_INVALID, "amount: too large");
    *ret_rest = rest;
    return STATUS_OK;
}

struct text money_text(struct arena *arena, struct money money)
{
    static const char whole_units[][4] = {"JPY", "KRW", "VND", "CLP", "ISK"};
    for (size_t i = 0; i < sizeof whole_units / sizeof *whole_units; i++)
        if (strcmp(money.currency, whole_units[i]) == 0)
            return text_print(arena, "%s %" PRId64, money.currency, money.minor);
    uint64_t size = money.minor < 0 ? 0 - (uint64_t)money.minor : (uint64_t)money.minor;
    return text_print(arena, "%s %s%" PRIu64 ".%02" PRIu64, money.currency, money.minor < 0 ? "-" : "",
                      size / 100, size % 100);
}
