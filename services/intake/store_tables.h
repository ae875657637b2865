/* SPDX-License-Identifier: Apache-2.0 */
/* The tables as columns bound to the structs of the rules. */
#pragma once

#include "runtime/table.h"

extern const struct table store_actions;
extern const struct table store_conversations;
extern const struct table store_references;
extern const struct table store_subjects;
extern const struct table store_waiting;
extern const struct table store_order_links;
extern const struct table store_cases;
extern const struct table store_timeline;
