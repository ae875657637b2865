/* SPDX-License-Identifier: Apache-2.0 */
/* Wire and domain: events_read.c turns records into facts and holds them against the contract, events_write.c
 * turns effects into facts stated, deadlines and notices, and the page's form into a record. Only these files
 * name generated types. */
#pragma once

#include "core/arena.h"
#include "effects.h"
#include "fact.h"
#include "rulebook.h"
#include "runtime/event.h"
#include "runtime/outbox.h"
#include "setup.h"

/* The fact in a record or deadline that one of the service's routes took. Texts borrow from the event, or are
 * in the arena. INVALID names the field and the rule. */
enum status events_read(const struct event *event, struct arena *arena, struct fact *ret_fact,
                        struct error *err) MUST_CHECK;
/* The same without keeping anything: a route's check. */
enum status events_check(const struct event *event, struct error *err);

/* Puts all effects of one fact into the outbox, in their order; answers kept are the store's. */
void events_state(struct outbox *outbox, const struct case_state *state, const struct effects *effects,
                  const struct rulebook *rules, const struct setup *setup);

/* SurveyAnswerSubmitted as a record's value; in the arena, absent when it is full. */
struct text events_submission(struct uuid case_id, const struct fact_submitted *submitted,
                              struct arena *arena);
/* What such a record says it is: its ce_type. */
extern const char events_submission_type[];
