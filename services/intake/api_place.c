/* SPDX-License-Identifier: Apache-2.0 */
#include "api.h"
#include "events.h"

struct text api_place_text(struct arena *arena, const struct api_place *place)
{
    return text_print(arena, "%.*s.%d.%lld", TEXT_ARGS(place->topic), (int)place->partition,
                      (long long)place->offset);
}

/* Cuts the number behind the last '.' off. */
static bool cut_number(struct text *text, int64_t *ret_number)
{
    size_t at = text->len;
    while (at > 0 && text->at[at - 1] != '.')
        at--;
    if (at == 0 || !text_to_int64(text_make(text->at + at, text->len - at), ret_number) || *ret_number < 0)
        return false;
    *text = text_make(text->at, at - 1);
    return true;
}

bool api_place_parse(struct text text, struct api_place *ret_place)
{
    int64_t offset, partition;
    if (text.at == NULL || !cut_number(&text, &offset) || !cut_number(&text, &partition) ||
        partition > INT32_MAX || !events_is_inbound_topic(text))
        return false;
    *ret_place = (struct api_place){text, (int32_t)partition, offset};
    return true;
}

enum status api_is_unread(struct http_exchange *exchange, bool *ret_is_unread, struct error *err)
{
    struct text at = http_argument(exchange, "at");
    struct api_place place;
    int64_t next_offset;
    if (at.at == NULL) {
        *ret_is_unread = false;
        return STATUS_OK;
    }
    if (!api_place_parse(at, &place))
        return fail(err, STATUS_INVALID, "at: must be as in the Location of a 202");
    enum status status = store_read_progress(http_postgres(exchange), place.partition, place.topic,
                                             http_arena(exchange), &next_offset, err);
    if (status == STATUS_OK)
        *ret_is_unread = next_offset <= place.offset;
    return status;
}

struct text api_segment(struct arena *arena, struct text value)
{
    static const char hex[] = "0123456789ABCDEF";
    char *to = arena_alloc(arena, value.len * 3 + 1);
    size_t len = 0;
    for (size_t i = 0; to != NULL && i < value.len; i++) {
        char c = value.at[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                        c == '-' || c == '_' || c == '.' || c == '~';
        if (is_plain) {
            to[len++] = c;
            continue;
        }
        to[len++] = '%';
        to[len++] = hex[(unsigned char)c >> 4];
        to[len++] = hex[(unsigned char)c & 15];
    }
    return to == NULL ? TEXT_NULL : text_make(to, len);
}
