/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/wakeup.h"

#include "runtime/log.h"
#include "runtime/redis.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_LEN    160
#define MEMBER_LEN 160

/* Redis's own clock decides what is due; the answer is: milliseconds until the next one (-1: none), members.
 */
static const char ask_script[] =
    "local t = redis.call('TIME') "
    "local now = t[1] * 1000 + math.floor(t[2] / 1000) "
    "local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, tonumber(ARGV[1])) "
    "local next = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1) "
    "local wait = -1 "
    "if next[2] then wait = math.max(1, math.ceil(tonumber(next[2]) - now)) end "
    "table.insert(due, 1, tostring(wait)) "
    "return due";

struct wakeup {
    struct redis *redis;
    const char *service;
    const struct text *kinds;
    bool is_up;
    bool has_collected;
    struct error why;
};

enum status wakeup_new(const char *url, const char *service, const struct text *kinds,
                       struct wakeup **ret_wakeup, struct error *err)
{
    struct wakeup *wakeup = calloc(1, sizeof *wakeup);
    if (wakeup == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    enum status status = redis_new(url, &wakeup->redis, err);
    if (status != STATUS_OK) {
        free(wakeup);
        return status;
    }
    wakeup->service = service;
    wakeup->kinds = kinds;
    wakeup->is_up = true; /* until a question shows otherwise */
    *ret_wakeup = wakeup;
    return STATUS_OK;
}

void wakeup_free(struct wakeup *wakeup)
{
    if (wakeup == NULL)
        return;
    redis_free(wakeup->redis);
    free(wakeup);
}

bool wakeup_is_up(const struct wakeup *wakeup)
{
    return wakeup->is_up;
}

const char *wakeup_why(const struct wakeup *wakeup)
{
    return wakeup->why.text;
}

static void note(struct wakeup *wakeup, enum status status)
{
    bool is_up = status == STATUS_OK;
    if (is_up != wakeup->is_up) {
        if (is_up)
            log_info("Redis is back", LOG_STRING("service", wakeup->service));
        else
            log_warn("Redis is away; deadlines are looked up in Postgres",
                     LOG_STRING("error", wakeup->why.text));
    }
    wakeup->is_up = is_up;
}

static struct text key_of(const struct wakeup *wakeup, int32_t lane, char key[KEY_LEN])
{
    int len = snprintf(key, KEY_LEN, "aftercare:{%s:%d}:due", wakeup->service, (int)lane);
    return text_make(key, (size_t)len);
}

static struct text member_of(const struct deadline_due *due, char member[MEMBER_LEN])
{
    char subject[UUID_TEXT_LEN + 1];
    int len = snprintf(member, MEMBER_LEN, "%s|%s|%lld", uuid_format(due->subject_id, subject), due->kind,
                       (long long)due->generation);
    return text_make(member, (size_t)len);
}

void wakeup_add(struct wakeup *wakeup, const struct deadline_candidate *candidate)
{
    char key[KEY_LEN], member[MEMBER_LEN], score[24];
    /* Rounded up: woken a moment late is asked once, a moment early is asked twice. */
    int len =
        snprintf(score, sizeof score, "%lld", (long long)((candidate->due.due_at_us + 999) / US_PER_MS));
    struct text argv[] = {TEXT("ZADD"), key_of(wakeup, candidate->lane, key), text_make(score, (size_t)len),
                          member_of(&candidate->due, member)};
    redis_queue(wakeup->redis, 4, argv);
    wakeup->has_collected = true;
}

void wakeup_remove(struct wakeup *wakeup, const struct deadline_candidate *candidate)
{
    char key[KEY_LEN], member[MEMBER_LEN];
    struct text argv[] = {TEXT("ZREM"), key_of(wakeup, candidate->lane, key),
                          member_of(&candidate->due, member)};
    redis_queue(wakeup->redis, 3, argv);
    wakeup->has_collected = true;
}

void wakeup_send(struct wakeup *wakeup)
{
    if (!wakeup->has_collected)
        return;
    wakeup->has_collected = false;
    note(wakeup, redis_run(wakeup->redis, NULL, NULL, &wakeup->why));
}

struct question {
    struct wakeup *wakeup;
    const int32_t *lanes;
    struct arena *arena;
    struct deadline_candidate *found;
    size_t count, capacity;
    int64_t next_in_us;
    struct text strange[16]; /* members that are none of ours, to be removed */
    int32_t strange_lanes[16];
    size_t strange_count;
};

static bool parse_member(const struct wakeup *wakeup, struct text member, struct deadline_due *ret_due)
{
    struct text rest = member;
    struct text subject = text_cut(&rest, '|');
    struct text kind = text_cut(&rest, '|');
    struct deadline_due due = {.kind = NULL};
    if (!uuid_parse(subject, &due.subject_id) || !text_to_int64(rest, &due.generation))
        return false;
    for (const struct text *known = wakeup->kinds; known->at != NULL; known++)
        if (text_equal(*known, kind))
            due.kind = known->at;
    if (due.kind == NULL)
        return false;
    *ret_due = due;
    return true;
}

static enum status on_answer(void *context, size_t index, const redisReply *reply, struct error *err)
{
    struct question *question = context;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements == 0)
        return fail(err, STATUS_TRANSIENT, "Redis: unexpected answer");
    int64_t wait_ms;
    const redisReply *first = reply->element[0];
    if (!text_to_int64(text_make(first->str, first->len), &wait_ms))
        return fail(err, STATUS_TRANSIENT, "Redis: unexpected answer");
    if (wait_ms >= 0 && wait_ms * US_PER_MS < question->next_in_us)
        question->next_in_us = wait_ms * US_PER_MS;
    for (size_t i = 1; i < reply->elements && question->count < question->capacity; i++) {
        struct text member = text_make(reply->element[i]->str, reply->element[i]->len);
        struct deadline_candidate *found = &question->found[question->count];
        found->lane = question->lanes[index];
        if (parse_member(question->wakeup, member, &found->due)) {
            question->count++;
        } else if (question->strange_count < 16) {
            question->strange_lanes[question->strange_count] = found->lane;
            question->strange[question->strange_count++] = text_copy(question->arena, member);
        }
    }
    if (reply->elements > WAKEUP_MOST)
        question->next_in_us = 0; /* there may be more */
    return STATUS_OK;
}

/* A kind that this version does not know would stand at the head of the set for ever. */
static void remove_strange(const struct question *question)
{
    for (size_t i = 0; i < question->strange_count; i++) {
        char key[KEY_LEN];
        struct text argv[] = {TEXT("ZREM"), key_of(question->wakeup, question->strange_lanes[i], key),
                              question->strange[i]};
        if (argv[2].at == NULL)
            continue;
        redis_queue(question->wakeup->redis, 3, argv);
        question->wakeup->has_collected = true;
    }
    wakeup_send(question->wakeup);
}

bool wakeup_ask(struct wakeup *wakeup, const int32_t *lanes, size_t count, struct arena *arena,
                struct deadline_candidate **ret_found, size_t *ret_count, int64_t *ret_next_in_us)
{
    struct question question = {.wakeup = wakeup, .lanes = lanes, .arena = arena, .next_in_us = INT64_MAX};
    question.capacity = count * WAKEUP_MOST;
    question.found = arena_alloc_array(arena, question.capacity + 1, sizeof *question.found);
    if (question.found == NULL)
        return false;
    char most[12];
    snprintf(most, sizeof most, "%d", WAKEUP_MOST);
    for (size_t i = 0; i < count; i++) {
        char key[KEY_LEN];
        struct text argv[] = {TEXT("EVAL"), text_of(ask_script), TEXT("1"), key_of(wakeup, lanes[i], key),
                              text_of(most)};
        redis_queue(wakeup->redis, 5, argv);
    }
    enum status status = redis_run(wakeup->redis, on_answer, &question, &wakeup->why);
    note(wakeup, status);
    if (status != STATUS_OK)
        return false;
    remove_strange(&question);
    *ret_found = question.found;
    *ret_count = question.count;
    *ret_next_in_us = question.next_in_us;
    return true;
}
