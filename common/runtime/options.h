/* SPDX-License-Identifier: Apache-2.0 */
/* A service's command line, its settings and its policies, before anything runs. */
#pragma once

#include "core/status.h"
#include "runtime/policy.h"
#include "runtime/service.h"

#include <stdbool.h>

struct settings;

/* False: the process shall end with *ret_code (--help, --settings, --check, --version, or something is wrong
 * and has been said on stderr). True: settings are loaded, the log is open, policies are read (NULL when the
 * service has none). */
bool options_read(const struct service *service, int argc, char **argv, struct settings **ret_settings,
                  struct policy_holder **ret_policies, int *ret_code);
