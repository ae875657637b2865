/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of messages.yaml: each with its name there and the {variables} it may use. One list, from which
 * the enum, the names, the struct and the policy's schema are made. */
#pragma once

#include "runtime/policy_template.h"

#define TEMPLATES(T)                                                                                         \
    T(options_offered, "options")                                                                            \
    T(option_line, "number name pros cons freight promised")                                                 \
    T(freight_shop, NULL)                                                                                    \
    T(freight_customer, NULL)                                                                                \
    T(left_to_person, "reason")                                                                              \
    T(already_open, NULL)                                                                                    \
    T(option_chosen, "name promised")                                                                        \
    T(pickup_booked, "carrier slot promised")                                                                \
    T(pickup_rebooked, "carrier slot")                                                                       \
    T(pickup_given_up, "options")                                                                            \
    T(coming_picked_up, "waybill place")                                                                     \
    T(coming_in_transit, "waybill place")                                                                    \
    T(coming_out_for_delivery, "waybill place")                                                              \
    T(coming_exception, "waybill place")                                                                     \
    T(coming_refused, "waybill place")                                                                       \
    T(coming_lost, "waybill place")                                                                          \
    T(coming_delivered, "waybill place")                                                                     \
    T(going_picked_up, "waybill place")                                                                      \
    T(going_in_transit, "waybill place")                                                                     \
    T(going_out_for_delivery, "waybill place")                                                               \
    T(going_exception, "waybill place")                                                                      \
    T(going_refused, "waybill place")                                                                        \
    T(going_lost, "waybill place")                                                                           \
    T(going_delivered, "waybill place")                                                                      \
    T(goods_received, NULL)                                                                                  \
    T(inspected_accepted, "finding")                                                                         \
    T(inspected_rejected, "finding")                                                                         \
    T(repair_completed, "done")                                                                              \
    T(shipped_back, "waybill carrier")                                                                       \
    T(refund_requested, "amount order")                                                                      \
    T(refund_settled, "amount order")                                                                        \
    T(refund_failed, "amount order")                                                                         \
    T(refund_unknown, "amount order")                                                                        \
    T(cancelled, NULL)                                                                                       \
    T(promise_delayed, "promised reason")                                                                    \
    T(late_pickup, NULL)                                                                                     \
    T(late_on_the_way, NULL)                                                                                 \
    T(late_in_workshop, NULL)                                                                                \
    T(late_going_back, NULL)                                                                                 \
    T(late_refund, NULL)                                                                                     \
    T(why_order, NULL)                                                                                       \
    T(why_line, NULL)                                                                                        \
    T(why_twice, NULL)                                                                                       \
    T(why_quantity, NULL)                                                                                    \
    T(why_amount, NULL)                                                                                      \
    T(why_wish, NULL)                                                                                        \
    T(why_warranty, NULL)                                                                                    \
    T(why_days, NULL)                                                                                        \
    T(why_delivery, NULL)

#define TEMPLATES_ENUM(name, variables) TEMPLATE_##name,
enum template { TEMPLATES(TEMPLATES_ENUM) TEMPLATE_COUNT };

#define TEMPLATES_MEMBER(name, variables) struct policy_text name;
struct messages {
    TEMPLATES(TEMPLATES_MEMBER)
};

/* "options_offered", ... */
extern const char *const template_names[TEMPLATE_COUNT];
const struct policy_text *template_of(const struct messages *messages, enum template template);
