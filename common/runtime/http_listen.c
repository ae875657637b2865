/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/http_exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

/* "host:port", "[v6]:port", ":port". */
static bool split(const char *address, char host[128], char port[8])
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL || strlen(colon + 1) == 0 || strlen(colon + 1) > 5 ||
        strspn(colon + 1, "0123456789") != strlen(colon + 1))
        return false;
    const char *from = address;
    size_t len = (size_t)(colon - address);
    bool is_bracketed = len >= 2 && from[0] == '[' && from[len - 1] == ']';
    if (is_bracketed) {
        from++;
        len -= 2;
    }
    if (len >= 128 || (!is_bracketed && memchr(from, ':', len) != NULL))
        return false;
    memcpy(host, from, len);
    host[len] = '\0';
    snprintf(port, 8, "%s", colon + 1);
    return strtol(port, NULL, 10) <= 65535;
}

static int open_socket(const struct addrinfo *info)
{
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int yes = 1, no = 0;
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (info->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static int port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } name;
    socklen_t len = sizeof name;
    if (getsockname(fd, &name.any, &len) != 0)
        return 0;
    return ntohs(name.any.sa_family == AF_INET6 ? name.v6.sin6_port : name.v4.sin_port);
}

enum status http_listen(const char *address, int *ret_socket, int *ret_port, struct error *err)
{
    char host[128], port[8];
    if (!split(address, host, port))
        return fail(err, STATUS_INVALID, "'%s' is not address:port", address);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
                    *found = NULL;
    int code = getaddrinfo(host[0] == '\0' ? NULL : host, port, &hints, &found);
    if (code != 0)
        return fail(err, STATUS_INVALID, "'%s': %s", address, gai_strerror(code));
    int fd = -1;
    /* Without a host: IPv6 first, whose socket takes both families. */
    for (int pass = 0; pass < 2 && fd < 0; pass++)
        for (struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next)
            if (host[0] != '\0' || (at->ai_family == AF_INET6) == (pass == 0))
                fd = open_socket(at);
    int why = errno;
    freeaddrinfo(found);
    if (fd < 0)
        return fail(err, STATUS_FATAL, "'%s': %s", address, strerror(why));
    *ret_socket = fd;
    *ret_port = port_of(fd);
    return STATUS_OK;
}
