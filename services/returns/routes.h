/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "runtime/service.h"

extern const struct route routes_intake[];
extern const struct deadline_route routes_deadlines[];
