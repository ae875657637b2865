/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/settings.h"

#include "runtime/settings_value.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

#define SETTINGS_MOST 128
#define KAFKA_MOST    64
#define KAFKA_PREFIX  "KAFKA_CONF_"
#define NAME_BYTES    128
#define FILE_SUFFIX   "_FILE"

struct value {
    const struct setting *setting;
    char *text;
    int64_t number;
};

struct settings {
    struct value values[SETTINGS_MOST];
    size_t count;
    char *properties[KAFKA_MOST];
    char *property_values[KAFKA_MOST];
    size_t property_count;
};

static enum status load_one(struct settings *settings, const struct setting *setting, struct error *err)
{
    assert(settings->count < SETTINGS_MOST);
    struct value *value = &settings->values[settings->count++];
    value->setting = setting;
    enum status status = settings_read(setting->name, &value->text, err);
    if (status != STATUS_OK)
        return status;
    if (value->text == NULL && setting->fallback == NULL)
        return fail(err, STATUS_INVALID, "%s: must be set (%s)", setting->name, setting->help);
    if (value->text == NULL)
        value->text = strdup(setting->fallback);
    if (value->text == NULL)
        return fail(err, STATUS_FATAL, "%s: out of memory", setting->name);
    return settings_parse(setting, value->text, &value->number, err);
}

/* KAFKA_CONF_SASL_PASSWORD and KAFKA_CONF_sasl_password are sasl.password. */
static char *property_of(const char *name)
{
    char *property = strdup(name + strlen(KAFKA_PREFIX));
    for (char *c = property; c != NULL && *c != '\0'; c++)
        *c = *c == '_' ? '.' : (char)tolower((unsigned char)*c);
    return property;
}

static enum status load_property(struct settings *settings, const char *name, struct error *err)
{
    if (settings->property_count == KAFKA_MOST)
        return fail(err, STATUS_INVALID, "%s: more than %d such settings", name, KAFKA_MOST);
    char *value = NULL;
    enum status status = settings_read(name, &value, err);
    if (status != STATUS_OK)
        return status;
    char *property = property_of(name);
    if (property == NULL) {
        free(value);
        return fail(err, STATUS_FATAL, "%s: out of memory", name);
    }
    for (size_t i = 0; i < settings->property_count && status == STATUS_OK; i++)
        if (strcmp(settings->properties[i], property) == 0)
            status = fail(err, STATUS_INVALID, "%s: %s is set twice", name, property);
    if (status != STATUS_OK || value == NULL) { /* empty counts as not set */
        free(property);
        free(value);
        return status;
    }
    settings->properties[settings->property_count] = property;
    settings->property_values[settings->property_count++] = value;
    return STATUS_OK;
}

/* The variable's name without a _FILE at its end; false when it is none of ours, or a plain one of the same
 * name is there too, which then speaks for both. */
static bool property_name(const char *entry, char *to)
{
    size_t prefix = strlen(KAFKA_PREFIX), suffix = strlen(FILE_SUFFIX);
    size_t len = strcspn(entry, "=");
    if (strncmp(entry, KAFKA_PREFIX, prefix) != 0 || len == prefix || len >= NAME_BYTES)
        return false;
    memcpy(to, entry, len);
    to[len] = '\0';
    if (len <= prefix + suffix || strcmp(to + len - suffix, FILE_SUFFIX) != 0)
        return true;
    to[len - suffix] = '\0';
    return getenv(to) == NULL;
}

static enum status note(FILE *problems, enum status status, const struct error *err)
{
    if (status != STATUS_OK)
        fprintf(problems, "%s\n", err->text);
    return status;
}

static void load_all(struct settings *settings, const struct setting *const tables[2], FILE *problems,
                     bool *ret_is_bad)
{
    struct error err;
    for (size_t i = 0; i < 2; i++)
        for (const struct setting *at = tables[i]; at != NULL && at->name != NULL; at++)
            *ret_is_bad |= note(problems, load_one(settings, at, &err), &err) != STATUS_OK;
    for (char **at = environ; at != NULL && *at != NULL; at++) {
        char name[NAME_BYTES];
        if (property_name(*at, name))
            *ret_is_bad |= note(problems, load_property(settings, name, &err), &err) != STATUS_OK;
    }
}

enum status settings_load(const struct setting *common, const struct setting *own, FILE *problems,
                          struct settings **ret_settings)
{
    struct settings *settings = calloc(1, sizeof *settings);
    if (settings == NULL) {
        fprintf(problems, "settings: out of memory\n");
        return STATUS_FATAL;
    }
    const struct setting *const tables[2] = {common, own};
    bool is_bad = false;
    load_all(settings, tables, problems, &is_bad);
    if (is_bad) {
        settings_free(settings);
        return STATUS_INVALID;
    }
    *ret_settings = settings;
    return STATUS_OK;
}

void settings_free(struct settings *settings)
{
    if (settings == NULL)
        return;
    for (size_t i = 0; i < settings->count; i++)
        free(settings->values[i].text);
    for (size_t i = 0; i < settings->property_count; i++) {
        free(settings->properties[i]);
        free(settings->property_values[i]);
    }
    free(settings);
}

static const struct value *find(const struct settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->values[i].setting->name, name) == 0)
            return &settings->values[i];
    assert(false && "no table has this setting");
    return NULL;
}

const char *settings_raw(const struct settings *settings, const char *name)
{
    return find(settings, name)->text;
}

const char *settings_text(const struct settings *settings, const char *name)
{
    const struct value *value = find(settings, name);
    assert(value->setting->type == SETTING_TEXT || value->setting->type == SETTING_SECRET ||
           value->setting->type == SETTING_URL || value->setting->type == SETTING_CHOICE);
    return value->text;
}

int64_t settings_int(const struct settings *settings, const char *name)
{
    const struct value *value = find(settings, name);
    assert(value->setting->type == SETTING_INT || value->setting->type == SETTING_BYTES);
    return value->number;
}

int64_t settings_duration_us(const struct settings *settings, const char *name)
{
    const struct value *value = find(settings, name);
    assert(value->setting->type == SETTING_DURATION);
    return value->number;
}

bool settings_bool(const struct settings *settings, const char *name)
{
    const struct value *value = find(settings, name);
    assert(value->setting->type == SETTING_BOOL);
    return value->number != 0;
}

bool settings_kafka(const struct settings *settings, size_t i, const char **ret_property,
                    const char **ret_value)
{
    if (i >= settings->property_count)
        return false;
    *ret_property = settings->properties[i];
    *ret_value = settings->property_values[i];
    return true;
}
