/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/http_route.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_param(struct text segment)
{
    return segment.len > 2 && segment.at[0] == '{' && segment.at[segment.len - 1] == '}';
}

static bool has_path(const struct http_route *route, const struct http_url *url,
                     struct text params[HTTP_PARAMS_MOST])
{
    struct text rest = text_of(route->path + 1);
    size_t param_count = 0;
    for (size_t i = 0; i < url->segment_count; i++) {
        if (rest.at == NULL)
            return false;
        struct text segment = text_cut(&rest, '/');
        if (!is_param(segment)) {
            if (!text_equal(segment, url->segments[i]))
                return false;
            continue;
        }
        if (url->segments[i].len == 0 || param_count == HTTP_PARAMS_MOST)
            return false;
        params[param_count++] = url->segments[i];
    }
    return rest.at == NULL;
}

static bool has_method(const struct http_route *route, const char *method)
{
    return strcmp(route->method, strcmp(method, "HEAD") == 0 ? "GET" : method) == 0;
}

static void add_method(char allow[HTTP_ALLOW_LEN], const char *method)
{
    if (strstr(allow, method) != NULL)
        return;
    size_t len = strlen(allow);
    snprintf(allow + len, HTTP_ALLOW_LEN - len, "%s%s", len == 0 ? "" : ", ", method);
}

enum http_match http_route_find(const struct http_route *const tables[], size_t table_count,
                                const char *method, const struct http_url *url,
                                const struct http_route **ret_route, struct text ret_params[HTTP_PARAMS_MOST],
                                char ret_allow[HTTP_ALLOW_LEN])
{
    char allow[HTTP_ALLOW_LEN] = "";
    struct text params[HTTP_PARAMS_MOST];
    for (size_t t = 0; t < table_count; t++) {
        for (const struct http_route *route = tables[t]; route != NULL && route->path != NULL; route++) {
            memset(params, 0, sizeof params);
            if (!has_path(route, url, params))
                continue;
            if (has_method(route, method)) {
                memcpy(ret_params, params, sizeof params);
                *ret_route = route;
                return HTTP_MATCH;
            }
            add_method(allow, route->method);
            if (strcmp(route->method, "GET") == 0)
                add_method(allow, "HEAD");
        }
    }
    if (allow[0] == '\0')
        return HTTP_MATCH_NONE;
    memcpy(ret_allow, allow, sizeof allow);
    return HTTP_MATCH_PATH_ONLY;
}

int http_route_param(const struct http_route *route, const char *name)
{
    struct text rest = text_of(route->path);
    for (int place = 0; rest.at != NULL;) {
        struct text segment = text_cut(&rest, '/');
        if (!is_param(segment))
            continue;
        if (text_equal_string(text_make(segment.at + 1, segment.len - 2), name))
            return place;
        place++;
    }
    return -1;
}
