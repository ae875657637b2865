/* SPDX-License-Identifier: Apache-2.0 */
/* The statements that follow from a table's description. Made once per table and process; live for ever, for
 * their addresses are the names of prepared statements. Any thread. */
#pragma once

#include "runtime/table.h"

struct table_sql {
    const struct table *table;
    const char *load, *load_locked; /* $1: array of the first key column */
    const char *upsert, *insert;    /* one array per column; insert leaves rows alone that are there */
};

const struct table_sql *table_sql(const struct table *table);
