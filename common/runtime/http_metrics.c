/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/http_exchange.h"

#include "core/time.h"
#include "runtime/metrics.h"

void http_metrics_count(const struct http_exchange *exchange, int status)
{
    static const char *const classes[] = {"other", "1xx", "2xx", "3xx", "4xx", "5xx"};
    int class = status / 100;
    const char *code = classes[class >= 1 && class <= 5 ? class : 0];
    /* Unknown paths share one series: a label must not be the client's to choose. */
    const char *path = exchange->route == NULL ? "" : exchange->route->path;
    const char *method = exchange->route == NULL ? "" : exchange->route->method;
    metric_add(metric_counter("aftercare_http_requests", "HTTP requests answered.",
                              METRIC_LABELS("route", path, "method", method, "code", code)),
               1);
    metric_observe(metric_histogram_seconds("aftercare_http_request_seconds",
                                            "From the request line to the answer, waiting included.",
                                            METRIC_LABELS("route", path, "method", method)),
                   (double)(time_monotonic_us() - exchange->began_us) / (double)US_PER_SECOND);
}
