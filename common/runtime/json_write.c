/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/json.h"

#include "core/time.h"
#include "runtime/base64.h"
#include "runtime/json_fields.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *write_message(const ProtobufCMessage *message, bool with_defaults);

static json_t *write_bytes(const ProtobufCBinaryData *bytes)
{
    size_t len = base64_text_len(bytes->len);
    char *text = malloc(len + 1);
    if (text == NULL)
        return NULL;
    base64_write(bytes->data, bytes->len, text);
    json_t *json = json_stringn(text, len);
    free(text);
    return json;
}

static json_t *write_double(double value)
{
    if (isnan(value))
        return json_string("NaN");
    if (isinf(value))
        return json_string(value > 0 ? "Infinity" : "-Infinity");
    return json_real(value);
}

/* The shortest decimal that reads back as the same float: 0.1, not 0.10000000149011612. */
static json_t *write_float(float value)
{
    char text[32];
    for (int digits = 6; isfinite(value) && digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value)
            return json_real(strtod(text, NULL));
    }
    return write_double((double)value);
}

static json_t *write_int64(int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    return json_string(text);
}

static json_t *write_uint64(uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    return json_string(text);
}

static json_t *write_enum(const ProtobufCEnumDescriptor *descriptor, int number)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(descriptor, number);
    return value == NULL ? json_integer(number) : json_string(value->name);
}

static json_t *write_timestamp(const ProtobufCMessage *message)
{
    int64_t seconds, at_us;
    int32_t nanos;
    char text[TIME_TEXT_LEN + 1];
    json_get_seconds(message, &seconds, &nanos);
    if (nanos < 0 || nanos > 999999999)
        nanos = 0;
    if (__builtin_mul_overflow(seconds, US_PER_SECOND, &at_us) ||
        __builtin_add_overflow(at_us, nanos / 1000, &at_us))
        at_us = seconds < 0 ? TIME_MIN_US : TIME_MAX_US;
    return json_string(time_format(at_us, text));
}

static json_t *write_duration(const ProtobufCMessage *message)
{
    int64_t seconds;
    int32_t nanos;
    char text[48];
    json_get_seconds(message, &seconds, &nanos);
    if (seconds > JSON_DURATION_MAX_SECONDS || seconds < -JSON_DURATION_MAX_SECONDS) {
        seconds = seconds < 0 ? -JSON_DURATION_MAX_SECONDS : JSON_DURATION_MAX_SECONDS;
        nanos = 0;
    }
    /* Parts of different sign break the type's contract: the smaller part goes. */
    if (nanos < -999999999 || nanos > 999999999 || (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0))
        nanos = 0;
    const char *sign = seconds < 0 || nanos < 0 ? "-" : "";
    int len = snprintf(text, sizeof text, "%s%" PRId64, sign, seconds < 0 ? -seconds : seconds);
    int fraction = nanos < 0 ? -nanos : nanos;
    if (fraction % 1000 != 0)
        len += snprintf(text + len, sizeof text - (size_t)len, ".%09d", fraction);
    else if (fraction % 1000000 != 0)
        len += snprintf(text + len, sizeof text - (size_t)len, ".%06d", fraction / 1000);
    else if (fraction != 0)
        len += snprintf(text + len, sizeof text - (size_t)len, ".%03d", fraction / 1000000);
    snprintf(text + len, sizeof text - (size_t)len, "s");
    return json_string(text);
}

/* One value; `at` points to it, for a message and a string to the pointer. */
static json_t *write_value(const ProtobufCFieldDescriptor *field, const void *at, bool with_defaults)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return json_integer(*(const int32_t *)at);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return json_integer(*(const uint32_t *)at);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return write_int64(*(const int64_t *)at);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return write_uint64(*(const uint64_t *)at);
    case PROTOBUF_C_TYPE_FLOAT:
        return write_float(*(const float *)at);
    case PROTOBUF_C_TYPE_DOUBLE:
        return write_double(*(const double *)at);
    case PROTOBUF_C_TYPE_BOOL:
        return json_boolean(*(const protobuf_c_boolean *)at);
    case PROTOBUF_C_TYPE_ENUM:
        return write_enum(field->descriptor, *(const int *)at);
    case PROTOBUF_C_TYPE_STRING:
        return json_string(*(const char *const *)at == NULL ? "" : *(const char *const *)at);
    case PROTOBUF_C_TYPE_BYTES:
        return write_bytes(at);
    case PROTOBUF_C_TYPE_MESSAGE:
        if (json_is_timestamp(field->descriptor))
            return write_timestamp(*(const ProtobufCMessage *const *)at);
        if (json_is_duration(field->descriptor))
            return write_duration(*(const ProtobufCMessage *const *)at);
        return write_message(*(const ProtobufCMessage *const *)at, with_defaults);
    }
    return NULL;
}

static json_t *write_array(const ProtobufCFieldDescriptor *field, const char *base, bool with_defaults)
{
    size_t count;
    const char *at;
    memcpy(&count, base + field->quantifier_offset, sizeof count);
    memcpy(&at, base + field->offset, sizeof at);
    json_t *array = json_array();
    for (size_t i = 0; array != NULL && i < count; i++)
        if (json_array_append_new(
                array, write_value(field, at + i * json_value_size(field->type), with_defaults)) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static bool is_all_zero(const char *at, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (at[i] != 0)
            return false;
    return true;
}

static bool is_default(const ProtobufCFieldDescriptor *field, const char *at)
{
    const char *string;
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        memcpy(&string, at, sizeof string);
        return string == NULL || *string == '\0';
    case PROTOBUF_C_TYPE_BYTES:
        return ((const ProtobufCBinaryData *)(const void *)at)->len == 0;
    default: /* for a message: whether the pointer is NULL */
        return is_all_zero(at, json_value_size(field->type));
    }
}

/* Whether the field is to be written. */
static bool is_there(const ProtobufCFieldDescriptor *field, const char *base, bool with_defaults)
{
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
        uint32_t chosen;
        memcpy(&chosen, base + field->quantifier_offset, sizeof chosen);
        if (chosen != field->id)
            return false;
        return field->type != PROTOBUF_C_TYPE_MESSAGE || !is_default(field, base + field->offset);
    }
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return with_defaults || !is_all_zero(base + field->quantifier_offset, sizeof(size_t));
    if (with_defaults && field->type != PROTOBUF_C_TYPE_MESSAGE)
        return true;
    return !is_default(field, base + field->offset);
}

static json_t *write_message(const ProtobufCMessage *message, bool with_defaults)
{
    const char *base = (const char *)message;
    json_t *object = json_object();
    for (unsigned i = 0; object != NULL && i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        char name[JSON_NAME_MAX + 1];
        if (!is_there(field, base, with_defaults))
            continue;
        json_t *value = field->label == PROTOBUF_C_LABEL_REPEATED
                            ? write_array(field, base, with_defaults)
                            : write_value(field, base + field->offset, with_defaults);
        /* A NULL value fails here, too. */
        if (json_object_set_new(object, json_camel_name(field->name, name), value) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

json_t *message_to_json(const ProtobufCMessage *message)
{
    return write_message(message, false);
}

json_t *message_to_json_full(const ProtobufCMessage *message)
{
    return write_message(message, true);
}
