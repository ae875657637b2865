/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/batch.h"

#include "runtime/attempt.h"
#include "runtime/policy.h"

/* A record under suspicion is named in the ledger, committed, before it is touched. One that is given up
 * already keeps the name its dead process wrote: should this batch fail too, the next owner must find it. */
static enum status write_suspect(struct attempt *attempt, struct error *err)
{
    bool is_given_up = attempt->due_count > 0 ? attempt->dues[0].candidate->given_up_as != NULL
                                              : attempt->items[0].record->given_up_as != NULL;
    if (!attempt->is_alone || is_given_up)
        return STATUS_OK;
    char name[SUSPECT_LEN];
    attempt_suspect(attempt, name);
    return ledger_write_suspect(attempt->loop->db, attempt->loop->owner, attempt->entries[0].lane, name,
                                attempt->arena, err);
}

/* A batch that fails for one record's own sake, or is too much for its memory, is halved until that record
 * stands alone; then the record is given up and goes to the DLQ. */
static enum status learn(struct attempt *attempt, enum batch_outcome *ret_outcome, struct error *err)
{
    size_t count = attempt->due_count + attempt->item_count;
    *ret_outcome = BATCH_AGAIN;
    if (count > 1) {
        attempt->loop->cap_now = (count + 1) / 2;
        return STATUS_OK;
    }
    if (count == 1 && attempt_give_up_only(attempt, "invalid", err))
        return STATUS_OK;
    char name[SUSPECT_LEN] = "an empty batch";
    if (count == 1)
        attempt_suspect(attempt, name);
    return fail_within(err, STATUS_FATAL, "%s can neither be handled nor be sent to the DLQ", name);
}

static enum status run(struct attempt *attempt, enum batch_outcome *ret_outcome, struct error *err)
{
    enum status status = attempt_choose(attempt, err);
    if (status != STATUS_OK || attempt->due_count + attempt->item_count == 0)
        return status;
    status = write_suspect(attempt, err);
    if (status != STATUS_OK)
        return status;
    status = attempt_open(attempt, err);
    bool is_again = false;
    if (status == STATUS_OK)
        status = attempt_apply(attempt, &is_again, err);
    if (status == STATUS_OK && !is_again)
        return attempt_commit(attempt, ret_outcome, err);
    *ret_outcome = BATCH_AGAIN;
    return status;
}

enum status batch_run(struct loop *loop, enum batch_outcome *ret_outcome, struct error *err)
{
    arena_reset(&loop->arena);
    struct attempt attempt = {.loop = loop, .arena = &loop->arena};
    struct policy_set *policy = NULL;
    if (loop->policies != NULL) {
        policy = policy_acquire(loop->policies);
        attempt.batch.policy = policy_values(policy);
    }
    enum batch_outcome outcome = BATCH_IDLE;
    enum status status = run(&attempt, &outcome, err);
    if (status == STATUS_INVALID || (status == STATUS_TRANSIENT && attempt.arena->is_exhausted))
        status = learn(&attempt, &outcome, err);
    if (status == STATUS_OK && outcome == BATCH_COMMITTED)
        status = attempt_conclude(&attempt, err);
    else if (status != STATUS_OK || outcome != BATCH_IDLE)
        postgres_rollback(loop->db);
    if (policy != NULL)
        policy_release(policy);
    if (status == STATUS_OK)
        *ret_outcome = outcome;
    return status;
}
