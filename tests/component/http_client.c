/* SPDX-License-Identifier: Apache-2.0 */
#include "http_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_MS 20000

int client_connect(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

void client_close(int fd)
{
    close(fd);
}

int client_send(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return 0;
        bytes += sent;
        len -= (size_t)sent;
    }
    return 1;
}

int client_send_text(int fd, const char *text)
{
    return client_send(fd, text, strlen(text));
}

/* -1: nothing came in time; 0: closed. */
static ssize_t receive(int fd, char *to, size_t size, int wait_ms)
{
    struct pollfd at = {.fd = fd, .events = POLLIN};
    if (poll(&at, 1, wait_ms) != 1)
        return -1;
    ssize_t len = recv(fd, to, size, 0);
    return len < 0 ? 0 : len;
}

static int read_head(int fd, struct http_answer *answer)
{
    size_t len = 0;
    while (len < sizeof answer->head - 1) {
        if (receive(fd, answer->head + len, 1, READ_MS) != 1)
            return 0;
        answer->head[++len] = '\0';
        if (len >= 4 && memcmp(answer->head + len - 4, "\r\n\r\n", 4) == 0)
            return sscanf(answer->head, "HTTP/1.%*d %d", &answer->status) == 1;
    }
    return 0;
}

void client_read(int fd, int is_head, struct http_answer *ret_answer)
{
    memset(ret_answer, 0, sizeof *ret_answer);
    do
        if (!read_head(fd, ret_answer)) {
            ret_answer->status = 0;
            return;
        }
    while (ret_answer->status == 100);
    const char *length = answer_header(ret_answer, "Content-Length");
    size_t most = length == NULL ? sizeof ret_answer->body - 1 : (size_t)strtoul(length, NULL, 10);
    assert_true(most < sizeof ret_answer->body);
    while (!is_head && ret_answer->body_len < most) {
        ssize_t got =
            receive(fd, ret_answer->body + ret_answer->body_len, most - ret_answer->body_len, READ_MS);
        if (got <= 0)
            break;
        ret_answer->body_len += (size_t)got;
    }
}

int client_is_closed(int fd, int wait_ms)
{
    char byte;
    return receive(fd, &byte, 1, wait_ms) == 0;
}

void client_ask(int port, const char *method, const char *target, const char *more, const char *body,
                struct http_answer *ret_answer)
{
    char head[4096], length[64] = "";
    int fd = client_connect(port);
    if (body != NULL)
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", strlen(body));
    int len =
        snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: t\r\n%s%s\r\n", method, target, more, length);
    assert_true(len > 0 && (size_t)len < sizeof head);
    client_send(fd, head, (size_t)len);
    if (body != NULL)
        client_send_text(fd, body);
    client_read(fd, strcmp(method, "HEAD") == 0, ret_answer);
    client_close(fd);
}

const char *answer_header(const struct http_answer *answer, const char *name)
{
    static _Thread_local char value[1024];
    size_t len = strlen(name);
    for (const char *line = strstr(answer->head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, len) != 0 || line[2 + len] != ':')
            continue;
        const char *from = line + 2 + len + 1 + strspn(line + 2 + len + 1, " ");
        snprintf(value, sizeof value, "%.*s", (int)strcspn(from, "\r"), from);
        return value;
    }
    return NULL;
}

void assert_problem(const struct http_answer *answer, int status, const char *type, const char *detail)
{
    char urn[128];
    snprintf(urn, sizeof urn, "urn:aftercare:problem:%s", type);
    json_t *json = json_loadb(answer->body, answer->body_len, 0, NULL);
    const char *its_type = json_string_value(json_object_get(json, "type"));
    const char *its_detail = json_string_value(json_object_get(json, "detail"));
    if (answer->status != status || its_type == NULL || strcmp(its_type, urn) != 0 || its_detail == NULL ||
        strstr(its_detail, detail) == NULL)
        print_error("expected %d %s '%s', got:\n%s%s\n", status, type, detail, answer->head, answer->body);
    assert_int_equal(answer->status, status);
    assert_non_null(its_type);
    assert_string_equal(its_type, urn);
    assert_non_null(its_detail);
    assert_non_null(strstr(its_detail, detail));
    assert_int_equal(json_integer_value(json_object_get(json, "status")), status);
    assert_non_null(json_string_value(json_object_get(json, "title")));
    assert_string_equal(answer_header(answer, "Content-Type"), "application/problem+json");
    json_decref(json);
}
