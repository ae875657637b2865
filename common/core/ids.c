/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ids.h"

#include "core/sha1.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

const struct uuid uuid_nil;

bool uuid_equal(struct uuid a, struct uuid b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

bool uuid_is_nil(struct uuid uuid)
{
    return uuid_equal(uuid, uuid_nil);
}

int uuid_compare(struct uuid a, struct uuid b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes);
}

uint64_t uuid_hash(struct uuid uuid)
{
    return text_hash((struct text){(const char *)uuid.bytes, sizeof uuid.bytes});
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_hyphen_place(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

bool uuid_parse(struct text text, struct uuid *ret_uuid)
{
    if (text.len != UUID_TEXT_LEN)
        return false;
    struct uuid uuid;
    size_t n = 0;
    for (size_t i = 0; i < UUID_TEXT_LEN;) {
        if (is_hyphen_place(i)) {
            if (text.at[i++] != '-')
                return false;
            continue;
        }
        int high = hex_digit(text.at[i]), low = hex_digit(text.at[i + 1]);
        if (high < 0 || low < 0)
            return false;
        uuid.bytes[n++] = (uint8_t)(high << 4 | low);
        i += 2;
    }
    *ret_uuid = uuid;
    return true;
}

char *uuid_format(struct uuid uuid, char to[UUID_TEXT_LEN + 1])
{
    static const char digits[] = "0123456789abcdef";
    char *at = to;
    for (size_t n = 0; n < sizeof uuid.bytes; n++) {
        if (is_hyphen_place((size_t)(at - to)))
            *at++ = '-';
        *at++ = digits[uuid.bytes[n] >> 4];
        *at++ = digits[uuid.bytes[n] & 15];
    }
    *at = '\0';
    return to;
}

struct text uuid_text(struct arena *arena, struct uuid uuid)
{
    char *to = arena_alloc(arena, UUID_TEXT_LEN + 1);
    return to == NULL ? TEXT_NULL : (struct text){uuid_format(uuid, to), UUID_TEXT_LEN};
}

static void set_version(struct uuid *uuid, uint8_t version)
{
    uuid->bytes[6] = (uint8_t)((uuid->bytes[6] & 0x0F) | version << 4);
    uuid->bytes[8] = (uint8_t)((uuid->bytes[8] & 0x3F) | 0x80);
}

struct uuid uuid_of_parts(struct uuid space, const struct text *parts, size_t count)
{
    struct sha1 sha1;
    sha1_init(&sha1);
    sha1_add(&sha1, space.bytes, sizeof space.bytes);
    for (size_t i = 0; i < count; i++) {
        sha1_add(&sha1, parts[i].at, parts[i].len);
        sha1_add(&sha1, "\x1F", 1);
    }
    uint8_t digest[20];
    sha1_end(&sha1, digest);
    struct uuid uuid;
    memcpy(uuid.bytes, digest, sizeof uuid.bytes);
    set_version(&uuid, 5);
    return uuid;
}

struct uuid uuid_random(void)
{
    struct uuid uuid;
    if (getentropy(uuid.bytes, sizeof uuid.bytes) != 0)
        abort();
    set_version(&uuid, 4);
    return uuid;
}
