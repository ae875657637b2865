/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/settings.h"

#include "runtime/settings_value.h"

#include <string.h>
#include <strings.h>

static const char *const type_names[] = {"text", "secret",   "URL",       "whole number",
                                         "size", "duration", "yes or no", "choice"};

/* "&sslpassword=x" as well: whatever a query's key ends in "password", its value is masked. */
static void print_query(const char *query, FILE *out)
{
    static const char key[] = "password=";
    for (const char *c = query; *c != '\0'; c++) {
        fputc(*c, out);
        if (c - query < (long)sizeof key - 2 || strncasecmp(c - (sizeof key - 2), key, sizeof key - 1) != 0)
            continue;
        fputs("***", out);
        c += strcspn(c + 1, "&");
    }
}

/* scheme://user:password@host → scheme://user:***@host. The last '@' ends the password: one that was not
 * encoded rather hides too much. */
static void print_url(const char *url, FILE *out)
{
    const char *scheme = strstr(url, "://");
    const char *at = scheme == NULL ? NULL : strrchr(scheme, '@');
    const char *colon = scheme == NULL ? NULL : strchr(scheme + 3, ':');
    if (at != NULL && colon != NULL && colon < at) {
        fprintf(out, "%.*s:***", (int)(colon - url), url);
        url = at;
    }
    print_query(url, out);
}

static void print_value(const struct setting *setting, const char *text, FILE *out)
{
    if (text[0] == '\0')
        fputs("(empty)", out);
    else if (setting->type == SETTING_SECRET)
        fputs("(set)", out);
    else if (setting->type == SETTING_URL)
        print_url(text, out);
    else
        fputs(text, out);
}

static void print_setting(const struct setting *setting, const struct settings *settings, FILE *out)
{
    fprintf(out, "%s\n    %s\n    %s", setting->name, setting->help, type_names[setting->type]);
    if (setting->choices != NULL)
        fprintf(out, " (%s)", setting->choices);
    if (setting->fallback == NULL) {
        fputs(", must be set", out);
    } else {
        fputs(", default: ", out);
        print_value(setting, setting->fallback, out);
    }
    if (settings != NULL) {
        fputs("\n    now: ", out);
        print_value(setting, settings_raw(settings, setting->name), out);
    }
    fputc('\n', out);
}

void settings_print(const struct setting *common, const struct setting *own, const struct settings *settings,
                    FILE *out)
{
    const struct setting *tables[] = {common, own};
    for (size_t i = 0; i < 2; i++)
        for (const struct setting *at = tables[i]; at != NULL && at->name != NULL; at++)
            print_setting(at, settings, out);
    const char *property, *value;
    for (size_t i = 0; settings != NULL && settings_kafka(settings, i, &property, &value); i++)
        fprintf(out, "librdkafka's %s\n    (set)\n", property); /* may be a password */
}
