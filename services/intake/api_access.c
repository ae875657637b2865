/* SPDX-License-Identifier: Apache-2.0 */
#include "api.h"

bool api_may_touch(const struct http_exchange *exchange, struct text shop_id, struct text seller_id)
{
    return http_admits(exchange, "shop", shop_id) && http_admits(exchange, "seller", seller_id);
}

bool api_is_tied(const struct http_exchange *exchange)
{
    return http_is_tied(exchange, "shop") || http_is_tied(exchange, "seller");
}
