/* SPDX-License-Identifier: Apache-2.0 */
#include "rule_classifier.h"

#include "domain.h"

#include <math.h>
#include <stdlib.h>

/* What the rules found in one message. */
struct finding {
    bool hits[RULEBOOK_RULES];
    bool has_label;
    int32_t product; /* -1: none */
    size_t given_up;
};

static void look(const struct rulebook *rulebook, struct pattern_scan *scan, struct text plain,
                 struct finding *finding)
{
    pattern_scan_text(scan, plain);
    finding->product = -1;
    for (size_t i = 0; i < rulebook->product_count && finding->product < 0; i++)
        if (pattern_scan_finds(scan, rulebook->products[i].pattern))
            finding->product = (int32_t)i;
    for (size_t i = 0; i < rulebook->rules.count; i++) {
        const struct rule *rule = &rulebook->rules.rules[i];
        finding->hits[i] = pattern_scan_finds(scan, rule->pattern) && !pattern_scan_finds(scan, rule->unless);
        finding->has_label = finding->has_label || (finding->hits[i] && rule->label >= 0);
    }
    finding->given_up = pattern_scan_given_up(scan);
}

struct tally {
    double scores[RULEBOOK_LABELS];
    double alone[RULEBOOK_LABELS];  /* of the last word only */
    double weights[RULEBOOK_RULES]; /* of the reasons */
    double sentiment;
};

static void add_finding(const struct rule_set *rules, const struct finding *finding, double share,
                        bool is_last, struct tally *tally, struct verdict *verdict)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->rules[i];
        if (!finding->hits[i])
            continue;
        if (rule->label >= 0)
            tally->scores[rule->label] += share * rule->weight;
        if (rule->label >= 0 && is_last)
            tally->alone[rule->label] += rule->weight;
        tally->weights[i] += share * (rule->weight != 0 ? rule->weight : 1);
        tally->sentiment += share * rule->sentiment;
        verdict->is_complaint = verdict->is_complaint || rule->is_complaint;
        verdict->wants_human = verdict->wants_human || rule->is_human;
        if (rule->urgency > verdict->urgency)
            verdict->urgency = rule->urgency;
    }
}

static int32_t rounded(double sentiment)
{
    double nearest = floor(sentiment + 0.5);
    return nearest < SENTIMENT_LEAST  ? SENTIMENT_LEAST
           : nearest > SENTIMENT_MOST ? SENTIMENT_MOST
                                      : (int32_t)nearest;
}

static void add_candidate(struct verdict *verdict, struct classifier_candidate candidate)
{
    size_t at = verdict->top_count;
    while (at > 0 && verdict->top[at - 1].probability < candidate.probability)
        at--;
    if (at == CLASSIFIER_TOP)
        return;
    size_t last = verdict->top_count < CLASSIFIER_TOP ? verdict->top_count : CLASSIFIER_TOP - 1;
    for (size_t i = last; i > at; i--)
        verdict->top[i] = verdict->top[i - 1];
    verdict->top[at] = candidate;
    verdict->top_count = last + 1;
}

/* The likeliest labels for these scores; "none of these" is what is left, not something known. */
static struct classifier_candidate choose_label(const struct rulebook *rulebook, const double *scores,
                                                struct verdict *verdict)
{
    const struct rule_set *rules = &rulebook->rules;
    double most = rules->floor;
    for (size_t i = 0; i < rulebook->label_count; i++)
        most = scores[i] > most ? scores[i] : most;
    double sum = exp(rules->sharpness * (rules->floor - most));
    double unknown = sum;
    for (size_t i = 0; i < rulebook->label_count; i++)
        if (scores[i] > 0)
            sum += exp(rules->sharpness * (scores[i] - most));
    verdict->top_count = 0;
    for (size_t i = 0; i < rulebook->label_count; i++)
        if (scores[i] > 0)
            add_candidate(verdict, (struct classifier_candidate){
                                       (int32_t)i, exp(rules->sharpness * (scores[i] - most)) / sum});
    add_candidate(verdict, (struct classifier_candidate){rulebook->unknown_label, unknown / sum});
    struct classifier_candidate best = verdict->top[0];
    return (struct classifier_candidate){best.label,
                                         best.label == rulebook->unknown_label ? 0 : best.probability};
}

static void add_reason(struct verdict *verdict, struct text name, double weight)
{
    size_t at = verdict->reason_count;
    while (at > 0 && verdict->reasons[at - 1].weight < weight)
        at--;
    if (at == CLASSIFIER_REASONS)
        return;
    size_t last = verdict->reason_count < CLASSIFIER_REASONS ? verdict->reason_count : CLASSIFIER_REASONS - 1;
    for (size_t i = last; i > at; i--)
        verdict->reasons[i] = verdict->reasons[i - 1];
    verdict->reasons[at] = (struct classifier_reason){name, weight};
    verdict->reason_count = last + 1;
}

static int32_t language_of(const struct said *words, size_t count, const struct classifier_context *context)
{
    for (size_t i = count; i > 0; i--) {
        int32_t language =
            words[i - 1].language != 0 ? words[i - 1].language : plain_language(words[i - 1].text);
        if (language != 0)
            return language;
    }
    return context->language != 0 ? context->language : LANGUAGE_ZH_CN;
}

/* The verdict after words[0 .. count - 1]. */
static void judge(const struct rulebook *rulebook, const struct said *words, const struct finding *findings,
                  size_t count, const struct classifier_context *context, struct tally *tally,
                  struct verdict *verdict)
{
    const struct rule_set *rules = &rulebook->rules;
    *verdict = (struct verdict){.product = -1};
    *tally = (struct tally){0};
    double share = 1;
    size_t given_up = 0;
    for (size_t i = count; i > 0; i--) {
        const struct finding *finding = &findings[i - 1];
        add_finding(rules, finding, words[i - 1].is_answer ? share * rules->answer : share, i == count, tally,
                    verdict);
        if (finding->has_label && !words[i - 1].is_answer)
            share *= rules->earlier;
        if (verdict->product < 0)
            verdict->product = finding->product;
        given_up += finding->given_up;
    }
    verdict->alone = choose_label(rulebook, tally->alone, verdict);
    struct classifier_candidate best = choose_label(rulebook, tally->scores, verdict);
    verdict->label = best.label;
    verdict->confidence = best.probability;
    verdict->sentiment = rounded(tally->sentiment);
    verdict->language = language_of(words, count, context);
    for (size_t i = 0; i < rules->count; i++)
        if (tally->weights[i] > 0)
            add_reason(verdict, rules->rules[i].name, tally->weights[i]);
    if (given_up > 0)
        add_reason(verdict, TEXT("match-limit"), 0);
}

static bool classify(const void *self, const struct said *words, size_t count,
                     const struct classifier_context *context, struct arena *arena,
                     struct verdict *ret_verdicts)
{
    const struct rulebook *rulebook = self;
    struct finding *findings = arena_alloc_array(arena, count + 1, sizeof *findings);
    struct tally *tally = arena_alloc(arena, sizeof *tally);
    struct pattern_scan *scan = pattern_scan_new();
    if (findings == NULL || tally == NULL || scan == NULL) {
        pattern_scan_free(scan);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        look(rulebook, scan, plain_text(words[i].text, arena), &findings[i]);
        judge(rulebook, words, findings, i + 1, context, tally, &ret_verdicts[i]);
    }
    pattern_scan_free(scan);
    return true;
}

struct classifier rule_classifier(const struct rulebook *rulebook)
{
    return (struct classifier){rulebook, classify};
}

struct rule_glance rule_classifier_glance(const struct rulebook *rulebook, struct text text,
                                          struct arena *arena)
{
    struct rule_glance glance = {false, false};
    struct pattern_scan *scan = pattern_scan_new();
    if (scan == NULL)
        return glance;
    pattern_scan_text(scan, plain_text(text, arena));
    glance.is_acknowledgement = pattern_scan_finds(scan, rulebook->rules.acknowledgement);
    for (size_t i = 0; i < rulebook->rules.count && !glance.wants_human; i++)
        if (rulebook->rules.rules[i].is_human)
            glance.wants_human = pattern_scan_finds(scan, rulebook->rules.rules[i].pattern) &&
                                 !pattern_scan_finds(scan, rulebook->rules.rules[i].unless);
    pattern_scan_free(scan);
    return glance;
}
