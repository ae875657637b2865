/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/http_route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const struct http_route cases[] = {
    {.method = "GET", .path = "/v1/cases/newest"}, {.method = "GET", .path = "/v1/cases/{id}"},
    {.method = "POST", .path = "/v1/cases/{id}"},  {.method = "GET", .path = "/v1/cases/{id}/lines/{line}"},
    {.method = "POST", .path = "/v1/messages"},    {.method = NULL},
};
static const struct http_route health[] = {
    {.method = "GET", .path = "/livez"},
    {.method = "GET", .path = "/"},
    {.method = NULL},
};
static const struct http_route *const tables[] = {cases, NULL, health};

static struct arena arena;
static const struct http_route *route;
static struct text params[HTTP_PARAMS_MOST];
static char allow[HTTP_ALLOW_LEN];

static enum http_match find(const char *method, const char *target)
{
    struct http_url url;
    struct error err;
    route = NULL;
    memset(params, 0, sizeof params);
    allow[0] = '\0';
    arena_init(&arena, (size_t)1024 * 1024);
    assert_int_equal(http_url_parse(&arena, text_of(target), &url, &err), STATUS_OK);
    enum http_match match = http_route_find(tables, 3, method, &url, &route, params, allow);
    return match;
}

static int done(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static void found(void **state)
{
    assert_int_equal(find("GET", "/v1/cases/newest"), HTTP_MATCH);
    assert_ptr_equal(route, &cases[0]);
    done(state);
    assert_int_equal(find("GET", "/v1/cases/7?a=b"), HTTP_MATCH);
    assert_ptr_equal(route, &cases[1]);
    assert_true(text_equal_string(params[0], "7"));
    assert_int_equal(http_route_param(route, "id"), 0);
    assert_int_equal(http_route_param(route, "line"), -1);
    done(state);
    assert_int_equal(find("GET", "/v1/cases/7/lines/2"), HTTP_MATCH);
    assert_true(text_equal_string(params[1], "2"));
    assert_int_equal(http_route_param(route, "line"), 1);
    done(state);
    assert_int_equal(find("GET", "/livez"), HTTP_MATCH);
    assert_ptr_equal(route, &health[0]);
    done(state);
    assert_int_equal(find("GET", "/"), HTTP_MATCH);
    assert_ptr_equal(route, &health[1]);
}

static void head_goes_with_get(void **state)
{
    assert_int_equal(find("HEAD", "/v1/cases/7"), HTTP_MATCH);
    assert_ptr_equal(route, &cases[1]);
    done(state);
    assert_int_equal(find("HEAD", "/v1/messages"), HTTP_MATCH_PATH_ONLY);
    assert_string_equal(allow, "POST");
}

static void other_methods(void **state)
{
    (void)state;
    assert_int_equal(find("DELETE", "/v1/cases/7"), HTTP_MATCH_PATH_ONLY);
    assert_string_equal(allow, "GET, HEAD, POST");
    assert_null(route);
}

static void not_found(void **state)
{
    static const char *const targets[] = {"/v1",     "/v1/cases",   "/v1/cases/",        "/v1/cases/7/",
                                          "/v1//7",  "/V1/cases/7", "/v1/cases/7/lines", "//",
                                          "/livez/x"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        assert_int_equal(find("GET", targets[i]), HTTP_MATCH_NONE);
        done(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(found, done),
        cmocka_unit_test_teardown(head_goes_with_get, done),
        cmocka_unit_test_teardown(other_methods, done),
        cmocka_unit_test_teardown(not_found, done),
    };
    return cmocka_run_group_tests_name("http_route", tests, NULL, NULL);
}
