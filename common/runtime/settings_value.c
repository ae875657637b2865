/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/settings_value.h"

#include "core/text.h"
#include "core/time.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_MOST  65536
#define SHOWN_BYTES 60

static const struct {
    const char *suffix;
    int64_t factor;
} byte_units[] = {{"GiB", 1024 * 1024 * 1024}, {"MiB", 1024 * 1024}, {"KiB", 1024}, {"", 1}};
#define BYTE_UNITS (sizeof byte_units / sizeof *byte_units)

/* A value as it may stand in a one-line sentence: a piece of it, without control characters. */
struct shown {
    char text[SHOWN_BYTES + 1];
};

static struct shown show(const char *value)
{
    struct shown shown = {""};
    struct text piece = text_clip(text_of(value), SHOWN_BYTES);
    for (size_t i = 0; i < piece.len; i++)
        shown.text[i] = (unsigned char)piece.at[i] < 0x20 || piece.at[i] == 0x7F ? '?' : piece.at[i];
    return shown;
}

static enum status read_file(const char *name, const char *path, char **ret_text, struct error *err)
{
    struct shown shown = show(path);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return fail(err, STATUS_INVALID, "%s: cannot open '%s': %s", name, shown.text, strerror(errno));
    char *buffer = malloc(VALUE_MOST + 1);
    size_t len = buffer == NULL ? 0 : fread(buffer, 1, VALUE_MOST + 1, file);
    bool is_bad =
        buffer == NULL || ferror(file) != 0 || len > VALUE_MOST || memchr(buffer, '\0', len) != NULL;
    fclose(file);
    if (is_bad) {
        free(buffer);
        return fail(err, STATUS_INVALID, "%s: '%s' cannot be read, has a NUL, or more than %d bytes", name,
                    shown.text, VALUE_MOST);
    }
    while (len > 0 && (buffer[len - 1] == '\n' || buffer[len - 1] == '\r'))
        len--;
    buffer[len] = '\0';
    *ret_text = buffer;
    return STATUS_OK;
}

enum status settings_read(const char *name, char **ret_text, struct error *err)
{
    char file_name[160];
    if ((size_t)snprintf(file_name, sizeof file_name, "%s_FILE", name) >= sizeof file_name)
        return fail(err, STATUS_INVALID, "%.60s: the name is too long", name);
    const char *plain = getenv(name);
    const char *path = getenv(file_name);
    bool has_plain = plain != NULL && plain[0] != '\0', has_path = path != NULL && path[0] != '\0';
    if (has_plain && has_path)
        return fail(err, STATUS_INVALID, "%s: is set twice, as %s too", name, file_name);
    if (has_path)
        return read_file(file_name, path, ret_text, err);
    char *copy = has_plain ? strdup(plain) : NULL;
    if (has_plain && copy == NULL)
        return fail(err, STATUS_FATAL, "%s: out of memory", name);
    *ret_text = copy;
    return STATUS_OK;
}

static bool parse_bytes(struct text text, int64_t *ret_value)
{
    for (size_t i = 0; i < BYTE_UNITS; i++) {
        size_t len = strlen(byte_units[i].suffix);
        if (text.len < len || (len > 0 && memcmp(text.at + text.len - len, byte_units[i].suffix, len) != 0))
            continue;
        int64_t number;
        return text_to_int64(text_make(text.at, text.len - len), &number) &&
               !__builtin_mul_overflow(number, byte_units[i].factor, ret_value);
    }
    return false;
}

static bool parse_bool(struct text text, int64_t *ret_value)
{
    static const char *const words[] = {"no", "yes", "false", "true", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (text_equal_string(text, words[i])) {
            *ret_value = i % 2;
            return true;
        }
    }
    return false;
}

static bool is_choice(const char *choices, struct text text)
{
    struct text rest = text_of(choices);
    while (rest.at != NULL)
        if (text_equal(text_cut(&rest, ' '), text))
            return true;
    return false;
}

/* "90s", "4MiB", "64": as somebody would write it. */
static void print_number(enum setting_type type, int64_t number, struct arena *arena, struct shown *to)
{
    if (type == SETTING_DURATION) {
        snprintf(to->text, sizeof to->text, "%.*s", TEXT_ARGS(time_duration_text(arena, number)));
        return;
    }
    size_t unit = type == SETTING_BYTES && number != 0 ? 0 : BYTE_UNITS - 1;
    while (number % byte_units[unit].factor != 0)
        unit++;
    snprintf(to->text, sizeof to->text, "%lld%s", (long long)(number / byte_units[unit].factor),
             byte_units[unit].suffix);
}

static enum status check_bounds(const struct setting *setting, int64_t number, struct error *err)
{
    bool has_upper = setting->max >= setting->min;
    if ((setting->min == 0 && setting->max == 0) ||
        (number >= setting->min && (!has_upper || number <= setting->max)))
        return STATUS_OK;
    struct arena arena;
    struct shown min, max, is;
    arena_init(&arena, 4096);
    print_number(setting->type, setting->min, &arena, &min);
    print_number(setting->type, setting->max, &arena, &max);
    print_number(setting->type, number, &arena, &is);
    arena_done(&arena);
    if (!has_upper)
        return fail(err, STATUS_INVALID, "%s: must be at least %s, is %s", setting->name, min.text, is.text);
    return fail(err, STATUS_INVALID, "%s: must be %s to %s, is %s", setting->name, min.text, max.text,
                is.text);
}

/* Says nothing of the value: a URL may hold a password. */
static enum status check_url(const struct setting *setting, const char *text, struct error *err)
{
    const char *end = strstr(text, "://");
    struct text scheme = text_make(text, end == NULL ? 0 : (size_t)(end - text));
    if (text_equal_string(scheme, "rediss"))
        return fail(err, STATUS_INVALID, "%s: TLS to Redis (rediss://) is not available in this build",
                    setting->name);
    if (setting->choices != NULL && !is_choice(setting->choices, scheme))
        return fail(err, STATUS_INVALID, "%s: must be a URL that begins with one of: %s; followed by ://",
                    setting->name, setting->choices);
    if (scheme.len == 0)
        return fail(err, STATUS_INVALID, "%s: not a URL (scheme://host)", setting->name);
    return STATUS_OK;
}

enum status settings_parse(const struct setting *setting, const char *text, int64_t *ret_number,
                           struct error *err)
{
    struct text whole = text_of(text);
    struct shown shown = show(text);
    int64_t number = 0;
    switch (setting->type) {
    case SETTING_INT:
        if (!text_to_int64(whole, &number))
            return fail(err, STATUS_INVALID, "%s: not a whole number: '%s'", setting->name, shown.text);
        break;
    case SETTING_BYTES:
        if (!parse_bytes(whole, &number))
            return fail(err, STATUS_INVALID, "%s: not a size: '%s' (like 4194304, 512KiB, 4MiB)",
                        setting->name, shown.text);
        break;
    case SETTING_DURATION:
        if (time_parse_duration(whole, &number, NULL) != STATUS_OK)
            return fail(err, STATUS_INVALID, "%s: not a duration: '%s' (like 90s, 1h30m, 7d)", setting->name,
                        shown.text);
        break;
    case SETTING_BOOL:
        if (!parse_bool(whole, ret_number))
            return fail(err, STATUS_INVALID, "%s: must be yes or no, is '%s'", setting->name, shown.text);
        return STATUS_OK;
    case SETTING_CHOICE:
        if (!is_choice(setting->choices, whole))
            return fail(err, STATUS_INVALID, "%s: must be one of: %s; is '%s'", setting->name,
                        setting->choices, shown.text);
        return STATUS_OK;
    case SETTING_URL:
        return text[0] == '\0' ? STATUS_OK : check_url(setting, text, err);
    case SETTING_TEXT:
    case SETTING_SECRET:
        return STATUS_OK;
    }
    enum status status = check_bounds(setting, number, err);
    if (status == STATUS_OK)
        *ret_number = number;
    return status;
}
