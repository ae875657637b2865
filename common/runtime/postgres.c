/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/postgres_own.h"

#include "core/time.h"
#include "runtime/crash_point.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer than statement_timeout: a server that is alive has answered by then. */
#define ANSWER_TIMEOUT_MS 40000

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
    static const char *const invalid[] = {"21", "22", "23", "54"};
    static const char *const fatal[] = {"28", "3D", "3F", "42"};
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++)
        if (is_class(sqlstate, invalid[i]))
            return STATUS_INVALID;
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        if (is_class(sqlstate, fatal[i]))
            return STATUS_FATAL;
    return STATUS_TRANSIENT;
}

/* Of class 22 (data exceptions) Postgres quotes the value itself, which may be a phone number. */
static void hide_values(const char *sqlstate, char *sentence)
{
    if (!is_class(sqlstate, "22"))
        return;
    char *to = sentence;
    bool is_quoted = false;
    for (const char *at = sentence; *at != '\0'; at++) {
        if (*at == '"')
            is_quoted = !is_quoted;
        if (*at == '"' || !is_quoted)
            *to++ = *at;
    }
    *to = '\0';
}

static enum status describe(struct postgres *db, const PGresult *result, struct error *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    char sentence[300];
    snprintf(db->sqlstate, sizeof db->sqlstate, "%s", state == NULL ? "08006" : state);
    snprintf(sentence, sizeof sentence, "%s", message == NULL ? "no message" : message);
    hide_values(db->sqlstate, sentence);
    return fail(err, status_of(db->sqlstate), "Postgres %s: %s%s%s", db->sqlstate, sentence,
                constraint == NULL ? "" : ", constraint ", constraint == NULL ? "" : constraint);
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

/* A new connection mends it: a prepared statement that this one no longer has (26000), or whose result type a
 * migration changed (0A000); a server that is shutting down (57P), or has become read-only (25006), as an old
 * primary does. */
static bool is_connection_spent(const struct postgres *db)
{
    return is_class(db->sqlstate, "26000") || is_class(db->sqlstate, "0A000") ||
           is_class(db->sqlstate, "57P") || is_class(db->sqlstate, "25006");
}

static enum status run(struct postgres *db, bool is_commit, struct error *err)
{
    enum status status = STATUS_OK;
    if (PQpipelineSync(db->connection) != 1 || !flush(db))
        return postgres_lost(db, err);
    if (is_commit)
        crash_point("commit-sent");
    size_t count = db->round_count;
    for (size_t i = 0; i < db->prepared_count; i++) /* until its own answer says that it is there */
        if (db->prepared[i].state == PREPARED_SENT)
            db->prepared[i].state = PREPARED_NOT;
    for (size_t i = 0; i < count; i++)
        if (!read_statement(db, &db->round[i], &status, err))
            return postgres_lost(db, err);
    if (!read_sync(db))
        return postgres_lost(db, err);
    db->round_count = 0;
    if (status != STATUS_OK && (is_connection_spent(db) || PQstatus(db->connection) != CONNECTION_OK))
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
        return postgres_lost(db, err);
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
