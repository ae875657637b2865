/* SPDX-License-Identifier: Apache-2.0 */
#include "policies.h"

#include "core/time.h"
#include "policies_fields.h"

/* What making the rulebook needs at every step. */
struct making {
    struct rulebook *rulebook;
    struct arena *arena;
    struct policy_problems *problems;
};

static void *room(const struct making *making, size_t count, size_t size)
{
    void *at = arena_alloc_array(making->arena, count + 1, size);
    if (at == NULL)
        policy_problem(making->problems, "out of memory");
    return at;
}

static struct pattern *compile(const struct making *making, const char *file, int line, const char *field,
                               const struct text *patterns, size_t count)
{
    struct error err;
    struct pattern *pattern = NULL;
    if (count > 0 && pattern_compile(patterns, count, &pattern, &err) != STATUS_OK)
        policy_problem(making->problems, "%s:%d: %s: %s", file, line, field, err.text);
    return pattern;
}

static int32_t label_of(const struct making *making, const char *file, int line, struct text name)
{
    int32_t label = rulebook_label(making->rulebook, name);
    if (label < 0)
        policy_problem(making->problems, "%s:%d: label: '%.*s' is not one of labels.yaml", file, line,
                       TEXT_ARGS(name));
    return label;
}

static void mark_labels(const struct making *making, const char *file, int line, const struct text *names,
                        size_t count, bool labels[RULEBOOK_LABELS])
{
    for (size_t i = 0; i < count; i++) {
        int32_t label = label_of(making, file, line, names[i]);
        if (label >= 0)
            labels[label] = true;
    }
}

static void make_labels(const struct making *making, const struct policies_labels *from)
{
    struct rulebook *rulebook = making->rulebook;
    struct label *labels = room(making, from->label_count, sizeof *labels);
    if (labels == NULL)
        return;
    rulebook->labels = labels;
    for (size_t i = 0; i < from->label_count; i++) {
        if (rulebook_label(rulebook, from->labels[i].name) >= 0)
            policy_problem(making->problems, "labels.yaml:%d: labels[%zu].name: '%.*s' is there twice",
                           from->labels[i].line, i, TEXT_ARGS(from->labels[i].name));
        labels[i] = (struct label){from->labels[i].name, from->labels[i].type};
        rulebook->label_count++;
    }
    rulebook->unknown_label = label_of(making, "labels.yaml", 1, from->unknown);
    rulebook->acknowledgement_label = label_of(making, "labels.yaml", 1, from->acknowledgement);
    rulebook->follow_up_label = label_of(making, "labels.yaml", 1, from->follow_up);
}

static void make_rules(const struct making *making, const struct policies_rules *from)
{
    struct rule_set *set = &making->rulebook->rules;
    struct rule *rules = room(making, from->rule_count, sizeof *rules);
    if (rules == NULL)
        return;
    *set = (struct rule_set){.rules = rules,
                             .earlier = from->earlier,
                             .answer = from->answer,
                             .floor = from->floor,
                             .sharpness = from->sharpness};
    set->acknowledgement = compile(making, "rules.yaml", 1, "acknowledgements", from->acknowledgements,
                                   from->acknowledgement_count);
    for (size_t i = 0; i < from->rule_count; i++) {
        const struct policies_rule *rule = &from->rules[i];
        bool has_label = !text_is_empty(rule->label);
        rules[i] = (struct rule){
            .name = rule->name,
            .label = has_label ? label_of(making, "rules.yaml", rule->line, rule->label) : -1,
            .weight = rule->weight,
            .is_complaint = rule->is_complaint,
            .is_human = rule->is_human,
            .urgency = (int32_t)rule->urgency,
            .sentiment = (int32_t)rule->sentiment,
            .pattern =
                compile(making, "rules.yaml", rule->line, "patterns", rule->patterns, rule->pattern_count),
            .unless = compile(making, "rules.yaml", rule->line, "unless", rule->unless, rule->unless_count)};
        set->count++;
        if (has_label != (rule->weight != 0))
            policy_problem(making->problems,
                           "rules.yaml:%d: rules[%zu]: a label needs a weight, and a weight a label",
                           rule->line, i);
    }
}

static void make_products(const struct making *making, const struct policies_diagnoses *from)
{
    struct product *products = room(making, from->product_count, sizeof *products);
    if (products == NULL)
        return;
    making->rulebook->products = products;
    for (size_t i = 0; i < from->product_count; i++) {
        const struct policies_product *product = &from->products[i];
        products[i] =
            (struct product){product->name, compile(making, "diagnosis.yaml", product->line, "patterns",
                                                    product->patterns, product->pattern_count)};
        making->rulebook->product_count++;
    }
}

static void make_diagnosis(const struct making *making, const struct policies_diagnosis *from,
                           struct diagnosis *to)
{
    struct question *questions = room(making, from->question_count, sizeof *questions);
    if (questions == NULL)
        return;
    *to = (struct diagnosis){.id = from->id, .product = -1, .questions = questions};
    for (size_t i = 0; i < making->rulebook->product_count; i++)
        if (text_equal(making->rulebook->products[i].name, from->product))
            to->product = (int32_t)i;
    if (to->product < 0)
        policy_problem(making->problems, "diagnosis.yaml:%d: product: '%.*s' is none of products", from->line,
                       TEXT_ARGS(from->product));
    mark_labels(making, "diagnosis.yaml", from->line, from->labels, from->label_count, to->labels);
    for (size_t i = 0; i < from->question_count; i++)
        questions[i] = (struct question){from->questions[i].id, from->questions[i].text};
    to->question_count = from->question_count;
}

static void make_diagnoses(const struct making *making, const struct policies_diagnoses *from)
{
    struct diagnosis *diagnoses = room(making, from->diagnosis_count, sizeof *diagnoses);
    if (diagnoses == NULL)
        return;
    for (size_t i = 0; i < from->diagnosis_count; i++)
        make_diagnosis(making, &from->diagnoses[i], &diagnoses[i]);
    making->rulebook->diagnoses = diagnoses;
    making->rulebook->diagnosis_count = from->diagnosis_count;
    making->rulebook->answer_within_us = from->answer_within_us;
}

static void make_faq(const struct making *making, const struct policies_faq *from)
{
    struct rulebook *rulebook = making->rulebook;
    struct faq_entry *entries = room(making, from->entry_count, sizeof *entries);
    if (entries == NULL)
        return;
    rulebook->faq = entries;
    for (size_t i = 0; i < from->entry_count; i++) {
        const struct policies_entry *entry = &from->entries[i];
        entries[i] = (struct faq_entry){.id = entry->id,
                                        .is_from_order = entry->is_from_order,
                                        .answer = entry->answer,
                                        .pattern = compile(making, "faq.yaml", entry->line, "patterns",
                                                           entry->patterns, entry->pattern_count)};
        mark_labels(making, "faq.yaml", entry->line, entry->labels, entry->label_count, entries[i].labels);
        rulebook->faq_count++;
        if (entry->is_from_order == !text_is_empty(entry->answer.zh_cn))
            policy_problem(making->problems, "faq.yaml:%d: entries[%zu]: either an answer or from_order",
                           entry->line, i);
    }
    rulebook->auto_confidence = from->auto_confidence;
    rulebook->suggest_confidence = from->suggest_confidence;
    rulebook->order_within_us = from->order_within_us;
    rulebook->shipped_stale_us = from->shipped_stale_us;
    rulebook->unshipped_stale_us = from->unshipped_stale_us;
    rulebook->utc_offset_us = from->utc_offset_hours * US_PER_HOUR;
}

static void check(void *policy, struct arena *arena, struct policy_problems *problems)
{
    struct classification_policy *own = policy;
    struct rulebook *rulebook = &own->rulebook;
    struct making making = {rulebook, arena, problems};
    const struct policies_messages *messages = &own->messages;
    make_labels(&making, &own->labels);
    make_rules(&making, &own->rules);
    make_products(&making, &own->diagnoses);
    make_diagnoses(&making, &own->diagnoses);
    make_faq(&making, &own->faq);
    rulebook->templates[TEMPLATE_ANSWER] = messages->answer;
    rulebook->templates[TEMPLATE_QUESTION] = messages->question;
    rulebook->templates[TEMPLATE_HANDED_OVER] = messages->handed_over;
    rulebook->templates[TEMPLATE_PARCEL_UNSHIPPED] = messages->parcel_unshipped;
    rulebook->templates[TEMPLATE_PARCEL_SHIPPED] = messages->parcel_shipped;
    rulebook->templates[TEMPLATE_PARCEL_DELIVERED] = messages->parcel_delivered;
}

/* Patterns are PCRE2's memory, not the arena's. */
static void done(void *policy)
{
    struct rulebook *rulebook = &((struct classification_policy *)policy)->rulebook;
    pattern_free(rulebook->rules.acknowledgement);
    for (size_t i = 0; i < rulebook->rules.count; i++) {
        pattern_free(rulebook->rules.rules[i].pattern);
        pattern_free(rulebook->rules.rules[i].unless);
    }
    for (size_t i = 0; i < rulebook->product_count; i++)
        pattern_free(rulebook->products[i].pattern);
    for (size_t i = 0; i < rulebook->faq_count; i++)
        pattern_free(rulebook->faq[i].pattern);
}

const struct policy_schema policies_schema = {policies_files, sizeof(struct classification_policy),
                                              .check = check, .done = done};
