/* SPDX-License-Identifier: Apache-2.0 */
/* Only in thread sanitizer builds. librdkafka starts its threads with C11's thrd_create, which the sanitizer
 * does not know: it would crash in them. These definitions win over libc's and go through pthread_create,
 * which it does know. */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

struct start {
    thrd_start_t run;
    void *argument;
};

static void *run(void *context)
{
    struct start start = *(struct start *)context;
    free(context);
    return (void *)(intptr_t)start.run(start.argument);
}

int thrd_create(thrd_t *thread, thrd_start_t function, void *argument)
{
    struct start *start = malloc(sizeof *start);
    if (start == NULL)
        return thrd_nomem;
    *start = (struct start){function, argument};
    pthread_t made;
    if (pthread_create(&made, NULL, run, start) != 0) {
        free(start);
        return thrd_error;
    }
    *thread = made;
    return thrd_success;
}

int thrd_join(thrd_t thread, int *ret_result)
{
    void *result;
    if (pthread_join(thread, &result) != 0)
        return thrd_error;
    if (ret_result != NULL)
        *ret_result = (int)(intptr_t)result;
    return thrd_success;
}
