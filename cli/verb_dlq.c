/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include "core/time.h"
#include "positions.h"
#include "record_view.h"
#include "runtime/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_MEMORY (64 * 1024 * 1024)
#define POLL_MS       200
#define SILENCE_MOST  150

static const struct option_rule rules[] = {{"--json", false}, {NULL, false}};

typedef void show_fn(const struct kafka_record *record, const struct record_view *view, bool is_json);

static void print_json(const struct kafka_record *record, const struct record_view *view, size_t flags)
{
    json_t *json = record_view_json(record, view);
    json_dumpf(json, stdout, flags);
    putchar('\n');
    json_decref(json);
}

static void show_short(const struct kafka_record *record, const struct record_view *view, bool is_json)
{
    char at[TIME_TEXT_LEN + 1];
    if (is_json) {
        print_json(record, view, JSON_COMPACT);
        return;
    }
    printf("%s %s/%d/%lld ", time_format(record->timestamp_ms * US_PER_MS, at), record->topic,
           (int)record->partition, (long long)record->offset);
    print_clean(view->origin.reason, stdout);
    fputs(" from ", stdout);
    print_clean(view->origin.topic, stdout);
    printf("/%lld/%lld key ", (long long)view->origin.partition, (long long)view->origin.offset);
    print_clean(record->key, stdout);
    fputs(": ", stdout);
    print_clean(view->origin.message, stdout);
    putchar('\n');
}

static bool is_printable(struct text value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.at[i] < 0x20)
            return false;
    return text_is_utf8(value);
}

static void show_whole(const struct kafka_record *record, const struct record_view *view, bool is_json)
{
    if (is_json) {
        print_json(record, view, JSON_INDENT(2));
        return;
    }
    show_short(record, view, false);
    puts("\nheaders:");
    for (size_t i = 0; i < record->header_count; i++) {
        const struct header *header = &record->headers[i];
        fputs("  ", stdout);
        print_clean(header->name, stdout);
        fputs(": ", stdout);
        if (is_printable(header->value))
            print_clean(header->value, stdout);
        else
            print_hex(header->value, 256, stdout);
        putchar('\n');
    }
    if (view->body != NULL) {
        puts("\nvalue:");
        json_dumpf(view->body, stdout, JSON_INDENT(2));
    } else {
        printf("\nvalue, %zu bytes in hex (%s):\n", record->value.len, view->why.text);
        print_hex(record->value, SIZE_MAX, stdout);
    }
    putchar('\n');
}

static enum status read_to_end(struct kafka_reader *reader, show_fn *show, bool is_json, struct error *err)
{
    struct arena arena;
    int silence = 0;
    enum status status = STATUS_OK;
    arena_init(&arena, RECORD_MEMORY);
    while (status == STATUS_OK && !kafka_reader_is_done(reader) && !ferror(stdout)) {
        const struct kafka_record *record;
        status = kafka_reader_next(reader, POLL_MS, &record, err);
        if (status == STATUS_OK && record != NULL) {
            struct record_view view = record_view_make(record, &arena);
            show(record, &view, is_json);
            record_view_done(&view);
            arena_reset(&arena);
        }
        silence = record == NULL ? silence + 1 : 0;
        if (status == STATUS_OK && silence > SILENCE_MOST)
            status = fail(err, STATUS_TRANSIENT, "Kafka: the end was not reached: nothing came for 30 s");
    }
    arena_done(&arena);
    return status;
}

static enum status read_with(const struct settings *settings, const struct positions *positions,
                             show_fn *show, bool is_json, struct error *err)
{
    struct kafka_reader *reader;
    enum status status = kafka_reader_new(settings, "cli", positions->items, positions->count, &reader, err);
    if (status != STATUS_OK)
        return status;
    status = read_to_end(reader, show, is_json, err);
    kafka_reader_free(reader);
    return status;
}

static enum status list(const struct settings *settings, struct kafka_client *client,
                        struct positions *positions, const char *service, bool is_json, struct error *err)
{
    const char *names[CLI_SERVICES];
    size_t count = cli_services(names);
    char topics[CLI_SERVICES][160];
    struct positions_from from = {.kind = FROM_BEGINNING, .partition = -1};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (service != NULL && strcmp(service, names[i]) != 0)
            continue;
        snprintf(topics[i], sizeof topics[i], "aftercare.%s.dlq.v1", names[i]);
        status = positions_add(positions, client, topics[i], &from, err);
    }
    return status != STATUS_OK ? status : read_with(settings, positions, show_short, is_json, err);
}

static enum status show(const struct settings *settings, struct kafka_client *client,
                        struct positions *positions, const struct arguments *arguments, struct error *err)
{
    char topic[160];
    int64_t partition, offset;
    if (!text_to_int64(text_of(arguments->words[2]), &partition) || partition < 0 || partition > INT32_MAX)
        return fail(err, STATUS_INVALID, "PARTITION: a number, not '%.60s'", arguments->words[2]);
    if (!text_to_int64(text_of(arguments->words[3]), &offset) || offset < 0)
        return fail(err, STATUS_INVALID, "OFFSET: a number, not '%.60s'", arguments->words[3]);
    snprintf(topic, sizeof topic, "aftercare.%s.dlq.v1", arguments->words[1]);
    struct positions_from from = {.kind = FROM_OFFSET, .offset = offset, .partition = (int32_t)partition};
    enum status status = positions_add(positions, client, topic, &from, err);
    if (status != STATUS_OK)
        return status;
    struct kafka_position *position = &positions->items[0];
    if (position->offset != offset || offset >= position->end)
        return fail(err, STATUS_INVALID, "%s/%lld: there is no record at offset %lld", topic,
                    (long long)partition, (long long)offset);
    position->end = offset + 1;
    return read_with(settings, positions, show_whole, arguments_has(arguments, "--json"), err);
}

static int ask(const struct verb *verb, const struct arguments *arguments)
{
    struct error err;
    struct kafka_client *client = NULL;
    struct settings *settings = cli_settings(NEED_KAFKA);
    struct positions *positions = calloc(1, sizeof *positions);
    if (settings == NULL || positions == NULL) {
        settings_free(settings);
        free(positions);
        return EXIT_FAILED;
    }
    enum status status = kafka_client_new(settings, "cli", &client, &err);
    if (status == STATUS_OK && strcmp(arguments->words[0], "show") == 0)
        status = show(settings, client, positions, arguments, &err);
    else if (status == STATUS_OK)
        status = list(settings, client, positions, arguments->word_count == 2 ? arguments->words[1] : NULL,
                      arguments_has(arguments, "--json"), &err);
    kafka_client_free(client);
    settings_free(settings);
    free(positions);
    return status == STATUS_OK ? cli_end(verb) : cli_failed(verb, &err);
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct arguments arguments;
    int code;
    if (!cli_begin(verb, rules, argc, argv, &arguments, &code))
        return code;
    bool is_list = arguments.word_count >= 1 && strcmp(arguments.words[0], "list") == 0;
    bool is_show = arguments.word_count >= 1 && strcmp(arguments.words[0], "show") == 0;
    if ((!is_list || arguments.word_count > 2) && (!is_show || arguments.word_count != 4))
        return cli_misuse(verb, "list [SERVICE], or show SERVICE PARTITION OFFSET");
    if (arguments.word_count > 1 && !cli_is_service(arguments.words[1]))
        return cli_misuse(verb, "%s: is no service of the catalogue", arguments.words[1]);
    return ask(verb, &arguments);
}

const struct verb verb_dlq = {
    .name = "dlq",
    .summary = "what services could not process, and why",
    .help =
        "Usage: aftercare dlq list [SERVICE] [--json]\n"
        "       aftercare dlq show SERVICE PARTITION OFFSET [--json]\n"
        "\n"
        "list: a line for each record: time, place in the DLQ, reason, where it came from, key, one "
        "sentence.\n"
        "show: one record whole: its headers, and its value decoded as the topic it came from says, else in "
        "hex.\n"
        "A record may stand in the DLQ twice after a crash; then both have the same header aftercare-seq.\n"
        "Needs KAFKA_BOOTSTRAP_SERVERS.\n"
        "\n"
        "Example:\n"
        "  aftercare dlq list intake\n"
        "  aftercare dlq show intake 3 17\n",
    .run = run,
};
