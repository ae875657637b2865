/* SPDX-License-Identifier: Apache-2.0 */
/* What every rule works on while one fact is applied. */
#pragma once

#include "effects.h"
#include "fact.h"
#include "rulebook.h"

struct turn {
    struct case_file *file;
    const struct rulebook *rules;
    struct effects *effects;
    struct arena *arena;
    int64_t now_us; /* the database's clock */
};
