/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of messages, one at a time. Read: each check names the field in its sentence (INVALID); texts borrow
 * from the message; lengths in bytes. Written: what protobuf-c wants for a text or a time. Pure. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"
#include "google/protobuf/timestamp.pb-c.h"

#include <stddef.h>
#include <stdint.h>

#define FIELD_ID_MOST    128
#define FIELD_WORD_MOST  200
#define FIELD_NAME_MOST  2000  /* 500 characters */
#define FIELD_WORDS_MOST 80000 /* 20,000 characters */

/* Leaves the function with the status of a call that went wrong. */
#define TRY(call)                                                                                            \
    do {                                                                                                     \
        enum status status_ = (call);                                                                        \
        if (status_ != STATUS_OK)                                                                            \
            return status_;                                                                                  \
    } while (0)

/* A service's numbers are the wire's: said beside the code that passes them on. */
#define SAME(ours, theirs) _Static_assert((int)(ours) == (int)(theirs), "domain.h and proto/ disagree")

/* 1 to 128 printable bytes. */
enum status field_id(const char *name, const char *value, struct text *ret_text,
                     struct error *err) MUST_CHECK;
/* The same, or empty. */
enum status field_optional_id(const char *name, const char *value, struct text *ret_text,
                              struct error *err) MUST_CHECK;
/* Printable, or empty. */
enum status field_printable(const char *name, const char *value, size_t most, struct text *ret_text,
                            struct error *err) MUST_CHECK;
enum status field_text(const char *name, const char *value, size_t most, struct text *ret_text,
                       struct error *err) MUST_CHECK;
enum status field_number(const char *name, int64_t value, int64_t least, int64_t most,
                         struct error *err) MUST_CHECK;
/* A moment in the years 1970 to 9999. */
enum status field_time(const char *name, const Google__Protobuf__Timestamp *at, int64_t *ret_at_us,
                       struct error *err) MUST_CHECK;
/* The same; absent leaves *ret_at_us as it is. */
enum status field_optional_time(const char *name, const Google__Protobuf__Timestamp *at, int64_t *ret_at_us,
                                struct error *err) MUST_CHECK;

/* A copy in the arena; empty when that is full, which its owner sees by itself. */
char *field_of_text(struct arena *arena, struct text text);
Google__Protobuf__Timestamp field_of_time(int64_t at_us);
