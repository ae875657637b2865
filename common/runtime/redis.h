/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to Redis, for one thread. Redis may be away at any time: a failed call closes the
 * connection, and for a second nothing is tried again. Whoever uses it goes on without. */
#pragma once

#include "core/status.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>

struct redis;
struct redisReply;

/* `url`: redis://[user:password@]host[:port][/db]; INVALID otherwise. Does not connect yet. */
enum status redis_new(const char *url, struct redis **ret_redis, struct error *err) MUST_CHECK;
void redis_free(struct redis *redis);
bool redis_is_up(const struct redis *redis);

/* Adds a command to the pipeline (binary-safe arguments). Nothing is sent before redis_run. */
void redis_queue(struct redis *redis, int argc, const struct text *argv);
/* Sends what is queued and hands each reply to on_reply (which may be NULL). TRANSIENT when Redis is away, or
 * answers with an error; the queue is empty afterwards in any case. */
typedef enum status redis_reply_fn(void *context, size_t index, const struct redisReply *reply,
                                   struct error *err);
enum status redis_run(struct redis *redis, redis_reply_fn *on_reply, void *context,
                      struct error *err) MUST_CHECK;
