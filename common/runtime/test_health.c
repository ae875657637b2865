/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/health.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* The registry is the process's: the tests build on each other, in this order. */

static char *text(void)
{
    size_t len;
    char *text = health_text(&len);
    assert_non_null(text);
    assert_int_equal(len, strlen(text));
    return text;
}

static void assert_says(const char *part)
{
    char *all = text();
    if (strstr(all, part) == NULL)
        print_error("missing: %s\nin:\n%s", part, all);
    assert_non_null(strstr(all, part));
    free(all);
}

static void required_components_decide(void **state)
{
    (void)state;
    assert_true(health_is_ready());
    health_set("postgres", false, true, "no route to host");
    assert_false(health_is_ready());
    assert_says("[-]postgres failing since 2");
    assert_says(": no route to host\n");
    health_set("redis", false, false, "refused");
    health_set("postgres", true, true, "");
    assert_true(health_is_ready());
    assert_says("[+]postgres ok since 2");
    assert_says("[-]redis failing since 2");
    assert_says(": refused (not required)\n");
}

static void since_stays_while_nothing_changes(void **state)
{
    (void)state;
    char *before = text();
    health_set("redis", false, false, "refused");
    health_set("postgres", true, true, "");
    char *after = text();
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void all_workers_must_find_it_well(void **state)
{
    (void)state;
    health_set_by(0, "lanes", true, true, "");
    health_set_by(1, "lanes", false, true, "an offset is gone");
    health_set_by(0, "lanes", true, true, "");
    health_set_by(-1, "lanes", true, true, "");
    health_set_by(HEALTH_WORKERS_MOST, "lanes", true, true, "");
    assert_false(health_is_ready());
    assert_says("[-]lanes failing since 2");
    assert_says(": an offset is gone\n");
    health_set_by(HEALTH_WORKERS_MOST - 1, "lanes", false, true, "another is gone");
    health_set_by(1, "lanes", true, true, "");
    assert_false(health_is_ready());
    assert_says(": another is gone\n");
    health_set_by(HEALTH_WORKERS_MOST - 1, "lanes", true, true, "");
    assert_true(health_is_ready());
    assert_says("[+]lanes ok since 2");
}

static void lanes_are_shown(void **state)
{
    (void)state;
    health_lanes(1, "0 3 6", "9");
    assert_says("worker 1 lanes held: 0 3 6; left out: 9\n");
    health_lanes(-1, "x", "x");
    health_lanes(HEALTH_WORKERS_MOST, "x", "x");
    assert_true(health_is_ready()); /* lanes left out do not make us unready */
}

static void beating_is_living(void **state)
{
    (void)state;
    assert_true(health_is_live()); /* nobody has promised to beat */
    health_beat(0);
    health_beat(-1);
    health_beat(HEALTH_WORKERS_MOST);
    assert_true(health_is_live());
}

static void draining_is_for_good(void **state)
{
    (void)state;
    assert_says("[+]running\n");
    health_drain();
    assert_false(health_is_ready());
    assert_true(health_is_live());
    assert_says("[-]stopping\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(required_components_decide),
        cmocka_unit_test(since_stays_while_nothing_changes),
        cmocka_unit_test(all_workers_must_find_it_well),
        cmocka_unit_test(lanes_are_shown),
        cmocka_unit_test(beating_is_living),
        cmocka_unit_test(draining_is_for_good),
    };
    return cmocka_run_group_tests_name("health", tests, NULL, NULL);
}
