/* SPDX-License-Identifier: Apache-2.0 */
/* The page behind a survey's link, over HTTP. Public: who has the link needs no key.
 *
 *     GET  /s/{token}   the form; records nothing, so that a mail scanner or a preview answers nothing
 *     POST /s/{token}   application/x-www-form-urlencoded: the answer, published to the service's inbox;
 * thanks
 *
 * 400 what is missing or wrong, above the form; 404 no link of ours; 410 expired; 413 and 415 not a form we
 * sent; 503 with Retry-After while Kafka is away: the same form may be sent again and counts once. */
#pragma once

#include "runtime/http.h"

extern const struct http_route web_routes[];
