/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include "positions.h"
#include "record_view.h"
#include "runtime/settings.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_MEMORY (64 * 1024 * 1024)
#define POLL_MS       200
#define SILENCE_MOST  150 /* polls without a record before the end is given up: 30 s */

static const struct option_rule rules[] = {{"--case", true},  {"--from", true},    {"--partition", true},
                                           {"--count", true}, {"--follow", false}, {"--json", false},
                                           {NULL, false}};

static volatile sig_atomic_t is_stopping;

static void on_signal(int number)
{
    (void)number;
    is_stopping = 1;
}

struct tailing {
    const struct verb *verb;
    const char *case_id; /* NULL: all */
    int64_t left;        /* records still to be shown; -1: no bound */
    bool is_json;
    struct positions_from from;
    struct positions positions;
    struct arena arena; /* of one record */
};

static void show(struct tailing *tailing, const struct kafka_record *record)
{
    arena_reset(&tailing->arena);
    struct record_view view = record_view_make(record, &tailing->arena);
    if (tailing->case_id == NULL || text_equal_string(view.case_id, tailing->case_id) ||
        text_equal_string(record->key, tailing->case_id)) {
        if (tailing->is_json) {
            json_t *json = record_view_json(record, &view);
            json_dumpf(json, stdout, JSON_COMPACT);
            putchar('\n');
            json_decref(json);
        } else {
            record_view_print(record, &view, stdout);
        }
        if (tailing->left > 0)
            tailing->left--;
        if (tailing->from.follows)
            fflush(stdout);
    }
    record_view_done(&view);
}

static enum status read_on(struct tailing *tailing, struct kafka_reader *reader, struct error *err)
{
    int silence = 0;
    while (!is_stopping && tailing->left != 0 && !kafka_reader_is_done(reader) && !ferror(stdout)) {
        const struct kafka_record *record;
        enum status status = kafka_reader_next(reader, POLL_MS, &record, err);
        if (status != STATUS_OK)
            return status;
        if (record != NULL)
            show(tailing, record);
        silence = record == NULL ? silence + 1 : 0;
        if (silence > SILENCE_MOST && !tailing->from.follows)
            return fail(err, STATUS_TRANSIENT,
                        "Kafka: the topic's end was not reached: nothing came for 30 s");
    }
    return STATUS_OK;
}

static int tail(struct tailing *tailing, const struct arguments *arguments)
{
    struct error err;
    struct kafka_client *client = NULL;
    struct kafka_reader *reader = NULL;
    struct arena names;
    struct settings *settings = cli_settings(NEED_KAFKA);
    if (settings == NULL)
        return EXIT_FAILED;
    arena_init(&names, 65536);
    enum status status = kafka_client_new(settings, "cli", &client, &err);
    for (size_t i = 0; i < arguments->word_count && status == STATUS_OK; i++)
        status = positions_add(&tailing->positions, client, cli_topic_name(&names, arguments->words[i]),
                               &tailing->from, &err);
    if (status == STATUS_OK)
        status = kafka_reader_new(settings, "cli", tailing->positions.items, tailing->positions.count,
                                  &reader, &err);
    if (status == STATUS_OK)
        status = read_on(tailing, reader, &err);
    kafka_reader_free(reader);
    kafka_client_free(client);
    settings_free(settings);
    arena_done(&names);
    return status == STATUS_OK ? cli_end(tailing->verb) : cli_failed(tailing->verb, &err);
}

static enum status read_options(const struct arguments *arguments, struct tailing *tailing, struct error *err)
{
    int64_t partition = -1;
    tailing->from.follows = arguments_has(arguments, "--follow");
    tailing->is_json = arguments_has(arguments, "--json");
    tailing->case_id = arguments_value(arguments, "--case", NULL);
    const char *from = arguments_value(arguments, "--from", tailing->from.follows ? "end" : "beginning");
    enum status status = positions_parse(from, &tailing->from, err);
    if (status == STATUS_OK)
        status = arguments_number(arguments, "--partition", 0, INT32_MAX, -1, &partition, err);
    if (status == STATUS_OK)
        status = arguments_number(arguments, "--count", 1, INT64_MAX, -1, &tailing->left, err);
    tailing->from.partition = (int32_t)partition;
    return status;
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct arguments arguments;
    struct error err;
    int code;
    if (!cli_begin(verb, rules, argc, argv, &arguments, &code))
        return code;
    if (arguments.word_count == 0)
        return cli_misuse(verb, "give at least one topic");
    struct tailing *tailing = calloc(1, sizeof *tailing);
    if (tailing == NULL)
        return EXIT_FAILED;
    tailing->verb = verb;
    arena_init(&tailing->arena, RECORD_MEMORY);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (read_options(&arguments, tailing, &err) != STATUS_OK)
        code = cli_misuse(verb, "%s", err.text);
    else
        code = tail(tailing, &arguments);
    arena_done(&tailing->arena);
    free(tailing);
    return code;
}

const struct verb verb_tail = {
    .name = "tail",
    .summary = "show a topic's records, decoded",
    .help = "Usage: aftercare tail TOPIC... [OPTION...]\n"
            "\n"
            "One line for each record: time, topic/partition/offset, fact, case id, JSON; for a DLQ also the "
            "reason\n"
            "and where it came from. Reads to where the topics end now. Joins no group and commits nothing. "
            "Within\n"
            "a partition records come in order, between partitions in none.\n"
            "\n"
            "  --case ID        only records of this case (or with this key)\n"
            "  --from WHERE     beginning, end, or an offset; default: beginning, with --follow end\n"
            "  --partition N    only this one\n"
            "  --follow         go on with what comes\n"
            "  --count N        stop after N records shown\n"
            "  --json           one JSON object a line, headers included\n"
            "\n"
            "TOPIC may be short: intake stands for aftercare.intake.v1, intake.dlq for its DLQ.\n"
            "Needs KAFKA_BOOTSTRAP_SERVERS.\n"
            "\n"
            "Example: all that is stated about one case, from now on\n"
            "  aftercare tail intake classification escalation returns survey --follow --case 0b7c2c0e-...\n",
    .run = run,
};
