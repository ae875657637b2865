/* SPDX-License-Identifier: Apache-2.0 */
/* Which facts and deadlines this service takes; all by handlers_handle. */
#pragma once

#include "runtime/service.h"

extern const struct route routes_intake[];
extern const struct deadline_route routes_deadlines[];
