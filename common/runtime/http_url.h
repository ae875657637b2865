/* SPDX-License-Identifier: Apache-2.0 */
/* A request's target, taken apart and decoded. Pure. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"
#include "runtime/http.h"

#include <stddef.h>

#define HTTP_SEGMENTS_MOST 16

struct http_url {
    size_t segment_count;
    struct text segments[HTTP_SEGMENTS_MOST]; /* "/v1/cases/7" has three; "/" has one, empty */
    size_t argument_count;
    struct {
        struct text name, value;
    } arguments[HTTP_ARGUMENTS_MOST];
};

/* Texts are in the arena. INVALID, with a sentence that names the argument: a target that does not start with
 * '/', malformed percent-encoding, what decodes to no UTF-8 or to NUL, an argument twice, too many parts.
 * TRANSIENT when the arena is full. */
enum status http_url_parse(struct arena *arena, struct text target, struct http_url *ret_url,
                           struct error *err) MUST_CHECK;

/* A form's body (application/x-www-form-urlencoded) is written as a query is, so only the arguments are
 * filled in. The same failures, but that no character is refused for being unencoded, NUL excepted. */
enum status http_url_parse_form(struct arena *arena, struct text body, struct http_url *ret_url,
                                struct error *err) MUST_CHECK;
/* Absent when there is none of that name. */
struct text http_url_argument(const struct http_url *url, const char *name);
