/* SPDX-License-Identifier: Apache-2.0 */
/* Memory by lifespan: everything a batch allocates comes from one arena and goes with one reset, so handlers
 * contain no free. The cap bounds what hostile input can make us hold; past it arena_alloc returns NULL and
 * stays "exhausted" until the reset, which the loop turns into a smaller batch.
 * Not for threads: one arena belongs to one worker. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used_bytes;          /* handed out since the reset */
    size_t cap_bytes;
    bool is_exhausted; /* an allocation was refused since the reset */
};

void arena_init(struct arena *arena, size_t cap_bytes);
void arena_done(struct arena *arena);

/* Forgets all allocations; keeps one block for the next round. */
void arena_reset(struct arena *arena);

/* Zeroed memory, aligned for any type; NULL when the cap or the machine's memory is reached. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_alloc_array(struct arena *arena, size_t count, size_t size);

/* A copy with a NUL after it. */
void *arena_copy(struct arena *arena, const void *from, size_t len);

/* printf into the arena; NULL when it does not fit. */
char *arena_print(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprint(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
