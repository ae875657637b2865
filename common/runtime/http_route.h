/* SPDX-License-Identifier: Apache-2.0 */
/* Which route a request takes. Pure. */
#pragma once

#include "core/text.h"
#include "runtime/http.h"
#include "runtime/http_url.h"

#include <stddef.h>

#define HTTP_ALLOW_LEN 64

enum http_match { HTTP_MATCH, HTTP_MATCH_PATH_ONLY, HTTP_MATCH_NONE };

/* The first route of the tables, in order, that has the method (a GET route has HEAD too) and the path. MATCH
 * sets the route and its parameters, in the order of the path. PATH_ONLY sets `allow`: "GET, HEAD, POST".
 * NULL tables are passed over. */
enum http_match http_route_find(const struct http_route *const tables[], size_t table_count,
                                const char *method, const struct http_url *url,
                                const struct http_route **ret_route, struct text ret_params[HTTP_PARAMS_MOST],
                                char ret_allow[HTTP_ALLOW_LEN]);
/* The place of {name} among the path's parameters; -1 when there is none. */
int http_route_param(const struct http_route *route, const char *name);
