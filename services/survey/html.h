/* SPDX-License-Identifier: Apache-2.0 */
/* HTML put together in an arena. Pure. */
#pragma once

#include "core/arena.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>

struct html {
    char *at;
    size_t len, size;
    bool is_full; /* what does not fit is left out, and the whole is absent */
};

void html_init(struct html *html, struct arena *arena, size_t size);
void html_add(struct html *html, const char *markup);
/* Text or an attribute's value in quotes: & < > " ' are escaped. */
void html_add_text(struct html *html, struct text text);
/* Absent when it did not fit. */
struct text html_text(const struct html *html);
