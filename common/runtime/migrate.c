/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/migrate.h"

#include "core/sha1.h"
#include "runtime/log.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MOST   200
#define FILE_MAX     (1024 * 1024)
#define LOCK_NUMBER  "4711030901" /* one for all schemas: roles are made for the whole cluster */
#define CHECKSUM_LEN 41

struct migration {
    char source[16]; /* "runtime" or "service" */
    int number;
    char name[128];
    char checksum[CHECKSUM_LEN];
    char *sql;
};

struct migration_list {
    struct migration *files;
    size_t count;
};

static void list_free(struct migration_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->files[i].sql);
    free(list->files);
    list->files = NULL;
    list->count = 0;
}

static void hex_digest(const char *at, size_t len, char to[CHECKSUM_LEN])
{
    struct sha1 sha1;
    uint8_t digest[20];
    sha1_init(&sha1);
    sha1_add(&sha1, at, len);
    sha1_end(&sha1, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(to + 2 * i, 3, "%02x", digest[i]);
}

static enum status read_file(const char *dir, struct migration *migration, struct error *err)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, migration->name);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return fail(err, STATUS_FATAL, "cannot open %s: %s", path, strerror(errno));
    migration->sql = malloc(FILE_MAX + 1);
    size_t len = migration->sql == NULL ? 0 : fread(migration->sql, 1, FILE_MAX, file);
    bool is_bad = migration->sql == NULL || ferror(file) != 0 || fgetc(file) != EOF;
    fclose(file);
    if (is_bad)
        return fail(err, STATUS_FATAL, "cannot read %s, or it is longer than %d bytes", path, FILE_MAX);
    migration->sql[len] = '\0';
    hex_digest(migration->sql, len, migration->checksum);
    return STATUS_OK;
}

/* NNN_what.sql */
static bool parse_name(const char *name, int *ret_number)
{
    size_t len = strlen(name);
    if (len < 9 || len >= 128 || strcmp(name + len - 4, ".sql") != 0 || name[3] != '_')
        return false;
    for (int i = 0; i < 3; i++)
        if (!isdigit((unsigned char)name[i]))
            return false;
    *ret_number = (name[0] - '0') * 100 + (name[1] - '0') * 10 + (name[2] - '0');
    return true;
}

static int by_number(const void *a, const void *b)
{
    return ((const struct migration *)a)->number - ((const struct migration *)b)->number;
}

static enum status scan_names(const char *dir, struct migration_list *list, struct error *err)
{
    DIR *handle = opendir(dir);
    if (handle == NULL)
        return fail(err, STATUS_FATAL, "cannot open %s: %s", dir, strerror(errno));
    enum status status = STATUS_OK;
    for (struct dirent *entry = readdir(handle); entry != NULL && status == STATUS_OK;
         entry = readdir(handle)) {
        int number;
        if (entry->d_name[0] == '.')
            continue;
        if (!parse_name(entry->d_name, &number))
            status =
                fail(err, STATUS_FATAL, "%s/%.100s: migrations are named NNN_what.sql", dir, entry->d_name);
        else if (list->count == FILES_MOST)
            status = fail(err, STATUS_FATAL, "%s: more than %d migrations", dir, FILES_MOST);
        else {
            struct migration *migration = &list->files[list->count++];
            migration->number = number;
            snprintf(migration->name, sizeof migration->name, "%s", entry->d_name);
        }
    }
    closedir(handle);
    return status;
}

static enum status list_files(const char *dir, const char *source, struct migration_list *list,
                              struct error *err)
{
    list->count = 0;
    list->files = calloc(FILES_MOST, sizeof *list->files);
    if (list->files == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    enum status status = scan_names(dir, list, err);
    qsort(list->files, list->count, sizeof *list->files, by_number);
    for (size_t i = 0; i < list->count && status == STATUS_OK; i++) {
        struct migration *migration = &list->files[i];
        snprintf(migration->source, sizeof migration->source, "%s", source);
        if (migration->number != (int)i + 1)
            status = fail(err, STATUS_FATAL, "%s: %03zu is missing, or a number is there twice (%s)", dir,
                          i + 1, migration->name);
        else
            status = read_file(dir, migration, err);
    }
    return status;
}

/* ---- what is applied ---- */

struct applied {
    char checksum[CHECKSUM_LEN];
    char name[128];
};

struct applied_list {
    struct applied items[FILES_MOST];
    int highest;
};

static enum status on_applied(void *context, const PGresult *result, struct error *err)
{
    struct applied_list *applied = context;
    for (int i = 0; i < PQntuples(result); i++) {
        int number = result_int4(result, i, 0);
        if (number < 1 || number > FILES_MOST)
            return fail(err, STATUS_FATAL, "migrations: number %d", number);
        struct applied *item = &applied->items[number - 1];
        snprintf(item->checksum, sizeof item->checksum, "%s", PQgetvalue(result, i, 1));
        snprintf(item->name, sizeof item->name, "%s", PQgetvalue(result, i, 2));
        if (number > applied->highest)
            applied->highest = number;
    }
    return STATUS_OK;
}

static enum status read_applied(struct postgres *db, const char *source, struct applied_list *applied,
                                struct error *err)
{
    static const char sql[] =
        "SELECT number, checksum, name FROM migrations WHERE source = $1 ORDER BY number";
    struct arena arena;
    arena_init(&arena, 65536);
    struct postgres_params params;
    params_init(&params, &arena);
    params_add_text(&params, text_of(source));
    memset(applied, 0, sizeof *applied);
    postgres_queue(db, sql, &params, on_applied, applied);
    enum status status = postgres_run(db, err);
    arena_done(&arena);
    return status;
}

static enum status check_applied(const struct migration_list *list, const struct applied_list *applied,
                                 const char *dir, struct error *err)
{
    for (int i = 0; i < applied->highest; i++) {
        if ((size_t)i >= list->count)
            return fail(err, STATUS_FATAL, "%s: %s was applied, but the file is missing", dir,
                        applied->items[i].name);
        if (strcmp(list->files[i].checksum, applied->items[i].checksum) != 0)
            return fail(err, STATUS_FATAL, "%s/%s was changed after it was applied (was %.12s, is %.12s)",
                        dir, list->files[i].name, applied->items[i].checksum, list->files[i].checksum);
    }
    return STATUS_OK;
}

/* ---- running SQL that has several statements: the simple protocol, on a connection of its own ---- */

static enum status run_script(PGconn *connection, const char *sql, const char *what, struct error *err)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType code = PQresultStatus(result);
    enum status status = STATUS_OK;
    if (code != PGRES_COMMAND_OK && code != PGRES_TUPLES_OK) {
        const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        status =
            fail(err, STATUS_FATAL, "%s: %s", what, message == NULL ? PQerrorMessage(connection) : message);
    }
    PQclear(result);
    return status;
}

static bool is_plain_name(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < len; i++)
        if (!(name[i] == '_' || (name[i] >= 'a' && name[i] <= 'z') ||
              (i > 0 && isdigit((unsigned char)name[i]))))
            return false;
    return len > 0 && len < 32;
}

/* Role and schema. `name` is a plain name, so it may stand in SQL as it is. */
static enum status make_schema(PGconn *connection, const struct migrate_plan *plan, struct error *err)
{
    char sql[2048];
    const char *name = plan->schema;
    snprintf(sql, sizeof sql,
             "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%s') THEN"
             " CREATE ROLE %s LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION; END IF; END $$;"
             "GRANT %s TO CURRENT_USER;"
             "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
             "CREATE SCHEMA IF NOT EXISTS %s AUTHORIZATION %s;"
             "REVOKE ALL ON SCHEMA %s FROM PUBLIC;"
             "ALTER ROLE %s SET search_path = %s",
             name, name, name, name, name, name, name, name);
    enum status status = run_script(connection, sql, "role and schema", err);
    if (status != STATUS_OK || plan->role_password == NULL)
        return status;
    char *literal = PQescapeLiteral(connection, plan->role_password, strlen(plan->role_password));
    if (literal == NULL)
        return fail(err, STATUS_FATAL, "the role's password cannot be written as SQL");
    snprintf(sql, sizeof sql, "ALTER ROLE %s PASSWORD %s", name, literal);
    PQfreemem(literal);
    return run_script(connection, sql, "the role's password", err);
}

static enum status apply(PGconn *connection, const struct migration *migration, struct error *err)
{
    char record[512];
    snprintf(record, sizeof record,
             "INSERT INTO migrations (source, number, name, checksum) VALUES ('%s', %d, '%s', '%s')",
             migration->source, migration->number, migration->name, migration->checksum);
    enum status status = run_script(connection, "BEGIN", "BEGIN", err);
    if (status == STATUS_OK)
        status = run_script(connection, migration->sql, migration->name, err);
    if (status == STATUS_OK)
        status = run_script(connection, record, migration->name, err);
    if (status == STATUS_OK)
        return run_script(connection, "COMMIT", migration->name, err);
    struct error ignored;
    if (run_script(connection, "ROLLBACK", "ROLLBACK", &ignored) != STATUS_OK)
        log_warn("rolling back failed", LOG_STRING("error", ignored.text));
    return status;
}

static enum status apply_source(PGconn *connection, struct postgres *db, const char *dir, const char *source,
                                int *applied_count, struct error *err)
{
    struct migration_list list = {.count = 0};
    struct applied_list *applied = calloc(1, sizeof *applied);
    enum status status =
        applied == NULL ? fail(err, STATUS_FATAL, "out of memory") : list_files(dir, source, &list, err);
    if (status == STATUS_OK)
        status = read_applied(db, source, applied, err);
    if (status == STATUS_OK)
        status = check_applied(&list, applied, dir, err);
    for (size_t i = applied == NULL ? 0 : (size_t)applied->highest; i < list.count && status == STATUS_OK;
         i++) {
        status = apply(connection, &list.files[i], err);
        if (status != STATUS_OK)
            break;
        ++*applied_count;
        log_info("migration applied", LOG_STRING("source", source), LOG_STRING("file", list.files[i].name));
    }
    list_free(&list);
    free(applied);
    return status;
}

static const char table_sql[] =
    "CREATE TABLE IF NOT EXISTS migrations (source text NOT NULL, number int NOT NULL, name text NOT NULL,"
    " checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY "
    "(source, number))";

static enum status migrate_connected(const struct migrate_plan *plan, PGconn *connection, struct postgres *db,
                                     int *applied_count, struct error *err)
{
    char role[160];
    snprintf(role, sizeof role, "SET ROLE %s; SET search_path = %s", plan->schema, plan->schema);
    /* Held until the connection closes, so a second run waits here and then finds everything applied. */
    enum status status =
        run_script(connection,
                   "SET client_min_messages = warning;" /* what is there already is no news */
                   "SELECT pg_advisory_lock(" LOCK_NUMBER ")",
                   "the lock", err);
    if (status == STATUS_OK)
        status = make_schema(connection, plan, err);
    if (status == STATUS_OK)
        status = run_script(connection, role, "the role", err);
    if (status == STATUS_OK)
        status = run_script(connection, table_sql, "table migrations", err);
    if (status == STATUS_OK)
        status = apply_source(connection, db, plan->runtime_dir, "runtime", applied_count, err);
    if (status == STATUS_OK)
        status = apply_source(connection, db, plan->service_dir, "service", applied_count, err);
    return status;
}

enum status migrate_run(const struct migrate_plan *plan, int *ret_applied, struct error *err)
{
    if (!is_plain_name(plan->schema))
        return fail(err, STATUS_FATAL, "schema: '%s' must be lower-case letters, digits and _", plan->schema);
    PGconn *connection = PQconnectdb(plan->admin_url);
    struct postgres *db = postgres_new(plan->admin_url, plan->schema, "aftercare-migrate");
    int applied = 0;
    enum status status;
    if (connection == NULL || db == NULL || PQstatus(connection) != CONNECTION_OK)
        status = fail(err, STATUS_TRANSIENT, "Postgres: %s",
                      connection == NULL ? "out of memory" : PQerrorMessage(connection));
    else
        status = migrate_connected(plan, connection, db, &applied, err);
    PQfinish(connection);
    postgres_free(db);
    if (status != STATUS_OK)
        return fail_within(err, status, "schema %s", plan->schema);
    *ret_applied = applied;
    return STATUS_OK;
}

enum status migrate_version(struct postgres *db, const char *source, int *ret_version, struct error *err)
{
    struct applied_list *applied = calloc(1, sizeof *applied);
    if (applied == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    enum status status = read_applied(db, source, applied, err);
    if (status == STATUS_OK)
        *ret_version = applied->highest;
    free(applied);
    return status;
}
