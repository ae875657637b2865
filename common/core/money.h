/* SPDX-License-Identifier: Apache-2.0 */
/* An amount of money: minor units (cents, fen) with an ISO 4217 code. Amounts of different currencies never
 * meet: adding them fails, it does not convert. */
#pragma once

#include "core/status.h"
#include "core/text.h"

#include <stdbool.h>
#include <stdint.h>

struct money {
    int64_t minor;
    char currency[4]; /* three capitals and a NUL; "" only in a zeroed struct, which stands for "no amount" */
};

/* INVALID unless `currency` is three capitals. */
enum status money_make(int64_t minor, struct text currency, struct money *ret_money,
                       struct error *err) MUST_CHECK;
/* INVALID on different currencies or overflow. "no amount" is neutral. */
enum status money_add(struct money a, struct money b, struct money *ret_sum, struct error *err) MUST_CHECK;
enum status money_subtract(struct money a, struct money b, struct money *ret_rest,
                           struct error *err) MUST_CHECK;
bool money_is_none(struct money money);
/* "CNY 12.34": two decimals, or none for currencies without minor units (JPY, KRW, VND). In the arena. */
struct text money_text(struct arena *arena, struct money money);
