/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/json_values.h"

#include "core/time.h"
#include "runtime/base64.h"
#include "runtime/json_fields.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static struct text string_of(const json_t *json)
{
    return text_make(json_string_value(json), json_string_length(json));
}

/* A number as JSON writes it, for quoted numbers. NULL when the string is anything else. */
static json_t *read_quoted(const json_t *json)
{
    struct text text = string_of(json);
    if (text.len == 0 || text.len > 400)
        return NULL;
    /* jansson would take white space around it. */
    char first = text.at[0], last = text.at[text.len - 1];
    if (first != '-' && (first < '0' || first > '9'))
        return NULL;
    if (last < '0' || last > '9')
        return NULL;
    json_t *number = json_loadb(text.at, text.len, JSON_DECODE_ANY, NULL);
    if (number == NULL || json_is_number(number))
        return number;
    json_decref(number);
    return NULL;
}

static enum status read_integer(struct json_reader *reader, const json_t *json, int64_t min, int64_t max,
                                int64_t *ret_value)
{
    char rule[96];
    double real;
    if (json_is_string(json)) {
        if (!text_to_int64(string_of(json), ret_value))
            return json_complain(reader, "must be a whole number in range");
    } else if (json_is_integer(json)) {
        *ret_value = json_integer_value(json);
    } else if (json_is_real(json)) {
        /* 1e3 and 5.0 are whole numbers; past 2^53 a double no longer says which one. */
        real = json_real_value(json);
        if (!(fabs(real) <= 9007199254740992.0) || real != floor(real))
            return json_complain(reader, "must be a whole number; write large ones as a string");
        *ret_value = (int64_t)real;
    } else {
        return json_complain(reader, "must be a whole number");
    }
    if (*ret_value >= min && *ret_value <= max)
        return STATUS_OK;
    snprintf(rule, sizeof rule, "must be from %" PRId64 " to %" PRId64, min, max);
    return json_complain(reader, rule);
}

static enum status read_uint64(struct json_reader *reader, const json_t *json, uint64_t *ret_value)
{
    int64_t value = 0;
    if (!json_is_string(json)) {
        enum status status = read_integer(reader, json, 0, INT64_MAX, &value);
        if (status == STATUS_OK)
            *ret_value = (uint64_t)value;
        return status;
    }
    struct text text = string_of(json);
    uint64_t sum = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c < '0' || c > '9' || __builtin_mul_overflow(sum, 10U, &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(c - '0'), &sum))
            return json_complain(reader, "must be a whole number from 0 to 18446744073709551615");
    }
    if (text.len == 0)
        return json_complain(reader, "must be a whole number from 0 to 18446744073709551615");
    *ret_value = sum;
    return STATUS_OK;
}

static enum status read_real(struct json_reader *reader, const json_t *json, double max, double *ret_value)
{
    struct text text = json_is_string(json) ? string_of(json) : TEXT_NULL;
    if (text_equal(text, TEXT("NaN"))) {
        *ret_value = (double)NAN;
        return STATUS_OK;
    }
    if (text_equal(text, TEXT("Infinity")) || text_equal(text, TEXT("-Infinity"))) {
        *ret_value = text.at[0] == '-' ? -(double)INFINITY : (double)INFINITY;
        return STATUS_OK;
    }
    json_t *quoted = text.at == NULL ? NULL : read_quoted(json);
    const json_t *number = text.at == NULL ? json : quoted;
    bool is_number = json_is_number(number);
    double value = is_number ? json_number_value(number) : 0;
    json_decref(quoted);
    if (!is_number)
        return json_complain(reader, "must be a number");
    if (!(fabs(value) <= max))
        return json_complain(reader, "is out of range");
    *ret_value = value;
    return STATUS_OK;
}

static enum status read_enum(struct json_reader *reader, const ProtobufCEnumDescriptor *descriptor,
                             const json_t *json, int *ret_value)
{
    const ProtobufCEnumValue *value = NULL;
    if (json_is_string(json))
        value = protobuf_c_enum_descriptor_get_value_by_name(descriptor, json_string_value(json));
    else if (json_is_integer(json) && json_integer_value(json) >= INT32_MIN &&
             json_integer_value(json) <= INT32_MAX)
        value = protobuf_c_enum_descriptor_get_value(descriptor, (int)json_integer_value(json));
    if (value == NULL) {
        char rule[120];
        snprintf(rule, sizeof rule, "must be a value of %.80s", descriptor->short_name);
        return json_complain(reader, rule);
    }
    *ret_value = value->value;
    return STATUS_OK;
}

static enum status read_string(struct json_reader *reader, const json_t *json, char **ret_string)
{
    if (!json_is_string(json))
        return json_complain(reader, "must be a string");
    struct text text = string_of(json);
    if (!text_is_utf8(text))
        return json_complain(reader, "must be UTF-8 without NUL");
    char *copy = text_string(reader->arena, text);
    if (copy == NULL)
        return json_complain_full(reader);
    *ret_string = copy;
    return STATUS_OK;
}

static enum status read_bytes(struct json_reader *reader, const json_t *json, ProtobufCBinaryData *ret_bytes)
{
    struct text text = json_is_string(json) ? string_of(json) : TEXT_NULL;
    if (text.at == NULL)
        return json_complain(reader, "must be a string in base64");
    ProtobufCBinaryData bytes = {.data = arena_alloc(reader->arena, base64_max_len(text))};
    if (bytes.data == NULL)
        return json_complain_full(reader);
    if (!base64_read(text, bytes.data, &bytes.len))
        return json_complain(reader, "must be base64");
    *ret_bytes = bytes;
    return STATUS_OK;
}

enum status json_read_scalar(struct json_reader *reader, const ProtobufCFieldDescriptor *field,
                             const json_t *json, void *at)
{
    enum status status;
    int64_t number = 0;
    double real = 0;
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        status = read_integer(reader, json, INT32_MIN, INT32_MAX, &number);
        *(int32_t *)at = (int32_t)number;
        return status;
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        status = read_integer(reader, json, 0, UINT32_MAX, &number);
        *(uint32_t *)at = (uint32_t)number;
        return status;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return read_integer(reader, json, INT64_MIN, INT64_MAX, at);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return read_uint64(reader, json, at);
    case PROTOBUF_C_TYPE_FLOAT:
        status = read_real(reader, json, (double)FLT_MAX, &real);
        *(float *)at = status == STATUS_OK ? (float)real : 0;
        return status;
    case PROTOBUF_C_TYPE_DOUBLE:
        return read_real(reader, json, DBL_MAX, at);
    case PROTOBUF_C_TYPE_BOOL:
        if (!json_is_boolean(json))
            return json_complain(reader, "must be true or false");
        *(protobuf_c_boolean *)at = json_is_true(json);
        return STATUS_OK;
    case PROTOBUF_C_TYPE_ENUM:
        return read_enum(reader, field->descriptor, json, at);
    case PROTOBUF_C_TYPE_STRING:
        return read_string(reader, json, at);
    case PROTOBUF_C_TYPE_BYTES:
        return read_bytes(reader, json, at);
    case PROTOBUF_C_TYPE_MESSAGE:
        break;
    }
    return json_complain(reader, "cannot be read");
}

enum status json_read_timestamp(struct json_reader *reader, const json_t *json, ProtobufCMessage *message)
{
    int64_t at_us;
    if (!json_is_string(json) || !time_parse(string_of(json), &at_us))
        return json_complain(reader, "must be an RFC 3339 time such as 2026-11-24T10:00:00Z");
    int64_t seconds = at_us / US_PER_SECOND, rest_us = at_us % US_PER_SECOND;
    if (rest_us < 0) {
        seconds--;
        rest_us += US_PER_SECOND;
    }
    json_set_seconds(message, seconds, (int32_t)(rest_us * 1000));
    return STATUS_OK;
}

/* [-] digits [. 1 to 9 digits] s */
static bool parse_duration(struct text text, int64_t *ret_seconds, int32_t *ret_nanos)
{
    bool is_negative = text.len > 0 && text.at[0] == '-';
    if (text.len < 2 || text.at[text.len - 1] != 's')
        return false;
    struct text fraction = text_make(text.at + is_negative, text.len - 1 - is_negative);
    struct text whole = text_cut(&fraction, '.');
    int64_t seconds, nanos = 0;
    if (whole.len == 0 || whole.at[0] == '-' || !text_to_int64(whole, &seconds) ||
        seconds > JSON_DURATION_MAX_SECONDS)
        return false;
    if (fraction.at != NULL &&
        (fraction.len == 0 || fraction.len > 9 || fraction.at[0] == '-' || !text_to_int64(fraction, &nanos)))
        return false;
    for (size_t digits = fraction.len; fraction.at != NULL && digits < 9; digits++)
        nanos *= 10;
    if (seconds == JSON_DURATION_MAX_SECONDS && nanos != 0)
        return false;
    *ret_seconds = is_negative ? -seconds : seconds;
    *ret_nanos = (int32_t)(is_negative ? -nanos : nanos);
    return true;
}

enum status json_read_duration(struct json_reader *reader, const json_t *json, ProtobufCMessage *message)
{
    int64_t seconds;
    int32_t nanos;
    if (!json_is_string(json) || !parse_duration(string_of(json), &seconds, &nanos))
        return json_complain(reader, "must be a duration such as \"1.5s\"");
    json_set_seconds(message, seconds, nanos);
    return STATUS_OK;
}
