/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker holds of a lane in memory: its row of the ledger, the records polled and not yet committed,
 * and what of its last batch is still to be confirmed by Kafka. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"
#include "runtime/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct publication;

/* The last aftercare-seq applied of one writer: an upstream service's lane, per topic. */
struct seen {
    size_t input;
    int32_t lane;
    int64_t n;
    char service[32];
};

/* What a batch moves on: copied for an attempt, put in place when it has committed. */
struct cursor {
    int64_t *offsets; /* per input: next offset to read; -1 = the topic's beginning */
    size_t input_count;
    struct seen *seen;
    size_t seen_count;
    int64_t out_seq; /* last number given */
};

/* A record was left out because its predecessor, `wanted`, has not arrived; the writer publishes both again.
 */
struct hole {
    bool is_open;
    size_t input;
    int32_t lane;
    int64_t wanted;
    int64_t since_us; /* monotonic */
    char service[32];
};

#define SUSPECT_LEN 400

struct lane_state {
    int32_t number;
    bool is_held;       /* taken in the ledger, assigned, nothing lost since */
    bool is_surveyed;   /* the metrics tell of it */
    int64_t lost_at_us; /* monotonic: when it was held last */
    bool is_stuck;      /* an offset of it is gone in Kafka: an operator must decide */
    int64_t epoch;
    int64_t batch;
    int takings;
    char suspect[SUSPECT_LEN]; /* "" or what another process was trying alone when it died */
    int alone_left;            /* so many records are still to be tried one by one */
    struct arena memory;       /* of the cursor; one per COMMIT, the other is scratch */
    struct arena spare;
    struct cursor cursor;
    struct record *head, *tail;
    size_t queued_count, queued_bytes;
    struct hole hole;
    struct publication *publication; /* NULL: everything is confirmed */
    bool is_waiting;                 /* sits out until the publication is done */
};

void lane_init(struct lane_state *lane, int32_t number);
void lane_done(struct lane_state *lane);

/* The queue owns its records. Lanes hold tens to thousands; a record below the cursor's offset is freed at
 * once and false returned. */
bool lane_push(struct lane_state *lane, struct record *record);
void lane_pop(struct lane_state *lane); /* frees the head */
void lane_discard(struct lane_state *lane);
void record_free(struct record *record);

/* A copy to work on, in the arena. False when it is full. */
bool cursor_copy(const struct cursor *from, struct arena *arena, struct cursor *ret_copy);
/* Makes `from` the lane's cursor, copied into memory of the lane's own. */
enum status lane_set_cursor(struct lane_state *lane, const struct cursor *from, struct error *err) MUST_CHECK;
/* The entry of that writer, made with n = 0 when there is none; NULL when the arena is full. */
struct seen *cursor_seen(struct cursor *cursor, struct arena *arena, size_t input, struct text service,
                         int32_t lane);

/* Remembers the first hole there is, and forgets it when its predecessor was applied. */
void lane_note_hole(struct lane_state *lane, size_t input, struct text service, int32_t writer_lane,
                    int64_t wanted, int64_t now_us);
void lane_heal_hole(struct lane_state *lane);

/* The ledger's JSON: offsets {"topic": next}, seen {"topic service/lane": n}. `topics` has input_count names.
 * Names the service does not read are left alone (an older or newer version may). */
struct text cursor_offsets_json(const struct cursor *cursor, const char *const *topics, struct arena *arena);
struct text cursor_seen_json(const struct cursor *cursor, const char *const *topics, struct arena *arena);
/* FATAL when the JSON is not of that form: a ledger that was changed by hand. */
enum status cursor_parse(struct text offsets, struct text seen, const char *const *topics, size_t input_count,
                         struct arena *arena, struct cursor *ret_cursor, struct error *err) MUST_CHECK;
