/* SPDX-License-Identifier: Apache-2.0 */
#include "faq.h"

#include "core/time.h"
#include "domain.h"

#include <stdio.h>
#include <string.h>

/* Clocks of shops run ahead a little. */
#define AHEAD_US US_PER_DAY

bool faq_was_given(const struct case_state *state, const struct faq_entry *entry)
{
    char name[160];
    int len = snprintf(name, sizeof name, ",%.*s,", TEXT_ARGS(entry->id));
    return text_contains(state->answered, text_make(name, (size_t)len));
}

static bool is_calm(const struct verdict *verdict)
{
    return !verdict->is_complaint && !verdict->wants_human && verdict->urgency < 2 &&
           verdict->sentiment > SENTIMENT_LEAST;
}

static bool is_given_before(const struct case_state *state, const struct stance *stance,
                            const struct faq_entry *entry, const struct said *said, size_t i)
{
    for (size_t earlier = 0; earlier < i; earlier++)
        if (stance->entries[earlier] == entry)
            return true;
    return said->at_us > state->answered_until_us && faq_was_given(state, entry);
}

static void judge_one(const struct case_state *state, const struct said *said, const struct verdict *verdict,
                      size_t i, const struct rulebook *rules, struct pattern_scan *scan,
                      struct stance *stance)
{
    stance->suggestion = NULL;
    for (size_t k = 0; k < rules->faq_count && stance->entries[i] == NULL; k++) {
        const struct faq_entry *entry = &rules->faq[k];
        if (!entry->labels[verdict->alone.label] || verdict->alone.probability < rules->suggest_confidence)
            continue;
        bool is_found = pattern_scan_finds(scan, entry->pattern);
        if (stance->suggestion == NULL || is_found)
            stance->suggestion = entry;
        if (is_found && verdict->alone.probability >= rules->auto_confidence && is_calm(verdict) &&
            !said->has_attachment && !is_given_before(state, stance, entry, said, i))
            stance->entries[i] = entry;
    }
    if (stance->entries[i] == NULL)
        stance->needs_person = true;
}

bool faq_judge(const struct case_state *state, const struct words *words, const struct verdict *verdicts,
               const struct apply_context *context, struct stance *ret_stance)
{
    struct pattern_scan *scan = pattern_scan_new();
    if (scan == NULL)
        return false;
    *ret_stance = (struct stance){.needs_person = words->count == 0};
    for (size_t i = 0; i < words->count; i++) {
        pattern_scan_text(scan, plain_text(words->items[i].text, context->arena));
        judge_one(state, &words->items[i], &verdicts[i], i, context->rules, scan, ret_stance);
    }
    pattern_scan_free(scan);
    return true;
}

enum parcel_answer faq_parcel(const struct case_state *state, const struct rulebook *rules, int64_t now_us)
{
    int64_t placed = state->placed_at_us, shipped = state->shipped_at_us, delivered = state->delivered_at_us;
    if (state->order_updated_at_us == 0)
        return PARCEL_UNKNOWN;
    if (placed > now_us + AHEAD_US || shipped > now_us + AHEAD_US || delivered > now_us + AHEAD_US)
        return PARCEL_DOUBTFUL;
    if (delivered != 0)
        return shipped == 0 || delivered < shipped || text_is_empty(state->waybill) ? PARCEL_DOUBTFUL
                                                                                    : PARCEL_DELIVERED;
    if (shipped != 0)
        return shipped < placed || text_is_empty(state->waybill) || shipped < now_us - rules->shipped_stale_us
                   ? PARCEL_DOUBTFUL
                   : PARCEL_SHIPPED;
    return placed == 0 || !text_is_empty(state->waybill) || placed < now_us - rules->unshipped_stale_us
               ? PARCEL_DOUBTFUL
               : PARCEL_UNSHIPPED;
}

static struct text date_of(int64_t at_us, const struct rulebook *rules, struct arena *arena)
{
    char date[TIME_TEXT_LEN + 1];
    return at_us == 0 ? TEXT("")
                      : text_print(arena, "%.10s", time_format(at_us + rules->utc_offset_us, date));
}

struct text faq_text(const struct case_state *state, const struct faq_entry *entry, enum parcel_answer parcel,
                     int32_t language, const struct apply_context *context)
{
    const struct rulebook *rules = context->rules;
    const struct policy_text *answer = &entry->answer;
    if (entry->is_from_order)
        answer = &rules->templates[parcel == PARCEL_DELIVERED ? TEMPLATE_PARCEL_DELIVERED
                                   : parcel == PARCEL_SHIPPED ? TEMPLATE_PARCEL_SHIPPED
                                                              : TEMPLATE_PARCEL_UNSHIPPED];
    const struct template_value values[] = {
        {"order_no", state->order_no},
        {"carrier", state->carrier},
        {"waybill", state->waybill},
        {"shipped", date_of(state->shipped_at_us, rules, context->arena)},
        {"delivered", date_of(state->delivered_at_us, rules, context->arena)},
    };
    struct text text = policy_text_for(answer, language == LANGUAGE_EN ? TEXT("en") : TEXT("zh-CN"));
    return template_render(context->arena, text, values, sizeof values / sizeof *values);
}
