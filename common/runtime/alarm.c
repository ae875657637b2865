/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/alarm.h"

#include "runtime/loop_metrics.h"
#include "runtime/wakeup.h"

#include <stdlib.h>

#define ASK_LATEST_US      US_PER_SECOND
#define LOOK_WITH_REDIS_US (5 * US_PER_SECOND)
#define LOOK_ALONE_US      US_PER_SECOND
#define REFILL_US          (30 * US_PER_SECOND)
#define REFILL_MOST        20000

static size_t held_lanes(const struct loop *loop, struct arena *arena, int32_t **ret_lanes)
{
    int32_t *lanes = arena_alloc_array(arena, (size_t)loop->lane_count, sizeof *lanes);
    size_t count = 0;
    for (int32_t i = 0; lanes != NULL && i < loop->lane_count; i++)
        if (loop->lanes[i].is_held)
            lanes[count++] = i;
    *ret_lanes = lanes;
    return count;
}

static enum status find(struct loop *loop, int64_t ahead_us, int32_t most,
                        struct deadline_candidate **ret_found, size_t *ret_count, struct error *err)
{
    int32_t *lanes;
    size_t count = held_lanes(loop, &loop->due_arena, &lanes);
    struct deadline_search search = {lanes, count, loop->kinds, loop->kind_count, ahead_us, most};
    int64_t now_us;
    if (loop->due_arena.is_exhausted)
        return fail(err, STATUS_TRANSIENT, "out of memory while looking for deadlines");
    return deadline_find(loop->db, &search, &loop->due_arena, ret_found, ret_count, &now_us, err);
}

/* The armed rows inside the horizon: what Redis may have lost, or was too far away when it was armed. */
static enum status refill(struct loop *loop, struct error *err)
{
    arena_reset(&loop->due_arena);
    loop->due_count = 0;
    struct deadline_candidate *found;
    size_t count;
    enum status status = find(loop, WAKEUP_HORIZON_US, REFILL_MOST, &found, &count, err);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        wakeup_add(loop->wakeup, &found[i]);
    wakeup_send(loop->wakeup);
    metric_add(loop->metrics->deadline_rebuilds, 1);
    loop->ask_at_us = 0;
    return STATUS_OK;
}

static enum status look(struct loop *loop, struct error *err)
{
    arena_reset(&loop->due_arena);
    loop->due_count = 0;
    return find(loop, 0, WAKEUP_MOST * 4, &loop->due, &loop->due_count, err);
}

static void ask(struct loop *loop, int64_t now_us)
{
    arena_reset(&loop->due_arena);
    loop->due_count = 0;
    int32_t *lanes;
    size_t count = held_lanes(loop, &loop->due_arena, &lanes);
    int64_t next_in_us = INT64_MAX;
    loop->ask_at_us = now_us + ASK_LATEST_US;
    if (count > 0 &&
        wakeup_ask(loop->wakeup, lanes, count, &loop->due_arena, &loop->due, &loop->due_count, &next_in_us))
        loop_ask_within(loop, next_in_us < ASK_LATEST_US ? next_in_us : ASK_LATEST_US);
}

enum status alarm_listen(struct loop *loop, struct error *err)
{
    if (loop->kind_count == 0)
        return STATUS_OK;
    int64_t now_us = time_monotonic_us();
    if (now_us >= loop->refill_at_us) {
        loop->refill_at_us = now_us + REFILL_US;
        enum status status = refill(loop, err);
        if (status != STATUS_OK)
            return status;
    }
    if (now_us >= loop->look_at_us) {
        loop->look_at_us = now_us + (wakeup_is_up(loop->wakeup) ? LOOK_WITH_REDIS_US : LOOK_ALONE_US);
        enum status status = look(loop, err);
        if (status != STATUS_OK || loop->due_count > 0)
            return status;
    }
    if (now_us >= loop->ask_at_us)
        ask(loop, now_us);
    return STATUS_OK;
}
