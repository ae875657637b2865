/* SPDX-License-Identifier: Apache-2.0 */
/* The service's own settings: where links lead, and what they are signed with. Made once when it opens, never
 * changed; any thread reads it. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "runtime/settings.h"
#include "token.h"

struct setup {
    struct arena arena;
    struct text base_url; /* without a slash at the end */
    struct token_keys keys;
    struct text security_policy; /* the page's Content-Security-Policy */
};

extern const struct setting setup_settings[];

/* FATAL: a key that is too short, a base URL that is none. */
enum status setup_open(const struct settings *settings, void **ret_setup, struct error *err);
void setup_close(void *setup);

/* "https://shop.example/s/<token>"; in the arena, absent when it is full. */
struct text setup_link(const struct setup *setup, const struct token *token, struct arena *arena);
