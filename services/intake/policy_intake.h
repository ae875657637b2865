/* SPDX-License-Identifier: Apache-2.0 */
/* What a shop may change about intake: policies/intake.yaml and policies/messages.yaml. */
#pragma once

#include "runtime/policy.h"

struct intake_rules {
    int64_t reopen_within_us;     /* a message to a case resolved no longer ago than this goes to that case */
    int64_t unmatched_after_us;   /* a scan or refund result without a case is given up after this */
    struct text default_language; /* when neither message, customer nor words tell */
};

/* {case_no} is the first eight digits of the case id, which people can read out; {order_no} may be empty. */
struct intake_messages {
    struct policy_text received;    /* a message came */
    struct policy_text called;      /* a call was answered */
    struct policy_text missed_call; /* nobody answered the call */
    struct policy_text return_asked;
    struct policy_text follow_up; /* the survey said that it was not good */
};

struct intake_policy {
    struct intake_rules rules;
    struct intake_messages messages;
};

extern const struct policy_schema intake_policies;
