/* SPDX-License-Identifier: Apache-2.0 */
#include "answers.h"

static bool was_sent_by(const struct survey *survey, int64_t at_us)
{
    return survey->sent_at_us != 0 && survey->sent_at_us <= at_us;
}

struct survey *answers_find_asked(struct dossier *dossier, int64_t at_us)
{
    size_t i = dossier->count;
    while (i > 0 && !was_sent_by(&dossier->surveys[i - 1], at_us))
        i--;
    if (i == 0)
        return NULL;
    struct survey *survey = &dossier->surveys[i - 1];
    bool is_talked_past = survey->chat_until_us != 0 && survey->chat_until_us <= at_us;
    return at_us < survey->expires_at_us && !is_talked_past ? survey : NULL;
}

void answers_end_chat(struct dossier *dossier, int64_t at_us)
{
    for (size_t i = 0; i < dossier->count; i++) {
        struct survey *survey = &dossier->surveys[i];
        if (!was_sent_by(survey, at_us) || (survey->chat_until_us != 0 && survey->chat_until_us <= at_us))
            continue;
        survey->chat_until_us = at_us;
        survey->is_changed = true;
    }
}

bool answers_is_low(const struct rulebook *rules, int32_t score, bool is_solved)
{
    return score <= rules->low_score || !is_solved;
}

static struct text reason_of(const struct rulebook *rules, const struct answer *answer)
{
    static const struct text scores[] = {TEXT("score"),   TEXT("score 1"), TEXT("score 2"),
                                         TEXT("score 3"), TEXT("score 4"), TEXT("score 5")};
    static const struct text unsolved[] = {TEXT("not solved"),          TEXT("not solved, score 1"),
                                           TEXT("not solved, score 2"), TEXT("not solved, score 3"),
                                           TEXT("not solved, score 4"), TEXT("not solved, score 5")};
    if (answer->is_solved)
        return scores[answer->score];
    return answer->score <= rules->low_score ? unsolved[answer->score] : unsolved[0];
}

void answers_take(struct survey *survey, const struct answer *answer, const struct rulebook *rules,
                  struct effects *effects)
{
    /* An older one that is read late is kept, but changes neither what counts nor what others were told. */
    bool is_older = survey->edition > 0 && answer->at_us < survey->answered_at_us;
    survey->edition++;
    survey->status = SURVEY_ANSWERED;
    survey->is_changed = true;
    if (!is_older) {
        survey->answered_at_us = answer->at_us;
        survey->score = answer->score;
        survey->is_solved = answer->is_solved;
        survey->comment = answer->comment;
        survey->answered_by = answer->by;
        effects_add(effects, EFFECT_ANSWERED, survey);
    }
    effects_add(effects, EFFECT_KEPT, survey)->answer = *answer;
    bool is_low = answers_is_low(rules, answer->score, answer->is_solved);
    if (is_low && !survey->is_followed_up) {
        survey->is_followed_up = true;
        effects_add(effects, EFFECT_FOLLOWED_UP, survey)->text = reason_of(rules, answer);
    }
    /* The page has thanked already. */
    if (answer->by == ANSWERED_BY_CHAT && !is_older)
        effects_add(effects, EFFECT_NOTIFIED, survey)->template = is_low ? TEMPLATE_SORRY : TEMPLATE_THANKS;
}
