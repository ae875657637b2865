/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters in Postgres's binary format. */
#include "runtime/postgres.h"

#include <assert.h>
#include <string.h>

/* Type OIDs are part of Postgres's protocol and never change (pg_type.dat). */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_TIMESTAMPTZ = 1184,
    OID_UUID = 2950,
    OID_BOOL_ARRAY = 1000,
    OID_BYTEA_ARRAY = 1001,
    OID_INT4_ARRAY = 1007,
    OID_TEXT_ARRAY = 1009,
    OID_INT8_ARRAY = 1016,
    OID_TIMESTAMPTZ_ARRAY = 1185,
    OID_UUID_ARRAY = 2951,
};

#define EPOCH_2000_US INT64_C(946684800000000)

/* Postgres counts from 2000; what is too early for that is -infinity. */
static uint64_t moment_of(int64_t at_us)
{
    int64_t since_2000_us;
    if (__builtin_sub_overflow(at_us, EPOCH_2000_US, &since_2000_us))
        since_2000_us = INT64_MIN;
    return (uint64_t)since_2000_us;
}

void params_init(struct postgres_params *params, struct arena *arena)
{
    params->arena = arena;
    params->count = 0;
    params->is_overflown = false;
}

static void put_big(char *at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (char)(value >> (8 * (bytes - 1 - i)));
}

/* Room for one more parameter; NULL when there is none. Lengths are below 2 GB: the arena's cap is. */
static char *add(struct postgres_params *params, Oid type, size_t len)
{
    if (params->count == POSTGRES_MAX_PARAMS) {
        params->is_overflown = true;
        return NULL;
    }
    char *at = arena_alloc(params->arena, len + 1);
    if (at == NULL) {
        params->is_overflown = true;
        return NULL;
    }
    params->types[params->count] = type;
    params->values[params->count] = at;
    params->lengths[params->count] = (int)len;
    params->count++;
    return at;
}

static void add_null(struct postgres_params *params, Oid type)
{
    if (add(params, type, 0) != NULL)
        params->values[params->count - 1] = NULL;
}

static void add_big(struct postgres_params *params, Oid type, uint64_t value, size_t bytes)
{
    char *at = add(params, type, bytes);
    if (at != NULL)
        put_big(at, value, bytes);
}

static void add_bytes(struct postgres_params *params, Oid type, struct text value)
{
    if (value.at == NULL) {
        add_null(params, type);
        return;
    }
    char *at = add(params, type, value.len);
    if (at != NULL)
        memcpy(at, value.at, value.len);
}

void params_add_int4(struct postgres_params *params, int32_t value)
{
    add_big(params, OID_INT4, (uint32_t)value, 4);
}

void params_add_int8(struct postgres_params *params, int64_t value)
{
    add_big(params, OID_INT8, (uint64_t)value, 8);
}

void params_add_bool(struct postgres_params *params, bool value)
{
    add_big(params, OID_BOOL, value ? 1 : 0, 1);
}

void params_add_text(struct postgres_params *params, struct text value)
{
    add_bytes(params, OID_TEXT, value);
}

void params_add_bytea(struct postgres_params *params, struct text value)
{
    add_bytes(params, OID_BYTEA, value);
}

void params_add_uuid(struct postgres_params *params, struct uuid value)
{
    add_bytes(params, OID_UUID, text_make(value.bytes, sizeof value.bytes));
}

void params_add_time(struct postgres_params *params, int64_t at_us)
{
    if (at_us == 0)
        add_null(params, OID_TIMESTAMPTZ);
    else
        add_big(params, OID_TIMESTAMPTZ, moment_of(at_us), 8);
}

/* ---- arrays: dimensions, has-nulls, element type, length, lower bound; then length and bytes of each
 * element ---- */

#define ARRAY_HEADER 20

struct element {
    const char *bytes; /* NULL: SQL NULL */
    size_t len;
    char scratch[8];
};

typedef void element_fn(const void *at, struct element *ret_element);

static void add_array(struct postgres_params *params, Oid array_type, Oid type, const void *at, size_t stride,
                      size_t count, element_fn *read)
{
    struct element element;
    size_t len = ARRAY_HEADER;
    for (size_t i = 0; i < count; i++) {
        read((const char *)at + i * stride, &element);
        len += 4 + (element.bytes == NULL ? 0 : element.len);
    }
    char *to = add(params, array_type, len);
    if (to == NULL)
        return;
    put_big(to, count == 0 ? 0 : 1, 4);
    put_big(to + 4, 1, 4);
    put_big(to + 8, type, 4);
    if (count == 0) {
        params->lengths[params->count - 1] = 12;
        return;
    }
    put_big(to + 12, count, 4);
    put_big(to + 16, 1, 4);
    to += ARRAY_HEADER;
    for (size_t i = 0; i < count; i++) {
        read((const char *)at + i * stride, &element);
        if (element.bytes == NULL) {
            put_big(to, UINT32_MAX, 4);
            to += 4;
            continue;
        }
        put_big(to, element.len, 4);
        memcpy(to + 4, element.bytes, element.len);
        to += 4 + element.len;
    }
}

static void read_int4(const void *at, struct element *element)
{
    int32_t value;
    memcpy(&value, at, sizeof value);
    put_big(element->scratch, (uint32_t)value, 4);
    element->bytes = element->scratch;
    element->len = 4;
}

static void read_int8(const void *at, struct element *element)
{
    int64_t value;
    memcpy(&value, at, sizeof value);
    put_big(element->scratch, (uint64_t)value, 8);
    element->bytes = element->scratch;
    element->len = 8;
}

static void read_bool(const void *at, struct element *element)
{
    bool value;
    memcpy(&value, at, sizeof value);
    element->scratch[0] = value ? 1 : 0;
    element->bytes = element->scratch;
    element->len = 1;
}

static void read_text(const void *at, struct element *element)
{
    struct text value;
    memcpy(&value, at, sizeof value);
    element->bytes = value.at;
    element->len = value.len;
}

static void read_uuid(const void *at, struct element *element)
{
    element->bytes = at;
    element->len = sizeof(struct uuid);
}

static void read_time(const void *at, struct element *element)
{
    int64_t value;
    memcpy(&value, at, sizeof value);
    put_big(element->scratch, moment_of(value), 8);
    element->bytes = value == 0 ? NULL : element->scratch;
    element->len = 8;
}

void params_add_int4_array(struct postgres_params *params, const int32_t *at, size_t stride, size_t count)
{
    add_array(params, OID_INT4_ARRAY, OID_INT4, at, stride, count, read_int4);
}

void params_add_int8_array(struct postgres_params *params, const int64_t *at, size_t stride, size_t count)
{
    add_array(params, OID_INT8_ARRAY, OID_INT8, at, stride, count, read_int8);
}

void params_add_bool_array(struct postgres_params *params, const bool *at, size_t stride, size_t count)
{
    add_array(params, OID_BOOL_ARRAY, OID_BOOL, at, stride, count, read_bool);
}

void params_add_text_array(struct postgres_params *params, const struct text *at, size_t stride, size_t count)
{
    add_array(params, OID_TEXT_ARRAY, OID_TEXT, at, stride, count, read_text);
}

void params_add_bytea_array(struct postgres_params *params, const struct text *at, size_t stride,
                            size_t count)
{
    add_array(params, OID_BYTEA_ARRAY, OID_BYTEA, at, stride, count, read_text);
}

void params_add_uuid_array(struct postgres_params *params, const struct uuid *at, size_t stride, size_t count)
{
    add_array(params, OID_UUID_ARRAY, OID_UUID, at, stride, count, read_uuid);
}

void params_add_time_array(struct postgres_params *params, const int64_t *at, size_t stride, size_t count)
{
    add_array(params, OID_TIMESTAMPTZ_ARRAY, OID_TIMESTAMPTZ, at, stride, count, read_time);
}

/* ---- reading ---- */

static uint64_t get_big(const char *at, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | (uint8_t)at[i];
    return value;
}

bool result_is_null(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) == 1;
}

int32_t result_int4(const PGresult *result, int row, int column)
{
    return (int32_t)result_int8(result, row, column);
}

int64_t result_int8(const PGresult *result, int row, int column)
{
    const char *at = PQgetvalue(result, row, column);
    switch (PQgetlength(result, row, column)) {
    case 2:
        return (int16_t)get_big(at, 2);
    case 4:
        return (int32_t)get_big(at, 4);
    case 8:
        return (int64_t)get_big(at, 8);
    default:
        return 0; /* NULL */
    }
}

bool result_bool(const PGresult *result, int row, int column)
{
    return PQgetlength(result, row, column) == 1 && PQgetvalue(result, row, column)[0] != 0;
}

struct uuid result_uuid(const PGresult *result, int row, int column)
{
    struct uuid uuid = uuid_nil;
    if (PQgetlength(result, row, column) == (int)sizeof uuid)
        memcpy(&uuid, PQgetvalue(result, row, column), sizeof uuid);
    return uuid;
}

int64_t result_time(const PGresult *result, int row, int column)
{
    int64_t at_us;
    if (result_is_null(result, row, column))
        return 0;
    if (__builtin_add_overflow(result_int8(result, row, column), EPOCH_2000_US, &at_us))
        return INT64_MAX; /* infinity */
    return at_us;
}

struct text result_text(const PGresult *result, int row, int column, struct arena *arena)
{
    enum { OID_JSONB = 3802 };
    if (result_is_null(result, row, column))
        return TEXT_NULL;
    struct text text = text_make(PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column));
    if (PQftype(result, column) == OID_JSONB && text.len > 0)
        text = text_make(text.at + 1, text.len - 1); /* the format's version number */
    return text_copy(arena, text);
}
