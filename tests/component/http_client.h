/* SPDX-License-Identifier: Apache-2.0 */
/* A client that sends exactly the bytes it is told to, for tests of the HTTP server. Reading gives up after
 * 20 s. */
#pragma once

#include <stddef.h>

struct http_answer {
    int status; /* 0: the connection ended, or nothing came, before an answer */
    char head[8192];
    char body[65536];
    size_t body_len;
};

int client_connect(int port);
void client_close(int fd);
/* 0 when the server has closed meanwhile. */
int client_send(int fd, const char *bytes, size_t len);
int client_send_text(int fd, const char *text);
/* Reads one answer; `is_head`: without a body. 100 Continue is passed over. */
void client_read(int fd, int is_head, struct http_answer *ret_answer);
/* 1 when the server has closed, or closes within the time. */
int client_is_closed(int fd, int wait_ms);

/* One request on a connection of its own. `more` are header lines, each with \r\n, or "". */
void client_ask(int port, const char *method, const char *target, const char *more, const char *body,
                struct http_answer *ret_answer);
/* The header's value, in a buffer of the thread; NULL when there is none. */
const char *answer_header(const struct http_answer *answer, const char *name);
/* Fails the test unless it is a problem document of that status and type whose detail holds `detail`. */
void assert_problem(const struct http_answer *answer, int status, const char *type, const char *detail);
