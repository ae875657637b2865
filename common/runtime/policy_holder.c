/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/policy.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A mutex and not an atomic pointer: between reading the pointer and counting the reference the set could go.
 * It is taken once a batch, and never held while files are read. */
struct policy_holder {
    const struct policy_schema *schema;
    char *dir;
    pthread_mutex_t lock;
    struct policy_set *set;
};

enum status policy_holder_new(const struct policy_schema *schema, const char *dir,
                              struct policy_holder **ret_holder, struct policy_problems *problems)
{
    struct policy_holder *holder = calloc(1, sizeof *holder);
    char *copy = strdup(dir);
    if (holder == NULL || copy == NULL || pthread_mutex_init(&holder->lock, NULL) != 0) {
        free(copy);
        free(holder);
        *problems = (struct policy_problems){.count = 0};
        policy_problem(problems, "out of memory");
        return STATUS_FATAL;
    }
    holder->schema = schema;
    holder->dir = copy;
    enum status status = policy_load(schema, dir, &holder->set, problems);
    if (status != STATUS_OK) {
        policy_holder_free(holder);
        return status;
    }
    *ret_holder = holder;
    return STATUS_OK;
}

void policy_holder_free(struct policy_holder *holder)
{
    if (holder == NULL)
        return;
    policy_release(holder->set);
    pthread_mutex_destroy(&holder->lock);
    free(holder->dir);
    free(holder);
}

struct policy_set *policy_acquire(struct policy_holder *holder)
{
    pthread_mutex_lock(&holder->lock);
    struct policy_set *set = holder->set;
    policy_retain(set);
    pthread_mutex_unlock(&holder->lock);
    return set;
}

enum status policy_holder_reload(struct policy_holder *holder, struct policy_problems *problems)
{
    struct policy_set *next = NULL;
    enum status status = policy_load(holder->schema, holder->dir, &next, problems);
    if (status != STATUS_OK)
        return status;
    pthread_mutex_lock(&holder->lock);
    struct policy_set *old = holder->set;
    bool is_ambiguous = strcmp(policy_version(old), policy_version(next)) == 0 &&
                        strcmp(policy_digest(old), policy_digest(next)) != 0;
    if (!is_ambiguous)
        holder->set = next;
    pthread_mutex_unlock(&holder->lock);
    if (is_ambiguous) {
        policy_problem(problems, "version: %s names two different policies; change it with the files",
                       policy_version(next));
        policy_release(next);
        return STATUS_INVALID;
    }
    policy_release(old);
    return STATUS_OK;
}
