/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/http_url.h"

#include <stdbool.h>

enum decoded { DECODED, DECODED_NOT_ENCODED, DECODED_NOT_TEXT, DECODED_NO_ROOM };

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* In a query '+' is a blank; in a path it is itself. */
static enum decoded decode(struct arena *arena, struct text raw, bool is_query, struct text *ret_text)
{
    char *to = arena_alloc(arena, raw.len + 1);
    if (to == NULL)
        return DECODED_NO_ROOM;
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.at[i];
        if (c == '%') {
            bool is_whole = raw.len - i > 2;
            int high = is_whole ? hex_value(raw.at[i + 1]) : -1;
            int low = is_whole ? hex_value(raw.at[i + 2]) : -1;
            if (high < 0 || low < 0)
                return DECODED_NOT_ENCODED;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && is_query) {
            c = ' ';
        }
        to[len++] = c;
    }
    *ret_text = text_make(to, len);
    return text_is_utf8(*ret_text) ? DECODED : DECODED_NOT_TEXT;
}

static enum status explain(enum decoded decoded, struct text what, struct error *err)
{
    struct text shown = text_clip(what, 64);
    if (decoded == DECODED_NO_ROOM)
        return fail(err, STATUS_TRANSIENT, "out of memory");
    if (decoded == DECODED_NOT_ENCODED)
        return fail(err, STATUS_INVALID, "%.*s: '%%' must be followed by two hex digits", TEXT_ARGS(shown));
    return fail(err, STATUS_INVALID, "%.*s: not UTF-8 without NUL", TEXT_ARGS(shown));
}

static enum status parse_path(struct arena *arena, struct text path, struct http_url *url, struct error *err)
{
    struct text rest = text_make(path.at + 1, path.len - 1);
    while (rest.at != NULL) {
        if (url->segment_count == HTTP_SEGMENTS_MOST)
            return fail(err, STATUS_INVALID, "the path has more than %d segments", HTTP_SEGMENTS_MOST);
        struct text *segment = &url->segments[url->segment_count];
        enum decoded decoded = decode(arena, text_cut(&rest, '/'), false, segment);
        if (decoded != DECODED)
            return explain(decoded, TEXT("path"), err);
        url->segment_count++;
    }
    return STATUS_OK;
}

static enum status parse_argument(struct arena *arena, struct text part, struct http_url *url,
                                  struct error *err)
{
    struct text value = part, name;
    enum decoded decoded = decode(arena, text_cut(&value, '='), true, &name);
    if (decoded != DECODED)
        return explain(decoded, TEXT("an argument's name"), err);
    struct text shown = text_clip(name, 64);
    if (url->argument_count == HTTP_ARGUMENTS_MOST)
        return fail(err, STATUS_INVALID, "more than %d arguments", HTTP_ARGUMENTS_MOST);
    for (size_t i = 0; i < url->argument_count; i++)
        if (text_equal(url->arguments[i].name, name))
            return fail(err, STATUS_INVALID, "argument '%.*s': given twice", TEXT_ARGS(shown));
    url->arguments[url->argument_count].name = name;
    struct text *to = &url->arguments[url->argument_count].value;
    *to = TEXT("");
    decoded = value.at == NULL ? DECODED : decode(arena, value, true, to);
    if (decoded != DECODED) {
        struct error why;
        enum status status = explain(decoded, shown, &why);
        return fail(err, status, "argument %s", why.text);
    }
    url->argument_count++;
    return STATUS_OK;
}

static enum status parse_arguments(struct arena *arena, struct text rest, struct http_url *url,
                                   struct error *err)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK && rest.at != NULL) {
        struct text part = text_cut(&rest, '&');
        if (part.len > 0)
            status = parse_argument(arena, part, url, err);
    }
    return status;
}

enum status http_url_parse(struct arena *arena, struct text target, struct http_url *ret_url,
                           struct error *err)
{
    struct http_url url = {0};
    if (target.len == 0 || target.at[0] != '/')
        return fail(err, STATUS_INVALID, "the target must start with '/'");
    for (size_t i = 0; i < target.len; i++)
        if ((unsigned char)target.at[i] <= ' ' || target.at[i] == 0x7f)
            return fail(err, STATUS_INVALID, "the target holds a control character or a blank");
    struct text rest = target;
    enum status status = parse_path(arena, text_cut(&rest, '?'), &url, err);
    if (status == STATUS_OK)
        status = parse_arguments(arena, rest, &url, err);
    if (status == STATUS_OK)
        *ret_url = url;
    return status;
}

enum status http_url_parse_form(struct arena *arena, struct text body, struct http_url *ret_url,
                                struct error *err)
{
    struct http_url url = {0};
    enum status status = parse_arguments(arena, body, &url, err);
    if (status == STATUS_OK)
        *ret_url = url;
    return status;
}

struct text http_url_argument(const struct http_url *url, const char *name)
{
    for (size_t i = 0; i < url->argument_count; i++)
        if (text_equal_string(url->arguments[i].name, name))
            return url->arguments[i].value;
    return TEXT_NULL;
}
