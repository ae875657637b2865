/* SPDX-License-Identifier: Apache-2.0 */
#include "database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *database_url(void)
{
    const char *url = getenv("TEST_DATABASE_URL");
    if (url == NULL) {
        fputs("TEST_DATABASE_URL is not set: run this with tests/support/with-postgres\n", stderr);
        exit(EXIT_FAILURE);
    }
    return url;
}

const char *database_url_as(const char *user)
{
    static char urls[8][200];
    static unsigned next;
    char *url = urls[next++ % 8];
    const char *address = strchr(database_url(), '@');
    assert_non_null(address);
    snprintf(url, sizeof urls[0], "postgresql://%s%s", user, address);
    return url;
}

static struct postgres *open_url(const char *url, const char *schema)
{
    struct error err;
    struct postgres *db = postgres_new(url, schema, "component-test");
    assert_non_null(db);
    assert_ok(postgres_connect(db, &err), err);
    return db;
}

struct postgres *database_open(const char *schema)
{
    return open_url(database_url(), schema);
}

struct postgres *database_open_as(const char *user, const char *schema)
{
    return open_url(database_url_as(user), schema);
}

void database_run(struct postgres *db, const char *sql)
{
    struct error err;
    postgres_queue_once(db, sql);
    enum status status = postgres_run(db, &err);
    if (status != STATUS_OK)
        fail_msg("%s: %s", sql, err.text);
}

const char *database_fail(struct postgres *db, const char *sql, enum status expected)
{
    static struct error err;
    postgres_queue_once(db, sql);
    enum status status = postgres_run(db, &err);
    if (status == STATUS_OK)
        fail_msg("%s: succeeded", sql);
    if (status != expected)
        fail_msg("%s: %s instead of %s: %s", sql, status_name(status), status_name(expected), err.text);
    return err.text;
}

static enum status on_number(void *context, const PGresult *result, struct error *err)
{
    if (PQntuples(result) != 1)
        return fail(err, STATUS_FATAL, "%d rows instead of one", PQntuples(result));
    *(int64_t *)context = result_int8(result, 0, 0);
    return STATUS_OK;
}

int64_t database_number(struct postgres *db, const char *sql)
{
    struct error err;
    int64_t number = 0;
    postgres_queue(db, sql, NULL, on_number, &number);
    enum status status = postgres_run(db, &err);
    if (status != STATUS_OK)
        fail_msg("%s: %s", sql, err.text);
    return number;
}

struct answer {
    char text[400];
};

static enum status on_string(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    struct answer *answer = context;
    answer->text[0] = '\0';
    if (PQntuples(result) > 0)
        snprintf(answer->text, sizeof answer->text, "%s", PQgetvalue(result, 0, 0));
    return STATUS_OK;
}

const char *database_string(struct postgres *db, const char *sql)
{
    static struct answer answer;
    struct error err;
    postgres_queue(db, sql, NULL, on_string, &answer);
    enum status status = postgres_run(db, &err);
    if (status != STATUS_OK)
        fail_msg("%s: %s", sql, err.text);
    return answer.text;
}
