/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of what the policy files may hold; policies.c makes the rulebook of it. */
#pragma once

#include "runtime/policy.h"

extern const struct policy_file policies_files[];
