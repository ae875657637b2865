/* SPDX-License-Identifier: Apache-2.0 */
/* A case as this service keeps it: rows of seven tables (schema/001_returns.sql), and the file they make
 * together. Made by whichever fact comes first, completed by the others: everything of the case and its order
 * may still be unknown (0, absent) when a rule looks at it.
 *
 * The store makes a file for each fact and writes back what is different afterwards; the arrays live in the
 * batch's arena. Only the last return can change: a new one begins after it was closed. */
#pragma once

#include "core/ids.h"
#include "core/text.h"
#include "domain.h"
#include "machines.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct case_state {
    struct uuid case_id;
    int64_t version;      /* rises by one with every stated change; goes on over the case's returns */
    int64_t opened_at_us; /* 0: CaseOpened has not come */
    int32_t channel, language;
    int64_t order_at_us;         /* when the order was linked; 0: it is not known */
    int64_t order_updated_at_us; /* the shop's clock: a later word corrects an earlier one */
    struct text shop_id, order_no;
    int64_t paid_minor;
    struct text paid_currency; /* absent: not known what was paid */
    int64_t bought_at_us;      /* paid, else placed */
    int64_t delivered_at_us;
    int32_t return_count; /* the last one's number */
};

struct order_line {
    struct uuid case_id;
    int32_t line_no;
    struct text sku, product;
    int32_t quantity;    /* 0: the line has gone from the order */
    int64_t price_minor; /* of one, in the currency paid in; 0: not known */
    int32_t warranty_months;
    int32_t goods_kind;
};

struct return_state {
    struct uuid case_id;
    int32_t return_no;
    struct uuid return_id; /* version 5 of case and number */
    int32_t stage;
    bool is_one_click;
    struct text action_id;  /* WAITING: the offer that will be answered; absent otherwise */
    int64_t wait_until_us;  /* WAITING: then it goes on without the order */
    struct text order_no;   /* as it was when the return was opened */
    struct text reason;     /* one click: the customer's words */
    bool is_in_warranty;    /* every line; not known counts as no */
    struct text option_id;  /* chosen */
    int32_t misses;         /* couriers who did not come since the choice */
    int64_t opened_at_us;   /* 0: ReturnOpened was not stated */
    int64_t promised_by_us; /* 0: nothing chosen yet */
    int32_t delays;
    int64_t closed_at_us;
    int32_t outcome;
};

struct return_line {
    struct uuid case_id;
    int32_t return_no;
    int32_t line_no;
    struct text sku;
    int32_t quantity;
    int32_t wish;
    int64_t amount_minor; /* REFUND; 0: not known yet */
    struct text currency;
    int32_t state;
    int32_t outcome; /* what it will be or is */
};

struct parcel {
    struct uuid case_id;
    int32_t return_no;
    int32_t parcel_no; /* from 1 */
    int32_t leg;
    int32_t state;
    struct text pickup_id; /* absent: no courier was booked by us */
    struct text waybill;   /* absent: not known yet */
    struct text carrier;
    int64_t slot_from_us, slot_to_us;
    int64_t scanned_at_us; /* the latest scan on the way */
    struct text place;
};

/* A refund intent: one a line, for ever. */
struct refund {
    struct uuid case_id;
    struct uuid intent_id; /* version 5 of return and line */
    int32_t return_no;
    int32_t line_no;
    struct text order_no;
    int64_t amount_minor;
    struct text currency;
    int32_t state;
    int32_t asked;  /* how often, always under this key */
    int32_t result; /* the last one that counted, and what tells it from another: */
    struct text result_ref;
    int64_t result_at_us;
    int32_t noted;        /* results that changed nothing: repeated, late, contradicting */
    int32_t noted_result; /* the last of those that contradict; 0: none */
};

/* What was asked back of an order, over all cases and returns: shared, so it is loaded FOR UPDATE. */
struct order_money {
    struct text order_key;
    int64_t requested_minor;
    struct text currency;
};

struct case_file {
    struct case_state state;
    struct return_state current; /* the last; .stage RETURN_NONE: there is none */
    struct order_line *order_lines;
    size_t order_line_count;
    struct return_line *lines; /* of the current return */
    size_t line_count;
    struct parcel *parcels; /* of the current return */
    size_t parcel_count;
    struct refund *refunds; /* of all returns of the case */
    size_t refund_count;
    struct order_money money; /* of the case's order as it will be after the fact */
};

/* A file without rows: a case nobody has heard of. */
void file_init(struct case_file *file, struct uuid case_id);

/* One more of each, zeroed but for its keys. When the arena is full the loop throws the batch away: what is
 * returned then is a place to write to that nobody reads. */
struct return_line *file_add_line(struct case_file *file, struct arena *arena, int32_t line_no);
struct parcel *file_add_parcel(struct case_file *file, struct arena *arena, int32_t leg);
struct refund *file_add_refund(struct case_file *file, struct arena *arena, struct uuid intent_id);
/* The line with this number, made when there is none. */
struct order_line *file_order_line(struct case_file *file, struct arena *arena, int32_t line_no);

/* Lines that may be changed without changing a copy of the file. */
void file_own_lines(struct case_file *file, struct arena *arena);

/* A new return, with the next number; what was the current one stays in its row. */
void file_begin_return(struct case_file *file);

/* NULL when there is none; an order's line with quantity 0 is none. */
const struct order_line *file_find_order_line(const struct case_file *file, int32_t line_no);
struct return_line *file_find_line(const struct case_file *file, int32_t line_no);
struct refund *file_find_refund(const struct case_file *file, struct uuid intent_id);
/* The last parcel of the leg. */
struct parcel *file_last_parcel(const struct case_file *file, int32_t leg);

/* "shop/order": the key of order_money. In the arena. */
struct text file_order_key(struct arena *arena, struct text shop_id, struct text order_no);
