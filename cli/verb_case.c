/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include "core/time.h"
#include "record_view.h"
#include "runtime/settings.h"
#include "store_case.h"

#include <stdio.h>
#include <string.h>

#define CASE_MEMORY (64 * 1024 * 1024)

static const struct option_rule rules[] = {{"--json", false}, {"--language", true}, {NULL, false}};

static json_t *json_of(struct text text)
{
    return text.at == NULL ? json_null() : json_stringn(text.at, text.len);
}

static void print_json(const struct case_story *story, json_t *record)
{
    char at[TIME_TEXT_LEN + 1];
    json_t *json = json_object(), *lines = json_array();
    json_object_set(json, "case", record);
    for (size_t i = 0; i < story->count; i++) {
        const struct case_line *line = &story->lines[i];
        json_t *item = json_object();
        json_object_set_new(item, "at", json_string(time_format(line->happened_at_us, at)));
        json_object_set_new(item, "service", json_of(line->service));
        json_object_set_new(item, "fact", json_of(line->fact));
        json_object_set_new(item, "sentence_zh", json_of(line->sentence_zh));
        json_object_set_new(item, "sentence_en", json_of(line->sentence_en));
        json_object_set_new(item, "words", json_of(line->words));
        json_array_append_new(lines, item);
    }
    json_object_set_new(json, "timeline", lines);
    json_dumpf(json, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(json);
}

static void print_state(json_t *record)
{
    const char *name;
    json_t *value;
    json_object_foreach(record, name, value)
    {
        printf("  %-24s ", name);
        if (json_is_string(value))
            print_clean(text_make(json_string_value(value), json_string_length(value)), stdout);
        else
            json_dumpf(value, stdout, JSON_ENCODE_ANY | JSON_COMPACT);
        putchar('\n');
    }
}

/* What was said, as it was broken into lines. */
static void print_words(struct text words)
{
    bool is_first = true;
    for (struct text rest = words; rest.at != NULL && words.len > 0; is_first = false) {
        fputs(is_first ? "    \"" : "\n     ", stdout);
        print_clean(text_cut(&rest, '\n'), stdout);
    }
    if (!is_first)
        fputs("\"\n", stdout);
}

static void print_plain(const struct case_story *story, json_t *record, bool is_chinese)
{
    char at[TIME_TEXT_LEN + 1];
    const char *status = json_string_value(json_object_get(record, "status"));
    printf("case %s: %s\n", json_string_value(json_object_get(record, "case_id")),
           status == NULL ? "no status yet" : status);
    print_state(record);
    putchar('\n');
    for (size_t i = 0; i < story->count; i++) {
        const struct case_line *line = &story->lines[i];
        printf("%s %.*s %.*s: ", time_format(line->happened_at_us, at), TEXT_ARGS(line->service),
               TEXT_ARGS(line->fact));
        print_clean(is_chinese ? line->sentence_zh : line->sentence_en, stdout);
        putchar('\n');
        print_words(line->words);
    }
}

static enum status tell(struct postgres *db, struct uuid case_id, const struct arguments *arguments,
                        struct arena *arena, struct error *err)
{
    struct case_story story;
    enum status status = store_case_read(db, case_id, arena, &story, err);
    if (status != STATUS_OK)
        return status;
    if (story.record.at == NULL)
        return fail(err, STATUS_INVALID, "%s: there is no such case", arguments->words[0]);
    json_t *record = json_loadb(story.record.at, story.record.len, 0, NULL);
    if (record == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    const char *language = arguments_value(arguments, "--language", NULL);
    const char *own = json_string_value(json_object_get(record, "language"));
    if (language == NULL)
        language = own != NULL && (strstr(own, "zh") != NULL || strstr(own, "ZH") != NULL) ? "zh" : "en";
    if (arguments_has(arguments, "--json"))
        print_json(&story, record);
    else
        print_plain(&story, record, strcmp(language, "zh") == 0);
    json_decref(record);
    return STATUS_OK;
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct arguments arguments;
    struct error err;
    struct uuid case_id;
    int code;
    if (!cli_begin(verb, rules, argc, argv, &arguments, &code))
        return code;
    if (arguments.word_count != 1 || !uuid_parse(text_of(arguments.words[0]), &case_id))
        return cli_misuse(verb, "give one case id, as 01234567-89ab-4cde-8f01-23456789abcd");
    const char *language = arguments_value(&arguments, "--language", "en");
    if (strcmp(language, "en") != 0 && strcmp(language, "zh") != 0)
        return cli_misuse(verb, "--language: en or zh");
    struct settings *settings = cli_settings(NEED_DATABASE);
    if (settings == NULL)
        return EXIT_FAILED;
    struct arena arena;
    arena_init(&arena, CASE_MEMORY);
    struct postgres *db = postgres_new(cli_database_url(settings), "intake", "aftercare-cli");
    enum status status =
        db == NULL ? fail(&err, STATUS_FATAL, "out of memory") : tell(db, case_id, &arguments, &arena, &err);
    postgres_free(db);
    arena_done(&arena);
    settings_free(settings);
    return status == STATUS_OK ? cli_end(verb) : cli_failed(verb, &err);
}

const struct verb verb_case = {
    .name = "case",
    .summary = "one case: its state and its timeline",
    .help =
        "Usage: aftercare case ID [--language en|zh] [--json]\n"
        "\n"
        "The case as intake has recorded it: first its state, then one line for each fact by time, with the\n"
        "words that were said. Sentences come in the case's language unless --language says otherwise; "
        "--json\n"
        "has both. Needs DATABASE_URL of a role that may read schema intake.\n"
        "\n"
        "Example:\n"
        "  aftercare case 0b7c2c0e-5d3a-5f0e-9f51-2a9d3c1b7e64\n",
    .run = run,
};
