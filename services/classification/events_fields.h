/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of single fields; each names the field in its sentence. Lengths in bytes. */
#pragma once

#include "core/status.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIELD_ID_MOST    128
#define FIELD_WORD_MOST  200
#define FIELD_NAME_MOST  2000  /* 500 characters */
#define FIELD_WORDS_MOST 80000 /* 20,000 characters */

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
/* Seconds and nanoseconds of a Timestamp that is there (`is_there`); years 1970 to 9999. */
enum status field_time(const char *name, bool is_there, int64_t seconds, int32_t nanos, int64_t *ret_at_us,
                       struct error *err) MUST_CHECK;
