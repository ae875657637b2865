/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to Postgres, in pipeline mode, with named prepared statements and binary parameters.
 *
 * A "round" is one round trip: queue any number of statements with postgres_queue(), then postgres_run()
 * sends them with one Sync, reads all answers, hands each to its callback and returns the first failure.
 * Within a round a failed statement aborts the rest (they are not applied).
 *
 *     postgres_queue(db, "BEGIN", NULL, NULL, NULL);
 *     postgres_queue(db, "SELECT ...  = ANY($1)", params, on_rows, &target);
 *     status = postgres_run(db, err);
 *
 * Statuses: TRANSIENT for a lost or refused connection, serialization failures, deadlocks, time-outs,
 * shortage (SQLSTATE 08, 40, 53, 55, 57, 58 and all others not named here); INVALID for what the data itself
 * caused (21, 22, 23, 54: the sentence names SQLSTATE and constraint, never a value); FATAL for what no retry
 * can mend (28, 3D, 3F: wrong role, database or schema; 42: a statement and a schema that do not fit).
 * postgres_is_connected() tells a lost connection from the rest.
 *
 * One thread per connection. SQL stands in stores only. */
#pragma once

#include "core/arena.h"
#include "core/ids.h"
#include "core/status.h"
#include "core/text.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct postgres;

/* `schema` becomes the search_path. Session settings: idle_in_transaction_session_timeout 15 s,
 * statement_timeout 30 s, lock_timeout 10 s, tcp_user_timeout 10 s, keepalives, application_name. Connects
 * lazily: the first postgres_connect or run does it. NULL when out of memory. */
struct postgres *postgres_new(const char *url, const char *schema, const char *application_name);
void postgres_free(struct postgres *db);

/* Connects when not connected (5 s at most). TRANSIENT or FATAL with the reason. */
enum status postgres_connect(struct postgres *db, struct error *err) MUST_CHECK;
bool postgres_is_connected(const struct postgres *db);
/* Closes at once; statements that were queued are forgotten. */
void postgres_disconnect(struct postgres *db);
/* Counts connections made: the loop takes its lanes anew when it changed. */
uint64_t postgres_generation(const struct postgres *db);

/* ---- parameters: built in an arena, binary format ---- */
#define POSTGRES_MAX_PARAMS 64
struct postgres_params {
    struct arena *arena;
    int count;
    Oid types[POSTGRES_MAX_PARAMS];
    const char *values[POSTGRES_MAX_PARAMS];
    int lengths[POSTGRES_MAX_PARAMS];
    bool is_overflown; /* arena full or too many: postgres_queue fails the round with INVALID */
};
void params_init(struct postgres_params *params, struct arena *arena);
void params_add_int4(struct postgres_params *params, int32_t value);
void params_add_int8(struct postgres_params *params, int64_t value);
void params_add_bool(struct postgres_params *params, bool value);
void params_add_text(struct postgres_params *params, struct text value); /* absent = NULL */
void params_add_bytea(struct postgres_params *params, struct text value);
void params_add_uuid(struct postgres_params *params, struct uuid value);
void params_add_time(struct postgres_params *params, int64_t at_us); /* timestamptz; 0 = NULL */
/* One-dimensional arrays for unnest and = ANY. `at` points to the first value, `stride` is the distance in
 * bytes between values, so a column can be read straight out of an array of structs. */
void params_add_int4_array(struct postgres_params *params, const int32_t *at, size_t stride, size_t count);
void params_add_int8_array(struct postgres_params *params, const int64_t *at, size_t stride, size_t count);
void params_add_bool_array(struct postgres_params *params, const bool *at, size_t stride, size_t count);
void params_add_text_array(struct postgres_params *params, const struct text *at, size_t stride,
                           size_t count);
void params_add_bytea_array(struct postgres_params *params, const struct text *at, size_t stride,
                            size_t count);
void params_add_uuid_array(struct postgres_params *params, const struct uuid *at, size_t stride,
                           size_t count);
void params_add_time_array(struct postgres_params *params, const int64_t *at, size_t stride, size_t count);

/* ---- a round ---- */
/* Called once for a statement that succeeded. `result` is in binary format and is cleared by the caller
 * afterwards. */
typedef enum status postgres_result_fn(void *context, const PGresult *result, struct error *err);
/* Queues one statement. `sql` must be a string that lives for ever (it is the key of the prepared statement:
 * one statement is prepared per connection and distinct pointer). params may be NULL; on_result may be NULL.
 */
void postgres_queue(struct postgres *db, const char *sql, const struct postgres_params *params,
                    postgres_result_fn *on_result, void *context);
/* As postgres_queue for statements that must not be prepared (SET, VACUUM, generated DDL); text is copied. */
void postgres_queue_once(struct postgres *db, const char *sql);
enum status postgres_run(struct postgres *db, struct error *err) MUST_CHECK;
/* Queues and runs COMMIT by itself; OK only if the command tag came back and is COMMIT. A lost connection
 * here is TRANSIENT and means "unknown": the loop takes its lanes anew. Tag ROLLBACK is TRANSIENT with that
 * sentence. */
enum status postgres_commit(struct postgres *db, struct error *err) MUST_CHECK;
/* Best effort; after a lost connection it does nothing. */
void postgres_rollback(struct postgres *db);
/* SQLSTATE of the last failed round, "" when none. */
const char *postgres_sqlstate(const struct postgres *db);

/* ---- reading binary results ---- */
bool result_is_null(const PGresult *result, int row, int column);
int32_t result_int4(const PGresult *result, int row, int column);
int64_t result_int8(const PGresult *result, int row, int column); /* int2/int4/int8 by length */
bool result_bool(const PGresult *result, int row, int column);
struct uuid result_uuid(const PGresult *result, int row, int column);
int64_t result_time(const PGresult *result, int row, int column); /* timestamptz -> µs since 1970; NULL = 0 */
/* Copied into the arena (text, bytea, json; jsonb's version byte is cut off); NULL = TEXT_NULL. */
struct text result_text(const PGresult *result, int row, int column, struct arena *arena);

#define CLEANUP(fn) __attribute__((cleanup(fn)))
