/* SPDX-License-Identifier: Apache-2.0 */
/* One line per event of note, on stderr: a JSON object, or plain text when stderr is a terminal.
 * Keys: at, level, service, msg, then what the worker's context holds (worker, lane, topic, partition,
 * offset, case_id ...), then the call's own fields. Only the runtime logs; rules and handlers describe
 * failures in `struct error`. No personal data: ids and numbers, never phones, addresses or a customer's
 * words. */
#pragma once

#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* A field is a key with a string or a number. */
struct log_field {
    const char *key;
    const char *string; /* NULL: `number` holds */
    int64_t number;
};

#define LOG_STRING(key, value) ((struct log_field){(key), (value) == NULL ? "" : (value), 0})
#define LOG_NUMBER(key, value) ((struct log_field){(key), NULL, (int64_t)(value)})

/* Call once, before the first line and before threads start. `service` is borrowed for ever. */
void log_open(const char *service, enum log_level least);
void log_set_level(enum log_level least);
/* "debug", "info", "warn", "error"; INVALID otherwise. */
enum status log_parse_level(const char *name, enum log_level *ret_level, struct error *err) MUST_CHECK;

/* Fields added to every line this thread writes until cleared; at most 8; values are copied. */
void log_context_set(const char *key, const char *value);
void log_context_clear(const char *key); /* NULL: all of them */

void log_write(enum log_level level, const char *msg, const struct log_field *fields, size_t count);

/* log_info("lane taken", LOG_NUMBER("lane", 3), LOG_NUMBER("epoch", 7)); */
#define log_fields(level, msg, ...)                                                                          \
    log_write(level, msg, (const struct log_field[]){__VA_ARGS__},                                           \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
#define log_debug(msg, ...) log_fields(LOG_DEBUG, msg, __VA_ARGS__)
#define log_info(msg, ...)  log_fields(LOG_INFO, msg, __VA_ARGS__)
#define log_warn(msg, ...)  log_fields(LOG_WARN, msg, __VA_ARGS__)
#define log_error(msg, ...) log_fields(LOG_ERROR, msg, __VA_ARGS__)
