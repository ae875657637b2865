/* SPDX-License-Identifier: Apache-2.0 */
#include "words.h"

#include <string.h>

#define MAKE     1
#define ANSWER   1
#define ATTACHED 2

struct head {
    int64_t at_us;
    uint16_t len;
    uint8_t flags, language;
};
#define HEAD_BYTES 12

void words_unpack(struct text packed, struct words *ret_words)
{
    ret_words->count = 0;
    if (packed.len == 0 || packed.at[0] != MAKE)
        return;
    size_t at = 1;
    while (at + HEAD_BYTES <= packed.len && ret_words->count < WORDS_MOST) {
        struct head head;
        memcpy(&head.at_us, packed.at + at, 8);
        memcpy(&head.len, packed.at + at + 8, 2);
        head.flags = (uint8_t)packed.at[at + 10];
        head.language = (uint8_t)packed.at[at + 11];
        at += HEAD_BYTES;
        if (at + head.len > packed.len)
            return;
        ret_words->items[ret_words->count++] = (struct said){.at_us = head.at_us,
                                                             .language = head.language,
                                                             .is_answer = (head.flags & ANSWER) != 0,
                                                             .has_attachment = (head.flags & ATTACHED) != 0,
                                                             .text = text_make(packed.at + at, head.len)};
        at += head.len;
    }
}

struct text words_pack(const struct words *words, struct arena *arena)
{
    size_t len = 1;
    for (size_t i = 0; i < words->count; i++)
        len += HEAD_BYTES + words->items[i].text.len;
    char *packed = arena_alloc(arena, len);
    if (packed == NULL)
        return TEXT_NULL;
    packed[0] = MAKE;
    size_t at = 1;
    for (size_t i = 0; i < words->count; i++) {
        const struct said *said = &words->items[i];
        uint16_t bytes = (uint16_t)said->text.len;
        memcpy(packed + at, &said->at_us, 8);
        memcpy(packed + at + 8, &bytes, 2);
        packed[at + 10] = (char)((said->is_answer ? ANSWER : 0) | (said->has_attachment ? ATTACHED : 0));
        packed[at + 11] = (char)said->language;
        at += HEAD_BYTES;
        if (bytes > 0)
            memcpy(packed + at, said->text.at, bytes);
        at += bytes;
    }
    return text_make(packed, len);
}

static void take_out(struct words *words, size_t i)
{
    memmove(&words->items[i], &words->items[i + 1], (words->count - i - 1) * sizeof *words->items);
    words->count--;
}

bool words_add(struct words *words, const struct said *said)
{
    bool is_full = words->count == WORDS_MOST;
    if (is_full)
        take_out(words, 1);
    /* What intake takes in at once has one time: a microsecond apart, in the order in which it came. */
    int64_t at_us = said->at_us;
    size_t at = 0;
    for (; at < words->count && words->items[at].at_us <= at_us; at++)
        at_us += words->items[at].at_us == at_us ? 1 : 0;
    memmove(&words->items[at + 1], &words->items[at], (words->count - at) * sizeof *words->items);
    words->items[at] = *said;
    words->items[at].at_us = at_us;
    words->items[at].text = text_clip(said->text, PLAIN_BYTES_MOST);
    words->count++;
    return !is_full;
}
