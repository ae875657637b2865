/* SPDX-License-Identifier: Apache-2.0 */
/* The usual handler of a POST: check, build a record, publish it, answer 202 once Kafka has it.
 *
 *     static void on_published(struct http_exchange *exchange, const struct door_report *report)
 *     {
 *         http_add_header(exchange, "Location", text_print(http_arena(exchange),
 * "/v1/cases/%s?at=%s.%d.%lld", ...)); http_answer_json(exchange, 202, json_pack(...));
 *     }
 *     ...
 *     http_publish(exchange, &record, on_published);
 */
#pragma once

#include "runtime/door.h"
#include "runtime/http.h"

/* Called on the door's thread when Kafka has the record: answers, or goes on with http_read. Must not block.
 */
typedef void http_published_fn(struct http_exchange *exchange, const struct door_report *report);

/* The handler returns after it. Everything else than Kafka's yes is answered here: 503 with Retry-After,
 * which says that the outcome is unknown and the same request, with the same Idempotency-Key, may be sent
 * again; 413 for a record Kafka finds too large. */
void http_publish(struct http_exchange *exchange, const struct door_record *record,
                  http_published_fn *on_published);

/* Answers what could not be published, in the caller's own words: a page, say. INVALID: never will be;
 * TRANSIENT: perhaps it was, the same may be sent again. On the door's thread or the handler's; must not
 * block. */
typedef void http_unpublished_fn(struct http_exchange *exchange, enum status status, const struct error *err);
/* The same; only a process that stops, or holds too many requests, still answers by itself. */
void http_publish_or(struct http_exchange *exchange, const struct door_record *record,
                     http_published_fn *on_published, http_unpublished_fn *on_unpublished);
