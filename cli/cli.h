/* SPDX-License-Identifier: Apache-2.0 */
/* What the verbs of `aftercare` share: their table, their exit codes, their way to read arguments and
 * settings. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXIT_DONE   0
#define EXIT_FAILED 1
#define EXIT_MISUSE 64 /* as in sysexits.h */

struct verb {
    const char *name;
    const char *summary; /* one line for the overview */
    const char *help;    /* all of --help: usage, meaning, options, an example */
    int (*run)(const struct verb *verb, int argc, char **argv); /* argv[0] is the verb's name */
};

extern const struct verb verb_topics, verb_migrate, verb_publish, verb_tail, verb_case, verb_lag, verb_dlq,
    verb_lane, verb_health;

/* ---- arguments ---- */

/* An option of a verb: "--name" without a value when `takes_value` is false, else "--name VALUE" or
 * "--name=VALUE". The table ends with a zeroed entry. */
struct option_rule {
    const char *name; /* with its hyphens */
    bool takes_value;
};

#define ARGUMENTS_WORDS   64
#define ARGUMENTS_OPTIONS 24

struct arguments {
    const char *words[ARGUMENTS_WORDS]; /* what is not an option, in order; "-" is a word */
    size_t word_count;
    const char *names[ARGUMENTS_OPTIONS];
    const char *values[ARGUMENTS_OPTIONS]; /* NULL: takes none */
    size_t option_count;
    bool wants_help;
};

/* Pure. INVALID names the argument: unknown, without its value, with one it does not take, given twice. After
 * "--" everything is a word. */
enum status arguments_parse(const struct option_rule *rules, int argc, char **argv,
                            struct arguments *ret_arguments, struct error *err) MUST_CHECK;
bool arguments_has(const struct arguments *arguments, const char *name);
/* `fallback` when the option was not given. */
const char *arguments_value(const struct arguments *arguments, const char *name, const char *fallback);
/* INVALID unless it is a number between min and max. */
enum status arguments_number(const struct arguments *arguments, const char *name, int64_t min, int64_t max,
                             int64_t fallback, int64_t *ret_value, struct error *err) MUST_CHECK;

/* ---- saying ---- */

/* Parses the verb's arguments. False: the verb shall return *ret_code (help was printed, or what is wrong).
 */
bool cli_begin(const struct verb *verb, const struct option_rule *rules, int argc, char **argv,
               struct arguments *ret_arguments, int *ret_code);
/* One sentence on stderr, "aftercare VERB: ...", and where to read more. Returns EXIT_MISUSE. */
int cli_misuse(const struct verb *verb, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One sentence on stderr. Returns EXIT_FAILED. */
int cli_failed(const struct verb *verb, const struct error *err);
/* EXIT_DONE, or EXIT_FAILED when standard output could not be written. */
int cli_end(const struct verb *verb);

/* A topic's full name: the name itself when the catalogue has it, else aftercare.<name>.v1 when it has that,
 * else the name itself. */
const char *cli_topic_name(struct arena *arena, const char *name);
/* The services the catalogue knows, in its order. Returns their number. */
#define CLI_SERVICES 16
size_t cli_services(const char *names[CLI_SERVICES]);
bool cli_is_service(const char *name);

/* ---- settings ---- */

enum need {
    NEED_KAFKA = 1,    /* KAFKA_BOOTSTRAP_SERVERS, KAFKA_GROUP_PREFIX */
    NEED_DATABASE = 2, /* DATABASE_URL; DATABASE_ADMIN_URL does as well */
    NEED_ADMIN = 4,    /* DATABASE_ADMIN_URL */
};

struct settings;

/* From the environment; every problem is printed. NULL: the verb returns EXIT_FAILED. */
struct settings *cli_settings(int needs);
const char *cli_database_url(const struct settings *settings);
