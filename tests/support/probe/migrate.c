/* SPDX-License-Identifier: Apache-2.0 */
/* probe-migrate ADMIN_URL SCHEMA RUNTIME_DIR SERVICE_DIR: migrates a schema for tests. */
#include "runtime/migrate.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    struct error err;
    int applied;
    if (argc != 5)
        return 2;
    const struct migrate_plan plan = {
        .admin_url = argv[1], .schema = argv[2], .runtime_dir = argv[3], .service_dir = argv[4]};
    if (migrate_run(&plan, &applied, &err) == STATUS_OK) {
        printf("%d applied\n", applied);
        return 0;
    }
    fprintf(stderr, "%s\n", err.text);
    return 1;
}
