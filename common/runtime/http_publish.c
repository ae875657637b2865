/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/http_publish.h"

#include <stdlib.h>

/* Longer than the producer tries, so that its report comes first. */
#define WAIT_MS 7000

struct publishing {
    struct http_exchange *exchange;
    http_published_fn *on_published;
    http_unpublished_fn *on_unpublished; /* NULL: a problem document */
};

static void refuse(struct http_exchange *exchange, http_unpublished_fn *on_unpublished, enum status status,
                   const struct error *err, bool is_known)
{
    if (on_unpublished != NULL)
        on_unpublished(exchange, status, err);
    else if (status == STATUS_INVALID)
        http_problem(exchange, 413, "record-too-large", "The record is too large", "%s", err->text);
    else if (is_known)
        http_problem(exchange, 503, "unavailable", "Not accepted",
                     "nothing was published (%s); try again in a moment", err->text);
    else
        http_problem(
            exchange, 503, "unknown-outcome", "Not confirmed",
            "the outcome is not known (%s): send the same request, with the same Idempotency-Key, again",
            err->text);
}

static void on_reported(void *context, const struct door_report *report)
{
    struct publishing *publishing = context;
    if (report->status == STATUS_OK)
        publishing->on_published(publishing->exchange, report);
    else
        refuse(publishing->exchange, publishing->on_unpublished, report->status, &report->err, false);
    http_release(publishing->exchange);
    free(publishing);
}

void http_publish(struct http_exchange *exchange, const struct door_record *record,
                  http_published_fn *on_published)
{
    http_publish_or(exchange, record, on_published, NULL);
}

void http_publish_or(struct http_exchange *exchange, const struct door_record *record,
                     http_published_fn *on_published, http_unpublished_fn *on_unpublished)
{
    struct error err;
    struct door *door = http_door(exchange);
    struct publishing *publishing = door == NULL ? NULL : malloc(sizeof *publishing);
    if (publishing == NULL) {
        enum status none = fail(&err, STATUS_TRANSIENT, "this process has nothing to publish with");
        refuse(exchange, on_unpublished, none, &err, true);
        return;
    }
    *publishing = (struct publishing){exchange, on_published, on_unpublished};
    if (!http_suspend(exchange, WAIT_MS)) {
        free(publishing);
        return;
    }
    enum status status = door_publish(door, record, on_reported, publishing, &err);
    if (status == STATUS_OK)
        return;
    refuse(exchange, on_unpublished, status, &err, true);
    http_release(exchange);
    free(publishing);
}
