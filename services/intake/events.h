/* SPDX-License-Identifier: Apache-2.0 */
/* The only files that name generated types: events_kinds.c (what can be said), events_check.c (does a record
 * keep the contract?), events_mask.c (what must not be kept), events_inbound.c (wire to structs),
 * events_facts.c (any fact of a case, field by field), events_state.c (structs to intake's facts); and
 * routes.c. Readers expect records that passed their check. */
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

/* ---- what can be said ---- */
/* One kind of inbound message; its topic is aftercare.inbound.<name>.v1. Fields are named with a path,
 * "order.shop_id"; NULL: it has none. */
struct inbound_kind {
    const char *name;
    const char *topic;
    const ProtobufCMessageDescriptor *message;
    const char *own_id; /* the publisher's id of what is said */
    const char *shop_id, *seller_id;
    bool is_said; /* it belongs to a conversation: events_read_said */
};
/* By name; NULL when there is none. */
const struct inbound_kind *events_kind(const char *name);
bool events_is_inbound_topic(struct text topic);
/* A field's text; absent when the path is NULL or leads to nothing. */
struct text events_field(const ProtobufCMessage *message, const char *path);
/* Sets a text at the top of the message, which borrows it. */
void events_set_field(ProtobufCMessage *message, const char *name, char *value);

/* ---- what must not be kept ---- */
/* Masks card and identity numbers in the free text of an inbound message, in place; new texts are in the
 * arena. False when it is full. */
bool events_mask(ProtobufCMessage *message, struct arena *arena) MUST_CHECK;
/* The same for a record that must stay as it is: its message and bytes, or masked copies of them. */
enum status events_mask_record(const struct event *event, struct arena *arena,
                               const ProtobufCMessage **ret_message, struct text *ret_bytes,
                               struct error *err) MUST_CHECK;

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
void events_state_recorded(struct outbox *outbox, const ProtobufCMessage *message);
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
