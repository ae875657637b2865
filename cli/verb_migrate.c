/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include "migrate_dirs.h"
#include "runtime/log.h"
#include "runtime/migrate.h"
#include "runtime/settings.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define SERVICES_MOST ARGUMENTS_WORDS
#define NAME_BYTES    64

static const struct option_rule rules[] = {
    {"--dir", true}, {"--status", false}, {"--json", false}, {NULL, false}};

struct migrating {
    const struct verb *verb;
    struct arena arena;
    struct migrate_dirs dirs;
    const char *services[SERVICES_MOST];
    size_t count;
    json_t *json; /* NULL: plain */
};

/* Those that were named; else those of the catalogue that have migrations here. */
static enum status choose(struct migrating *migrating, const struct arguments *arguments, struct error *err)
{
    const char *names[CLI_SERVICES];
    size_t known = cli_services(names);
    for (size_t i = 0; i < arguments->word_count; i++)
        migrating->services[migrating->count++] = arguments->words[i];
    for (size_t i = 0; i < known && arguments->word_count == 0; i++) {
        const char *dir = migrate_dirs_service(&migrating->dirs, names[i], &migrating->arena);
        if (dir != NULL && migrate_dirs_exists(dir))
            migrating->services[migrating->count++] = names[i];
        else
            fprintf(stderr, "aftercare migrate: %s: no migrations here, left out\n", names[i]);
    }
    for (size_t i = 0; i < migrating->count; i++)
        if (strlen(migrating->services[i]) >= NAME_BYTES - 16)
            return fail(err, STATUS_INVALID, "%.60s...: too long for a service", migrating->services[i]);
    return migrating->count > 0 ? STATUS_OK
                                : fail(err, STATUS_INVALID, "%s has no migrations", migrating->dirs.root);
}

/* ---- applying ---- */

/* <SERVICE>_DB_PASSWORD for each, empty where it is not set. NULL: what is wrong has been said. */
static struct settings *load_passwords(const struct migrating *migrating,
                                       char names[SERVICES_MOST][NAME_BYTES])
{
    static struct setting table[SERVICES_MOST + 1];
    for (size_t i = 0; i < migrating->count; i++) {
        size_t len = 0;
        for (const char *at = migrating->services[i]; *at != '\0'; at++)
            names[i][len++] = (char)toupper((unsigned char)*at);
        snprintf(names[i] + len, NAME_BYTES - len, "_DB_PASSWORD");
        table[i] = (struct setting){.name = names[i],
                                    .type = SETTING_SECRET,
                                    .fallback = "",
                                    .help = "the password of the service's role"};
    }
    table[migrating->count] = (struct setting){.name = NULL};
    struct settings *settings;
    return settings_load(table, NULL, stderr, &settings) == STATUS_OK ? settings : NULL;
}

static enum status migrate(struct migrating *migrating, const char *admin_url, const char *service,
                           const char *password, struct error *err)
{
    int applied;
    struct migrate_plan plan = {
        .admin_url = admin_url,
        .schema = service,
        .role_password = password[0] == '\0' ? NULL : password,
        .runtime_dir = migrate_dirs_runtime(&migrating->dirs, &migrating->arena),
        .service_dir = migrate_dirs_service(&migrating->dirs, service, &migrating->arena),
    };
    if (plan.runtime_dir == NULL || plan.service_dir == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    enum status status = migrate_run(&plan, &applied, err);
    if (status != STATUS_OK)
        return status;
    if (migrating->json != NULL)
        json_array_append_new(migrating->json,
                              json_pack("{s:s, s:i}", "service", service, "applied", applied));
    else if (applied == 0)
        printf("%s: up to date\n", service);
    else
        printf("%s: %d migrations applied\n", service, applied);
    return STATUS_OK;
}

static enum status apply(struct migrating *migrating, struct error *err)
{
    static char names[SERVICES_MOST][NAME_BYTES];
    struct settings *settings = cli_settings(NEED_ADMIN);
    struct settings *passwords = settings == NULL ? NULL : load_passwords(migrating, names);
    enum status status =
        passwords == NULL ? fail(err, STATUS_INVALID, "settings are missing or wrong") : STATUS_OK;
    for (size_t i = 0; i < migrating->count && status == STATUS_OK; i++)
        status = migrate(migrating, settings_text(settings, "DATABASE_ADMIN_URL"), migrating->services[i],
                         settings_text(passwords, names[i]), err);
    settings_free(passwords);
    settings_free(settings);
    return status;
}

/* ---- --status ---- */

static enum status read_version(struct postgres *db, const char *source, int *ret_version, struct error *err)
{
    enum status status = migrate_version(db, source, ret_version, err);
    if (status != STATUS_OK && strcmp(postgres_sqlstate(db), "42P01") == 0) {
        *ret_version = 0; /* the schema is not there yet */
        return STATUS_OK;
    }
    return status;
}

static enum status tell_service(struct migrating *migrating, const char *url, const char *service,
                                bool *is_current, struct error *err)
{
    const char *runtime_dir = migrate_dirs_runtime(&migrating->dirs, &migrating->arena);
    const char *service_dir = migrate_dirs_service(&migrating->dirs, service, &migrating->arena);
    struct postgres *db = postgres_new(url, service, "aftercare-cli");
    int runtime = 0, own = 0;
    enum status status = db == NULL || runtime_dir == NULL || service_dir == NULL
                             ? fail(err, STATUS_FATAL, "out of memory")
                             : read_version(db, "runtime", &runtime, err);
    if (status == STATUS_OK)
        status = read_version(db, "service", &own, err);
    postgres_free(db);
    if (status != STATUS_OK)
        return fail_within(err, status, "%s", service);
    int runtime_files = migrate_dirs_count(runtime_dir), own_files = migrate_dirs_count(service_dir);
    *is_current = *is_current && runtime >= runtime_files && own >= own_files;
    if (migrating->json != NULL)
        json_array_append_new(migrating->json,
                              json_pack("{s:s, s:i, s:i, s:i, s:i}", "service", service, "runtime", runtime,
                                        "runtimeFiles", runtime_files, "own", own, "ownFiles", own_files));
    else
        printf("%-14s runtime %d of %d, own %d of %d\n", service, runtime, runtime_files, own, own_files);
    return STATUS_OK;
}

static enum status tell_all(struct migrating *migrating, bool *is_current, struct error *err)
{
    struct settings *settings = cli_settings(NEED_DATABASE);
    enum status status =
        settings == NULL ? fail(err, STATUS_INVALID, "settings are missing or wrong") : STATUS_OK;
    for (size_t i = 0; i < migrating->count && status == STATUS_OK; i++)
        status = tell_service(migrating, cli_database_url(settings), migrating->services[i], is_current, err);
    settings_free(settings);
    return status;
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct arguments arguments;
    struct error err;
    int code;
    if (!cli_begin(verb, rules, argc, argv, &arguments, &code))
        return code;
    log_open("aftercare", LOG_WARN);
    struct migrating migrating = {.verb = verb};
    bool is_current = true;
    migrating.json = arguments_has(&arguments, "--json") ? json_array() : NULL;
    arena_init(&migrating.arena, 1024 * 1024);
    enum status status = migrate_dirs_find(arguments_value(&arguments, "--dir", NULL), &migrating.arena,
                                           &migrating.dirs, &err);
    if (status == STATUS_OK)
        status = choose(&migrating, &arguments, &err);
    if (status == STATUS_OK)
        status = arguments_has(&arguments, "--status") ? tell_all(&migrating, &is_current, &err)
                                                       : apply(&migrating, &err);
    if (migrating.json != NULL && status == STATUS_OK) {
        json_dumpf(migrating.json, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(migrating.json);
    arena_done(&migrating.arena);
    code = status == STATUS_OK ? cli_end(verb) : cli_failed(verb, &err);
    return is_current ? code : EXIT_FAILED;
}

const struct verb verb_migrate = {
    .name = "migrate",
    .summary = "bring the services' schemas up to date",
    .help =
        "Usage: aftercare migrate [SERVICE...] [--dir ROOT] [--json]\n"
        "       aftercare migrate --status [SERVICE...] [--dir ROOT] [--json]\n"
        "\n"
        "Makes each service's schema and role, and applies the migrations that are missing: the runtime's, "
        "then\n"
        "the service's. It may run at any time, and several times at once. Without SERVICE: all services "
        "that\n"
        "have migrations. The migrations are those installed with this program, or those of the source tree "
        "ROOT.\n"
        "--status only tells how far each schema is; exit code 1 when one is behind.\n"
        "\n"
        "Needs DATABASE_ADMIN_URL, a role that may create schemas and roles (--status: DATABASE_URL does).\n"
        "<SERVICE>_DB_PASSWORD or <SERVICE>_DB_PASSWORD_FILE: the password the service's role shall have.\n"
        "\n"
        "Example:\n"
        "  DATABASE_ADMIN_URL=postgres://postgres@localhost/aftercare "
        "INTAKE_DB_PASSWORD_FILE=/run/secrets/intake \\\n"
        "      aftercare migrate intake\n",
    .run = run,
};
