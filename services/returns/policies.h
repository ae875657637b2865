/* SPDX-License-Identifier: Apache-2.0 */
/* The policy files returns.yaml and messages.yaml, read into the rulebook as they are. */
#pragma once

#include "rulebook.h"
#include "runtime/policy.h"

struct returns_policy {
    struct rulebook rulebook;
};

extern const struct policy_schema policies_schema;
