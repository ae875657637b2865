/* SPDX-License-Identifier: Apache-2.0 */
/* Publishes what a batch has produced, until Kafka has confirmed every record of it.
 *
 * A publication is one lane's `pending`. It is done when every record has a positive report (no error, an
 * offset, and within each partition offsets that rise in the order of the records). Any other outcome
 * publishes the WHOLE of it again, after a back-off: readers tell repeats and holes by `aftercare-seq`. A
 * fatal producer is made anew.
 *
 * Belongs to one worker; reports are served in publisher_poll only. */
#pragma once

#include "core/status.h"
#include "core/text.h"

#include <stdbool.h>
#include <stdint.h>

struct publisher;
struct publication;
struct settings;

enum status publisher_new(const struct settings *settings, const char *service,
                          struct publisher **ret_publisher, struct error *err) MUST_CHECK;
/* Reports still missing are given up: the ledger's `pending` covers them. */
void publisher_free(struct publisher *publisher);

/* Asks the broker about the topic, so that the first record does not wait for metadata. Best effort. */
void publisher_touch(struct publisher *publisher, const char *topic);

/* Starts publishing packed bytes of runtime.Pending, which are copied. INVALID when they do not decode (a
 * damaged ledger). The caller holds the publication until publication_release. */
enum status publisher_start(struct publisher *publisher, struct text pending,
                            struct publication **ret_publication, struct error *err) MUST_CHECK;
bool publication_is_done(const struct publication *publication);
/* True from the first doubtful report until it is done: the lane sits out meanwhile. */
bool publication_is_doubtful(const struct publication *publication);
size_t publication_count(const struct publication *publication);
/* When it was started; monotonic. */
int64_t publication_since_us(const struct publication *publication);
/* NULL is allowed. Reports that still come are ignored, nothing is published again. */
void publication_release(struct publication *publication);

/* Serves reports, waits at most timeout_ms for one, and publishes again what is due. FATAL when a record was
 * refused for good (too large, not permitted) time after time; topic, key and size are named. */
enum status publisher_poll(struct publisher *publisher, int timeout_ms, struct error *err) MUST_CHECK;
/* Publications not done yet. */
size_t publisher_outstanding(const struct publisher *publisher);
