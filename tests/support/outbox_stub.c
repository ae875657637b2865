/* SPDX-License-Identifier: Apache-2.0 */
#include "outbox_stub.h"

#include "runtime/frame.h"
#include "runtime/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

void outbox_state(struct outbox *outbox, struct uuid case_id, const ProtobufCMessage *fact)
{
    char text[UUID_TEXT_LEN + 1];
    const ProtobufCMessage *wrapper;
    ProtobufCMessage *copy;
    struct text bytes;
    struct error err;
    assert_int_equal(frame_wrap(outbox->arena, outbox->wrapper, text_of(uuid_format(case_id, text)),
                                outbox->now_us, fact, &wrapper, &err),
                     STATUS_OK);
    assert_int_equal(wire_pack(outbox->arena, wrapper, 0, &bytes, &err), STATUS_OK);
    assert_int_equal(wire_unpack(outbox->wrapper, outbox->arena, bytes, &copy, &err), STATUS_OK);
    assert_true(outbox->fact_count < OUTBOX_STUB_MOST);
    outbox->facts[outbox->fact_count++] = copy;
}

void outbox_arm(struct outbox *outbox, struct uuid subject_id, const char *kind, int64_t due_at_us)
{
    (void)subject_id;
    assert_true(due_at_us > 0);
    assert_true(outbox->armed_count < OUTBOX_STUB_MOST);
    outbox->armed[outbox->armed_count++] = kind;
}

void outbox_cancel(struct outbox *outbox, struct uuid subject_id, const char *kind)
{
    (void)subject_id;
    assert_true(outbox->cancelled_count < OUTBOX_STUB_MOST);
    outbox->cancelled[outbox->cancelled_count++] = kind;
}

struct arena *outbox_arena(struct outbox *outbox)
{
    return outbox->arena;
}

int64_t outbox_now_us(const struct outbox *outbox)
{
    return outbox->now_us;
}

void outbox_stub_empty(struct outbox *outbox)
{
    outbox->fact_count = outbox->armed_count = outbox->cancelled_count = 0;
}

static int fact_case_of(const ProtobufCMessage *wrapper)
{
    int fact_case = 0;
    for (unsigned i = 0; i < wrapper->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &wrapper->descriptor->fields[i];
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
            memcpy(&fact_case, (const char *)wrapper + field->quantifier_offset, sizeof fact_case);
    }
    return fact_case;
}

const void *outbox_stub_stated(const struct outbox *outbox, int fact_case)
{
    for (size_t i = 0; i < outbox->fact_count; i++)
        if (fact_case_of(outbox->facts[i]) == fact_case)
            return outbox->facts[i];
    fail_msg("fact %d was not stated", fact_case);
    return NULL;
}
