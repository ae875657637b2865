/* SPDX-License-Identifier: Apache-2.0 */
/* Wire and domain: events_read.c turns records into facts and holds them against the contract, events_write.c
 * turns effects into facts stated, deadlines and notices. Only these files name generated types. */
#pragma once

#include "effects.h"
#include "fact.h"
#include "runtime/event.h"
#include "runtime/outbox.h"

/* The fact in a record or deadline that one of the service's routes took. Texts borrow from the event; lines
 * are put together in the arena, and left out without one. INVALID names the field and the rule. */
enum status events_read(const struct event *event, struct arena *arena, struct fact *ret_fact,
                        struct error *err) MUST_CHECK;
/* The same without keeping anything: a route's check. */
enum status events_check(const struct event *event, struct error *err);

/* Puts all effects of one fact into the outbox, in their order. */
void events_state(struct outbox *outbox, const struct case_state *state, const struct effects *effects);
