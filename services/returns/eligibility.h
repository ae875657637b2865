/* SPDX-License-Identifier: Apache-2.0 */
/* May this be returned, and why not? What the order says is held against what is asked for, and one-click
 * requests also against the policy's rules; the answer is a template whose text explains it. Pure. */
#pragma once

#include "turn.h"

/* A refund of this line when no amount is named: the price of so many; 0 when it is not known. */
int64_t eligibility_full_amount(const struct case_file *file, const struct return_line *line);
/* Every line, by the order as it is known now; false while it is not. */
bool eligibility_in_warranty(const struct case_file *file, int64_t now_us);

/* What no shop can want of the return's planned lines: a line the order does not have, more than was bought,
 * more money than was paid and is left. TEMPLATE_COUNT: no objection. Without an order refunds are objected
 * to (TEMPLATE_why_order), the rest is believed. */
enum template eligibility_objection(const struct turn *turn);

/* All of that, and the policy's rules for one click. */
enum template eligibility_one_click(const struct turn *turn);

/* The same as a reason for agents, in English; they see it in CommandRefused. */
struct text eligibility_reason(enum template why);
