/* SPDX-License-Identifier: Apache-2.0 */
/* What the component tests of the runtime share: connections to the Postgres that with-postgres started, and
 * short ways to ask it something. Whatever goes wrong in here fails the test. */
#pragma once

#include "runtime/postgres.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* `fail` is core/status.h's here. */
#undef fail
#undef fail_msg
#define fail_msg(...)                                                                                        \
    do {                                                                                                     \
        print_error(__VA_ARGS__);                                                                            \
        print_error("\n");                                                                                   \
        _fail(__FILE__, __LINE__);                                                                           \
    } while (0)

/* TEST_DATABASE_URL; ends the program when it is not there. */
const char *database_url(void);
/* The same for another user. In one of a few static buffers: valid until the eighth call after it. */
const char *database_url_as(const char *user);

/* Connected as the superuser; ends with postgres_free. */
struct postgres *database_open(const char *schema);
/* As another user. */
struct postgres *database_open_as(const char *user, const char *schema);

/* Runs one statement that must succeed. */
void database_run(struct postgres *db, const char *sql);
/* Runs one statement that must fail with this status; returns the sentence, valid until the next call. */
const char *database_fail(struct postgres *db, const char *sql, enum status expected);
/* The first column of the first row. `sql` lives for ever. */
int64_t database_number(struct postgres *db, const char *sql);
/* The same as a string, valid until the next call; "" when NULL or when there is no row. */
const char *database_string(struct postgres *db, const char *sql);

/* OK, or the test fails with the sentence. */
#define assert_ok(status_, err_)                                                                             \
    do {                                                                                                     \
        if ((status_) != STATUS_OK)                                                                          \
            fail_msg("%s", (err_).text);                                                                     \
    } while (0)
