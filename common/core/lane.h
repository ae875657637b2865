/* SPDX-License-Identifier: Apache-2.0 */
/* Which lane (= partition number) a key belongs to. The same as the Java client's default partitioner
 * (murmur2, seed 0x9747b28c), so that a publisher in any language meets us on the same partition. */
#pragma once

#include "core/text.h"

#include <stdint.h>

/* 0 .. lane_count - 1. lane_count must be positive. */
int32_t lane_of_key(struct text key, int32_t lane_count);
