/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of a record that waits, in one value: for each name and value its length (four bytes, the highest
 * first; all ones: absent) and its bytes. */
#include "events.h"

#include <string.h>

enum { HEADERS_MOST = 256 };

static char *put(char *to, struct text text)
{
    uint32_t len = text.at == NULL ? UINT32_MAX : (uint32_t)text.len;
    for (int shift = 24; shift >= 0; shift -= 8)
        *to++ = (char)(unsigned char)(len >> shift);
    if (text.at == NULL)
        return to;
    memcpy(to, text.at, text.len);
    return to + text.len;
}

static bool get(struct text *rest, struct text *ret_text)
{
    if (rest->len < 4)
        return false;
    uint32_t len = 0;
    for (size_t i = 0; i < 4; i++)
        len = len << 8 | (unsigned char)rest->at[i];
    *rest = text_make(rest->at + 4, rest->len - 4);
    if (len == UINT32_MAX) {
        *ret_text = TEXT_NULL;
        return true;
    }
    if (len > rest->len)
        return false;
    *ret_text = text_make(rest->at, len);
    *rest = text_make(rest->at + len, rest->len - len);
    return true;
}

struct text events_pack_headers(const struct header *headers, size_t count, struct arena *arena)
{
    size_t size = 1;
    for (size_t i = 0; i < count; i++)
        size += 8 + headers[i].name.len + headers[i].value.len;
    char *packed = arena_alloc(arena, size);
    if (packed == NULL)
        return TEXT_NULL;
    char *end = packed;
    for (size_t i = 0; i < count; i++)
        end = put(put(end, headers[i].name), headers[i].value);
    return text_make(packed, (size_t)(end - packed));
}

const struct header *events_unpack_headers(struct text packed, struct arena *arena, size_t *ret_count)
{
    struct header *headers = arena_alloc_array(arena, HEADERS_MOST, sizeof *headers);
    size_t count = 0;
    while (headers != NULL && count < HEADERS_MOST && get(&packed, &headers[count].name) &&
           get(&packed, &headers[count].value))
        count++;
    *ret_count = headers == NULL ? 0 : count;
    return headers;
}
