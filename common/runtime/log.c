/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/log.h"

#include "core/text.h"
#include "core/time.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 8192
#define CONTEXT_MOST   8

static const char *const level_names[] = {"debug", "info", "warn", "error"};

static const char *service_name = "aftercare";
static atomic_int least_level = LOG_INFO;
static bool is_plain;

struct context_field {
    char key[24];
    char value[96];
};
static _Thread_local struct context_field context[CONTEXT_MOST];
static _Thread_local size_t context_count;

struct line {
    char at[LINE_MAX_BYTES];
    size_t len;
};

static void add(struct line *line, const char *at, size_t len)
{
    size_t room = sizeof line->at - 4 - line->len; /* the end of the line always fits */
    if (len > room)
        len = room;
    memcpy(line->at + line->len, at, len);
    line->len += len;
}

static void add_string(struct line *line, const char *string)
{
    add(line, string, strlen(string));
}

/* How many bytes the character at `at` has; 0 when it is no UTF-8. Stops at the NUL by itself. */
static size_t character_len(const char *at)
{
    unsigned char lead = (unsigned char)at[0];
    size_t len = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return strnlen(at, len) == len && text_is_utf8(text_make(at, len)) ? len : 0;
}

/* JSON's escapes; bytes that are no UTF-8 become '?', so that the line stays JSON whatever came in. */
static void add_escaped(struct line *line, const char *string)
{
    while (*string != '\0') {
        char piece[8];
        size_t len = character_len(string), taken = len == 0 ? 1 : len;
        unsigned char c = (unsigned char)string[0];
        if (len == 0)
            len = (size_t)snprintf(piece, sizeof piece, "?");
        else if (c == '"' || c == '\\')
            len = (size_t)snprintf(piece, sizeof piece, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            len = (size_t)snprintf(piece, sizeof piece, "\\u%04x", (unsigned int)c);
        else
            memcpy(piece, string, len);
        if (sizeof line->at - 4 - line->len < len + 4) /* never half an escape or character */
            return;
        add(line, piece, len);
        string += taken;
    }
}

static void add_pair(struct line *line, const char *key, const char *string, int64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)number);
    if (is_plain) {
        add_string(line, " ");
        add_string(line, key);
        add_string(line, "=");
        add_escaped(line, string == NULL ? digits : string);
        return;
    }
    if (sizeof line->at - line->len < strlen(key) + 64)
        return; /* better a field less than a broken line */
    add_string(line, line->len == 1 ? "\"" : ",\"");
    add_string(line, key);
    add_string(line, string == NULL ? "\":" : "\":\"");
    if (string == NULL) {
        add_string(line, digits);
        return;
    }
    add_escaped(line, string);
    add_string(line, "\"");
}

void log_open(const char *service, enum log_level least)
{
    service_name = service;
    is_plain = isatty(STDERR_FILENO) == 1;
    atomic_store(&least_level, least);
}

void log_set_level(enum log_level least)
{
    atomic_store(&least_level, least);
}

enum status log_parse_level(const char *name, enum log_level *ret_level, struct error *err)
{
    for (int i = LOG_DEBUG; i <= LOG_ERROR; i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *ret_level = (enum log_level)i;
            return STATUS_OK;
        }
    }
    return fail(err, STATUS_INVALID, "log level: must be debug, info, warn or error, is '%s'", name);
}

void log_context_set(const char *key, const char *value)
{
    size_t i = 0;
    while (i < context_count && strcmp(context[i].key, key) != 0)
        i++;
    if (i == CONTEXT_MOST)
        return;
    if (i == context_count)
        context_count++;
    snprintf(context[i].key, sizeof context[i].key, "%s", key);
    struct text clipped = text_clip(text_of(value), sizeof context[i].value - 1);
    snprintf(context[i].value, sizeof context[i].value, "%.*s", TEXT_ARGS(clipped));
}

void log_context_clear(const char *key)
{
    size_t kept = 0;
    for (size_t i = 0; i < context_count && key != NULL; i++)
        if (strcmp(context[i].key, key) != 0)
            context[kept++] = context[i];
    context_count = kept;
}

void log_write(enum log_level level, const char *msg, const struct log_field *fields, size_t count)
{
    if ((int)level < atomic_load(&least_level))
        return;
    struct line line = {.len = 0};
    char at[TIME_TEXT_LEN + 1];
    time_format(time_wall_us(), at);
    if (is_plain) {
        add_string(&line, at);
        add_string(&line, " ");
        add_string(&line, level_names[level]);
        add_string(&line, " ");
        add_string(&line, service_name);
        add_string(&line, ": ");
        add_escaped(&line, msg);
    } else {
        add_string(&line, "{");
        add_pair(&line, "at", at, 0);
        add_pair(&line, "level", level_names[level], 0);
        add_pair(&line, "service", service_name, 0);
        add_pair(&line, "msg", msg, 0);
    }
    for (size_t i = 0; i < context_count; i++)
        add_pair(&line, context[i].key, context[i].value, 0);
    for (size_t i = 0; i < count; i++)
        add_pair(&line, fields[i].key, fields[i].string, fields[i].number);
    const char *end = is_plain ? "\n" : "}\n";
    memcpy(line.at + line.len, end, strlen(end));
    line.len += strlen(end);
    /* One write a line: lines of several threads do not mix. What cannot be written has nowhere to be told.
     */
    while (write(STDERR_FILENO, line.at, line.len) < 0 && errno == EINTR)
        ;
}
