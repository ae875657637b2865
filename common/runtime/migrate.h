/* SPDX-License-Identifier: Apache-2.0 */
/* Brings a service's schema up to date: forward-only files NNN_what.sql, the runtime's own first, then the
 * service's, each in one transaction, recorded in <schema>.migrations with its checksum, all under one
 * advisory lock. A file whose checksum changed after it was applied, a gap in the numbers, or a missing file
 * is refused by name. The lock makes any number of replicas and jobs safe to run at once. */
#pragma once

#include "core/status.h"
#include "runtime/postgres.h"

struct migrate_plan {
    const char *admin_url;     /* a role that may create schemas and roles */
    const char *schema;        /* "escalation"; also the name of the service's role, which owns its tables */
    const char *role_password; /* NULL: the role is made without one (local trust, or managed elsewhere) */
    const char *runtime_dir;   /* common/runtime/schema */
    const char *service_dir;   /* services/<name>/schema */
};

/* Applied files are counted in *ret_applied; progress is logged. The schema and the role (LOGIN, no other
 * rights, search_path set, no CREATE in public) are made first; files run as that role (SET ROLE), so it owns
 * its tables - the ledger's VACUUM needs that - and no other service's role can read them. */
enum status migrate_run(const struct migrate_plan *plan, int *ret_applied, struct error *err) MUST_CHECK;

/* The highest number applied by `source` ("runtime" or "service") in the connection's schema; 0 when none.
 * A service refuses to start (FATAL) below what it needs, and accepts more. */
enum status migrate_version(struct postgres *db, const char *source, int *ret_version,
                            struct error *err) MUST_CHECK;
