/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/loop.h"

#include "core/time.h"

struct lane_state *loop_lane(struct loop *loop, int32_t number)
{
    return number < 0 || number >= loop->lane_count ? NULL : &loop->lanes[number];
}

void loop_lose_lane(struct loop *loop, struct lane_state *lane)
{
    if (lane->is_held)
        lane->lost_at_us = time_monotonic_us();
    lane->is_held = false;
    lane_discard(lane);
    publication_release(lane->publication);
    lane->publication = NULL;
    size_t kept = 0;
    for (size_t i = 0; i < loop->due_count; i++)
        if (loop->due[i].lane != lane->number)
            loop->due[kept++] = loop->due[i];
    loop->due_count = kept;
    loop->must_retake = true;
}

void loop_lose_all(struct loop *loop)
{
    for (int32_t i = 0; i < loop->lane_count; i++)
        if (loop->lanes[i].is_held)
            loop_lose_lane(loop, &loop->lanes[i]);
    loop->must_retake = true;
}

void loop_ask_within(struct loop *loop, int64_t in_us)
{
    int64_t at_us = time_monotonic_us() + (in_us < 0 ? 0 : in_us);
    if (at_us < loop->ask_at_us)
        loop->ask_at_us = at_us;
}
