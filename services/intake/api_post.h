/* SPDX-License-Identifier: Apache-2.0 */
/* From a POST's body to a record for Kafka. */
#pragma once

#include "api.h"
#include "events.h"
#include "runtime/http_publish.h"
#include "runtime/repeats.h"

/* Lives as long as the exchange. */
struct post {
    const struct inbound_kind *kind;
    const ProtobufCMessage *message; /* keeps the contract; masked */
    struct said said;                /* when kind->is_said */
    bool is_action;
    struct requested action; /* when is_action */
    struct door_record record;
    struct repeat identity; /* of the record */
    bool has_key;           /* Idempotency-Key */
    struct api_place place; /* once Kafka has it */
};

/* ---- api_owner.c: what a key that is tied to a shop or a seller may publish ---- */
/* By what the request itself says. */
bool api_may_post(const struct http_exchange *exchange, const struct post *post);
/* Must what it refers to be looked at, too? */
bool api_must_look(const struct http_exchange *exchange, const struct post *post);
/* On a reader thread: REFUSED when what it refers to is known to be another's. */
enum status api_check_owner(struct http_exchange *exchange, const struct post *post,
                            struct error *err) MUST_CHECK;

/* Content type, JSON, idempotency, contract, size: NULL when one of them is wrong, which has been answered.
 */
struct post *post_read(struct http_exchange *exchange, const struct inbound_kind *kind);
