/* SPDX-License-Identifier: Apache-2.0 */
/* Which skill a case needs, who gets it, and its place in the queue. Part of apply.h; pure.
 *
 * A case is in the queue while it is open and nobody has it. It is tried when its classification says that a
 * person is needed, then again whenever a fact of the case comes, and by the deadline "assign", which waits
 * twice as long each time up to a bound. A case that was answered automatically stays out of the queue until
 * the customer writes again. */
#pragma once

#include "apply.h"

/* The skill of the first route that fits, else the type's name; "any" before the case is classified. A
 * complaint that no route takes needs "complaint". */
struct text assignment_skill(const struct routing_rules *rules, const struct case_state *state);

/* Brings agent and queue to what `life` asks for: gives places back, takes them, queues. */
void assignment_settle(struct case_state *state, const struct life *life, struct apply_context *context,
                       struct effects *effects);
/* After the level rose: to somebody who reaches it, if there is one. */
void assignment_raise(struct case_state *state, struct apply_context *context, struct effects *effects);
/* To this agent, or (absent) to the best of the others. The reason for refusing it, or absent. */
struct text assignment_transfer(struct case_state *state, struct text agent_id, struct apply_context *context,
                                struct effects *effects);
