/* SPDX-License-Identifier: Apache-2.0 */
/* The policy files as they are written, and the rulebook that is made of them once they are read. */
#pragma once

#include "rulebook.h"
#include "runtime/policy.h"

struct policies_label {
    struct text name;
    int type;
    int line;
};
struct policies_labels {
    const struct policies_label *labels;
    size_t label_count;
    struct text unknown, acknowledgement, follow_up;
};

struct policies_rule {
    struct text name, label; /* label absent: none */
    double weight;
    bool is_complaint, is_human;
    int64_t urgency, sentiment;
    const struct text *patterns, *unless;
    size_t pattern_count, unless_count;
    int line;
};
struct policies_rules {
    double earlier, answer, floor, sharpness;
    const struct text *acknowledgements;
    size_t acknowledgement_count;
    const struct policies_rule *rules;
    size_t rule_count;
};

struct policies_product {
    struct text name;
    const struct text *patterns;
    size_t pattern_count;
    int line;
};
struct policies_question {
    struct text id;
    struct policy_text text;
};
struct policies_diagnosis {
    struct text id, product;
    const struct text *labels;
    size_t label_count;
    const struct policies_question *questions;
    size_t question_count;
    int line;
};
struct policies_diagnoses {
    int64_t answer_within_us;
    const struct policies_product *products;
    size_t product_count;
    const struct policies_diagnosis *diagnoses;
    size_t diagnosis_count;
};

struct policies_entry {
    struct text id;
    const struct text *labels, *patterns;
    size_t label_count, pattern_count;
    bool is_from_order;
    struct policy_text answer;
    int line;
};
struct policies_faq {
    double auto_confidence, suggest_confidence;
    int64_t order_within_us, shipped_stale_us, unshipped_stale_us, utc_offset_hours;
    const struct policies_entry *entries;
    size_t entry_count;
};

struct policies_messages {
    struct policy_text answer, question, handed_over, parcel_unshipped, parcel_shipped, parcel_delivered;
};

struct classification_policy {
    struct policies_labels labels;
    struct policies_rules rules;
    struct policies_diagnoses diagnoses;
    struct policies_faq faq;
    struct policies_messages messages;
    struct rulebook rulebook; /* what the rules use */
};

extern const struct policy_schema policies_schema;
