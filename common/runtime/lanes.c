/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/lanes.h"

#include "runtime/consumer.h"
#include "runtime/log.h"
#include "runtime/loop_metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAKE_MEMORY (256 * 1024 * 1024) /* pending of all lanes: 8 MiB each at most */
/* After so many takings by other processes without a COMMIT, records are tried one by one, so many of them.
 */
#define TAKINGS_MOST  2
#define ALONE_RECORDS 500

static enum status hold_lane(struct loop *loop, const struct ledger_row *row, struct arena *arena,
                             struct error *err)
{
    struct lane_state *lane = loop_lane(loop, row->lane);
    struct cursor cursor;
    enum status status =
        cursor_parse(row->offsets, row->seen, loop->topics, loop->input_count, arena, &cursor, err);
    if (status != STATUS_OK)
        return fail_within(err, status, "lane %d", (int)row->lane);
    cursor.out_seq = row->out_seq;
    status = lane_set_cursor(lane, &cursor, err);
    if (status != STATUS_OK)
        return status;
    lane->epoch = row->epoch;
    lane->batch = row->batch;
    lane->takings = row->takings;
    lane->is_stuck = false;
    lane->is_waiting = false;
    lane->hole.is_open = false;
    lane->suspect[0] = '\0';
    if (row->is_suspect_foreign && row->suspect.len < sizeof lane->suspect) {
        memcpy(lane->suspect, row->suspect.at, row->suspect.len);
        lane->suspect[row->suspect.len] = '\0';
    }
    bool is_suspicious = row->takings >= TAKINGS_MOST || lane->suspect[0] != '\0';
    lane->alone_left = is_suspicious ? ALONE_RECORDS : 0;
    if (is_suspicious)
        log_warn("lane was taken without a commit before; its records are tried one by one",
                 LOG_NUMBER("lane", row->lane), LOG_NUMBER("takings", row->takings),
                 LOG_STRING("suspect", lane->suspect));
    lane->is_held = true;
    if (row->pending.at != NULL)
        status = publisher_start(loop->publisher, row->pending, &lane->publication, err);
    return status;
}

static enum status hold_lanes(struct loop *loop, const struct ledger_row *rows, size_t count,
                              struct arena *arena, struct error *err)
{
    struct lane_state **held = calloc(count + 1, sizeof(struct lane_state *));
    if (held == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        held[i] = loop_lane(loop, rows[i].lane);
        status = hold_lane(loop, &rows[i], arena, err);
    }
    if (status == STATUS_OK)
        status = consumer_read(loop->consumer, held, count, err);
    free(held);
    return status;
}

enum status lanes_take(struct loop *loop, const int32_t *lanes, size_t count, struct error *err)
{
    loop_lose_all(loop);
    struct arena arena;
    arena_init(&arena, TAKE_MEMORY);
    struct ledger_row *rows = NULL;
    size_t taken = 0;
    enum status status = postgres_connect(loop->db, err);
    if (status == STATUS_OK && count > 0)
        status = ledger_take(loop->db, loop->owner, lanes, count, &arena, &rows, &taken, err);
    if (status == STATUS_OK)
        status = hold_lanes(loop, rows, taken, &arena, err);
    arena_done(&arena);
    if (status != STATUS_OK) {
        loop_lose_all(loop);
        struct error ignored;
        if (consumer_read(loop->consumer, NULL, 0, &ignored) != STATUS_OK)
            log_warn("nothing could be assigned", LOG_STRING("error", ignored.text));
        return status;
    }
    loop->must_retake = false;
    consumer_resume(loop->consumer);
    loop->db_generation = postgres_generation(loop->db);
    int64_t now_us = time_monotonic_us();
    loop->ask_at_us = loop->look_at_us = loop->refill_at_us = now_us;
    metric_add(loop->metrics->takings, (int64_t)taken);
    log_info("lanes taken", LOG_NUMBER("count", taken));
    return STATUS_OK;
}

void lanes_release(struct loop *loop, bool is_clean)
{
    struct lane_state **held = calloc((size_t)loop->lane_count + 1, sizeof(struct lane_state *));
    size_t count = 0;
    for (int32_t i = 0; held != NULL && i < loop->lane_count; i++)
        if (loop->lanes[i].is_held)
            held[count++] = &loop->lanes[i];
    if (is_clean && count > 0) {
        struct arena arena;
        arena_init(&arena, 1024 * 1024);
        ledger_release(loop->db, held, count, &arena);
        arena_done(&arena);
    }
    free(held);
    loop_lose_all(loop);
    loop->must_retake = false; /* nothing is ours: the next assignment says what to take */
}
