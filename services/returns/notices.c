/* SPDX-License-Identifier: Apache-2.0 */
#include "notices.h"

#include "core/money.h"
#include "dates.h"

struct text notice_text(const struct turn *turn, enum template template, const struct template_value *values,
                        size_t count)
{
    struct text language = turn->file->state.language == LANGUAGE_EN ? TEXT("en") : TEXT("zh-CN");
    return template_render(
        turn->arena, policy_text_for(template_of(&turn->rules->messages, template), language), values, count);
}

void notice_tell(struct turn *turn, enum template template, const struct template_value *values, size_t count,
                 struct text reference)
{
    struct effect *effect = effects_add(turn->effects, EFFECT_NOTIFIED, turn->file);
    effect->number = (int32_t) template;
    effect->text = notice_text(turn, template, values, count);
    effect->id = reference;
}

void notice_tell_plain(struct turn *turn, enum template template)
{
    notice_tell(turn, template, NULL, 0, TEXT_NULL);
}

struct text notice_moment(const struct turn *turn, int64_t at_us)
{
    return dates_moment(turn->arena, turn->rules, turn->file->state.language, at_us);
}

struct text notice_amount(const struct turn *turn, int64_t minor, struct text currency)
{
    struct money money;
    struct error err;
    if (money_make(minor, currency, &money, &err) != STATUS_OK)
        return TEXT_NULL;
    return money_text(turn->arena, money);
}
