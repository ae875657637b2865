/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/redis.h"

#include "core/time.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#define CONNECT_TIMEOUT_MS 500
#define COMMAND_TIMEOUT_MS 500
#define AWAY_US            US_PER_SECOND

struct redis {
    char host[256];
    int port;
    char user[128];
    char password[256];
    int database;
    redisContext *context; /* NULL: not connected */
    size_t queued;
    bool is_skipping; /* away: what is queued is not sent */
    int64_t retry_at_us;
    struct error why;
};

static struct timeval timeout_of(int ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};
}

/* %xx in user and password, as in any URL. */
static bool copy_decoded(struct text from, char *to, size_t size)
{
    size_t len = 0;
    for (size_t i = 0; i < from.len; i++) {
        char c = from.at[i];
        if (c == '%' && i + 2 < from.len) {
            char digits[3] = {from.at[i + 1], from.at[i + 2], 0};
            char *end;
            long value = strtol(digits, &end, 16);
            if (*end != '\0' || value == 0)
                return false;
            c = (char)value;
            i += 2;
        }
        if (len + 1 >= size)
            return false;
        to[len++] = c;
    }
    to[len] = '\0';
    return true;
}

static enum status parse_url(struct redis *redis, const char *url, struct error *err)
{
    struct text rest = text_of(url);
    if (text_starts_with(rest, TEXT("rediss://")))
        return fail(err, STATUS_INVALID, "REDIS_URL: TLS (rediss://) is not available in this build");
    if (!text_starts_with(rest, TEXT("redis://")))
        return fail(err, STATUS_INVALID, "REDIS_URL: must begin with redis://");
    rest = text_make(rest.at + 8, rest.len - 8);
    struct text path = rest;
    struct text authority = text_cut(&path, '/');
    struct text host = authority;
    if (text_contains(authority, TEXT("@"))) {
        struct text secret = text_cut(&host, '@');
        struct text password = secret;
        struct text user = text_cut(&password, ':');
        if (!copy_decoded(user, redis->user, sizeof redis->user) ||
            !copy_decoded(password, redis->password, sizeof redis->password))
            return fail(err, STATUS_INVALID, "REDIS_URL: user or password is malformed or too long");
    }
    struct text port = host;
    host = text_cut(&port, ':');
    int64_t number = 6379, database = 0;
    if (!text_is_empty(port) && (!text_to_int64(port, &number) || number < 1 || number > 65535))
        return fail(err, STATUS_INVALID, "REDIS_URL: the port must be 1 to 65535");
    if (!text_is_empty(path) && (!text_to_int64(path, &database) || database < 0 || database > 15))
        return fail(err, STATUS_INVALID, "REDIS_URL: the database must be 0 to 15");
    if (text_is_empty(host) || !copy_decoded(host, redis->host, sizeof redis->host))
        return fail(err, STATUS_INVALID, "REDIS_URL: the host is missing or too long");
    redis->port = (int)number;
    redis->database = (int)database;
    return STATUS_OK;
}

enum status redis_new(const char *url, struct redis **ret_redis, struct error *err)
{
    struct redis *redis = calloc(1, sizeof *redis);
    if (redis == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    enum status status = parse_url(redis, url, err);
    if (status != STATUS_OK) {
        free(redis);
        return status;
    }
    *ret_redis = redis;
    return STATUS_OK;
}

void redis_free(struct redis *redis)
{
    if (redis == NULL)
        return;
    if (redis->context != NULL)
        redisFree(redis->context);
    free(redis);
}

bool redis_is_up(const struct redis *redis)
{
    return redis->context != NULL;
}

static enum status lose(struct redis *redis, const char *why)
{
    fail(&redis->why, STATUS_TRANSIENT, "Redis: %s", why);
    if (redis->context != NULL)
        redisFree(redis->context);
    redis->context = NULL;
    redis->queued = 0;
    redis->retry_at_us = time_monotonic_us() + AWAY_US;
    return STATUS_TRANSIENT;
}

static enum status greet(struct redis *redis, int argc, const char **argv)
{
    redisReply *reply = redisCommandArgv(redis->context, argc, argv, NULL);
    if (reply == NULL)
        return lose(redis, redis->context->errstr);
    enum status status = STATUS_OK;
    if (reply->type == REDIS_REPLY_ERROR)
        status = lose(redis, reply->str);
    freeReplyObject(reply);
    return status;
}

static enum status redis_connect(struct redis *redis)
{
    redis->context = redisConnectWithTimeout(redis->host, redis->port, timeout_of(CONNECT_TIMEOUT_MS));
    if (redis->context == NULL)
        return lose(redis, "out of memory");
    if (redis->context->err != 0) {
        char why[160];
        snprintf(why, sizeof why, "%s", redis->context->errstr);
        return lose(redis, why);
    }
    redisSetTimeout(redis->context, timeout_of(COMMAND_TIMEOUT_MS));
    enum status status = STATUS_OK;
    if (redis->password[0] != '\0') {
        const char *with_user[] = {"AUTH", redis->user, redis->password};
        const char *without[] = {"AUTH", redis->password};
        status = redis->user[0] != '\0' ? greet(redis, 3, with_user) : greet(redis, 2, without);
    }
    if (status == STATUS_OK && redis->database != 0) {
        char number[12];
        snprintf(number, sizeof number, "%d", redis->database);
        const char *select[] = {"SELECT", number};
        status = greet(redis, 2, select);
    }
    return status;
}

void redis_queue(struct redis *redis, int argc, const struct text *argv)
{
    if (redis->queued == 0) {
        bool is_waiting = redis->context == NULL && time_monotonic_us() < redis->retry_at_us;
        redis->is_skipping = is_waiting || (redis->context == NULL && redis_connect(redis) != STATUS_OK);
    }
    if (redis->is_skipping)
        return;
    const char *at[16];
    size_t len[16];
    for (int i = 0; i < argc && i < 16; i++) {
        at[i] = argv[i].at;
        len[i] = argv[i].len;
    }
    redisAppendCommandArgv(redis->context, argc, at, len);
    redis->queued++;
}

enum status redis_run(struct redis *redis, redis_reply_fn *on_reply, void *context, struct error *err)
{
    size_t count = redis->queued;
    redis->queued = 0;
    if (redis->is_skipping) {
        redis->is_skipping = false;
        *err = redis->why;
        return STATUS_TRANSIENT;
    }
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count; i++) {
        void *answer = NULL;
        if (redisGetReply(redis->context, &answer) != REDIS_OK) {
            char why[160];
            snprintf(why, sizeof why, "%s", redis->context->errstr);
            lose(redis, why);
            *err = redis->why;
            return STATUS_TRANSIENT;
        }
        redisReply *reply = answer;
        /* The rest is read all the same: an unread reply would be taken for the next command's. */
        if (status == STATUS_OK && reply->type == REDIS_REPLY_ERROR)
            status = fail(err, STATUS_TRANSIENT, "Redis: %s", reply->str);
        else if (status == STATUS_OK && on_reply != NULL)
            status = on_reply(context, i, reply, err);
        freeReplyObject(reply);
    }
    return status;
}
