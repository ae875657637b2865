/* SPDX-License-Identifier: Apache-2.0 */
/* Which case a message, call or request belongs to. Everything said in one conversation belongs to one case;
 * when the case ended longer ago than a policy's time, what is said next opens the conversation's next cycle:
 * a case of its own that names the previous one. Ids are computed, so a publisher
 * that sends again gets the same case. */
#pragma once

#include "core/ids.h"
#include "core/text.h"

#include <stdbool.h>
#include <stdint.h>

/* One row; shared by all lanes, so loaded FOR UPDATE. */
struct conversation {
    struct uuid conversation_id; /* of shop and the publisher's id */
    struct text shop_id;
    struct text external_id;
    int32_t cycle;             /* 0: nothing was said yet */
    struct uuid first_case_id; /* of cycle 1: what the door can compute without asking */
    struct uuid case_id;
    struct uuid previous_case_id;
    int64_t opened_at_us;
};

struct conversation_choice {
    struct uuid case_id;
    struct uuid previous_case_id; /* nil on the first cycle */
    int32_t cycle;
    bool is_new; /* the case must be opened */
};

/* `external_id` is the publisher's id of the conversation, one within a shop whatever the channel, so that a
 * call can be followed by a chat; what is said without one is a conversation of its own: `own_kind`
 * ("message", "call", "return") and its own id. */
struct uuid conversation_id(struct text shop_id, struct text external_id);
struct uuid conversation_id_of_one(struct text shop_id, const char *own_kind, struct text own_id);
/* cycle counts from 1. */
struct uuid conversation_case_id(struct uuid conversation_id, int32_t cycle);

/* The case for what is said at `now_us`. ended_at_us: case_state_ended_at_us of the row's case, 0 while it
 * lives. A case that ended exactly reopen_within_us ago still takes it. */
struct conversation_choice conversation_choose(const struct conversation *row, int64_t ended_at_us,
                                               int64_t now_us, int64_t reopen_within_us);
/* Writes the choice into the row. */
void conversation_enter(struct conversation *row, const struct conversation_choice *choice, int64_t now_us);

/* The follow-up of a case: the same id whenever the same follow-up is asked for. */
struct uuid conversation_follow_up_case_id(struct uuid case_id, struct text follow_up_id);
