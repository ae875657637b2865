/* SPDX-License-Identifier: Apache-2.0 */
/* How a worker comes by its lanes and loses them: taking (one statement, fences every earlier owner), reading
 * from the ledger's offsets, publishing again what the last owner may not have published; letting go. */
#pragma once

#include "core/status.h"
#include "runtime/loop.h"

/* Takes these lanes and reads exactly them; all others are lost. On TRANSIENT nothing is held, nothing is
 * read, and loop->must_retake is set. */
enum status lanes_take(struct loop *loop, const int32_t *lanes, size_t count, struct error *err) MUST_CHECK;
/* The group has taken everything away. `is_clean`: between two batches, membership not lost. */
void lanes_release(struct loop *loop, bool is_clean);
