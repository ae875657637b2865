/* SPDX-License-Identifier: Apache-2.0 */
/* A message of the tests' own, for the tests of the wire and JSON modules. */
#pragma once

#include "core/arena.h"
#include "wire_test.pb-c.h"

/* Every field is set, with values at the edges; aborts when the arena is full. */
Wire__Test__V1__Everything *wire_sample(struct arena *arena);
