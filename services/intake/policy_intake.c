/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_intake.h"

#include "core/time.h"

static const struct policy_field rule_fields[] = {
    POLICY_DURATION(struct intake_rules, reopen_within_us, .min = 0, .max = 365 * US_PER_DAY),
    POLICY_DURATION(struct intake_rules, unmatched_after_us, .min = US_PER_SECOND, .max = 30 * US_PER_DAY),
    POLICY_TEXT(struct intake_rules, default_language, .min = 2, .max = 5),
    {0},
};

static const struct policy_field message_fields[] = {
    POLICY_LOCALIZED(struct intake_messages, received, .variables = "case_no order_no"),
    POLICY_LOCALIZED(struct intake_messages, called, .variables = "case_no order_no"),
    POLICY_LOCALIZED(struct intake_messages, missed_call, .variables = "case_no order_no"),
    POLICY_LOCALIZED(struct intake_messages, return_asked, .variables = "case_no order_no"),
    POLICY_LOCALIZED(struct intake_messages, follow_up, .variables = "case_no order_no"),
    {0},
};

static const struct policy_file files[] = {
    POLICY_FILE(struct intake_policy, rules, "intake.yaml", rule_fields),
    POLICY_FILE(struct intake_policy, messages, "messages.yaml", message_fields),
    {0},
};

static void check(void *policy, struct arena *arena, struct policy_problems *problems)
{
    (void)arena;
    const struct intake_policy *intake = policy;
    struct text language = intake->rules.default_language;
    if (!text_equal_string(language, "zh-CN") && !text_equal_string(language, "en"))
        policy_problem(problems, "intake.yaml: default_language: must be zh-CN or en");
}

const struct policy_schema intake_policies = {files, sizeof(struct intake_policy), .check = check};
