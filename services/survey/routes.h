/* SPDX-License-Identifier: Apache-2.0 */
/* Which facts and deadlines this service takes. */
#pragma once

#include "runtime/service.h"

extern const struct route routes_intake[], routes_escalation[], routes_inbox[];
extern const struct deadline_route routes_deadlines[];
