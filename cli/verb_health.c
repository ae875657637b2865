/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define OWN_ADDRESS   "127.0.0.1:8080" /* the services' own default */
#define ANSWER_BYTES  65536
#define ADDRESS_BYTES 256
#define WAIT_S        5

static const struct option_rule rules[] = {{"--quiet", false}, {NULL, false}};

static enum status connect_to(const char *address, int *ret_fd, struct error *err)
{
    char host[ADDRESS_BYTES];
    snprintf(host, sizeof host, "%s", address);
    char *port = strrchr(host, ':');
    if (strlen(address) >= sizeof host || port == NULL || port == host)
        return fail(err, STATUS_INVALID, "%.200s: must be host:port", address);
    *port++ = '\0';
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    int code = getaddrinfo(host, port, &hints, &found);
    if (code != 0)
        return fail(err, STATUS_INVALID, "%s: %s", address, gai_strerror(code));
    int fd = -1;
    for (const struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
        struct timeval wait = {.tv_sec = WAIT_S};
        if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0 ||
                        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) != 0 ||
                        connect(fd, at->ai_addr, at->ai_addrlen) != 0)) {
            int why = errno;
            close(fd);
            fd = -1;
            errno = why;
        }
    }
    freeaddrinfo(found);
    if (fd < 0)
        return fail(err, STATUS_TRANSIENT, "%s: %s", address, strerror(errno));
    *ret_fd = fd;
    return STATUS_OK;
}

/* The whole answer, NUL behind it. */
static enum status ask(int fd, const char *address, char answer[ANSWER_BYTES], struct error *err)
{
    char request[ADDRESS_BYTES + 64];
    int len = snprintf(request, sizeof request, "GET /readyz?verbose HTTP/1.0\r\nHost: %s\r\n\r\n", address);
    if (send(fd, request, (size_t)len, MSG_NOSIGNAL) != len)
        return fail(err, STATUS_TRANSIENT, "%s: %s", address, strerror(errno));
    size_t got = 0;
    ssize_t more = 1;
    while (more > 0 && got < ANSWER_BYTES - 1) {
        more = recv(fd, answer + got, ANSWER_BYTES - 1 - got, 0);
        got += more > 0 ? (size_t)more : 0;
    }
    if (more < 0)
        return fail(err, STATUS_TRANSIENT, "%s: no answer within %d s", address, WAIT_S);
    answer[got] = '\0';
    return STATUS_OK;
}

static enum status look(const char *address, bool is_quiet, struct error *err)
{
    static char answer[ANSWER_BYTES];
    int fd = -1;
    enum status status = connect_to(address, &fd, err);
    if (status != STATUS_OK)
        return status;
    status = ask(fd, address, answer, err);
    close(fd);
    if (status != STATUS_OK)
        return status;
    const char *body = strstr(answer, "\r\n\r\n");
    int code = 0;
    if (body == NULL || sscanf(answer, "HTTP/1.%*d %d", &code) != 1)
        return fail(err, STATUS_INVALID, "%s: does not answer as a service does", address);
    if (!is_quiet)
        fputs(body + 4, stdout);
    return code == 200 ? STATUS_OK : fail(err, STATUS_TRANSIENT, "%s: is not ready", address);
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct arguments arguments;
    struct error err;
    int code;
    if (!cli_begin(verb, rules, argc, argv, &arguments, &code))
        return code;
    if (arguments.word_count > 1)
        return cli_misuse(verb, "one address at a time");
    const char *address = arguments.word_count == 1 ? arguments.words[0] : OWN_ADDRESS;
    return look(address, arguments_has(&arguments, "--quiet"), &err) == STATUS_OK ? cli_end(verb)
                                                                                  : cli_failed(verb, &err);
}

const struct verb verb_health = {
    .name = "health",
    .summary = "is a service ready, and if not, why",
    .help =
        "Usage: aftercare health [HOST:PORT] [--quiet]\n"
        "\n"
        "Asks a service for /readyz?verbose and prints the answer: each dependency, its state and since "
        "when,\n"
        "and the lanes of each worker. Exit code 0 when it is ready, 1 when it is not or does not answer\n"
        "within 5 s. Without HOST:PORT: " OWN_ADDRESS ", where a service listens unless HTTP_LISTEN says\n"
        "otherwise; so it is a container's health check, too.\n"
        "\n"
        "Example:\n"
        "  aftercare health localhost:8080\n",
    .run = run,
};
