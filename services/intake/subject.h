/* SPDX-License-Identifier: Apache-2.0 */
/* What other systems say about orders, customers and agents: the newest by their own clock counts, whatever
 * order it arrives in. A row holds the latest record as it came; rows are shared by all lanes and loaded FOR
 * UPDATE. */
#pragma once

#include "core/ids.h"
#include "core/text.h"

#include <stdbool.h>
#include <stdint.h>

/* The kinds of things that are recorded so. */
#define SUBJECT_ORDER    "order"
#define SUBJECT_CUSTOMER "customer"
#define SUBJECT_AGENT    "agent"

struct subject {
    struct uuid subject_id; /* of kind, shop and own id */
    struct text kind;
    struct text shop_id; /* orders; absent otherwise */
    struct text own_id;
    int64_t updated_at_us; /* the other system's clock; 0: nothing known yet */
    struct text record;    /* the latest record's bytes, masked; absent: nothing known yet */
};

/* A case that names an order: it is told whenever the order's facts change. */
struct order_link {
    struct uuid subject_id;
    struct uuid case_id;
    int64_t linked_at_us;
};

struct uuid subject_id(const char *kind, struct text shop_id, struct text own_id);

/* Whether a record with this time replaces what the row holds. Equal times: the later arrival does. */
bool subject_is_newer(const struct subject *row, int64_t updated_at_us);
/* Replaces it; false (and nothing changed) when the record is older. */
bool subject_correct(struct subject *row, int64_t updated_at_us, struct text record);
