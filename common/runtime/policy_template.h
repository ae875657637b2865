/* SPDX-License-Identifier: Apache-2.0 */
/* Text for customers, in both languages, with {variables}: "Your parcel {waybill} is on its way". "{{" and
 * "}}" stand for the braces themselves. Checked when the policy is loaded, filled in when a notice is
 * written. Pure: uses core only, so that a service's rules may use it (add_service(... LIBS
 * policy_template)). */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"

/* In a policy file: {zh-CN: "...", en: "..."}, both there. */
struct policy_text {
    struct text zh_cn;
    struct text en;
};

struct template_value {
    const char *name;
    struct text value; /* absent: filled in as nothing */
};

/* "zh", "zh-CN", "zh_TW", in any case: Chinese; everything else, absent too: English. */
struct text policy_text_for(const struct policy_text *text, struct text language);

/* INVALID when a brace is not closed, or a variable is none of `variables` (names separated by blanks; NULL:
 * none). */
enum status template_check(struct text text, const char *variables, struct error *err) MUST_CHECK;

/* The text with its variables filled in, in the arena; TEXT_NULL when the arena is full. Values are not
 * looked into for variables. A variable without a value in the list stays as it stands, braces included. */
struct text template_render(struct arena *arena, struct text text, const struct template_value *values,
                            size_t count);
