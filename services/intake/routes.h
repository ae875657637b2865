/* SPDX-License-Identifier: Apache-2.0 */
/* What intake reads: every inbound message, and every fact about a case, its own topic included. */
#pragma once

#include "runtime/service.h"

extern const struct input routes_inputs[];
extern const struct deadline_route routes_deadlines[];
