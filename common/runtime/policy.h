/* SPDX-License-Identifier: Apache-2.0 */
/* Policies: what a shop changes, in YAML files with a schema, read into the service's own plain structs.
 *
 * The file, policies/sla.yaml:
 *
 *     version: 2026-11
 *     warn_percent: 75
 *     targets:
 *       - {channel: chat, priority: P1, first_response: 30s}
 *       - {channel: phone, first_response: 20s}
 *     warning: {zh-CN: "工单 {case_no} 即将超时", en: "Case {case_no} is about to be late"}
 *
 * The structs, in the rules' header (types of core, and of policy_template.h):
 *
 *     struct target { struct text channel; enum priority priority; int64_t first_response_us; int line; };
 *     struct sla {
 *         int64_t warn_percent;
 *         const struct target *targets;
 *         size_t target_count;
 *         struct policy_text warning;
 *     };
 *     struct escalation_policy { struct sla sla; };
 *
 * The schema, beside main.c:
 *
 *     static const struct policy_field target_fields[] = {
 *         POLICY_TEXT(struct target, channel),
 *         POLICY_ENUM(struct target, priority, "P1 P2 P3 P4", .fallback = "P3"),
 *         POLICY_DURATION(struct target, first_response_us, .min = US_PER_SECOND, .max = US_PER_DAY),
 *         POLICY_LINE(struct target, line),
 *         {0},
 *     };
 *     static const struct policy_field sla_fields[] = {
 *         POLICY_INT(struct sla, warn_percent, .min = 1, .max = 99, .fallback = "75"),
 *         POLICY_LIST(struct sla, targets, target_count, target_fields, .least = 1),
 *         POLICY_LOCALIZED(struct sla, warning, .variables = "case_no"),
 *         {0},
 *     };
 *     static const struct policy_file files[] = {
 *         POLICY_FILE(struct escalation_policy, sla, "sla.yaml", sla_fields),
 *         {0},
 *     };
 *     static const struct policy_schema policies = {
 *         .files = files, .size = sizeof(struct escalation_policy), .check = check_policy};
 *
 * `.policies = &policies` in struct service does the rest: batch->policy points to a struct
 * escalation_policy.
 *
 * Keys are the members' names, without a trailing "_us". All that a file may hold is in its table: a key that
 * is unknown, missing or there twice, a wrong type, an anchor, an alias, a tag or a second document is
 * refused, with its line: "sla.yaml:12: targets[3].first_response: not a duration: '5 minuts' (like 90s,
 * 1h30m, 7d)". */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"
#include "runtime/policy_template.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- the schema ---- */

enum policy_type {
    POLICY_TYPE_TEXT = 1, /* struct text, NUL behind it; 1 to 65536 bytes unless min and max say otherwise */
    POLICY_TYPE_INT,      /* int64_t */
    POLICY_TYPE_DECIMAL,  /* double: digits with an optional sign and fraction */
    POLICY_TYPE_DURATION, /* int64_t µs: 90s, 1h30m, 7d */
    POLICY_TYPE_TIME_OF_DAY, /* int64_t µs after midnight: 09:30, 23:59:59, 24:00 */
    POLICY_TYPE_DATE,        /* int64_t µs: 2026-10-01 as its midnight in UTC; made for counting days */
    POLICY_TYPE_BOOL,        /* bool: yes no true false */
    POLICY_TYPE_ENUM,        /* int or an enum: place in `choices`, counted from `first` */
    POLICY_TYPE_LOCALIZED,   /* struct policy_text; a template when `variables` is not NULL */
    POLICY_TYPE_MAPPING,     /* a struct, by `fields` */
    POLICY_TYPE_LIST,        /* const T * and a size_t count; T by `fields`, or a value of type `item` */
    POLICY_TYPE_MAP,         /* the same from a mapping with free keys; the key goes to T's `key_offset` */
    POLICY_TYPE_LINE, /* int: the line its mapping begins at, for a check's sentences; no key in the file */
};

struct policy_field {
    const char *name;
    enum policy_type type;
    bool is_optional; /* missing: the member is absent, 0, false, an empty list, a struct of fallbacks */
    size_t offset;
    const char *key; /* the key in the file where it is not the member's name: "default", "reply-to" */

    const char *fallback;  /* of a scalar, as it would stand in the file; NULL and not optional: required */
    int64_t min, max;      /* INT, DECIMAL, DURATION and TIME_OF_DAY (µs), TEXT (bytes); max < min: no upper
                              bound; both 0: no bounds */
    const char *choices;   /* ENUM: separated by blanks */
    const char *variables; /* LOCALIZED: the {names} it may use, separated by blanks; NULL: no template */
    int first;             /* ENUM: the value of the first choice */

    enum policy_type item; /* LIST, MAP of scalars or LOCALIZED; min, choices ... are the items' */
    const struct policy_field *fields; /* MAPPING, LIST, MAP of structs */
    size_t item_size;                  /* LIST, MAP */
    size_t item_offset;                /* MAP with `item`: where in T */
    size_t count_offset;               /* LIST, MAP */
    size_t key_offset;                 /* MAP */
    size_t least, most;                /* LIST, MAP: how many; most 0: 10000 */
};

/* The macros check the member's C type. More of the above may follow, by name: .min = 1. A table has at most
 * 64 fields and ends with {0}. */
#define POLICY_MEMBER_(struct_, member_) (((struct_ *)0)->member_)
#define POLICY_IS_(struct_, member_, ctype_)                                                                 \
    (0 * sizeof(_Generic(POLICY_MEMBER_(struct_, member_), __typeof__(ctype_) : 1)))
#define POLICY_SIZE_(struct_, member_, size_)                                                                \
    (0 * sizeof(char[sizeof(POLICY_MEMBER_(struct_, member_)) == (size_) ? 1 : -1]))
#define POLICY_SCALAR_(struct_, member_, ctype_, type_, ...)                                                 \
    {                                                                                                        \
        .name = #member_, .type = (type_),                                                                   \
        .offset = offsetof(struct_, member_) + POLICY_IS_(struct_, member_, ctype_), __VA_ARGS__             \
    }
#define POLICY_ITEMS_(struct_, member_, count_, type_, ...)                                                  \
    {                                                                                                        \
        .name = #member_, .type = (type_), .offset = offsetof(struct_, member_),                             \
        .item_size = sizeof *POLICY_MEMBER_(struct_, member_),                                               \
        .count_offset = offsetof(struct_, count_) + POLICY_IS_(struct_, count_, size_t), __VA_ARGS__         \
    }
#define POLICY_KEY_(item_, key_) (offsetof(item_, key_) + POLICY_IS_(item_, key_, struct text))

#define POLICY_TEXT(struct_, member_, ...)                                                                   \
    POLICY_SCALAR_(struct_, member_, struct text, POLICY_TYPE_TEXT, __VA_ARGS__)
#define POLICY_INT(struct_, member_, ...)                                                                    \
    POLICY_SCALAR_(struct_, member_, int64_t, POLICY_TYPE_INT, __VA_ARGS__)
#define POLICY_DECIMAL(struct_, member_, ...)                                                                \
    POLICY_SCALAR_(struct_, member_, double, POLICY_TYPE_DECIMAL, __VA_ARGS__)
#define POLICY_DURATION(struct_, member_, ...)                                                               \
    POLICY_SCALAR_(struct_, member_, int64_t, POLICY_TYPE_DURATION, __VA_ARGS__)
#define POLICY_TIME_OF_DAY(struct_, member_, ...)                                                            \
    POLICY_SCALAR_(struct_, member_, int64_t, POLICY_TYPE_TIME_OF_DAY, __VA_ARGS__)
#define POLICY_DATE(struct_, member_, ...)                                                                   \
    POLICY_SCALAR_(struct_, member_, int64_t, POLICY_TYPE_DATE, __VA_ARGS__)
#define POLICY_BOOL(struct_, member_, ...)                                                                   \
    POLICY_SCALAR_(struct_, member_, bool, POLICY_TYPE_BOOL, __VA_ARGS__)
#define POLICY_LOCALIZED(struct_, member_, ...)                                                              \
    POLICY_SCALAR_(struct_, member_, struct policy_text, POLICY_TYPE_LOCALIZED, __VA_ARGS__)
#define POLICY_LINE(struct_, member_) POLICY_SCALAR_(struct_, member_, int, POLICY_TYPE_LINE, )
#define POLICY_ENUM(struct_, member_, choices_, ...)                                                         \
    {                                                                                                        \
        .name = #member_, .type = POLICY_TYPE_ENUM, .choices = (choices_),                                   \
        .offset = offsetof(struct_, member_) + POLICY_SIZE_(struct_, member_, sizeof(int)), __VA_ARGS__      \
    }
#define POLICY_MAPPING(struct_, member_, fields_, ...)                                                       \
    {                                                                                                        \
        .name = #member_, .type = POLICY_TYPE_MAPPING, .offset = offsetof(struct_, member_),                 \
        .fields = (fields_), __VA_ARGS__                                                                     \
    }
/* `const T *member; size_t count;` from "- {...}" by T's fields. */
#define POLICY_LIST(struct_, member_, count_, fields_, ...)                                                  \
    POLICY_ITEMS_(struct_, member_, count_, POLICY_TYPE_LIST, .fields = (fields_), __VA_ARGS__)
/* The same of plain values: POLICY_LIST_OF(struct faq, words, word_count, POLICY_TYPE_TEXT). */
#define POLICY_LIST_OF(struct_, member_, count_, type_, ...)                                                 \
    POLICY_ITEMS_(struct_, member_, count_, POLICY_TYPE_LIST, .item = (type_), __VA_ARGS__)
/* `const T *member; size_t count;` from "key: {...}"; T is `item_`, whose struct text `key_` takes the key:
 * POLICY_MAP(struct shop, calendars, calendar_count, struct calendar, name, calendar_fields). */
#define POLICY_MAP(struct_, member_, count_, item_, key_, fields_, ...)                                      \
    POLICY_ITEMS_(struct_, member_, count_, POLICY_TYPE_MAP, .fields = (fields_),                            \
                  .key_offset = POLICY_KEY_(item_, key_), __VA_ARGS__)
/* From "key: value": the value goes to T's member `value_`:
 * POLICY_MAP_OF(struct notices, templates, template_count, struct notice, name, POLICY_TYPE_LOCALIZED, text).
 */
#define POLICY_MAP_OF(struct_, member_, count_, item_, key_, type_, value_, ...)                             \
    POLICY_ITEMS_(struct_, member_, count_, POLICY_TYPE_MAP, .item = (type_),                                \
                  .item_offset = offsetof(item_, value_), .key_offset = POLICY_KEY_(item_, key_),            \
                  __VA_ARGS__)

struct policy_file {
    const char *name; /* "sla.yaml" */
    const struct policy_field *fields;
    size_t offset;    /* of the file's struct within the policy's */
    bool is_optional; /* missing: as if it were an empty mapping whose keys are all optional */
};

#define POLICY_FILE(struct_, member_, name_, fields_, ...)                                                   \
    {                                                                                                        \
        .name = (name_), .fields = (fields_), .offset = offsetof(struct_, member_), __VA_ARGS__              \
    }

struct policy_problems;

struct policy_schema {
    const struct policy_file *files; /* ends with a zeroed one */
    size_t size;                     /* of the policy's struct */
    /* Rules across fields and files, once all files were read without a problem; may compute members that no
     * file holds, in the arena, which lives as long as the policy. What is wrong it says with
     * policy_problem(). May be NULL. */
    void (*check)(void *policy, struct arena *arena, struct policy_problems *problems);
    /* Frees what check made outside the arena; called whenever check was, after problems too. May be NULL. */
    void (*done)(void *policy);
};

/* ---- problems ---- */

#define POLICY_PROBLEMS_MOST 20

struct policy_problems {
    struct error list[POLICY_PROBLEMS_MOST];
    size_t count;    /* in the list */
    size_t unlisted; /* found beyond it */
};

/* One sentence, beginning with file and line where there is one: "sla.yaml:12: ...". */
void policy_problem(struct policy_problems *problems, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- a set: all files of one schema, read and checked; immutable, shared by counted references ---- */

struct policy_set;

/* Reads <dir>/<file> for every file: at most 1 MiB each, 16 levels deep. INVALID: `problems` says all that is
 * wrong, in all files; it is cleared first. The set comes with one reference. */
enum status policy_load(const struct policy_schema *schema, const char *dir, struct policy_set **ret_set,
                        struct policy_problems *problems) MUST_CHECK;
void policy_retain(struct policy_set *set);  /* one reference more */
void policy_release(struct policy_set *set); /* gives a reference back, the last one frees; NULL is fine */

const void *policy_values(const struct policy_set *set); /* the service's struct */
/* What `version:` at the top of one of the files says (1 to 40 of A-Z a-z 0-9 . _ -), else the first 12 hex
 * digits of policy_digest. */
const char *policy_version(const struct policy_set *set);
/* SHA-256 over the files' names and bytes, in hex. */
const char *policy_digest(const struct policy_set *set);

/* For --check: "ok" and the version on stdout, or the problems on stderr; returns the exit code, 0 or 1. */
int policy_check_main(const struct policy_schema *schema, const char *dir);

/* ---- a holder: the set in force; safe from any thread ---- */

struct policy_holder;

/* Loads the first set, as policy_load does. `schema` lives for ever, `dir` is copied. */
enum status policy_holder_new(const struct policy_schema *schema, const char *dir,
                              struct policy_holder **ret_holder, struct policy_problems *problems) MUST_CHECK;
void policy_holder_free(struct policy_holder *holder); /* sets still acquired live on until released */

/* Reads the files again (SIGHUP). INVALID: the set in force stays, `problems` is for the caller to log; so
 * too when the files changed but `version:` did not, because open cases keep the version they matched. */
enum status policy_holder_reload(struct policy_holder *holder, struct policy_problems *problems) MUST_CHECK;

/* The set in force; a batch holds one from begin to end and gives it back with policy_release. */
struct policy_set *policy_acquire(struct policy_holder *holder);
