/* SPDX-License-Identifier: Apache-2.0 */
/* What the HTTP door reads: one case, one action, how far a lane has read. Outside of batches, on a reader's
 * connection, so nothing here locks. */
#pragma once

#include "action.h"
#include "case_state.h"
#include "conversation.h"
#include "runtime/postgres.h"
#include "subject.h"
#include "timeline.h"

#include <stdbool.h>

#define STORE_READ_LINES   200 /* of a timeline: the latest */
#define STORE_READ_ACTIONS 100

struct case_view {
    bool is_known; /* there is a record */
    struct case_record record;
    struct timeline_line *lines; /* by time */
    size_t line_count;
    bool has_earlier_lines;
    struct action *actions; /* the latest STORE_READ_ACTIONS, by time */
    size_t action_count;
    /* The conversation whose first case this is has gone on with another case; nil otherwise. */
    struct uuid later_case_id;
    bool is_opened; /* the case was opened, though its record may not be there yet */
};

/* With at most `lines` of the timeline; 0: neither timeline nor actions. */
enum status store_read_case(struct postgres *db, struct uuid case_id, int lines, struct arena *arena,
                            struct case_view *ret_view, struct error *err) MUST_CHECK;
/* The conversation, zeroed but for its id when nothing was said yet, and when its case ended. */
enum status store_read_conversation(struct postgres *db, struct uuid conversation_id, struct arena *arena,
                                    struct conversation *ret_row, int64_t *ret_ended_at_us,
                                    struct error *err) MUST_CHECK;
/* Order or customer as last told; without a record when nothing was. */
enum status store_read_subject(struct postgres *db, struct uuid subject_id, struct arena *arena,
                               struct subject *ret_row, struct error *err) MUST_CHECK;
/* *ret_is_known tells whether there is such an action. */
enum status store_read_action(struct postgres *db, struct uuid action_key, struct arena *arena,
                              bool *ret_is_known, struct action *ret_action, struct error *err) MUST_CHECK;
/* The next offset that the lane's owner will read of the topic; 0 when it has read nothing yet. */
enum status store_read_progress(struct postgres *db, int32_t lane, struct text topic, struct arena *arena,
                                int64_t *ret_next_offset, struct error *err) MUST_CHECK;
