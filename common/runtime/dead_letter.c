/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/dead_letter.h"

#include <string.h>

#define OWN_HEADERS 16

struct list {
    struct arena *arena;
    struct header *headers;
    size_t count;
    bool is_full;
};

static void add(struct list *list, struct text name, struct text value)
{
    if (value.at == NULL)
        list->is_full = true;
    list->headers[list->count++] = (struct header){name, value};
}

/* Big-endian, as Java's ByteBuffer writes it. */
static void add_binary(struct list *list, struct text name, int64_t value, size_t bytes)
{
    char *at = arena_alloc(list->arena, bytes);
    for (size_t i = 0; at != NULL && i < bytes; i++)
        at[i] = (char)(value >> (8 * (bytes - 1 - i)));
    add(list, name, text_make(at, bytes));
}

const struct header *dead_letter_headers(struct arena *arena, const struct dead_letter *letter,
                                         const struct envelope *envelope, const char *service,
                                         size_t *ret_count)
{
    struct list list = {.arena = arena};
    list.headers = arena_alloc_array(arena, letter->header_count + OWN_HEADERS, sizeof *list.headers);
    if (list.headers == NULL)
        return NULL;
    for (size_t i = 0; i < letter->header_count; i++) {
        struct header header = letter->headers[i];
        if (text_equal(header.name, TEXT("aftercare-seq")))
            header.name = TEXT("aftercare-seq-original");
        list.headers[list.count++] = header;
    }
    add(&list, TEXT("kafka_dlt-original-topic"), letter->topic);
    add_binary(&list, TEXT("kafka_dlt-original-partition"), letter->partition, 4);
    add_binary(&list, TEXT("kafka_dlt-original-offset"), letter->offset, 8);
    add_binary(&list, TEXT("kafka_dlt-original-timestamp"), letter->timestamp_ms, 8);
    add(&list, TEXT("kafka_dlt-exception-fqcn"), letter->reason);
    add(&list, TEXT("kafka_dlt-exception-message"), letter->message);
    add(&list, TEXT("__connect.errors.topic"), letter->topic);
    add(&list, TEXT("__connect.errors.partition"), text_print(arena, "%d", (int)letter->partition));
    add(&list, TEXT("__connect.errors.offset"), text_print(arena, "%lld", (long long)letter->offset));
    add(&list, TEXT("__connect.errors.stage"), text_print(arena, "aftercare-%s", service));
    add(&list, TEXT("__connect.errors.exception.class.name"), letter->reason);
    add(&list, TEXT("__connect.errors.exception.message"), letter->message);
    add(&list, TEXT("aftercare-seq"),
        text_print(arena, "%s/%d/%lld/%lld", service, (int)envelope->seq.lane, (long long)envelope->seq.n,
                   (long long)envelope->seq.prev));
    if (list.is_full)
        return NULL;
    *ret_count = list.count;
    return list.headers;
}
