/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include "core/time.h"
#include "publish_input.h"
#include "runtime/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX   (64 * 1024 * 1024)
#define LETTER_MAX  (1024 * 1024) /* jansson takes some thirty times as much while it parses */
#define BATCH_MOST  500
#define BATCH_BYTES (64 * 1024 * 1024)

static const struct option_rule rules[] = {{"--type", true},   {"--key", true},   {"--id", true},
                                           {"--source", true}, {"--json", false}, {NULL, false}};

struct publishing {
    const struct verb *verb;
    struct publish_plan plan;
    struct kafka_sender *sender;
    struct arena arena;
    struct kafka_outgoing records[BATCH_MOST];
    int lines[BATCH_MOST];
    size_t count;
    bool is_json;
};

static enum status read_all(const char *path, char **ret_bytes, size_t *ret_len, struct error *err)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (file == NULL)
        return fail(err, STATUS_INVALID, "%.200s: %s", path, strerror(errno));
    size_t size = 65536, len = 0;
    char *bytes = malloc(size);
    while (bytes != NULL && len < INPUT_MAX) {
        size_t got = fread(bytes + len, 1, size - len, file);
        len += got;
        if (got == 0)
            break;
        if (len < size)
            continue;
        size *= 2;
        char *more = realloc(bytes, size);
        if (more == NULL)
            free(bytes);
        bytes = more;
    }
    bool is_bad = bytes == NULL || ferror(file) != 0 || len >= INPUT_MAX;
    if (file != stdin)
        fclose(file);
    if (is_bad) {
        free(bytes);
        return fail(err, STATUS_INVALID, "%.200s: cannot be read, or is longer than %d bytes", path,
                    INPUT_MAX - 1);
    }
    *ret_bytes = bytes;
    *ret_len = len;
    return STATUS_OK;
}

static void tell(const struct publishing *publishing, const struct kafka_outgoing *record)
{
    struct text id = TEXT_NULL;
    for (size_t i = 0; i < record->header_count; i++)
        if (text_equal_string(record->headers[i].name, "ce_id"))
            id = record->headers[i].value;
    if (!publishing->is_json) {
        printf("%s/%d/%lld %.*s\n", record->topic, (int)record->partition, (long long)record->offset,
               TEXT_ARGS(id));
        return;
    }
    json_t *json = json_object();
    json_object_set_new(json, "topic", json_string(record->topic));
    json_object_set_new(json, "partition", json_integer(record->partition));
    json_object_set_new(json, "offset", json_integer(record->offset));
    json_object_set_new(json, "id", json_stringn(id.at, id.len));
    json_dumpf(json, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(json);
}

static enum status send_batch(struct publishing *publishing, struct error *err)
{
    enum status status = kafka_sender_send(publishing->sender, publishing->records, publishing->count, err);
    for (size_t i = 0; i < publishing->count; i++) {
        const struct kafka_outgoing *record = &publishing->records[i];
        if (record->offset >= 0)
            tell(publishing, record);
        else
            fprintf(stderr, "aftercare publish: line %d: not acknowledged\n", publishing->lines[i]);
    }
    publishing->count = 0;
    arena_reset(&publishing->arena);
    return status;
}

static enum status add_message(struct publishing *publishing, const json_t *json, int line, struct error *err)
{
    struct kafka_outgoing *record = &publishing->records[publishing->count];
    enum status status = publish_input_read(&publishing->plan, json, &publishing->arena, record, err);
    if (status == STATUS_TRANSIENT && publishing->count > 0) { /* the memory is used up by those before it */
        status = send_batch(publishing, err);
        record = &publishing->records[0];
        if (status == STATUS_OK)
            status = publish_input_read(&publishing->plan, json, &publishing->arena, record, err);
    }
    if (status != STATUS_OK)
        return fail_within(err, status, "line %d", line);
    publishing->lines[publishing->count++] = line;
    return publishing->count == BATCH_MOST ? send_batch(publishing, err) : STATUS_OK;
}

static int count_lines(const char *from, size_t len)
{
    int count = 0;
    for (size_t i = 0; i < len; i++)
        count += from[i] == '\n';
    return count;
}

/* One JSON object after the other, however they are laid out. What stands before a bad one is sent. */
static enum status publish_all(struct publishing *publishing, const char *bytes, size_t len,
                               struct error *err)
{
    enum status status = STATUS_OK;
    struct error later;
    size_t at = 0;
    int line = 1, messages = 0;
    while (status == STATUS_OK) {
        while (at < len && strchr(" \t\r\n", bytes[at]) != NULL && bytes[at] != '\0')
            line += bytes[at++] == '\n';
        if (at == len)
            break;
        json_error_t problem;
        size_t most = len - at < LETTER_MAX ? len - at : LETTER_MAX;
        json_t *json =
            json_loadb(bytes + at, most, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &problem);
        if (json == NULL) {
            status = fail(err, STATUS_INVALID, "JSON: line %d, column %d: %s", line + problem.line - 1,
                          problem.column,
                          json_error_code(&problem) == json_error_duplicate_key
                              ? "a name is given twice"
                              : "is not well-formed, or longer than 1 MiB");
            break;
        }
        status = add_message(publishing, json, line, err);
        json_decref(json);
        line += count_lines(bytes + at, (size_t)problem.position);
        at += (size_t)problem.position;
        messages++;
    }
    if (status == STATUS_OK && messages == 0)
        return fail(err, STATUS_INVALID, "there is no message in the input");
    enum status sent = send_batch(publishing, status == STATUS_OK ? err : &later);
    return status == STATUS_OK ? sent : status;
}

static int publish(struct publishing *publishing, const char *path)
{
    struct error err;
    char *bytes = NULL;
    size_t len = 0;
    struct settings *settings = cli_settings(NEED_KAFKA);
    if (settings == NULL)
        return EXIT_FAILED;
    enum status status = read_all(path, &bytes, &len, &err);
    if (status == STATUS_OK)
        status = kafka_sender_new(settings, "cli", &publishing->sender, &err);
    if (status == STATUS_OK)
        status = publish_all(publishing, bytes, len, &err);
    kafka_sender_free(publishing->sender);
    settings_free(settings);
    free(bytes);
    return status == STATUS_OK ? cli_end(publishing->verb) : cli_failed(publishing->verb, &err);
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct arguments arguments;
    int code;
    if (!cli_begin(verb, rules, argc, argv, &arguments, &code))
        return code;
    if (arguments.word_count < 1 || arguments.word_count > 2)
        return cli_misuse(verb, "give a topic, and at most one file");
    struct publishing *publishing = calloc(1, sizeof *publishing);
    if (publishing == NULL)
        return EXIT_FAILED;
    arena_init(&publishing->arena, BATCH_BYTES);
    publishing->verb = verb;
    publishing->is_json = arguments_has(&arguments, "--json");
    publishing->plan = (struct publish_plan){
        .topic = catalogue_find(text_of(cli_topic_name(&publishing->arena, arguments.words[0]))),
        .type = arguments_value(&arguments, "--type", NULL),
        .key = arguments_value(&arguments, "--key", NULL),
        .id = arguments_value(&arguments, "--id", NULL),
        .source = arguments_value(&arguments, "--source", "/aftercare/cli"),
        .now_us = time_wall_us(),
    };
    /* The name does not live in the arena: the catalogue's own is used. */
    arena_reset(&publishing->arena);
    if (publishing->plan.topic == NULL)
        code =
            cli_misuse(verb, "%s: is no topic of the catalogue (aftercare topics list)", arguments.words[0]);
    else
        code = publish(publishing, arguments.word_count == 2 ? arguments.words[1] : "-");
    arena_done(&publishing->arena);
    free(publishing);
    return code;
}

const struct verb verb_publish = {
    .name = "publish",
    .summary = "send messages, JSON in, protobuf out",
    .help =
        "Usage: aftercare publish TOPIC [OPTION...] [FILE|-]\n"
        "\n"
        "Reads proto3 JSON, one object or many one after the other (JSON lines), checks each against the\n"
        "message of the topic, and sends it as protobuf with CloudEvents headers. For each that Kafka has\n"
        "acknowledged: topic/partition/offset and ce_id. Stops at the first that is wrong and names the "
        "field;\n"
        "what stood before it has been sent.\n"
        "\n"
        "  --type T     ce_type, as CaseOpened; told by the message itself, needed for some inboxes\n"
        "  --key K      the record's key; default: caseId for facts, none for inbound topics\n"
        "  --id ID      ce_id; default: a random UUID. The same ID and source act once\n"
        "  --source S   ce_source; default: /aftercare/cli\n"
        "  --json       one JSON object for each: topic, partition, offset, id\n"
        "\n"
        "TOPIC may be short: inbound.messages stands for aftercare.inbound.messages.v1.\n"
        "Needs KAFKA_BOOTSTRAP_SERVERS.\n"
        "\n"
        "Example:\n"
        "  echo '{\"messageId\": \"m-1\", \"shopId\": \"s-1\", \"channel\": \"CHANNEL_CHAT\", \"text\": "
        "\"Broken\"}' |\n"
        "      aftercare publish inbound.messages --id m-1 --source /my-shop/chat\n",
    .run = run,
};
