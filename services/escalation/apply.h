/* SPDX-License-Identifier: Apache-2.0 */
/* The whole of this service's domain as one function: a case, a fact, the rules and the present in; the case
 * as it is then and the effects out. Pure: the agents it may give the case to are rows in memory (agents.h).
 *
 * Facts of different topics may come in any order. What was said is kept by its own time (the last word of
 * each kind, and moments.h for what happened), status, waiting, clocks and priority are told from that anew,
 * and the effects are the difference to before. So the final state does not depend on the order of reading;
 * only commands and deadlines, which are decided on what is known when they come, do. */
#pragma once

#include "agents.h"
#include "case_state.h"
#include "effects.h"
#include "fact.h"
#include "rulebook.h"

struct apply_context {
    const struct rulebook *rules;
    struct agent_pool *agents;
    struct arena *arena;
    int64_t now_us; /* the database's clock */
    /* Set when the case's agent is not in the pool, so that a place could not be given back: the caller must
     * throw away what was changed. Never in a rehearsal. */
    bool is_agent_missing;
};

/* `effects` is emptied first. Not for FACT_AGENT, which is agent_update. */
void case_apply(struct case_state *state, const struct fact *fact, struct apply_context *context,
                struct effects *effects);
