/* SPDX-License-Identifier: Apache-2.0 */
#include "events_wire.h"

#include <string.h>

int64_t wire_moment_us(const Google__Protobuf__Timestamp *at)
{
    return at == NULL ? 0 : at->seconds * US_PER_SECOND + at->nanos / 1000;
}

Google__Protobuf__Timestamp *wire_moment(Google__Protobuf__Timestamp *to, int64_t at_us)
{
    if (at_us == 0)
        return NULL;
    int64_t rest_us = at_us % US_PER_SECOND;
    google__protobuf__timestamp__init(to);
    to->seconds = at_us / US_PER_SECOND;
    if (rest_us < 0) {
        rest_us += US_PER_SECOND;
        to->seconds--;
    }
    to->nanos = (int32_t)(rest_us * 1000);
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
