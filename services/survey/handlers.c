/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers.h"

#include "apply.h"
#include "events.h"
#include "policies.h"
#include "setup.h"
#include "store.h"

#include <string.h>

struct work {
    struct store store;
    const struct rulebook *rules;
    const struct setup *setup;
    int64_t now_us;
};

static enum status full(struct error *err)
{
    return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
}

static bool is_asking(const struct event *event)
{
    return event->due != NULL && strcmp(event->due->kind, deadline_names[DEADLINE_ASK]) == 0;
}

enum status handlers_load(const struct batch *batch, void **ret_work, struct error *err)
{
    const struct survey_policy *policy = batch->policy;
    struct work *work = arena_alloc(batch->arena, sizeof *work);
    if (work == NULL || !store_init(&work->store, batch->arena, batch->count))
        return full(err);
    work->rules = &policy->rulebook;
    work->setup = batch->self;
    work->now_us = batch->now_us;
    for (size_t i = 0; i < batch->count; i++)
        store_want_case(&work->store, batch->events[i]->subject_id);
    enum status status = store_load_cases(batch->db, &work->store, err);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < batch->count; i++)
        if (is_asking(batch->events[i]))
            store_want_customer(&work->store, batch->events[i]->subject_id);
    status = store_load_customers(batch->db, &work->store, err);
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

/* Most messages are no answers, and a deadline may be of a case that is gone. */
static bool has_changed(const struct fact *fact, const struct dossier *dossier)
{
    if (fact->kind == FACT_DUE)
        return dossier->count > 0;
    if (fact->kind != FACT_MESSAGE)
        return true;
    for (size_t i = 0; i < dossier->count; i++)
        if (dossier->surveys[i].is_changed)
            return true;
    return false;
}

enum status handlers_handle(void *at, const struct event *event, struct outbox *outbox, struct error *err)
{
    struct work *work = at;
    struct fact fact;
    struct dossier dossier;
    struct effects effects;
    enum status status = events_read(event, outbox_arena(outbox), &fact, err);
    if (status != STATUS_OK)
        return status;
    if (!store_read(&work->store, fact.case_id, &dossier))
        return full(err);
    struct customer *customer = is_asking(event) ? store_customer(&work->store, &dossier) : NULL;
    const struct apply_context context = {work->rules, customer, outbox_arena(outbox), work->now_us};
    status = survey_apply(&dossier, &fact, &context, &effects, err);
    if (status != STATUS_OK || !has_changed(&fact, &dossier))
        return status;
    if (!store_write(&work->store, &dossier))
        return full(err);
    for (size_t i = 0; i < effects.count; i++)
        if (effects.items[i].kind == EFFECT_KEPT)
            store_keep(&work->store, &effects.items[i].survey, &effects.items[i].answer);
    events_state(outbox, &dossier.state, &effects, work->rules, work->setup);
    return STATUS_OK;
}
