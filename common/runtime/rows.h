/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of table.h's struct rows: rows in the arena, found by key. Nothing here knows SQL. */
#pragma once

#include "runtime/table.h"

#include <stdint.h>

struct row_flags {
    bool is_new;     /* not in the database before this batch */
    bool is_touched; /* to be written */
};

/* Open addressing over positions + 1; 0 is free. */
struct rows_index {
    uint32_t *slots;
    size_t slot_count;
};

struct rows_state {
    void **rows;
    size_t count, capacity;
    struct rows_index by_key;
    const void **wanted; /* pointers to first key values, copied; the first `loaded` of them are loaded */
    size_t wanted_count, wanted_capacity, loaded;
    struct rows_index by_wanted;
    bool is_locked;
};

struct row_flags *rows_flags(const struct rows *rows, const void *row);
/* A new zeroed row of the table's size with room for its flags; not yet in the index. NULL when the arena is
 * full. */
void *rows_blank(struct rows *rows);
/* Puts it into the index; the key must be filled in and new. False when the arena is full. */
bool rows_put(struct rows *rows, void *row);
int rows_compare_keys(const struct table *table, const void *a, const void *b, size_t key_count);
