/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions of the policy (PCRE2, Unicode, without regard to case), compiled once when the policy
 * is loaded and shared by all threads. What they may cost is bounded twice: a pattern that backtracks too
 * much on its own probes is refused with the policy; a text that still makes one backtrack too much counts as
 * no match, and after PATTERN_PATIENCE of those no pattern is tried on that text any more. Pure. */
#pragma once

#include "core/status.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>

#define PATTERN_LONGEST  1000 /* bytes of one alternative */
#define PATTERN_PATIENCE 3

struct pattern; /* several alternatives as one */

/* INVALID names the alternative and what is wrong with it: syntax (with the place), too long, matches the
 * empty text, backtracks too much. Free it with pattern_free. */
enum status pattern_compile(const struct text *alternatives, size_t count, struct pattern **ret_pattern,
                            struct error *err) MUST_CHECK;
void pattern_free(struct pattern *pattern); /* NULL is fine */

/* One text under all patterns. One scan belongs to one thread. */
struct pattern_scan;
struct pattern_scan *pattern_scan_new(void); /* NULL: out of memory */
void pattern_scan_free(struct pattern_scan *scan);
/* The next text: patience starts anew. `text` is well-formed UTF-8 and stays where it is meanwhile. */
void pattern_scan_text(struct pattern_scan *scan, struct text text);
/* False for a NULL pattern. */
bool pattern_scan_finds(struct pattern_scan *scan, const struct pattern *pattern);
/* How many patterns gave up on the present text. */
size_t pattern_scan_given_up(const struct pattern_scan *scan);
