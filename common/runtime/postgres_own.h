/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the postgres module share. */
#pragma once

#include "runtime/postgres.h"

#define PREPARED_MOST 512
#define ROUND_MOST    256

struct queued {
    postgres_result_fn *on_result;
    void *context;
    struct prepared *prepares; /* the Parse that goes ahead of a statement; NULL: the statement itself */
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

/* TRANSIENT with the first line of what libpq says; the connection is closed. */
enum status postgres_lost(struct postgres *db, struct error *err);
