/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/envelope.h"

#include "core/time.h"

#include <string.h>

#define VALUE_MAX 255

enum known {
    CE_SPECVERSION,
    CE_TYPE,
    CE_SOURCE,
    CE_ID,
    CE_TIME,
    CE_SUBJECT,
    CONTENT_TYPE,
    TRACEPARENT,
    AFTERCARE_SEQ,
    KNOWN_COUNT
};

static const char *const known_names[KNOWN_COUNT] = {"ce_specversion", "ce_type",     "ce_source",
                                                     "ce_id",          "ce_time",     "ce_subject",
                                                     "content-type",   "traceparent", "aftercare-seq"};

static enum known find_known(struct text name)
{
    int i = 0;
    while (i < KNOWN_COUNT && !text_equal_string(name, known_names[i]))
        i++;
    return (enum known)i;
}

/* No control characters: those of ASCII, and U+0080 to U+009F, which begin with 0xC2 in UTF-8. */
static bool is_printable(struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte < 0x20 || byte == 0x7F)
            return false;
        if (byte == 0xC2 && i + 1 < text.len && (unsigned char)text.at[i + 1] < 0xA0)
            return false;
    }
    return text_is_utf8(text);
}

static enum status check_value(struct text name, struct text value, struct error *err)
{
    if (value.len == 0 || value.len > VALUE_MAX)
        return fail(err, STATUS_INVALID, "%.*s: must be 1 to %d bytes, is %zu", TEXT_ARGS(name), VALUE_MAX,
                    value.len);
    if (!is_printable(value))
        return fail(err, STATUS_INVALID, "%.*s: must be printable UTF-8", TEXT_ARGS(name));
    return STATUS_OK;
}

static bool is_lower_hex(struct text text, size_t from, size_t count, bool *ret_is_zero)
{
    *ret_is_zero = true;
    for (size_t i = from; i < from + count; i++) {
        char c = text.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        *ret_is_zero = *ret_is_zero && c == '0';
    }
    return true;
}

/* version "-" trace id "-" parent id "-" flags (W3C Trace Context, section 3.2). */
static bool is_traceparent(struct text text)
{
    bool is_zero;
    if (text.len != 55 || text.at[2] != '-' || text.at[35] != '-' || text.at[52] != '-')
        return false;
    if (!is_lower_hex(text, 0, 2, &is_zero) || text_starts_with(text, TEXT("ff")))
        return false;
    if (!is_lower_hex(text, 3, 32, &is_zero) || is_zero)
        return false;
    if (!is_lower_hex(text, 36, 16, &is_zero) || is_zero)
        return false;
    return is_lower_hex(text, 53, 2, &is_zero);
}

/* Media types know no case (RFC 9110, section 8.3.1). */
static bool equals_ignoring_case(struct text text, const char *lower)
{
    size_t i = 0;
    for (; i < text.len && lower[i] != '\0'; i++) {
        char c = text.at[i];
        if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != lower[i])
            return false;
    }
    return i == text.len && lower[i] == '\0';
}

static bool is_protobuf(struct text type)
{
    static const char *const names[] = {"application/protobuf", "application/x-protobuf",
                                        "application/vnd.google.protobuf"};
    struct text rest = type;
    struct text media = text_trim(text_cut(&rest, ';'));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (equals_ignoring_case(media, names[i]))
            return true;
    return false;
}

static bool is_service_name(struct text name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return name.len >= 1 && name.len <= 31;
}

/* Digits without sign or leading zero: a number has one spelling. */
static bool read_number(struct text text, int64_t *ret_number)
{
    if (text.len == 0 || text.at[0] == '-' || (text.len > 1 && text.at[0] == '0'))
        return false;
    return text_to_int64(text, ret_number);
}

static enum status read_seq(struct text value, struct envelope_seq *ret_seq, struct error *err)
{
    struct text rest = value;
    struct envelope_seq seq = {.service = text_cut(&rest, '/')};
    int64_t lane = -1;
    bool is_good = is_service_name(seq.service) && read_number(text_cut(&rest, '/'), &lane) &&
                   lane <= INT32_MAX && read_number(text_cut(&rest, '/'), &seq.n) &&
                   read_number(rest, &seq.prev) && seq.prev < seq.n;
    if (!is_good)
        return fail(err, STATUS_INVALID, "aftercare-seq: must be service/lane/n/prev with 0 <= prev < n");
    seq.lane = (int32_t)lane;
    *ret_seq = seq;
    return STATUS_OK;
}

static struct text last_component(struct text type)
{
    size_t from = type.len;
    while (from > 0 && type.at[from - 1] != '.')
        from--;
    return text_make(type.at + from, type.len - from);
}

static enum status read_known(enum known which, struct text value, struct envelope *envelope,
                              struct error *err)
{
    switch (which) {
    case CE_SPECVERSION:
        if (!text_equal(value, TEXT("1.0")))
            return fail(err, STATUS_INVALID, "ce_specversion: must be 1.0");
        break;
    case CE_TYPE:
        envelope->type_full = value;
        envelope->type = last_component(value);
        if (envelope->type.len == 0)
            return fail(err, STATUS_INVALID, "ce_type: must not end in a dot");
        break;
    case CE_SOURCE:
        envelope->source = value;
        break;
    case CE_ID:
        envelope->id = value;
        break;
    case CE_TIME:
        if (!time_parse(value, &envelope->time_us))
            return fail(err, STATUS_INVALID, "ce_time: must be an RFC 3339 time");
        break;
    case CE_SUBJECT:
        envelope->subject = value;
        break;
    case CONTENT_TYPE:
        if (!is_protobuf(value))
            return fail(
                err, STATUS_INVALID,
                "content-type: must be application/protobuf, with the event's attributes in ce_ headers");
        envelope->content_type = value;
        break;
    case AFTERCARE_SEQ:
        envelope->has_seq = true;
        return read_seq(value, &envelope->seq, err);
    case TRACEPARENT:
    case KNOWN_COUNT:
        break;
    }
    return STATUS_OK;
}

enum status envelope_read(const struct header *headers, size_t count, struct envelope *ret_envelope,
                          struct error *err)
{
    struct envelope envelope = {.time_us = 0};
    bool is_there[KNOWN_COUNT + 1] = {false};
    for (size_t i = 0; i < count; i++) {
        enum known which = find_known(headers[i].name);
        if (which == KNOWN_COUNT)
            continue;
        bool is_second = is_there[which];
        is_there[which] = true;
        if (which == TRACEPARENT) {
            /* Somebody else's tracing must not keep a record out. */
            bool is_good = !is_second && is_traceparent(headers[i].value);
            envelope.traceparent = is_good ? headers[i].value : TEXT_NULL;
            continue;
        }
        if (is_second)
            return fail(err, STATUS_INVALID, "%s: is there twice", known_names[which]);
        enum status status = check_value(headers[i].name, headers[i].value, err);
        if (status == STATUS_OK)
            status = read_known(which, headers[i].value, &envelope, err);
        if (status != STATUS_OK)
            return status;
    }
    *ret_envelope = envelope;
    return STATUS_OK;
}

enum status envelope_require_identity(const struct envelope *envelope, struct error *err)
{
    if (text_is_empty(envelope->id))
        return fail(err, STATUS_INVALID, "ce_id: is missing");
    if (text_is_empty(envelope->source))
        return fail(err, STATUS_INVALID, "ce_source: is missing");
    if (text_is_empty(envelope->type))
        return fail(err, STATUS_INVALID, "ce_type: is missing");
    return STATUS_OK;
}

enum seq_verdict seq_judge(int64_t seen, int64_t n, int64_t prev)
{
    if (n <= seen)
        return SEQ_REPEAT;
    return prev > seen ? SEQ_HOLE : SEQ_APPLY;
}

const struct header *envelope_headers(struct arena *arena, const struct envelope *envelope, size_t *ret_count)
{
    char at[TIME_TEXT_LEN + 1];
    struct header all[KNOWN_COUNT] = {
        {TEXT("ce_specversion"), TEXT("1.0")},
        {TEXT("ce_type"), envelope->type_full},
        {TEXT("ce_source"), envelope->source},
        {TEXT("ce_id"), envelope->id},
        {TEXT("ce_time"), TEXT_NULL},
        {TEXT("ce_subject"), envelope->subject},
        {TEXT("content-type"), envelope->content_type},
        {TEXT("traceparent"), envelope->traceparent},
        {TEXT("aftercare-seq"), TEXT_NULL},
    };
    if (envelope->time_us != 0)
        all[CE_TIME].value = text_of(time_format(envelope->time_us, at));
    if (envelope->has_seq)
        all[AFTERCARE_SEQ].value =
            text_print(arena, "%.*s/%d/%lld/%lld", TEXT_ARGS(envelope->seq.service), (int)envelope->seq.lane,
                       (long long)envelope->seq.n, (long long)envelope->seq.prev);
    struct header *headers = arena_alloc_array(arena, KNOWN_COUNT, sizeof *headers);
    if (headers == NULL || (envelope->has_seq && all[AFTERCARE_SEQ].value.at == NULL))
        return NULL;
    size_t count = 0;
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        if (all[i].value.at == NULL)
            continue;
        headers[count] = (struct header){all[i].name, text_copy(arena, all[i].value)};
        if (headers[count++].value.at == NULL)
            return NULL;
    }
    *ret_count = count;
    return headers;
}
