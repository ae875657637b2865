/* SPDX-License-Identifier: Apache-2.0 */
/* How the timeline says an enum's value. */
#pragma once

#include "core/text.h"

/* The word for a value such as "HOME_PICKUP" or "P1"; other texts are returned as they are. Lives as long as
 * `value`. */
struct text timeline_word(struct text value, bool is_chinese);
