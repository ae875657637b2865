/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)64 * 1024)
#define ALIGN       _Alignof(max_align_t)

struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t used;
    max_align_t bytes[];
};

void arena_init(struct arena *arena, size_t cap_bytes)
{
    *arena = (struct arena){.cap_bytes = cap_bytes};
}

void arena_done(struct arena *arena)
{
    while (arena->blocks != NULL) {
        struct arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
    *arena = (struct arena){.cap_bytes = arena->cap_bytes};
}

void arena_reset(struct arena *arena)
{
    struct arena_block *keep = NULL;
    while (arena->blocks != NULL) {
        struct arena_block *next = arena->blocks->next;
        if (keep == NULL && arena->blocks->size == BLOCK_BYTES)
            keep = arena->blocks;
        else
            free(arena->blocks);
        arena->blocks = next;
    }
    if (keep != NULL) {
        keep->next = NULL;
        keep->used = 0;
    }
    arena->blocks = keep;
    arena->used_bytes = 0;
    arena->is_exhausted = false;
}

static struct arena_block *block_add(struct arena *arena, size_t size)
{
    size_t block_size = size > BLOCK_BYTES ? size : BLOCK_BYTES;
    struct arena_block *block = malloc(sizeof *block + block_size);
    if (block == NULL)
        return NULL;
    block->size = block_size;
    block->used = 0;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size == 0)
        size = 1;
    if (size > SIZE_MAX - ALIGN || (size = (size + ALIGN - 1) / ALIGN * ALIGN) > arena->cap_bytes ||
        arena->used_bytes > arena->cap_bytes - size) {
        arena->is_exhausted = true;
        return NULL;
    }
    struct arena_block *block = arena->blocks;
    if (block == NULL || block->size - block->used < size)
        block = block_add(arena, size);
    if (block == NULL) {
        arena->is_exhausted = true;
        return NULL;
    }
    void *at = (char *)block->bytes + block->used;
    block->used += size;
    arena->used_bytes += size;
    return memset(at, 0, size);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        arena->is_exhausted = true;
        return NULL;
    }
    return arena_alloc(arena, count * size);
}

void *arena_copy(struct arena *arena, const void *from, size_t len)
{
    if (len == SIZE_MAX) {
        arena->is_exhausted = true;
        return NULL;
    }
    char *to = arena_alloc(arena, len + 1);
    if (to != NULL && len > 0)
        memcpy(to, from, len);
    return to;
}

char *arena_vprint(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *to = len < 0 ? NULL : arena_alloc(arena, (size_t)len + 1);
    if (to != NULL)
        vsnprintf(to, (size_t)len + 1, format, again);
    va_end(again);
    return to;
}

char *arena_print(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *to = arena_vprint(arena, format, args);
    va_end(args);
    return to;
}
