/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers.h"

#include "apply.h"
#include "events.h"
#include "policies.h"
#include "rule_classifier.h"
#include "store.h"

struct work {
    struct store store;
    const struct rulebook *rules;
    struct classifier classifier;
    int64_t now_us;
};

static enum status full(struct error *err)
{
    return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
}

/* Actions that other services decide. */
static bool is_of_others(const struct fact *fact)
{
    return fact->kind == FACT_ACTION && !fact->as.action.is_correction;
}

enum status handlers_load(const struct batch *batch, void **ret_work, struct error *err)
{
    const struct classification_policy *policy = batch->policy;
    struct work *work = arena_alloc(batch->arena, sizeof *work);
    if (work == NULL)
        return full(err);
    work->rules = &policy->rulebook;
    work->classifier = rule_classifier(&policy->rulebook);
    work->now_us = batch->now_us;
    store_init(&work->store, batch->arena);
    for (size_t i = 0; i < batch->count; i++) {
        struct fact fact;
        enum status status = events_read(batch->events[i], &fact, err);
        if (status != STATUS_OK)
            return status; /* the routes' check let it through: cannot be */
        if (!is_of_others(&fact))
            rows_want(&work->store.cases, &fact.case_id);
    }
    enum status status = store_load(batch->db, &work->store, err);
    if (status == STATUS_OK)
        *ret_work = work;
    return status;
}

enum status handlers_save(void *work, const struct batch *batch, struct error *err)
{
    (void)err;
    store_save(batch->db, &((struct work *)work)->store);
    return STATUS_OK;
}

enum status handlers_handle(void *at, const struct event *event, struct outbox *outbox, struct error *err)
{
    struct work *work = at;
    struct fact fact;
    struct effects effects;
    enum status status = events_read(event, &fact, err);
    if (status != STATUS_OK || is_of_others(&fact))
        return status;
    struct case_state *state = rows_get(&work->store.cases, &fact.case_id);
    if (state == NULL)
        return full(err);
    if (fact.kind == FACT_DUE && rows_is_new(&work->store.cases, state))
        return STATUS_OK; /* a deadline of a case that is gone */
    struct apply_context context = {work->rules, &work->classifier, outbox_arena(outbox), work->now_us};
    if (!case_apply(state, &fact, &context, &effects))
        return full(err);
    rows_touch(&work->store.cases, state);
    events_state(outbox, state, &effects, work->rules);
    return STATUS_OK;
}
