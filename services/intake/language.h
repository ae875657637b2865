/* SPDX-License-Identifier: Apache-2.0 */
/* Which language a customer is answered in. */
#pragma once

#include "core/text.h"

/* "zh-CN" or "en": what the message says, else what the customer prefers, else what the words are written in
 * (Chinese characters or not), else `otherwise`. Tags are compared by their first part, so "zh", "zh-Hans"
 * and "zh_CN" are Chinese; a language without texts of ours is answered in English. The result lives for
 * ever. */
const char *language_choose(struct text said, struct text preferred, struct text words,
                            const char *otherwise);
