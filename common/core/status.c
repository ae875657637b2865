/* SPDX-License-Identifier: Apache-2.0 */
#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>

#undef fail
#undef fail_within

enum status fail(struct error *err, enum status status, const char *format, ...)
{
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
    }
    return status;
}

enum status fail_within(struct error *err, enum status status, const char *format, ...)
{
    if (err != NULL) {
        struct error inner = *err;
        va_list args;
        va_start(args, format);
        int used = vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
        if (used >= 0 && (size_t)used < sizeof err->text)
            snprintf(err->text + used, sizeof err->text - (size_t)used, ": %.*s",
                     (int)(sizeof err->text - (size_t)used), inner.text);
    }
    return status;
}

const char *status_name(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return "ok";
    case STATUS_REFUSED:
        return "refused";
    case STATUS_INVALID:
        return "invalid";
    case STATUS_TRANSIENT:
        return "transient";
    case STATUS_FATAL:
        return "fatal";
    }
    return "unknown";
}
