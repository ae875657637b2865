/* SPDX-License-Identifier: Apache-2.0 */
#include "warranty.h"

#include "core/time.h"

#include <stdio.h>
#include <stdlib.h>

#define FIELD_END "\x1f"
#define LINE_END  "\x1e"

struct text lines_pack(const struct line *lines, size_t count, struct arena *arena)
{
    struct text packed = TEXT("");
    for (size_t i = 0; i < count && i < WARRANTY_LINES_MOST; i++)
        packed =
            text_print(arena, "%.*s%d" FIELD_END "%.*s" FIELD_END "%.*s" LINE_END, TEXT_ARGS(packed),
                       (int)lines[i].warranty_months, TEXT_ARGS(lines[i].product), TEXT_ARGS(lines[i].model));
    return packed;
}

size_t lines_unpack(struct text packed, struct line lines[WARRANTY_LINES_MOST])
{
    size_t count = 0;
    while (packed.len > 0 && count < WARRANTY_LINES_MOST) {
        struct text rest = text_cut(&packed, LINE_END[0]);
        struct text months = text_cut(&rest, FIELD_END[0]);
        struct text product = text_cut(&rest, FIELD_END[0]);
        int64_t number;
        if (!text_to_int64(months, &number))
            return count;
        lines[count++] = (struct line){.product = product, .model = rest, .warranty_months = (int32_t)number};
    }
    return count;
}

static bool is_found(const struct pattern *pattern, struct text plain)
{
    struct pattern_scan *scan = pattern_scan_new();
    if (scan == NULL)
        return false;
    pattern_scan_text(scan, plain);
    bool found = pattern_scan_finds(scan, pattern);
    pattern_scan_free(scan);
    return found;
}

int32_t line_product(const struct line *line, const struct rulebook *rulebook, struct arena *arena)
{
    struct text name = plain_text(line->product, arena);
    for (size_t i = 0; i < rulebook->product_count; i++)
        if (is_found(rulebook->products[i].pattern, name))
            return (int32_t)i;
    return -1;
}

static bool is_named(const struct line *line, const struct words *words, struct arena *arena)
{
    struct text model = plain_text(line->model, arena), product = plain_text(line->product, arena);
    for (size_t i = 0; i < words->count; i++) {
        struct text plain = plain_text(words->items[i].text, arena);
        if ((!text_is_empty(model) && text_contains(plain, model)) ||
            (!text_is_empty(product) && text_contains(plain, product)))
            return true;
    }
    return false;
}

int32_t lines_choose(const struct line *lines, size_t count, const struct rulebook *rulebook, int32_t product,
                     const struct words *words, struct arena *arena)
{
    if (count == 1)
        return 0;
    int32_t chosen = -1;
    for (size_t i = 0; i < count; i++) {
        if (!is_named(&lines[i], words, arena) &&
            (product < 0 || line_product(&lines[i], rulebook, arena) != product))
            continue;
        if (chosen >= 0)
            return -1;
        chosen = (int32_t)i;
    }
    return chosen;
}

bool warranty_holds(int64_t from_us, int32_t months, int64_t at_us)
{
    char date[TIME_TEXT_LEN + 1];
    if (from_us == 0 || months <= 0 || at_us < from_us)
        return false;
    time_format(from_us, date);
    int year = atoi(date), month = atoi(date + 5), day = atoi(date + 8);
    int total = year * 12 + month - 1 + months;
    /* The 31st of a month that has none is its last day. */
    for (; day > 0; day--) {
        int64_t end_us;
        char end[64];
        int len =
            snprintf(end, sizeof end, "%04d-%02d-%02dT23:59:59.999999Z", total / 12, total % 12 + 1, day);
        if (time_parse(text_make(end, (size_t)len), &end_us))
            return at_us <= end_us;
    }
    return true; /* beyond the year 9999 */
}
