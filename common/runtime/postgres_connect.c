/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/postgres_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_S 5

static char *copy_string(const char *from)
{
    size_t size = strlen(from) + 1;
    char *copy = malloc(size);
    return copy == NULL ? NULL : memcpy(copy, from, size);
}

struct postgres *postgres_new(const char *url, const char *schema, const char *application_name)
{
    struct postgres *db = calloc(1, sizeof *db);
    if (db == NULL)
        return NULL;
    db->url = copy_string(url);
    db->schema = copy_string(schema);
    db->application_name = copy_string(application_name);
    if (db->url == NULL || db->schema == NULL || db->application_name == NULL) {
        postgres_free(db);
        return NULL;
    }
    return db;
}

void postgres_free(struct postgres *db)
{
    if (db == NULL)
        return;
    postgres_disconnect(db);
    free(db->url);
    free(db->schema);
    free(db->application_name);
    free(db);
}

bool postgres_is_connected(const struct postgres *db)
{
    return db->connection != NULL;
}

uint64_t postgres_generation(const struct postgres *db)
{
    return db->generation;
}

const char *postgres_sqlstate(const struct postgres *db)
{
    return db->sqlstate;
}

void postgres_disconnect(struct postgres *db)
{
    if (db->connection != NULL)
        PQfinish(db->connection);
    db->connection = NULL;
    db->prepared_count = 0;
    db->round_count = 0;
    db->broken = STATUS_OK;
}

enum status postgres_lost(struct postgres *db, struct error *err)
{
    char why[300];
    snprintf(why, sizeof why, "%s",
             db->connection == NULL ? "not connected" : PQerrorMessage(db->connection));
    why[strcspn(why, "\n")] = '\0';
    postgres_disconnect(db);
    return fail(err, STATUS_TRANSIENT, "Postgres: %s", why[0] == '\0' ? "the connection was lost" : why);
}

static enum status settle(struct postgres *db, struct error *err)
{
    char options[512];
    char *schema = PQescapeIdentifier(db->connection, db->schema, strlen(db->schema));
    if (schema == NULL)
        return postgres_lost(db, err);
    snprintf(options, sizeof options,
             "SET search_path = %s; SET idle_in_transaction_session_timeout = '15s'; SET "
             "statement_timeout = '30s';"
             " SET lock_timeout = '10s'; SET timezone = 'UTC'; SET client_min_messages = warning",
             schema);
    PQfreemem(schema);
    PGresult *result = PQexec(db->connection, options);
    bool is_good = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    if (!is_good || PQsetnonblocking(db->connection, 1) != 0 || PQenterPipelineMode(db->connection) != 1)
        return postgres_lost(db, err);
    return STATUS_OK;
}

/* A URL that libpq cannot read. What it says of it quotes the URL, password included. */
static bool is_garbled(const char *url)
{
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &why);
    bool is_good = options != NULL;
    PQconninfoFree(options);
    PQfreemem(why);
    return !is_good;
}

/* Wrong passwords, roles and databases do not heal by waiting. */
static bool is_refused_for_good(const char *message)
{
    return strstr(message, "password authentication failed") != NULL ||
           strstr(message, "no password supplied") != NULL ||
           strstr(message, "is not permitted to log in") != NULL ||
           (strstr(message, "does not exist") != NULL && strstr(message, "FATAL") != NULL);
}

enum status postgres_connect(struct postgres *db, struct error *err)
{
    if (db->connection != NULL)
        return STATUS_OK;
    if (is_garbled(db->url))
        return fail(err, STATUS_FATAL,
                    "Postgres: the URL cannot be read as postgresql://user@host:port/name");
    char seconds[12];
    snprintf(seconds, sizeof seconds, "%d", CONNECT_TIMEOUT_S);
    const char *const names[] = {"dbname",
                                 "application_name",
                                 "connect_timeout",
                                 "keepalives_idle",
                                 "keepalives_interval",
                                 "keepalives_count",
                                 "tcp_user_timeout",
                                 NULL};
    const char *const values[] = {db->url, db->application_name, seconds, "5", "2", "3", "10000", NULL};
    db->connection = PQconnectdbParams(names, values, 1);
    if (db->connection == NULL)
        return fail(err, STATUS_TRANSIENT, "Postgres: out of memory");
    if (PQstatus(db->connection) != CONNECTION_OK) {
        bool is_for_good = is_refused_for_good(PQerrorMessage(db->connection));
        enum status status = postgres_lost(db, err);
        return is_for_good ? STATUS_FATAL : status;
    }
    enum status status = settle(db, err);
    if (status == STATUS_OK)
        db->generation++;
    return status;
}
