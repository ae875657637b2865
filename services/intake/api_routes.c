/* SPDX-License-Identifier: Apache-2.0 */
#include "api.h"

/* clang-format off */
#define POST(word, handle_) {.method = "POST", .path = "/v1/" word, .handle = (handle_), .scope = (word)}
/* clang-format on */

const struct http_route api_routes[] = {
    POST("messages", api_post_message),
    POST("calls", api_post_call),
    POST("returns", api_post_return),
    POST("agent-actions", api_post_action),
    POST("orders", api_post_order),
    POST("customers", api_post_customer),
    POST("agents", api_post_agent),
    POST("parcels", api_post_parcel),
    POST("payments", api_post_payment),
    {.method = "GET", .path = "/v1/cases/{id}", .handle = api_get_case, .is_reader = true, .scope = "cases"},
    {.method = "GET", .path = "/v1/actions/{id}", .handle = api_get_action, .is_reader = true},
    {0},
};
