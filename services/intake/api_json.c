/* SPDX-License-Identifier: Apache-2.0 */
#include "api.h"
#include "core/time.h"

#include <string.h>

json_t *api_json_of_text(struct text text)
{
    return text.at == NULL ? json_null() : json_stringn(text.at, text.len);
}

static json_t *json_of_uuid(struct uuid uuid)
{
    char text[UUID_TEXT_LEN + 1];
    return uuid_is_nil(uuid) ? NULL : json_string(uuid_format(uuid, text));
}

static json_t *json_of_moment(int64_t at_us)
{
    char text[TIME_TEXT_LEN + 1];
    return at_us == 0 ? NULL : json_string(time_format(at_us, text));
}

static json_t *json_of_number(int64_t number)
{
    return number == 0 ? NULL : json_integer(number);
}

/* NULL when it is not set. */
static json_t *json_of_column(const struct column *column, const char *at)
{
    switch (column->type) {
    case COLUMN_UUID:
        return json_of_uuid(*(const struct uuid *)at);
    case COLUMN_TEXT:
        return text_is_empty(*(const struct text *)at) ? NULL : api_json_of_text(*(const struct text *)at);
    case COLUMN_INT4:
        return json_of_number(*(const int32_t *)at);
    case COLUMN_INT8:
        return json_of_number(*(const int64_t *)at);
    case COLUMN_BOOL:
        return *(const bool *)at ? json_true() : NULL;
    case COLUMN_TIME:
        return json_of_moment(*(const int64_t *)at);
    case COLUMN_BYTES:
    case COLUMN_JSON:
        break;
    }
    return NULL;
}

json_t *api_json_of_row(const struct table *table, const void *row)
{
    json_t *json = json_object();
    for (size_t i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        json_t *value = json_of_column(column, (const char *)row + column->offset);
        size_t len = strlen(column->name);
        if (len > 3 && strcmp(column->name + len - 3, "_us") == 0)
            len -= 3;
        char name[64];
        if (value == NULL || len >= sizeof name)
            continue;
        memcpy(name, column->name, len);
        name[len] = '\0';
        json_object_set_new(json, name, value);
    }
    return json;
}
