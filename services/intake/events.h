/* SPDX-License-Identifier: Apache-2.0 */
/* The only files that name generated types: events_check.c (does a record keep the contract?),
 * events_inbound.c (wire to structs), events_facts.c (any fact of a case, field by field), events_state.c
 * (structs to intake's facts). Readers expect records that passed their check. */
#pragma once

#include "case_fact.h"
#include "reference.h"
#include "runtime/outbox.h"
#include "runtime/service.h"
#include "said.h"

/* ---- contract: INVALID names the field and the rule ---- */
/* Inbound records of every kind. */
enum status events_check_record(const struct event *event, struct error *err) MUST_CHECK;
/* Facts of all services about a case: the wrapper's case_id is the key, a UUID. */
enum status events_check_fact(const struct event *event, struct error *err) MUST_CHECK;

/* An inbound message itself, as the HTTP door has it. */
enum status events_check_inbound(const ProtobufCMessage *message, struct error *err) MUST_CHECK;
/* Its natural key (message_id, call_id, request_id, action_id). */
struct text events_natural_key(const ProtobufCMessage *message);
/* For a message whose sender gave only an idempotency key. The message borrows `key`. */
void events_set_natural_key(ProtobufCMessage *message, char *key);

/* The kinds of message that the HTTP door takes. */
extern const ProtobufCMessageDescriptor *const events_message, *const events_call, *const events_return,
                                                                                       *const events_action;

/* ---- wire to structs ---- */
struct said events_read_said(const ProtobufCMessage *message);
struct requested events_read_action(const ProtobufCMessage *message);
struct referring events_read_referring(const ProtobufCMessage *message);
/* The id under which it is recorded, and its own clock. */
struct uuid events_subject_of(const ProtobufCMessage *message, struct text *ret_own_id,
                              struct text *ret_shop_id, int64_t *ret_updated_at_us);
/* From the bytes a row keeps. */
struct order_known events_read_order(struct text record, struct arena *arena);
struct customer_known events_read_customer(struct text record, struct arena *arena);

/* ---- facts ---- */
/* Texts live as long as the event or the arena. False when the arena is full. */
bool events_read_fact(const struct event *event, struct arena *arena, struct case_fact *ret_fact);
/* The wire's number for "PHONE"; 0 for words that are none. */
int events_channel(struct text word);

/* ---- structs to facts ---- */
void events_state_opened(struct outbox *outbox, struct uuid case_id, const struct opening *opening);
/* MessageReceived, CallRecorded or ReturnRequested. `words` are the masked words. */
void events_state_said(struct outbox *outbox, struct uuid case_id, const struct event *event,
                       struct text words, const char *language);
void events_state_action(struct outbox *outbox, const struct event *event);
void events_state_order_linked(struct outbox *outbox, struct uuid case_id, struct text record);
/* OrderRecorded, CustomerRecorded or AgentRecorded, keyed by its own id. */
void events_state_recorded(struct outbox *outbox, const struct event *event);
/* ParcelScanned or RefundResultReceived, from the record's message or from the bytes that waited. */
void events_state_referring(struct outbox *outbox, struct uuid case_id, const ProtobufCMessage *message);
/* INVALID when the bytes cannot be read any more. */
enum status events_state_waiting(struct outbox *outbox, const struct waiting *record, struct uuid case_id,
                                 struct error *err) MUST_CHECK;
void events_state_notice(struct outbox *outbox, struct uuid case_id, const char *template,
                         const char *language, struct text text, struct text reference);

/* Headers as they came, for records that wait; and back. */
struct text events_pack_headers(const struct header *headers, size_t count, struct arena *arena);
const struct header *events_unpack_headers(struct text packed, struct arena *arena, size_t *ret_count);
