/* SPDX-License-Identifier: Apache-2.0 */
#include "moments.h"

#include <string.h>

/* Packed: numbers of 8 bytes, big-endian: make, how many numbers the base has, the base, then two numbers a
 * moment. A later release may append numbers to the base; this one leaves out what it does not know. */
#define MAKE       1
#define BASE_COUNT (10 + WAITING_COUNT)
#define BASE_MOST  64

struct moment {
    int64_t at_us;
    int64_t kind;
};

struct list {
    struct life base;
    size_t count;
    struct moment moments[MOMENTS_MOST + 1];
};

static int64_t get(const char *at)
{
    uint64_t value = 0;
    for (size_t i = 0; i < 8; i++)
        value = value << 8 | (uint8_t)at[i];
    return (int64_t)value;
}

static void put(char **at, int64_t number)
{
    uint64_t value = (uint64_t)number;
    for (size_t i = 0; i < 8; i++)
        *(*at)++ = (char)(uint8_t)(value >> (56 - 8 * i));
}

static void base_to_numbers(const struct life *life, int64_t numbers[BASE_COUNT])
{
    const int64_t own[] = {
        life->status,      life->waiting_for,    life->waiting_since_us, life->is_awaiting_answer,
        life->is_disputed, life->resolved_at_us, life->closed_how,       life->resolves,
        life->reopens,     life->closes};
    memcpy(numbers, own, sizeof own);
    memcpy(numbers + sizeof own / sizeof *own, life->waited_us, sizeof life->waited_us);
}

static struct life base_of_numbers(const int64_t numbers[BASE_COUNT])
{
    struct life life = {.status = (int32_t)numbers[0],
                        .waiting_for = (int32_t)numbers[1],
                        .waiting_since_us = numbers[2],
                        .is_awaiting_answer = numbers[3] != 0,
                        .is_disputed = numbers[4] != 0,
                        .resolved_at_us = numbers[5],
                        .closed_how = (int32_t)numbers[6],
                        .resolves = numbers[7],
                        .reopens = numbers[8],
                        .closes = numbers[9]};
    memcpy(life.waited_us, numbers + 10, sizeof life.waited_us);
    return life;
}

static bool is_well_formed(struct text packed, int64_t *ret_base_count, size_t *ret_count)
{
    if (packed.at == NULL || packed.len < 16 || packed.len % 8 != 0 || get(packed.at) != MAKE)
        return false;
    int64_t base_count = get(packed.at + 8);
    if (base_count < BASE_COUNT || base_count > BASE_MOST || packed.len < 16 + 8 * (size_t)base_count)
        return false;
    size_t rest = packed.len - 16 - 8 * (size_t)base_count;
    *ret_base_count = base_count;
    *ret_count = rest / 16;
    return rest % 16 == 0 && *ret_count <= MOMENTS_MOST;
}

static void unpack(struct text packed, struct list *list)
{
    int64_t base_count;
    int64_t numbers[BASE_COUNT];
    *list = (struct list){.base = {.status = CASE_OPEN}};
    if (!is_well_formed(packed, &base_count, &list->count)) {
        list->count = 0;
        return;
    }
    const char *at = packed.at + 16;
    for (size_t i = 0; i < BASE_COUNT; i++)
        numbers[i] = get(at + 8 * i);
    struct life base = base_of_numbers(numbers);
    if (base.waiting_for >= 0 && base.waiting_for < WAITING_COUNT)
        list->base = base;
    at += 8 * base_count;
    for (size_t i = 0; i < list->count; i++, at += 16)
        list->moments[i] = (struct moment){get(at), get(at + 8)};
}

static struct text pack(const struct list *list, struct arena *arena)
{
    size_t len = 16 + 8 * BASE_COUNT + 16 * list->count;
    char *bytes = arena_alloc(arena, len);
    if (bytes == NULL)
        return TEXT_NULL;
    int64_t numbers[BASE_COUNT];
    base_to_numbers(&list->base, numbers);
    char *at = bytes;
    put(&at, MAKE);
    put(&at, BASE_COUNT);
    for (size_t i = 0; i < BASE_COUNT; i++)
        put(&at, numbers[i]);
    for (size_t i = 0; i < list->count; i++) {
        put(&at, list->moments[i].at_us);
        put(&at, list->moments[i].kind);
    }
    return text_make(bytes, len);
}

static void end_wait(struct life *life, int64_t at_us)
{
    if (life->waiting_for != WAITING_NOBODY && at_us > life->waiting_since_us)
        life->waited_us[life->waiting_for] += at_us - life->waiting_since_us;
    life->waiting_for = WAITING_NOBODY;
    life->waiting_since_us = 0;
    life->is_awaiting_answer = false;
}

static void begin_wait(struct life *life, int32_t waiting_for, int64_t at_us)
{
    end_wait(life, at_us);
    life->waiting_for = waiting_for;
    life->waiting_since_us = at_us;
}

static void resolve(struct life *life, int64_t at_us)
{
    end_wait(life, at_us);
    life->status = CASE_RESOLVED;
    life->resolved_at_us = at_us;
    life->is_disputed = false;
    life->resolves++;
}

static void reopen(struct life *life, int64_t at_us)
{
    if (at_us > life->resolved_at_us)
        life->waited_us[WAITING_NOBODY] += at_us - life->resolved_at_us;
    life->status = CASE_OPEN;
    life->resolved_at_us = 0;
    life->closed_how = 0;
    life->is_disputed = false;
    life->reopens++;
}

static void live_open(struct life *life, const struct moment *moment)
{
    switch ((enum moment_kind)moment->kind) {
    case MOMENT_WROTE:
    case MOMENT_ACKNOWLEDGED:
        if (life->waiting_for == WAITING_CUSTOMER)
            end_wait(life, moment->at_us);
        break;
    case MOMENT_ASKED:
    case MOMENT_ANSWERED:
        begin_wait(life, WAITING_CUSTOMER, moment->at_us);
        life->is_awaiting_answer = true;
        break;
    case MOMENT_RETURN_OPENED:
        begin_wait(life, WAITING_CUSTOMER, moment->at_us);
        break;
    case MOMENT_OPTION_CHOSEN:
    case MOMENT_GOODS_SENT:
        begin_wait(life, WAITING_CARRIER, moment->at_us);
        break;
    case MOMENT_GOODS_RECEIVED:
        begin_wait(life, WAITING_WAREHOUSE, moment->at_us);
        break;
    case MOMENT_SILENT:
        if (!life->is_awaiting_answer)
            break;
        resolve(life, moment->at_us);
        break;
    case MOMENT_RETURN_CLOSED:
    case MOMENT_RESOLVED:
        resolve(life, moment->at_us);
        break;
    case MOMENT_REOPENED:
    case MOMENT_CONFIRMED:
    case MOMENT_DISPUTED:
    case MOMENT_TIMED_OUT:
    case MOMENT_KIND_COUNT:
        break;
    }
}

static void close_as(struct life *life, int32_t how)
{
    if (life->status != CASE_RESOLVED)
        return;
    life->status = CASE_CLOSED;
    life->closed_how = how;
    life->closes++;
}

static void live_done(struct life *life, const struct moment *moment)
{
    switch ((enum moment_kind)moment->kind) {
    case MOMENT_WROTE:
    case MOMENT_REOPENED:
        reopen(life, moment->at_us);
        break;
    case MOMENT_RETURN_OPENED:
        reopen(life, moment->at_us);
        live_open(life, moment);
        break;
    case MOMENT_CONFIRMED:
        life->is_disputed = false;
        close_as(life, CLOSED_CONFIRMED);
        break;
    case MOMENT_DISPUTED:
        life->is_disputed = true;
        break;
    case MOMENT_TIMED_OUT:
        close_as(life, CLOSED_TIMEOUT);
        break;
    case MOMENT_ACKNOWLEDGED:
    case MOMENT_ASKED:
    case MOMENT_ANSWERED:
    case MOMENT_OPTION_CHOSEN:
    case MOMENT_GOODS_RECEIVED:
    case MOMENT_GOODS_SENT:
    case MOMENT_RETURN_CLOSED:
    case MOMENT_RESOLVED:
    case MOMENT_SILENT:
    case MOMENT_KIND_COUNT:
        break;
    }
}

static struct life fold(const struct list *list, size_t count)
{
    struct life life = list->base;
    for (size_t i = 0; i < count; i++) {
        if (life.status == CASE_OPEN)
            live_open(&life, &list->moments[i]);
        else
            live_done(&life, &list->moments[i]);
    }
    return life;
}

struct life moments_fold(struct text packed)
{
    struct list list;
    unpack(packed, &list);
    return fold(&list, list.count);
}

size_t moments_count(struct text packed)
{
    struct list list;
    unpack(packed, &list);
    return list.count;
}

int64_t moments_last_us(struct text packed)
{
    struct list list;
    unpack(packed, &list);
    return list.count == 0 ? 0 : list.moments[list.count - 1].at_us;
}

/* Half of the list becomes the base. */
static void shorten(struct list *list)
{
    size_t half = list->count / 2;
    list->base = fold(list, half);
    list->count -= half;
    memmove(list->moments, list->moments + half, list->count * sizeof(struct moment));
}

struct text moments_add(struct text packed, enum moment_kind kind, int64_t at_us, struct arena *arena)
{
    struct list list;
    struct moment added = {at_us, (int64_t)kind};
    unpack(packed, &list);
    size_t at = list.count;
    while (at > 0 && at_us < list.moments[at - 1].at_us)
        at--;
    if (at > 0 && list.moments[at - 1].at_us == at_us && list.moments[at - 1].kind == added.kind)
        return packed;
    memmove(list.moments + at + 1, list.moments + at, (list.count - at) * sizeof(struct moment));
    list.moments[at] = added;
    list.count++;
    if (list.count > MOMENTS_MOST)
        shorten(&list);
    return pack(&list, arena);
}
