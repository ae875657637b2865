/* SPDX-License-Identifier: Apache-2.0 */
/* GET /livez, /readyz (?verbose names every dependency, its state and since when, and the lanes), /metrics.
 */
#pragma once

#include "runtime/http.h"

/* Public, on the network thread; for http_plan's tables. */
extern const struct http_route health_routes[];
