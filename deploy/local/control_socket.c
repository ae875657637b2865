/* SPDX-License-Identifier: Apache-2.0 */
#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096, ANSWER_MAX_BYTES = 512, SILENCE_S = 2, ANSWER_WAIT_S = 10 };

static int open_socket(const char *path, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address->sun_path)) {
        fprintf(stderr, "devbroker: the socket's path is longer than %zu bytes: %s\n",
                sizeof(address->sun_path) - 1, path);
        return -1;
    }
    strcpy(address->sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0)
        fprintf(stderr, "devbroker: socket: %s\n", strerror(errno));
    return fd;
}

int control_listen(const char *path)
{
    struct sockaddr_un address;
    int fd = open_socket(path, &address);
    if (fd < 0)
        return -1;
    /* A socket nobody answers on is left over from a killed process; one that answers is somebody else's. */
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
        fprintf(stderr, "devbroker: %s is in use\n", path);
        close(fd);
        return -1;
    }
    if (errno == ECONNREFUSED)
        unlink(path);
    close(fd);

    fd = open_socket(path, &address);
    if (fd < 0)
        return -1;
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, 16) != 0) {
        fprintf(stderr, "devbroker: %s: %s\n", path, strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

static bool write_all(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = send(fd, text, size, MSG_NOSIGNAL);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text += written;
        size -= (size_t)written;
    }
    return true;
}

static void limit_silence(int fd, int seconds)
{
    struct timeval limit = {.tv_sec = seconds};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

/* One line without its end; the last may lack it. The size of the text, or -1: nothing (more) came. */
static ssize_t read_line(int fd, char *line, size_t size)
{
    size_t used = 0;
    while (used + 1 < size) {
        char c;
        ssize_t got = recv(fd, &c, 1, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            if (used == 0 || got < 0)
                return -1;
            break;
        }
        if (c == '\n')
            break;
        line[used++] = c;
    }
    line[used] = '\0';
    return (ssize_t)used;
}

bool control_serve(int listener, struct rd_kafka_mock_cluster_s *cluster)
{
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
        return false;
    limit_silence(fd, SILENCE_S);
    bool is_quit = false;
    char line[LINE_MAX_BYTES];
    while (!is_quit && read_line(fd, line, sizeof(line)) >= 0) {
        char answer[ANSWER_MAX_BYTES];
        is_quit = control_obey(cluster, line, answer, sizeof(answer) - 1);
        strcat(answer, "\n");
        if (!write_all(fd, answer, strlen(answer)))
            break;
    }
    close(fd);
    return is_quit;
}

int control_send(const char *path, const char *command)
{
    struct sockaddr_un address;
    int fd = open_socket(path, &address);
    if (fd < 0)
        return 2;
    limit_silence(fd, ANSWER_WAIT_S);
    char answer[ANSWER_MAX_BYTES];
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        !write_all(fd, command, strlen(command)) || !write_all(fd, "\n", 1) ||
        read_line(fd, answer, sizeof(answer)) < 0) {
        fprintf(stderr, "devbroker: nobody answers at %s: %s\n", path, strerror(errno));
        close(fd);
        return 2;
    }
    close(fd);
    puts(answer);
    return strncmp(answer, "ok", 2) == 0 ? 0 : 1;
}
