/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include "runtime/catalogue.h"
#include "runtime/settings.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool cli_begin(const struct verb *verb, const struct option_rule *rules, int argc, char **argv,
               struct arguments *ret_arguments, int *ret_code)
{
    struct error err;
    if (arguments_parse(rules, argc, argv, ret_arguments, &err) != STATUS_OK) {
        *ret_code = cli_misuse(verb, "%s", err.text);
        return false;
    }
    if (!ret_arguments->wants_help)
        return true;
    fputs(verb->help, stdout);
    *ret_code = cli_end(verb);
    return false;
}

int cli_misuse(const struct verb *verb, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "aftercare %s: ", verb->name);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\nSee: aftercare %s --help\n", verb->name);
    va_end(args);
    return EXIT_MISUSE;
}

int cli_failed(const struct verb *verb, const struct error *err)
{
    fflush(stdout);
    fprintf(stderr, "aftercare %s: %s\n", verb->name, err->text);
    return EXIT_FAILED;
}

int cli_end(const struct verb *verb)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return EXIT_DONE;
    fprintf(stderr, "aftercare %s: standard output: %s\n", verb->name, strerror(errno));
    return EXIT_FAILED;
}

const char *cli_topic_name(struct arena *arena, const char *name)
{
    if (catalogue_find(text_of(name)) != NULL)
        return name;
    const char *full = arena_print(arena, "aftercare.%s.v1", name);
    return full != NULL && catalogue_find(text_of(full)) != NULL ? full : name;
}

size_t cli_services(const char *names[CLI_SERVICES])
{
    size_t count = 0;
    for (size_t i = 0; i < catalogue_topic_count; i++) {
        const char *producer = catalogue_topics[i].producer;
        bool is_new = strcmp(producer, "others") != 0;
        for (size_t known = 0; known < count; known++)
            is_new = is_new && strcmp(names[known], producer) != 0;
        if (is_new && count < CLI_SERVICES)
            names[count++] = producer;
    }
    return count;
}

bool cli_is_service(const char *name)
{
    const char *names[CLI_SERVICES];
    size_t count = cli_services(names);
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* ---- settings ---- */

static const struct setting kafka_servers = {
    .name = "KAFKA_BOOTSTRAP_SERVERS", .type = SETTING_TEXT, .help = "host:port, separated by commas"};
static const struct setting group_prefix = {.name = "KAFKA_GROUP_PREFIX",
                                            .type = SETTING_TEXT,
                                            .fallback = "aftercare",
                                            .help = "consumer groups are named <prefix>-<service>"};
static const struct setting admin_url = {.name = "DATABASE_ADMIN_URL",
                                         .type = SETTING_URL,
                                         .choices = "postgres postgresql",
                                         .help = "a role that may create schemas and roles"};
static const struct setting database_url = {.name = "DATABASE_URL",
                                            .type = SETTING_URL,
                                            .choices = "postgres postgresql",
                                            .help = "a role that may read the services' schemas"};

#define URL_TABLE 8

struct settings *cli_settings(int needs)
{
    /* The tables live as long as the settings, which is as long as the program. */
    static struct setting table[URL_TABLE];
    size_t count = 0;
    if (needs & NEED_KAFKA) {
        table[count++] = kafka_servers;
        table[count++] = group_prefix;
    }
    if (needs & (NEED_ADMIN | NEED_DATABASE)) {
        table[count] = admin_url;
        if (!(needs & NEED_ADMIN))
            table[count].fallback = "";
        count++;
    }
    if (needs & NEED_DATABASE) {
        table[count] = database_url;
        table[count++].fallback = "";
    }
    table[count] = (struct setting){.name = NULL};
    struct settings *settings;
    if (settings_load(table, NULL, stderr, &settings) != STATUS_OK)
        return NULL;
    if ((needs & NEED_DATABASE) && cli_database_url(settings)[0] == '\0') {
        fputs("DATABASE_URL: is not set, nor is DATABASE_ADMIN_URL\n", stderr);
        settings_free(settings);
        return NULL;
    }
    return settings;
}

const char *cli_database_url(const struct settings *settings)
{
    const char *url = settings_text(settings, "DATABASE_URL");
    return url[0] != '\0' ? url : settings_text(settings, "DATABASE_ADMIN_URL");
}
