/* SPDX-License-Identifier: Apache-2.0 */
/* Intake's HTTP door.
 *
 *     POST /v1/{messages,calls,returns,agent-actions,orders,customers,agents,parcels,payments}
 *         checks, publishes to the inbound topic of that name, answers 202 once Kafka has it: api_publish.c
 *     GET  /v1/cases/{id}        the case record, its timeline, what was asked to be done: api_case.c
 *     GET  /v1/actions/{id}      what became of an action: api_action.c
 *
 * An API key's scopes are the last words of the paths ("messages", "agent-actions"; "cases" to read);
 * "shop=s-7" and "seller=x" tie it to the cases of a shop or a seller. */
#pragma once

#include "runtime/http.h"
#include "runtime/table.h"
#include "store_read.h"

extern const struct http_route api_routes[];

/* api_publish.c; one for every POST. */
void api_post_message(struct http_exchange *exchange);
void api_post_call(struct http_exchange *exchange);
void api_post_return(struct http_exchange *exchange);
void api_post_action(struct http_exchange *exchange);
void api_post_order(struct http_exchange *exchange);
void api_post_customer(struct http_exchange *exchange);
void api_post_agent(struct http_exchange *exchange);
void api_post_parcel(struct http_exchange *exchange);
void api_post_payment(struct http_exchange *exchange);
/* api_case.c, api_action.c; on a reader thread. */
void api_get_case(struct http_exchange *exchange);
void api_get_action(struct http_exchange *exchange);

/* ---- api_access.c ---- */
/* May the key see and change what belongs to this shop and seller? */
bool api_may_touch(const struct http_exchange *exchange, struct text shop_id, struct text seller_id);
/* Is the key tied to anything, so that a case must be looked at first? */
bool api_is_tied(const struct http_exchange *exchange);

/* ---- api_place.c: where a record lies, as a 202's Location tells it ---- */
struct api_place {
    struct text topic;
    int32_t partition;
    int64_t offset;
};
/* "aftercare.inbound.messages.v1.3.17". */
struct text api_place_text(struct arena *arena, const struct api_place *place);
/* False when it is no place in one of the inbound topics. */
bool api_place_parse(struct text text, struct api_place *ret_place);
/* Has the lane's owner not yet read the record that ?at= names? False without ?at=. Answers 400 itself when
 * that is malformed (INVALID), or says why it does not know. On a reader thread. */
enum status api_is_unread(struct http_exchange *exchange, bool *ret_is_unread, struct error *err) MUST_CHECK;
/* A path segment, percent-encoded. */
struct text api_segment(struct arena *arena, struct text value);

/* ---- api_json.c ---- */
/* What is set of a row, by its columns' names: texts, ids, times (RFC 3339), numbers that are not 0. */
json_t *api_json_of_row(const struct table *table, const void *row);
json_t *api_json_of_text(struct text text);
json_t *api_json_of_action(const struct action *action); /* api_action.c */
