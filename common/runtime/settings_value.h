/* SPDX-License-Identifier: Apache-2.0 */
/* One setting's value: where it comes from, and what its type makes of it. For settings.c and
 * settings_print.c. */
#pragma once

#include "core/status.h"
#include "runtime/settings.h"

/* The value of the environment's NAME, else the content of the file that NAME_FILE names, less the newline at
 * its end; both set is INVALID, and an empty value counts as not set. *ret_text, for free(), is NULL when
 * nothing is set. */
enum status settings_read(const char *name, char **ret_text, struct error *err) MUST_CHECK;

/* INVALID names the variable, the value (not a secret's, not a URL's) and the rule. *ret_number is 0 for
 * texts. */
enum status settings_parse(const struct setting *setting, const char *text, int64_t *ret_number,
                           struct error *err) MUST_CHECK;

/* The value in force as a text, whatever its type. */
const char *settings_raw(const struct settings *settings, const char *name);
