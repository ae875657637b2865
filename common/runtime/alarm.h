/* SPDX-License-Identifier: Apache-2.0 */
/* Finds what is due in the worker's lanes: asks Redis at the right moment, looks into Postgres now and then,
 * keeps Redis filled. Fills loop->due. */
#pragma once

#include "core/status.h"
#include "runtime/loop.h"

/* Cheap when nothing is up. TRANSIENT or FATAL as Postgres says; Redis being away is no failure. */
enum status alarm_listen(struct loop *loop, struct error *err) MUST_CHECK;
