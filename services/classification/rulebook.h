/* SPDX-License-Identifier: Apache-2.0 */
/* The shop's policies as the rules see them: labels.yaml, rules.yaml, diagnosis.yaml, faq.yaml and
 * messages.yaml, read, checked and compiled by policies.c. Never changed after loading; everything lives as
 * long as the policy. Durations in µs. */
#pragma once

#include "core/text.h"
#include "pattern.h"
#include "runtime/policy_template.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RULEBOOK_LABELS    128
#define RULEBOOK_RULES     400
#define RULEBOOK_QUESTIONS 12

struct label {
    struct text name;
    int32_t type; /* enum case_type, what it is unless a person says otherwise */
};

/* What it means when a pattern is found in the customer's words. */
struct rule {
    struct text name;
    int32_t label; /* index; -1: says nothing about the label */
    double weight; /* added to the label's score */
    bool is_complaint, is_human;
    int32_t urgency, sentiment;
    struct pattern *pattern;
    struct pattern *unless; /* found too: the rule does not hold; may be NULL */
};

struct rule_set {
    const struct rule *rules;
    size_t count;
    struct pattern *acknowledgement; /* words that ask for nothing; may be NULL */
    double earlier;                  /* what words count that others follow, each time again */
    double answer;                   /* what the answer to a question counts */
    double floor;                    /* score of "none of these" */
    double sharpness;                /* score × this is the logarithm of the odds */
};

struct product {
    struct text name;
    struct pattern *pattern;
};

struct question {
    struct text id;
    struct policy_text text;
};

struct diagnosis {
    struct text id;
    int32_t product; /* index */
    bool labels[RULEBOOK_LABELS];
    const struct question *questions;
    size_t question_count;
};

struct faq_entry {
    struct text id;
    bool labels[RULEBOOK_LABELS];
    struct pattern *pattern;
    bool is_from_order;        /* the answer is told from the order's facts */
    struct policy_text answer; /* absent when is_from_order */
};

enum template {
    TEMPLATE_ANSWER,           /* {text} */
    TEMPLATE_QUESTION,         /* {text} */
    TEMPLATE_HANDED_OVER,      /* nothing */
    TEMPLATE_PARCEL_UNSHIPPED, /* {order_no} */
    TEMPLATE_PARCEL_SHIPPED,   /* {order_no} {carrier} {waybill} {shipped} */
    TEMPLATE_PARCEL_DELIVERED, /* the same and {delivered} */
    TEMPLATE_COUNT,
};
extern const char *const rulebook_template_names[TEMPLATE_COUNT]; /* as in messages.yaml */

struct rulebook {
    const struct label *labels;
    size_t label_count;
    int32_t unknown_label, acknowledgement_label, follow_up_label; /* indexes */

    struct rule_set rules;

    const struct product *products;
    size_t product_count;
    const struct diagnosis *diagnoses;
    size_t diagnosis_count;
    int64_t answer_within_us; /* no answer by then: the diagnosis is given up */

    const struct faq_entry *faq;
    size_t faq_count;
    double auto_confidence;     /* answered without a person only from here */
    double suggest_confidence;  /* proposed to the agent from here */
    int64_t order_within_us;    /* how long an answer waits for the order's facts */
    int64_t shipped_stale_us;   /* shipped so long ago and not delivered: a person looks */
    int64_t unshipped_stale_us; /* placed so long ago and not shipped: a person looks */
    int64_t utc_offset_us;      /* of the dates customers are told */

    struct policy_text templates[TEMPLATE_COUNT];
};

/* The label of that name, or -1. */
int32_t rulebook_label(const struct rulebook *rulebook, struct text name);
