/* SPDX-License-Identifier: Apache-2.0 */
/* A record's headers: CloudEvents in binary mode, W3C traceparent, and our `aftercare-seq:
 * service/lane/n/prev`. Pure; texts borrow from the headers they were read from. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct header {
    struct text name;
    struct text value;
};

/* The number of a record among all that one lane of one service has produced. */
struct envelope_seq {
    struct text service;
    int32_t lane;
    int64_t n;
    int64_t prev; /* number of the record before it in the same batch for the same partition; 0: none */
};

struct envelope {
    struct text type_full; /* as in ce_type: "aftercare.intake.v1.CaseOpened" or just "CaseOpened" */
    struct text type;      /* its last component */
    struct text source, id;
    int64_t time_us; /* the publisher's claim; 0: none */
    struct text subject;
    struct text traceparent; /* absent unless well-formed */
    struct text content_type;
    bool has_seq;
    struct envelope_seq seq;
};

/* Other headers are ignored. INVALID, naming the header and the rule, for: a ce_specversion other than 1.0, a
 * ce_ header twice, more than 255 bytes or no text in type, source, id or subject, a ce_time that is no RFC
 * 3339 time, a content type that is not protobuf, a malformed aftercare-seq. A traceparent that is malformed
 * or there twice is dropped. */
enum status envelope_read(const struct header *headers, size_t count, struct envelope *ret_envelope,
                          struct error *err) MUST_CHECK;
/* Records that carry no number are known by (source, id): INVALID when either is missing. */
enum status envelope_require_identity(const struct envelope *envelope, struct error *err) MUST_CHECK;

/* What to do with a numbered record, given the last number applied of that writer. */
enum seq_verdict {
    SEQ_APPLY,
    SEQ_REPEAT, /* n <= seen */
    SEQ_HOLE,   /* its predecessor was not applied: skip it and leave `seen` alone, it will come again */
};
enum seq_verdict seq_judge(int64_t seen, int64_t n, int64_t prev);

/* Headers for a record of ours, in the arena; absent parts are left out. NULL when the arena is full. */
const struct header *envelope_headers(struct arena *arena, const struct envelope *envelope,
                                      size_t *ret_count);
