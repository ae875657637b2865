/* SPDX-License-Identifier: Apache-2.0 */
/* Settings are environment variables, described once in typed tables: the common ones and the service's own.
 * For any NAME, NAME_FILE may name a file that holds the value (secrets; the newline at its end is cut); both
 * is an error. An empty value counts as not set. All problems are reported at once.
 *
 *     static const struct setting own[] = {
 *         {.name = "SURVEY_DELAY", .type = SETTING_DURATION, .fallback = "24h", .help = "before asking"},
 *         {0},
 *     };
 *
 * KAFKA_CONF_x_y=value, or KAFKA_CONF_x_y_FILE=path, is handed to librdkafka as x.y. */
#pragma once

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum setting_type {
    SETTING_TEXT,
    SETTING_SECRET, /* never printed */
    SETTING_URL,    /* printed without its password; `choices`: the schemes it may have */
    SETTING_INT,
    SETTING_BYTES,    /* 4194304, 4MiB, 512KiB */
    SETTING_DURATION, /* 30s, 1h30m */
    SETTING_BOOL,     /* yes no true false 1 0 */
    SETTING_CHOICE,   /* one of `choices`, separated by blanks */
};

struct setting {
    const char *name;
    enum setting_type type;
    const char *fallback; /* NULL: must be set */
    int64_t min, max;     /* INT, BYTES, DURATION (µs); max < min: no upper bound; both 0: no bounds */
    const char *choices;
    const char *help;
};

struct settings;

/* Names of environment variables, values as the process sees them. Reads `common` and then `own` (may be
 * NULL); both end with a zeroed entry and live for ever. On INVALID every problem has been printed to
 * `problems`, one a line. */
enum status settings_load(const struct setting *common, const struct setting *own, FILE *problems,
                          struct settings **ret_settings) MUST_CHECK;
void settings_free(struct settings *settings);

/* Asking for a name or type that no table has is a programming error (assert). */
const char *settings_text(const struct settings *settings,
                          const char *name); /* TEXT SECRET URL CHOICE; never NULL */
int64_t settings_int(const struct settings *settings, const char *name); /* INT BYTES */
int64_t settings_duration_us(const struct settings *settings, const char *name);
bool settings_bool(const struct settings *settings, const char *name);

/* The i-th KAFKA_CONF_ setting as librdkafka's property and value; false behind the last. */
bool settings_kafka(const struct settings *settings, size_t i, const char **ret_property,
                    const char **ret_value);

/* The tables, for --settings: name, meaning, type, default, and the value in force when `settings` is given;
 * secrets as
 * "(set)". */
void settings_print(const struct setting *common, const struct setting *own, const struct settings *settings,
                    FILE *out);

/* The settings every service has. */
extern const struct setting settings_common[];
