/* SPDX-License-Identifier: Apache-2.0 */
/* Automatic answers: which entry answers a message, and what the order's facts have to say. Pure. */
#pragma once

#include "apply.h"

/* What can be done about the words so far, without a person. */
struct stance {
    /* For each message the entry that answers it, NULL: none does. */
    const struct faq_entry *entries[WORDS_MOST];
    bool needs_person;                  /* some of the words do */
    const struct faq_entry *suggestion; /* for the last message: proposed to the person; NULL: none */
};

/* verdicts: one after each of the words. An entry answers when its pattern is found in the message, its label
 * is what the message is by itself with the policy's confidence, and nothing speaks for a person: complaint,
 * urgency, anger, an attachment, a person asked for, or the same entry having answered before. */
bool faq_judge(const struct case_state *state, const struct words *words, const struct verdict *verdicts,
               const struct apply_context *context, struct stance *ret_stance);

/* What the order says about where the parcel is. */
enum parcel_answer {
    PARCEL_UNKNOWN, /* the order is not known */
    PARCEL_UNSHIPPED,
    PARCEL_SHIPPED,
    PARCEL_DELIVERED,
    PARCEL_DOUBTFUL, /* stale, or the facts contradict each other: for a person */
};
enum parcel_answer faq_parcel(const struct case_state *state, const struct rulebook *rules, int64_t now_us);

/* The answer's text in the language, in the arena. `parcel` counts for entries that are told from the order.
 */
struct text faq_text(const struct case_state *state, const struct faq_entry *entry, enum parcel_answer parcel,
                     int32_t language, const struct apply_context *context);
/* Did the entry answer in this case already? */
bool faq_was_given(const struct case_state *state, const struct faq_entry *entry);
