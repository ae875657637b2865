/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/metrics.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_page_has(const char *line)
{
    size_t len;
    char *page = metrics_render(&len);
    assert_non_null(page);
    assert_int_equal(len, strlen(page));
    if (strstr(page, line) == NULL)
        print_error("missing: %s\nin:\n%s", line, page);
    assert_non_null(strstr(page, line));
    free(page);
}

static void counter_counts(void **state)
{
    (void)state;
    struct metric *a = metric_counter("t_seen", "Seen.", METRIC_LABELS("topic", "a"));
    struct metric *b = metric_counter("t_seen", "Seen.", METRIC_LABELS("topic", "b"));
    assert_ptr_not_equal(a, b);
    assert_ptr_equal(a, metric_counter("t_seen", "Seen.", METRIC_LABELS("topic", "a")));
    metric_add(a, 2);
    metric_add(a, 3);
    assert_true(metric_value(a) == 5);
    assert_true(metric_value(b) == 0);
    assert_page_has("# HELP t_seen Seen.\n# TYPE t_seen counter\nt_seen_total{topic=\"a\"} 5\n"
                    "t_seen_total{topic=\"b\"} 0\n");
}

static void gauge_is_set(void **state)
{
    (void)state;
    struct metric *gauge = metric_gauge("t_level", "Level.", METRIC_NO_LABELS);
    metric_set(gauge, 7);
    metric_add(gauge, -2);
    assert_true(metric_value(gauge) == 5);
    metric_set(gauge, 0.25);
    assert_page_has("# TYPE t_level gauge\nt_level 0.25\n");
}

static void histogram_is_cumulative(void **state)
{
    (void)state;
    struct metric *sizes = metric_histogram_count("t_sizes", "Sizes.", METRIC_LABELS("lane", "3"));
    metric_observe(sizes, 1);
    metric_observe(sizes, 3);
    metric_observe(sizes, 5);
    metric_observe(sizes, 5000);
    assert_true(metric_value(sizes) == 4);
    assert_page_has("t_sizes_bucket{lane=\"3\",le=\"1\"} 1\nt_sizes_bucket{lane=\"3\",le=\"2\"} 1\n"
                    "t_sizes_bucket{lane=\"3\",le=\"5\"} 3\n");
    assert_page_has("t_sizes_bucket{lane=\"3\",le=\"1000\"} 3\nt_sizes_bucket{lane=\"3\",le=\"+Inf\"} 4\n"
                    "t_sizes_sum{lane=\"3\"} 5009\nt_sizes_count{lane=\"3\"} 4\n");
}

static void seconds_have_their_bounds(void **state)
{
    (void)state;
    struct metric *spans = metric_histogram_seconds("t_span_seconds", "Spans.", METRIC_NO_LABELS);
    metric_observe(spans, 0.001);
    metric_observe(spans, 0.3);
    assert_page_has("t_span_seconds_bucket{le=\"0.001\"} 1\n");
    assert_page_has("t_span_seconds_bucket{le=\"0.25\"} 1\nt_span_seconds_bucket{le=\"0.5\"} 2\n");
    assert_page_has("t_span_seconds_bucket{le=\"300\"} 2\n");
}

static void labels_are_escaped(void **state)
{
    (void)state;
    metric_add(metric_counter("t_odd", "Odd.", METRIC_LABELS("why", "a\"b\\c\nd")), 1);
    assert_page_has("t_odd_total{why=\"a\\\"b\\\\c\\nd\"} 1\n");
}

static void page_ends_with_eof(void **state)
{
    (void)state;
    size_t len;
    char *page = metrics_render(&len);
    assert_non_null(page);
    assert_true(len > 6);
    assert_string_equal(page + len - 6, "# EOF\n");
    free(page);
}

static void what_does_not_fit_is_hidden(void **state)
{
    (void)state;
    char huge[400];
    memset(huge, 'x', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    struct metric *hidden = metric_counter("t_huge", "Huge.", METRIC_LABELS("id", huge));
    assert_non_null(hidden);
    metric_add(hidden, 1);
    assert_page_has("aftercare_metrics_dropped_series_total 1\n");
    /* The same name as another kind has no place either. */
    assert_ptr_equal(metric_gauge("t_seen", "Seen.", METRIC_NO_LABELS), hidden);
    assert_page_has("aftercare_metrics_dropped_series_total 2\n");
}

static void *add_many(void *context)
{
    for (int i = 0; i < 20000; i++) {
        metric_add(metric_counter("t_threads", "Threads.", METRIC_NO_LABELS), 1);
        metric_observe(context, 0.5);
    }
    return NULL;
}

static void threads_lose_nothing(void **state)
{
    (void)state;
    struct metric *spans = metric_histogram_seconds("t_threads_seconds", "Spans.", METRIC_NO_LABELS);
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, spans), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_page_has("t_threads_total 80000\n");
    assert_page_has("t_threads_seconds_sum 40000\nt_threads_seconds_count 80000\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counter_counts),          cmocka_unit_test(gauge_is_set),
        cmocka_unit_test(histogram_is_cumulative), cmocka_unit_test(seconds_have_their_bounds),
        cmocka_unit_test(labels_are_escaped),      cmocka_unit_test(page_ends_with_eof),
        cmocka_unit_test(threads_lose_nothing),    cmocka_unit_test(what_does_not_fit_is_hidden),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
