/* SPDX-License-Identifier: Apache-2.0 */
/* Remembers inbound and inbox records by (ce_source, ce_id), in the transaction that acts on them, so that a
 * publisher may send again as often as it likes. Records that carry `aftercare-seq` need none of this. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"
#include "runtime/postgres.h"

#include <stdbool.h>

struct repeat {
    struct text source, id;
    struct text value; /* the record's: its digest is kept */
    bool is_new;       /* answer: first seen now */
};

struct repeats {
    struct repeat *items;
    size_t count;
};

/* Queues one INSERT; `repeats` lives until postgres_run. Sorted inside, so that two workers never wait in a
 * circle. */
void repeats_queue(struct postgres *db, struct repeats *repeats, struct arena *arena);

enum repeat_known {
    REPEAT_UNKNOWN, /* no such record was acted on */
    REPEAT_SAME,
    REPEAT_OTHER, /* a record of this identity was, and it held something else */
};

/* What a record of this identity would be; in a round trip of its own. */
enum status repeats_ask(struct postgres *db, const struct repeat *repeat, struct arena *arena,
                        enum repeat_known *ret_known, struct error *err) MUST_CHECK;

/* Forgets what is older than keep_us, at most `most` rows a call. *ret_deleted tells how many. */
enum status repeats_forget(struct postgres *db, int64_t keep_us, int32_t most, struct arena *arena,
                           int64_t *ret_deleted, struct error *err) MUST_CHECK;
