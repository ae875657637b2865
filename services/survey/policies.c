/* SPDX-License-Identifier: Apache-2.0 */
#include "policies.h"

#include "budget.h"
#include "core/time.h"
#include "scores.h"

#define MOST_US (400 * US_PER_DAY)
#define DELAY   .min = 0, .max = MOST_US, .fallback = "24h"
#define SPAN    .min = US_PER_SECOND, .max = MOST_US
#define SCORE   .min = SCORE_LEAST, .max = SCORE_MOST

enum { REOPENING_CLOSES, REOPENING_KEEPS };

static const struct policy_field word_fields[] = {
    POLICY_INT(struct policies_word, score, SCORE),
    POLICY_LIST_OF(struct policies_word, words, word_count, POLICY_TYPE_TEXT, .min = 1, .max = 64, .least = 1,
                   .most = RULEBOOK_WORDS),
    {0},
};

static const struct policy_field survey_fields[] = {
    POLICY_DURATION(struct policies_survey, chat_us, .min = 0, .max = MOST_US, .fallback = "10m"),
    POLICY_DURATION(struct policies_survey, app_us, DELAY),
    POLICY_DURATION(struct policies_survey, phone_us, DELAY),
    POLICY_DURATION(struct policies_survey, email_us, DELAY),
    POLICY_DURATION(struct policies_survey, social_us, DELAY),
    POLICY_DURATION(struct policies_survey, marketplace_us, DELAY),
    POLICY_DURATION(struct policies_survey, api_us, DELAY),
    POLICY_DURATION(struct policies_survey, open_for_us, SPAN, .fallback = "7d"),
    POLICY_ENUM(struct policies_survey, reopening, "closes keeps", .fallback = "closes"),
    POLICY_DURATION(struct policies_survey, await_opening_us, SPAN, .fallback = "1h"),
    POLICY_INT(struct policies_survey, asks_per_case, .min = 0, .max = 100, .fallback = "2"),
    POLICY_INT(struct policies_survey, budget, .min = 0, .max = BUDGET_MOST, .fallback = "2"),
    POLICY_DURATION(struct policies_survey, budget_window_us, SPAN, .fallback = "7d"),
    POLICY_INT(struct policies_survey, low_score, .min = 0, .max = SCORE_MOST, .fallback = "2"),
    POLICY_INT(struct policies_survey, solved_from, SCORE, .fallback = "3"),
    POLICY_LIST(struct policies_survey, chat_scores, chat_score_count, word_fields, .is_optional = true,
                .most = 20),
    POLICY_LIST_OF(struct policies_survey, courtesies, courtesy_count, POLICY_TYPE_TEXT, .min = 1, .max = 64,
                   .is_optional = true, .most = RULEBOOK_WORDS),
    {0},
};

static const struct policy_field messages_fields[] = {
    POLICY_LOCALIZED(struct policies_messages, survey, .variables = "link"),
    POLICY_LOCALIZED(struct policies_messages, thanks, .variables = ""),
    POLICY_LOCALIZED(struct policies_messages, sorry, .variables = ""),
    {0},
};

#define WORDS(member) POLICY_LOCALIZED(struct forms, member, .min = 1, .max = 1000)

static const struct policy_field forms_fields[] = {
    WORDS(title),
    WORDS(intro),
    WORDS(score_question),
    WORDS(score_1),
    WORDS(score_2),
    WORDS(score_3),
    WORDS(score_4),
    WORDS(score_5),
    WORDS(solved_question),
    WORDS(yes),
    WORDS(no),
    WORDS(comment_question),
    WORDS(comment_hint),
    WORDS(submit),
    WORDS(thanks_title),
    WORDS(thanks),
    WORDS(sorry),
    WORDS(change),
    WORDS(missing_score),
    WORDS(missing_solved),
    WORDS(too_long),
    WORDS(malformed),
    WORDS(unknown_title),
    WORDS(unknown),
    WORDS(expired_title),
    WORDS(expired),
    WORDS(unavailable_title),
    WORDS(unavailable),
    {0},
};

static const struct policy_file files[] = {
    POLICY_FILE(struct survey_policy, survey, "survey.yaml", survey_fields),
    POLICY_FILE(struct survey_policy, messages, "messages.yaml", messages_fields),
    POLICY_FILE(struct survey_policy, forms, "forms.yaml", forms_fields),
    {0},
};

static void add_words(struct rulebook *to, const struct text *words, size_t count, int32_t score,
                      struct arena *arena, struct policy_problems *problems)
{
    for (size_t i = 0; i < count; i++) {
        if (to->word_count == RULEBOOK_WORDS) {
            policy_problem(problems, "survey.yaml: chat_scores and courtesies: more than %d words",
                           RULEBOOK_WORDS);
            return;
        }
        struct score_word *word = &to->words[to->word_count++];
        *word = (struct score_word){scores_plain(words[i], arena), score};
        if (text_is_empty(word->word))
            policy_problem(problems, "survey.yaml: chat_scores and courtesies: nothing but marks in a word");
    }
}

static void make_words(const struct policies_survey *from, struct rulebook *to, struct arena *arena,
                       struct policy_problems *problems)
{
    for (size_t i = 0; i < from->chat_score_count; i++)
        add_words(to, from->chat_scores[i].words, from->chat_scores[i].word_count,
                  (int32_t)from->chat_scores[i].score, arena, problems);
    add_words(to, from->courtesies, from->courtesy_count, SCORE_COURTESY, arena, problems);
}

static void check(void *policy, struct arena *arena, struct policy_problems *problems)
{
    struct survey_policy *own = policy;
    const struct policies_survey *from = &own->survey;
    struct rulebook *to = &own->rulebook;
    *to = (struct rulebook){
        /* A channel that is not known waits as long as the API's. */
        .delay_us = {from->api_us, from->chat_us, from->app_us, from->phone_us, from->email_us,
                     from->social_us, from->marketplace_us, from->api_us},
        .open_for_us = from->open_for_us,
        .is_closed_by_reopening = from->reopening == REOPENING_CLOSES,
        .await_opening_us = from->await_opening_us,
        .asks_per_case = from->asks_per_case,
        .budget = from->budget,
        .budget_window_us = from->budget_window_us,
        .low_score = (int32_t)from->low_score,
        .solved_from = (int32_t)from->solved_from,
    };
    to->templates[TEMPLATE_SURVEY] = own->messages.survey;
    to->templates[TEMPLATE_THANKS] = own->messages.thanks;
    to->templates[TEMPLATE_SORRY] = own->messages.sorry;
    if (!text_contains(own->messages.survey.zh_cn, TEXT("{link}")) ||
        !text_contains(own->messages.survey.en, TEXT("{link}")))
        policy_problem(problems, "messages.yaml: survey: must hold {link}, in both languages");
    make_words(from, to, arena, problems);
}

const struct policy_schema policies_schema = {files, sizeof(struct survey_policy), .check = check};
