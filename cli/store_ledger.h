/* SPDX-License-Identifier: Apache-2.0 */
/* The ledgers of the services, as an operator sees and mends them. The connection's schema is the service's.
 */
#pragma once

#include "runtime/postgres.h"

struct ledger_view {
    int32_t lane;
    struct uuid owner;
    int64_t epoch, batch, out_seq;
    int32_t takings;
    struct text suspect; /* absent: none */
    struct text offsets; /* JSON: {"topic": next} */
    int64_t pending_bytes;
    int64_t updated_at_us;
};

struct ledger_survey {
    struct ledger_view *rows; /* by lane */
    size_t count;
    int32_t lane_count; /* how many lanes the schema was made for; 0: no worker has started yet */
    bool is_live;       /* workers are connected */
};

/* In the arena. FATAL when there is no such schema or no right to read it. */
enum status store_ledger_read(struct postgres *db, const char *service, struct arena *arena,
                              struct ledger_survey *ret_survey, struct error *err) MUST_CHECK;

/* Both add one to the epoch in the same statement, so that an owner nobody sees (a frozen process, a
 * connection behind a broken network) is fenced off. REFUSED while workers of the service are connected to
 * the database, INVALID when the lane has no row. */
enum status store_ledger_set_offset(struct postgres *db, const char *service, int32_t lane, const char *topic,
                                    int64_t offset, struct arena *arena, struct error *err) MUST_CHECK;
/* Numbers of outputs go on from the time in µs, on all lanes; *ret_count lanes were changed. */
enum status store_ledger_renumber(struct postgres *db, const char *service, struct arena *arena,
                                  int32_t *ret_count, struct error *err) MUST_CHECK;
