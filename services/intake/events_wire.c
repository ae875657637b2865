/* SPDX-License-Identifier: Apache-2.0 */
#include "events_wire.h"

#include "runtime/fields.h"

#include <string.h>

int64_t wire_moment_us(const Google__Protobuf__Timestamp *at)
{
    return at == NULL ? 0 : at->seconds * US_PER_SECOND + at->nanos / 1000;
}

Google__Protobuf__Timestamp *wire_moment(Google__Protobuf__Timestamp *to, int64_t at_us)
{
    if (at_us == 0)
        return NULL;
    *to = field_of_time(at_us);
    return to;
}

struct text wire_language_tag(Aftercare__Common__V1__Language language)
{
    switch (language) {
    case AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_ZH_CN:
        return TEXT("zh-CN");
    case AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN:
        return TEXT("en");
    default:
        return TEXT("");
    }
}

Aftercare__Common__V1__Language wire_language(const char *tag)
{
    if (strcmp(tag, "zh-CN") == 0)
        return AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_ZH_CN;
    return AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN;
}
