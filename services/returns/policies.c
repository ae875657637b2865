/* SPDX-License-Identifier: Apache-2.0 */
#include "policies.h"

#include "core/time.h"

#define MOST_US (400 * US_PER_DAY)
#define PAYERS  "shop customer"

static const struct policy_field option_fields[] = {
    POLICY_TEXT(struct option_rule, option_id, .key = "id", .min = 1, .max = 128),
    POLICY_BOOL(struct option_rule, is_pickup, .key = "pickup", .fallback = "no"),
    POLICY_LOCALIZED(struct option_rule, name),
    POLICY_LOCALIZED(struct option_rule, pros),
    POLICY_LOCALIZED(struct option_rule, cons),
    POLICY_ENUM(struct option_rule, freight_in_warranty, PAYERS, .first = PAID_BY_SHOP),
    POLICY_ENUM(struct option_rule, freight, PAYERS, .first = PAID_BY_SHOP),
    POLICY_DURATION(struct option_rule, promise_us, .min = US_PER_MS, .max = MOST_US),
    {0},
};

static const struct policy_field eligibility_fields[] = {
    POLICY_ENUM(struct eligibility_rule, wish, "repair refund exchange", .first = WISH_REPAIR),
    POLICY_ENUM(struct eligibility_rule, goods_kind, "any physical virtual", .key = "goods",
                .fallback = "any"),
    POLICY_BOOL(struct eligibility_rule, is_warranty, .key = "warranty", .fallback = "no"),
    POLICY_INT(struct eligibility_rule, days, .min = 0, .max = 10000, .fallback = "0"),
    {0},
};

static const struct policy_field pickup_fields[] = {
    POLICY_LIST_OF(struct pickup_rules, carriers, carrier_count, POLICY_TYPE_TEXT, .min = 1, .max = 128,
                   .least = 1, .most = 100),
    POLICY_DURATION(struct pickup_rules, notice_us, .min = 0, .max = MOST_US),
    POLICY_DURATION(struct pickup_rules, slot_us, .min = US_PER_MS, .max = US_PER_DAY),
    POLICY_DURATION(struct pickup_rules, step_us, .min = 0, .max = US_PER_DAY, .fallback = "0"),
    POLICY_TIME_OF_DAY(struct pickup_rules, opens_us, .fallback = "00:00"),
    POLICY_TIME_OF_DAY(struct pickup_rules, closes_us, .fallback = "24:00"),
    POLICY_DURATION(struct pickup_rules, grace_us, .min = 0, .max = MOST_US),
    POLICY_INT(struct pickup_rules, rebookings, .min = 0, .max = 100),
    {0},
};

static const struct policy_field returns_fields[] = {
    POLICY_LIST(struct returns_rules, options, option_count, option_fields, .least = 1,
                .most = RULEBOOK_OPTIONS),
    POLICY_LIST(struct returns_rules, eligibility, eligibility_count, eligibility_fields, .is_optional = true,
                .most = 200),
    POLICY_MAPPING(struct returns_rules, pickup, pickup_fields),
    POLICY_DURATION(struct returns_rules, order_wait_us, .min = US_PER_MS, .max = MOST_US),
    POLICY_DURATION(struct returns_rules, delay_lead_us, .min = US_PER_MS, .max = MOST_US),
    POLICY_DURATION(struct returns_rules, delay_by_us, .min = US_PER_MS, .max = MOST_US),
    POLICY_INT(struct returns_rules, utc_offset_minutes, .min = -840, .max = 840),
    {0},
};

#define MESSAGE_FIELD(name, allowed) POLICY_LOCALIZED(struct messages, name, .variables = (allowed)),
static const struct policy_field message_fields[] = {TEMPLATES(MESSAGE_FIELD){0}};

static const struct policy_file files[] = {
    POLICY_FILE(struct returns_policy, rulebook.returns, "returns.yaml", returns_fields),
    POLICY_FILE(struct returns_policy, rulebook.messages, "messages.yaml", message_fields),
    {0},
};

static void check(void *policy, struct arena *arena, struct policy_problems *problems)
{
    (void)arena;
    struct error err;
    if (rulebook_check(&((struct returns_policy *)policy)->rulebook, &err) != STATUS_OK)
        policy_problem(problems, "returns.yaml: %s", err.text);
}

const struct policy_schema policies_schema = {files, sizeof(struct returns_policy), .check = check};
