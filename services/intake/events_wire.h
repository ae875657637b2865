/* SPDX-License-Identifier: Apache-2.0 */
/* Between the wire's small types and the domain's; for the events_*.c files only. */
#pragma once

#include "common.pb-c.h"
#include "core/text.h"
#include "core/time.h"
#include "google/protobuf/timestamp.pb-c.h"

#define MESSAGE_IS(message, type) ((message)->descriptor == &aftercare__inbound__v1__##type##__descriptor)

/* 0 when absent. */
int64_t wire_moment_us(const Google__Protobuf__Timestamp *at);
/* Fills `to` and returns it; NULL for 0, which stands for "absent". */
Google__Protobuf__Timestamp *wire_moment(Google__Protobuf__Timestamp *to, int64_t at_us);
/* "zh-CN", "en", "". */
struct text wire_language_tag(Aftercare__Common__V1__Language language);
Aftercare__Common__V1__Language wire_language(const char *tag);
