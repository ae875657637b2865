/* SPDX-License-Identifier: Apache-2.0 */
/* What the files may hold. */
#include "policies_fields.h"

#include "core/time.h"
#include "domain.h"
#include "policies.h"

#define TYPES      "return_exchange repair inquiry complaint"
#define PATTERNS   .min = 1, .max = PATTERN_LONGEST, .most = 60
#define LABELS     .min = 1, .max = 64, .most = RULEBOOK_LABELS
#define IDENTIFIER .min = 1, .max = 64
#define WAIT       .min = US_PER_MS, .max = 400 * US_PER_DAY
#define SHARE      .min = 0, .max = 1

static const struct policy_field label_fields[] = {
    POLICY_TEXT(struct policies_label, name, IDENTIFIER),
    POLICY_ENUM(struct policies_label, type, TYPES, .first = TYPE_RETURN_EXCHANGE),
    POLICY_LINE(struct policies_label, line),
    {0},
};
static const struct policy_field labels_fields[] = {
    POLICY_LIST(struct policies_labels, labels, label_count, label_fields, .least = 1,
                .most = RULEBOOK_LABELS),
    POLICY_TEXT(struct policies_labels, unknown),
    POLICY_TEXT(struct policies_labels, acknowledgement),
    POLICY_TEXT(struct policies_labels, follow_up),
    {0},
};

static const struct policy_field rule_fields[] = {
    POLICY_TEXT(struct policies_rule, name, IDENTIFIER),
    POLICY_TEXT(struct policies_rule, label, IDENTIFIER, .is_optional = true),
    POLICY_DECIMAL(struct policies_rule, weight, .min = -100, .max = 100, .fallback = "0"),
    POLICY_BOOL(struct policies_rule, is_complaint, .key = "complaint", .fallback = "no"),
    POLICY_BOOL(struct policies_rule, is_human, .key = "human", .fallback = "no"),
    POLICY_INT(struct policies_rule, urgency, .min = 0, .max = URGENCY_MOST, .fallback = "0"),
    POLICY_INT(struct policies_rule, sentiment, .min = SENTIMENT_LEAST, .max = SENTIMENT_MOST,
               .fallback = "0"),
    POLICY_LIST_OF(struct policies_rule, patterns, pattern_count, POLICY_TYPE_TEXT, PATTERNS, .least = 1),
    POLICY_LIST_OF(struct policies_rule, unless, unless_count, POLICY_TYPE_TEXT, PATTERNS,
                   .is_optional = true),
    POLICY_LINE(struct policies_rule, line),
    {0},
};
static const struct policy_field rules_fields[] = {
    POLICY_DECIMAL(struct policies_rules, earlier, SHARE, .fallback = "0.6"),
    POLICY_DECIMAL(struct policies_rules, answer, SHARE, .fallback = "0.3"),
    POLICY_DECIMAL(struct policies_rules, floor, .min = 0, .max = 100, .fallback = "1"),
    POLICY_DECIMAL(struct policies_rules, sharpness, .min = 0, .max = 100, .fallback = "1"),
    POLICY_LIST_OF(struct policies_rules, acknowledgements, acknowledgement_count, POLICY_TYPE_TEXT, PATTERNS,
                   .is_optional = true),
    POLICY_LIST(struct policies_rules, rules, rule_count, rule_fields, .least = 1, .most = RULEBOOK_RULES),
    {0},
};

static const struct policy_field product_fields[] = {
    POLICY_TEXT(struct policies_product, name, IDENTIFIER),
    POLICY_LIST_OF(struct policies_product, patterns, pattern_count, POLICY_TYPE_TEXT, PATTERNS, .least = 1),
    POLICY_LINE(struct policies_product, line),
    {0},
};
static const struct policy_field question_fields[] = {
    POLICY_TEXT(struct policies_question, id, IDENTIFIER),
    POLICY_LOCALIZED(struct policies_question, text),
    {0},
};
static const struct policy_field diagnosis_fields[] = {
    POLICY_TEXT(struct policies_diagnosis, id, IDENTIFIER),
    POLICY_TEXT(struct policies_diagnosis, product, IDENTIFIER),
    POLICY_LIST_OF(struct policies_diagnosis, labels, label_count, POLICY_TYPE_TEXT, LABELS, .least = 1),
    POLICY_LIST(struct policies_diagnosis, questions, question_count, question_fields, .least = 1,
                .most = RULEBOOK_QUESTIONS),
    POLICY_LINE(struct policies_diagnosis, line),
    {0},
};
static const struct policy_field diagnoses_fields[] = {
    POLICY_DURATION(struct policies_diagnoses, answer_within_us, WAIT, .fallback = "30m"),
    POLICY_LIST(struct policies_diagnoses, products, product_count, product_fields, .is_optional = true,
                .most = 500),
    POLICY_LIST(struct policies_diagnoses, diagnoses, diagnosis_count, diagnosis_fields, .is_optional = true,
                .most = 500),
    {0},
};

static const struct policy_field entry_fields[] = {
    POLICY_TEXT(struct policies_entry, id, IDENTIFIER),
    POLICY_LIST_OF(struct policies_entry, labels, label_count, POLICY_TYPE_TEXT, LABELS, .least = 1),
    POLICY_LIST_OF(struct policies_entry, patterns, pattern_count, POLICY_TYPE_TEXT, PATTERNS, .least = 1),
    POLICY_BOOL(struct policies_entry, is_from_order, .key = "from_order", .fallback = "no"),
    POLICY_LOCALIZED(struct policies_entry, answer, .is_optional = true),
    POLICY_LINE(struct policies_entry, line),
    {0},
};
static const struct policy_field faq_fields[] = {
    POLICY_DECIMAL(struct policies_faq, auto_confidence, SHARE, .fallback = "0.8"),
    POLICY_DECIMAL(struct policies_faq, suggest_confidence, SHARE, .fallback = "0.4"),
    POLICY_DURATION(struct policies_faq, order_within_us, WAIT, .fallback = "20s"),
    POLICY_DURATION(struct policies_faq, shipped_stale_us, WAIT, .fallback = "10d"),
    POLICY_DURATION(struct policies_faq, unshipped_stale_us, WAIT, .fallback = "3d"),
    POLICY_INT(struct policies_faq, utc_offset_hours, .min = -12, .max = 14, .fallback = "8"),
    POLICY_LIST(struct policies_faq, entries, entry_count, entry_fields, .is_optional = true, .most = 1000),
    {0},
};

static const struct policy_field messages_fields[] = {
    POLICY_LOCALIZED(struct policies_messages, answer, .variables = "text"),
    POLICY_LOCALIZED(struct policies_messages, question, .variables = "text"),
    POLICY_LOCALIZED(struct policies_messages, handed_over),
    POLICY_LOCALIZED(struct policies_messages, parcel_unshipped, .variables = "order_no"),
    POLICY_LOCALIZED(struct policies_messages, parcel_shipped,
                     .variables = "order_no carrier waybill shipped"),
    POLICY_LOCALIZED(struct policies_messages, parcel_delivered,
                     .variables = "order_no carrier waybill shipped delivered"),
    {0},
};

const struct policy_file policies_files[] = {
    POLICY_FILE(struct classification_policy, labels, "labels.yaml", labels_fields),
    POLICY_FILE(struct classification_policy, rules, "rules.yaml", rules_fields),
    POLICY_FILE(struct classification_policy, diagnoses, "diagnosis.yaml", diagnoses_fields),
    POLICY_FILE(struct classification_policy, faq, "faq.yaml", faq_fields),
    POLICY_FILE(struct classification_policy, messages, "messages.yaml", messages_fields),
    {0},
};
