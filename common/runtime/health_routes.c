/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/health_routes.h"

#include "runtime/health.h"
#include "runtime/metrics.h"

#include <stdbool.h>
#include <stdlib.h>

#define PLAIN "text/plain; charset=utf-8"

static void show_livez(struct http_exchange *exchange)
{
    bool is_live = health_is_live();
    http_answer(exchange, is_live ? 200 : 503, PLAIN,
                is_live ? TEXT("ok\n") : TEXT("a worker has not turned for 60 s\n"));
}

static void show_readyz(struct http_exchange *exchange)
{
    bool is_ready = health_is_ready();
    if (http_argument(exchange, "verbose").at == NULL) {
        http_answer(exchange, is_ready ? 200 : 503, PLAIN,
                    is_ready ? TEXT("ok\n") : TEXT("not ready; /readyz?verbose says why\n"));
        return;
    }
    size_t len;
    char *text = health_text(&len);
    http_answer(exchange, is_ready ? 200 : 503, PLAIN, text_make(text, text == NULL ? 0 : len));
    free(text);
}

static void show_metrics(struct http_exchange *exchange)
{
    size_t len;
    char *page = metrics_render(&len);
    if (page == NULL)
        http_problem(exchange, 503, "busy", "Too busy", "out of memory");
    else
        http_answer(exchange, 200, "application/openmetrics-text; version=1.0.0; charset=utf-8",
                    text_make(page, len));
    free(page);
}

const struct http_route health_routes[] = {
    {.method = "GET", .path = "/livez", .handle = show_livez, .is_public = true},
    {.method = "GET", .path = "/readyz", .handle = show_readyz, .is_public = true},
    {.method = "GET", .path = "/metrics", .handle = show_metrics, .is_public = true},
    {.method = NULL},
};
