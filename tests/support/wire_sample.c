/* SPDX-License-Identifier: Apache-2.0 */
#include "wire_sample.h"

#include <stdlib.h>
#include <string.h>

static void *keep(struct arena *arena, const void *value, size_t size)
{
    void *at = arena_alloc(arena, size);
    if (at == NULL)
        abort();
    return memcpy(at, value, size);
}

static Wire__Test__V1__Amount *amount_of(struct arena *arena, int64_t minor, char *currency)
{
    Wire__Test__V1__Amount amount = WIRE__TEST__V1__AMOUNT__INIT;
    amount.minor = minor;
    amount.currency = currency;
    return keep(arena, &amount, sizeof amount);
}

static void add_lists(struct arena *arena, Wire__Test__V1__Everything *all)
{
    static char *words[] = {"\xe9\x80\x80\xe8\xb4\xa7", "", "ok"};
    static int64_t numbers[] = {1, -1, INT64_MIN};
    static Wire__Test__V1__Colour colours[] = {1, 2, -3};
    static protobuf_c_boolean flags[] = {1, 0, 1};
    static ProtobufCBinaryData chunks[] = {{3, (uint8_t *)"a\0b"}, {0, NULL}};
    static double weights[] = {0.5, -2};
    Wire__Test__V1__Line line = WIRE__TEST__V1__LINE__INIT;
    line.line_no = 1;
    line.amount = amount_of(arena, INT64_MAX, "JPY");
    line.colour = WIRE__TEST__V1__COLOUR__COLOUR_NEGATIVE;
    Wire__Test__V1__Line *lines[] = {keep(arena, &line, sizeof line), NULL};
    line.line_no = 2;
    line.amount = NULL;
    lines[1] = keep(arena, &line, sizeof line);
    all->lines = keep(arena, lines, sizeof lines);
    all->n_lines = 2;
    all->words = words;
    all->n_words = 3;
    all->numbers = numbers;
    all->n_numbers = 3;
    all->colours = colours;
    all->n_colours = 3;
    all->flags = flags;
    all->n_flags = 3;
    all->chunks = chunks;
    all->n_chunks = 2;
    all->weights = weights;
    all->n_weights = 2;
}

Wire__Test__V1__Everything *wire_sample(struct arena *arena)
{
    Google__Protobuf__Timestamp happened_at = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    happened_at.seconds = 1795514400;
    happened_at.nanos = 120000000;
    Google__Protobuf__Duration took = GOOGLE__PROTOBUF__DURATION__INIT;
    took.seconds = -1;
    took.nanos = -500000000;
    Wire__Test__V1__Everything all = WIRE__TEST__V1__EVERYTHING__INIT;
    all.order_no = "A-1";
    all.raw_bytes = (ProtobufCBinaryData){2, (uint8_t *)"\xff\0"};
    all.is_urgent = 1;
    all.small = -5;
    all.large = INT64_MIN;
    all.small_unsigned = UINT32_MAX;
    all.large_unsigned = UINT64_MAX;
    all.small_signed = INT32_MIN;
    all.large_signed = INT64_MAX;
    all.four_bytes = 7;
    all.eight_bytes = -7;
    all.ratio = 0.1F;
    all.exact_ratio = 0.1;
    all.colour = WIRE__TEST__V1__COLOUR__COLOUR_GREEN;
    all.amount = amount_of(arena, -1234, "CNY");
    all.happened_at = keep(arena, &happened_at, sizeof happened_at);
    all.took = keep(arena, &took, sizeof took);
    all.answer_case = WIRE__TEST__V1__EVERYTHING__ANSWER_ANSWER_AMOUNT;
    all.answer_amount = amount_of(arena, 5, "EUR");
    add_lists(arena, &all);
    return keep(arena, &all, sizeof all);
}
