/* SPDX-License-Identifier: Apache-2.0 */
/* A policy with every kind of field, in files of a directory of its own, for test_policy*.c. */
#pragma once

#include "core/time.h"
#include "runtime/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum priority { P1 = 1, P2, P3 };

struct target {
    struct text channel;
    enum priority priority;
    int64_t first_response_us;
    int line;
};

struct opening {
    int64_t from_us;
    int64_t until_us;
};

struct calendar {
    struct text name;
    const struct opening *spans;
    size_t span_count;
    const int64_t *holidays_us;
    size_t holiday_count;
};

struct notice {
    struct text name;
    struct policy_text text;
};

struct sla {
    int64_t warn_percent;
    double share;
    bool is_on;
    struct text note;
    struct opening desk;
    const struct target *targets;
    size_t target_count;
    const struct calendar *calendars;
    size_t calendar_count;
    const struct text *words;
    size_t word_count;
    const struct notice *notices;
    size_t notice_count;
    struct policy_text warning;
    struct text otherwise;
};

struct routing {
    int64_t most;
};

struct policy {
    struct sla sla;
    struct routing routing;
    int64_t sum; /* made by the check */
};

static const struct policy_field opening_fields[] = {
    POLICY_TIME_OF_DAY(struct opening, from_us, .fallback = "09:00"),
    POLICY_TIME_OF_DAY(struct opening, until_us, .min = US_PER_HOUR, .max = 24 * US_PER_HOUR),
    {0},
};

static const struct policy_field calendar_fields[] = {
    POLICY_LIST(struct calendar, spans, span_count, opening_fields, .least = 1, .most = 3),
    POLICY_LIST_OF(struct calendar, holidays_us, holiday_count, POLICY_TYPE_DATE, .is_optional = true),
    {0},
};

static const struct policy_field target_fields[] = {
    POLICY_TEXT(struct target, channel, .min = 2, .max = 10),
    POLICY_ENUM(struct target, priority, "P1 P2 P3", .first = P1, .fallback = "P3"),
    POLICY_DURATION(struct target, first_response_us, .min = US_PER_SECOND),
    POLICY_LINE(struct target, line),
    {0},
};

static const struct policy_field sla_fields[] = {
    POLICY_INT(struct sla, warn_percent, .min = 1, .max = 99, .fallback = "75"),
    POLICY_DECIMAL(struct sla, share, .min = 0, .max = 1, .fallback = "0.5"),
    POLICY_BOOL(struct sla, is_on, .fallback = "yes"),
    POLICY_TEXT(struct sla, note, .is_optional = true),
    POLICY_MAPPING(struct sla, desk, opening_fields, .is_optional = true),
    POLICY_LIST(struct sla, targets, target_count, target_fields, .least = 1),
    POLICY_MAP(struct sla, calendars, calendar_count, struct calendar, name, calendar_fields,
               .is_optional = true),
    POLICY_LIST_OF(struct sla, words, word_count, POLICY_TYPE_TEXT, .is_optional = true),
    POLICY_MAP_OF(struct sla, notices, notice_count, struct notice, name, POLICY_TYPE_LOCALIZED, text,
                  .variables = "case_no", .is_optional = true),
    POLICY_LOCALIZED(struct sla, warning, .is_optional = true),
    POLICY_TEXT(struct sla, otherwise, .key = "default", .is_optional = true),
    {0},
};

static const struct policy_field routing_fields[] = {
    POLICY_INT(struct routing, most, .fallback = "5"),
    {0},
};

static const struct policy_file files[] = {
    POLICY_FILE(struct policy, sla, "sla.yaml", sla_fields),
    POLICY_FILE(struct policy, routing, "routing.yaml", routing_fields, .is_optional = true),
    {0},
};

static atomic_int done_calls; /* policies are released on any thread */

static void check_policy(void *policy, struct arena *arena, struct policy_problems *problems)
{
    struct policy *all = policy;
    (void)arena;
    for (size_t i = 0; i < all->sla.target_count; i++) {
        const struct target *target = &all->sla.targets[i];
        if (text_equal_string(target->channel, "fax"))
            policy_problem(problems, "sla.yaml:%d: no faxes", target->line);
        all->sum += target->first_response_us;
    }
}

static void done_policy(void *policy)
{
    (void)policy;
    done_calls++;
}

static const struct policy_schema schema = {files, sizeof(struct policy), check_policy, done_policy};

static char dir[256];
static struct policy_problems problems;

static void path_of(const char *name, char to[512])
{
    snprintf(to, 512, "%s/%s", dir, name);
}

static void write_bytes(const char *name, const char *bytes, size_t len)
{
    char path[512];
    path_of(name, path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void write_file(const char *name, const char *text)
{
    write_bytes(name, text, strlen(text));
}

static int make_dir(void **state)
{
    (void)state;
    const char *root = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%s/policy-XXXXXX", root == NULL ? "." : root);
    done_calls = 0;
    return mkdtemp(dir) == NULL;
}

static int remove_dir(void **state)
{
    (void)state;
    static const char *const names[] = {"sla.yaml", "routing.yaml"};
    for (size_t i = 0; i < 2; i++) {
        char path[512];
        path_of(names[i], path);
        remove(path);
    }
    return rmdir(dir);
}

#define TARGET "targets: [{channel: chat, first_response: 30s}]\n"
