/* SPDX-License-Identifier: Apache-2.0 */
/* How a function says that it failed: a status, and one sentence in `struct error`.
 *
 *     return fail(err, STATUS_INVALID, "%s: not a case id: '%s'", "case_id", text);
 *
 * Who detects, describes; who decides, logs. The status is chosen where the cause is known. Outputs are named
 * ret_x and stay untouched on failure. */
#pragma once

enum status {
    STATUS_OK = 0,
    STATUS_REFUSED,   /* well-formed, but the rules do not allow it now */
    STATUS_INVALID,   /* breaks the contract: no retry can help, the sender must change it */
    STATUS_TRANSIENT, /* connection, serialization, lock, time-out: the same may succeed later */
    STATUS_FATAL,     /* this process cannot go on */
};

/* One sentence for a person, naming the field and the rule. Never holds personal data. */
struct error {
    char text[480];
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* Fills err (when not NULL) and returns `status`. */
enum status fail(struct error *err, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the sentence already in err, and returns `status`. */
enum status fail_within(struct error *err, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#ifdef __clang_analyzer__
/* The analyzer looks into one file at a time; here it learns that what fails does not succeed. */
#define fail(err, status, ...)        (fail(err, status, __VA_ARGS__), (status))
#define fail_within(err, status, ...) (fail_within(err, status, __VA_ARGS__), (status))
#endif

/* "ok", "refused", "invalid", "transient", "fatal". */
const char *status_name(enum status status);
