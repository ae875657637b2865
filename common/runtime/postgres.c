/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/postgres.h"

#include "core/time.h"
#include "runtime/crash_point.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_S 5
/* Longer than statement_timeout: a server that is alive has answered by then. */
#define ANSWER_TIMEOUT_MS 40000
#define PREPARED_MOST     512
#define ROUND_MOST        256

struct queued {
    postgres_result_fn *on_result;
    void *context;
    struct prepared
        *prepares; /* this is the Parse that went ahead of a statement; NULL: the statement itself */
};

enum prepared_state { PREPARED_NOT, PREPARED_SENT, PREPARED_THERE };

struct prepared {
    const char *sql;
    enum prepared_state state; /* on this connection */
};

struct postgres {
    char *url, *schema, *application_name;
    PGconn *connection; /* NULL: not connected */
    uint64_t generation;
    struct prepared prepared[PREPARED_MOST];
    size_t prepared_count;
    struct queued round[ROUND_MOST];
    size_t round_count;
    enum status broken; /* why the round cannot be run */
    struct error why;
    char sqlstate[6];
};

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

/* The first line of what libpq says, which may be several. */
static enum status lost(struct postgres *db, struct error *err)
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
    snprintf(options, sizeof options,
             "SET search_path = \"%s\"; SET idle_in_transaction_session_timeout = '15s'; SET "
             "statement_timeout = '30s';"
             " SET lock_timeout = '10s'; SET timezone = 'UTC'; SET client_min_messages = warning",
             db->schema);
    PGresult *result = PQexec(db->connection, options);
    bool is_good = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    if (!is_good || PQsetnonblocking(db->connection, 1) != 0 || PQenterPipelineMode(db->connection) != 1)
        return lost(db, err);
    return STATUS_OK;
}

/* Wrong passwords, roles and databases do not heal by waiting. */
static bool is_refused_for_good(const char *message)
{
    return strstr(message, "password authentication failed") != NULL ||
           strstr(message, "no password supplied") != NULL ||
           (strstr(message, "does not exist") != NULL && strstr(message, "FATAL") != NULL);
}

enum status postgres_connect(struct postgres *db, struct error *err)
{
    if (db->connection != NULL)
        return STATUS_OK;
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
        enum status status = lost(db, err);
        return is_for_good ? STATUS_FATAL : status;
    }
    enum status status = settle(db, err);
    if (status == STATUS_OK)
        db->generation++;
    return status;
}

/* ---- queueing ---- */

static void break_round(struct postgres *db, enum status status, const char *why)
{
    if (db->broken == STATUS_OK)
        db->broken = fail(&db->why, status, "Postgres: %s", why);
}

static bool remember(struct postgres *db, postgres_result_fn *on_result, void *context,
                     struct prepared *prepares)
{
    if (db->round_count == ROUND_MOST) {
        break_round(db, STATUS_FATAL, "too many statements in one round");
        return false;
    }
    db->round[db->round_count++] = (struct queued){on_result, context, prepares};
    return true;
}

/* The name of the prepared statement; sends Parse when the connection does not have it. */
static bool prepare(struct postgres *db, const char *sql, const struct postgres_params *params, char name[24])
{
    size_t i = 0;
    while (i < db->prepared_count && db->prepared[i].sql != sql)
        i++;
    if (i == PREPARED_MOST) {
        break_round(db, STATUS_FATAL, "too many different statements");
        return false;
    }
    struct prepared *prepared = &db->prepared[i];
    snprintf(name, 24, "s%zu", i);
    if (i == db->prepared_count)
        *prepared = (struct prepared){sql, PREPARED_NOT};
    else if (prepared->state != PREPARED_NOT)
        return true;
    if (!remember(db, NULL, NULL, prepared))
        return false;
    if (PQsendPrepare(db->connection, name, sql, params == NULL ? 0 : params->count,
                      params == NULL ? NULL : params->types) != 1) {
        break_round(db, STATUS_TRANSIENT, PQerrorMessage(db->connection));
        return false;
    }
    prepared->state = PREPARED_SENT;
    if (i == db->prepared_count)
        db->prepared_count++;
    return true;
}

static bool is_ready_to_queue(struct postgres *db)
{
    if (db->broken != STATUS_OK)
        return false;
    if (db->connection != NULL)
        return true;
    struct error err;
    enum status status = postgres_connect(db, &err);
    if (status == STATUS_OK)
        return true;
    db->broken = status;
    db->why = err;
    return false;
}

void postgres_queue(struct postgres *db, const char *sql, const struct postgres_params *params,
                    postgres_result_fn *on_result, void *context)
{
    char name[24];
    static const int binary[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    _Static_assert(sizeof binary / sizeof *binary == POSTGRES_MAX_PARAMS, "all parameters are binary");
    if (!is_ready_to_queue(db))
        return;
    if (params != NULL && params->is_overflown) {
        break_round(db, STATUS_INVALID, "a statement's parameters do not fit into the batch's memory");
        return;
    }
    if (!prepare(db, sql, params, name) || !remember(db, on_result, context, NULL))
        return;
    if (PQsendQueryPrepared(db->connection, name, params == NULL ? 0 : params->count,
                            params == NULL ? NULL : params->values, params == NULL ? NULL : params->lengths,
                            binary, 1) != 1)
        break_round(db, STATUS_TRANSIENT, PQerrorMessage(db->connection));
}

void postgres_queue_once(struct postgres *db, const char *sql)
{
    if (!is_ready_to_queue(db) || !remember(db, NULL, NULL, NULL))
        return;
    if (PQsendQueryParams(db->connection, sql, 0, NULL, NULL, NULL, NULL, 1) != 1)
        break_round(db, STATUS_TRANSIENT, PQerrorMessage(db->connection));
}

/* ---- running ---- */

/* Waits until the socket can do what is wanted; false after a time-out or an error. */
static bool wait_socket(struct postgres *db, short events)
{
    struct pollfd socket = {.fd = PQsocket(db->connection), .events = events};
    int count;
    do
        count = poll(&socket, 1, ANSWER_TIMEOUT_MS);
    while (count < 0 && errno == EINTR);
    return count > 0;
}

static bool flush(struct postgres *db)
{
    for (;;) {
        int left = PQflush(db->connection);
        if (left <= 0)
            return left == 0;
        if (!wait_socket(db, POLLIN | POLLOUT) || PQconsumeInput(db->connection) != 1)
            return false;
    }
}

/* The next result, NULL at the end of a statement's results. False when the connection is gone. */
static bool next_result(struct postgres *db, PGresult **ret_result)
{
    while (PQisBusy(db->connection)) {
        if (!wait_socket(db, POLLIN) || PQconsumeInput(db->connection) != 1)
            return false;
    }
    *ret_result = PQgetResult(db->connection);
    return *ret_result != NULL || PQstatus(db->connection) == CONNECTION_OK;
}

static bool is_class(const char *sqlstate, const char *prefix)
{
    return strncmp(sqlstate, prefix, strlen(prefix)) == 0;
}

static enum status status_of(const char *sqlstate)
{
    static const char *const invalid[] = {"21", "22", "23"};
    static const char *const fatal[] = {"28", "3D", "3F", "42"};
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++)
        if (is_class(sqlstate, invalid[i]))
            return STATUS_INVALID;
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        if (is_class(sqlstate, fatal[i]))
            return STATUS_FATAL;
    return STATUS_TRANSIENT;
}

static enum status describe(struct postgres *db, const PGresult *result, struct error *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    snprintf(db->sqlstate, sizeof db->sqlstate, "%s", state == NULL ? "08006" : state);
    return fail(err, status_of(db->sqlstate), "Postgres %s: %s%s%s", db->sqlstate,
                message == NULL ? "no message" : message, constraint == NULL ? "" : ", constraint ",
                constraint == NULL ? "" : constraint);
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static bool is_for_good(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_FATAL_ERROR;
}

/* Reads one statement's results up to its end; the first failure of the round is kept. */
static bool read_statement(struct postgres *db, const struct queued *queued, enum status *status,
                           struct error *err)
{
    PGresult *result;
    for (;;) {
        if (!next_result(db, &result))
            return false;
        if (result == NULL)
            return true;
        if (*status == STATUS_OK && is_for_good(result))
            *status = describe(db, result, err);
        else if (is_good(result) && queued->prepares != NULL)
            queued->prepares->state = PREPARED_THERE;
        else if (*status == STATUS_OK && is_good(result) && queued->on_result != NULL)
            *status = queued->on_result(queued->context, result, err);
        PQclear(result);
    }
}

static bool read_sync(struct postgres *db)
{
    PGresult *result;
    if (!next_result(db, &result) || result == NULL)
        return false;
    bool is_sync = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    PQclear(result);
    return is_sync;
}

/* A prepared statement that this connection no longer has, or whose result type a migration changed. */
static bool is_stale_plan(const struct postgres *db)
{
    return is_class(db->sqlstate, "26000") || is_class(db->sqlstate, "0A000");
}

static enum status run(struct postgres *db, bool is_commit, struct error *err)
{
    enum status status = STATUS_OK;
    if (PQpipelineSync(db->connection) != 1 || !flush(db))
        return lost(db, err);
    if (is_commit)
        crash_point("commit-sent");
    size_t count = db->round_count;
    for (size_t i = 0; i < db->prepared_count; i++) /* until its own answer says that it is there */
        if (db->prepared[i].state == PREPARED_SENT)
            db->prepared[i].state = PREPARED_NOT;
    for (size_t i = 0; i < count; i++)
        if (!read_statement(db, &db->round[i], &status, err))
            return lost(db, err);
    if (!read_sync(db))
        return lost(db, err);
    db->round_count = 0;
    if (status != STATUS_OK &&
        (is_stale_plan(db) || PQstatus(db->connection) != CONNECTION_OK || is_class(db->sqlstate, "57P")))
        postgres_disconnect(db);
    return status;
}

enum status postgres_run(struct postgres *db, struct error *err)
{
    db->sqlstate[0] = '\0';
    if (db->broken != STATUS_OK) {
        enum status status = db->broken;
        *err = db->why;
        /* What was queued before must not be sent with the next round. */
        postgres_disconnect(db);
        return status;
    }
    if (db->round_count == 0)
        return STATUS_OK;
    return run(db, false, err);
}

static enum status on_commit(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    *(bool *)context = strcmp(PQcmdStatus((PGresult *)result), "COMMIT") == 0;
    return STATUS_OK;
}

enum status postgres_commit(struct postgres *db, struct error *err)
{
    bool is_committed = false;
    if (db->connection == NULL || db->broken != STATUS_OK)
        return lost(db, err);
    postgres_queue(db, "COMMIT", NULL, on_commit, &is_committed);
    if (db->broken != STATUS_OK)
        return postgres_run(db, err);
    enum status status = run(db, true, err);
    if (status != STATUS_OK || is_committed)
        return status;
    return fail(err, STATUS_TRANSIENT, "Postgres answered COMMIT with ROLLBACK");
}

void postgres_rollback(struct postgres *db)
{
    struct error ignored;
    if (db->connection == NULL)
        return;
    if (db->broken != STATUS_OK || db->round_count > 0) {
        postgres_disconnect(db); /* statements of a batch that is given up must never be sent */
        return;
    }
    if (PQtransactionStatus(db->connection) == PQTRANS_IDLE)
        return;
    postgres_queue(db, "ROLLBACK", NULL, NULL, NULL);
    if (postgres_run(db, &ignored) != STATUS_OK)
        postgres_disconnect(db);
}
