/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of intake: the rows of a batch are loaded once, changed in memory, saved once.
 *
 *     store_init(&store, arena);
 *     store_want_...()                    for every record of the batch
 *     store_load_cases(&store, db, err)   where only a case tells what else is wanted; locks nothing
 *     store_load(&store, db, err)         once: locks what lanes share, in table order, rows in id order
 *     store_want_case_of_conversation(); store_load_cases()
 *     rows_get(&store.conversations, &id) ... rows_touch() ... store_add_line()
 *     store_save(&store, db)
 *
 * A second store_load could lock in another order than the first of another worker, and both would wait for
 * ever. Rows that lanes share are made empty before they are locked, so two lanes that need the same new row
 * wait for each other: nobody misses what the other one wrote. */
#pragma once

#include "action.h"
#include "case_state.h"
#include "conversation.h"
#include "reference.h"
#include "runtime/table.h"
#include "subject.h"
#include "timeline.h"

struct wanted; /* ids of one shared table */

struct store {
    struct arena *arena;
    /* shared by lanes: locked */
    struct rows actions;       /* struct action */
    struct rows conversations; /* struct conversation */
    struct rows references;    /* struct reference */
    struct rows subjects;      /* struct subject, to be changed */
    /* children of locked rows */
    struct rows waiting;     /* struct waiting, by reference */
    struct rows order_links; /* struct order_link, by subject */
    /* of the case's lane, or only read */
    struct rows cases;     /* struct case_record */
    struct rows customers; /* struct subject, only read */
    struct wanted *wanted_actions, *wanted_conversations, *wanted_references, *wanted_subjects;
    struct wanted *settled; /* references whose waiting records were settled */
    struct timeline_line *lines;
    size_t line_count, line_room;
    bool is_full; /* the arena was: the batch must fail */
};

void store_init(struct store *store, struct arena *arena);

void store_want_action(struct store *store, struct uuid action_key);
void store_want_conversation(struct store *store, struct uuid conversation_id);
/* The reference and what waits in it. */
void store_want_reference(struct store *store, struct uuid reference_id);
/* Order, customer or agent, to be changed; an order with its links. */
void store_want_subject(struct store *store, struct uuid subject_id);
void store_want_customer(struct store *store, struct uuid subject_id);
void store_want_case(struct store *store, struct uuid case_id);

enum status store_load(struct store *store, struct postgres *db, struct error *err) MUST_CHECK;
/* The cases that are wanted and not loaded yet. */
enum status store_load_cases(struct store *store, struct postgres *db, struct error *err) MUST_CHECK;
/* The conversation's case, when it has one: after store_load. */
void store_want_case_of_conversation(struct store *store, struct uuid conversation_id);

void store_add_line(struct store *store, const struct timeline_line *line);
/* The waiting record was sent on or given up: it will be deleted. */
void store_settle(struct store *store, struct waiting *record, int64_t now_us);

/* Queues all writes. TRANSIENT when the batch's memory was used up. */
enum status store_save(struct store *store, struct postgres *db, struct error *err) MUST_CHECK;
