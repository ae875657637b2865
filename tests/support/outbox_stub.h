/* SPDX-License-Identifier: Apache-2.0 */
/* An outbox for the unit tests of a service's events files: keeps what was stated, as a reader of the topic
 * would get it, and the kinds of the deadlines. Link outbox_stub instead of the runtime. */
#pragma once

#include "core/arena.h"
#include "runtime/outbox.h"

#include <stddef.h>

#define OUTBOX_STUB_MOST 64

struct outbox {
    const ProtobufCMessageDescriptor *wrapper;
    struct arena *arena; /* of the test: messages live there */
    int64_t now_us;
    const ProtobufCMessage *facts[OUTBOX_STUB_MOST]; /* wrappers */
    size_t fact_count;
    const char *armed[OUTBOX_STUB_MOST], *cancelled[OUTBOX_STUB_MOST];
    size_t armed_count, cancelled_count;
};

/* Forgets what it kept. */
void outbox_stub_empty(struct outbox *outbox);
/* The first wrapper whose oneof says `fact_case`; the test fails when there is none. */
const void *outbox_stub_stated(const struct outbox *outbox, int fact_case);
