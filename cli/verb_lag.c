/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include "core/time.h"
#include "lag.h"
#include "runtime/settings.h"
#include "store_ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEDGER_MEMORY (64 * 1024 * 1024)
#define LOOK_US       (5 * US_PER_SECOND) /* how long to look for the records that wait */

static const struct option_rule rules[] = {
    {"--group", false}, {"--lanes", false}, {"--json", false}, {NULL, false}};

struct asking {
    const struct verb *verb;
    const struct settings *settings;
    const struct arguments *arguments;
    struct kafka_client *client;
    struct arena arena;
    struct lag_table table;
    json_t *unreachable;
    bool has_committed;
};

static enum status read_ledger(struct asking *asking, const char *service, struct error *err)
{
    struct ledger_survey survey;
    struct postgres *db = postgres_new(cli_database_url(asking->settings), service, "aftercare-cli");
    enum status status = db == NULL ? fail(err, STATUS_FATAL, "out of memory")
                                    : store_ledger_read(db, service, &asking->arena, &survey, err);
    postgres_free(db);
    if (status != STATUS_OK)
        return status;
    int32_t lanes = survey.lane_count;
    for (size_t i = 0; i < survey.count; i++) /* a schema whose number of lanes nobody has written down */
        lanes = survey.rows[i].lane >= lanes ? survey.rows[i].lane + 1 : lanes;
    if (survey.count == 0 && !arguments_has(asking->arguments, "--json"))
        printf("%-14s no lane was taken yet\n", service);
    for (size_t i = 0; i < survey.count && status == STATUS_OK; i++)
        status = lag_add_offsets(&asking->table, service, survey.rows[i].lane, lanes, survey.rows[i].offsets,
                                 &asking->arena, err);
    return status;
}

/* The same topic is read by several services: Kafka is asked once. */
static const struct lag_entry *find_asked(const struct asking *asking, size_t before)
{
    const struct lag_entry *wanted = &asking->table.entries[before];
    for (size_t i = 0; i < before; i++) {
        const struct lag_entry *entry = &asking->table.entries[i];
        if (entry->lane == wanted->lane && strcmp(entry->topic, wanted->topic) == 0)
            return entry;
    }
    return NULL;
}

static enum status ask_ends(struct asking *asking, struct error *err)
{
    for (size_t i = 0; i < asking->table.count; i++) {
        struct lag_entry *entry = &asking->table.entries[i];
        const struct lag_entry *asked = find_asked(asking, i);
        enum status status = STATUS_OK;
        if (asked != NULL)
            entry->there = asked->there;
        else
            status = kafka_client_watermarks(asking->client, entry->topic, entry->lane, &entry->there, err);
        if (status != STATUS_OK)
            return status;
        lag_measure(entry);
    }
    return STATUS_OK;
}

static enum status ask_group(struct asking *asking, struct error *err)
{
    struct lag_table *table = &asking->table;
    for (size_t i = 0; i < table->count;) {
        int64_t offsets[LAG_MOST];
        size_t end = i;
        while (end < table->count && table->entries[end].service == table->entries[i].service &&
               table->entries[end].topic == table->entries[i].topic)
            end++;
        enum status status =
            kafka_client_committed(asking->settings, table->entries[i].service, table->entries[i].topic,
                                   (int32_t)(end - i), offsets, err);
        if (status != STATUS_OK)
            return status;
        for (size_t lane = 0; i < end; i++, lane++)
            table->entries[i].committed = offsets[lane];
    }
    return STATUS_OK;
}

/* Reads the record each lane would read next, for its time. What does not come in time stays unknown. */
static enum status look(struct asking *asking, const struct kafka_position *positions, size_t count,
                        size_t from, size_t end, struct error *err)
{
    struct kafka_reader *reader;
    enum status status = kafka_reader_new(asking->settings, "cli", positions, count, &reader, err);
    if (status != STATUS_OK)
        return status;
    int64_t until_us = time_monotonic_us() + LOOK_US;
    while (status == STATUS_OK && !kafka_reader_is_done(reader) && time_monotonic_us() < until_us) {
        const struct kafka_record *record;
        status = kafka_reader_next(reader, 200, &record, err);
        if (status != STATUS_OK || record == NULL)
            continue;
        for (size_t i = from; i < end; i++) {
            struct lag_entry *entry = &asking->table.entries[i];
            if (entry->lane == record->partition && strcmp(entry->topic, record->topic) == 0)
                entry->waiting_since_ms = record->timestamp_ms;
        }
        kafka_reader_finish(reader, record->topic, record->partition);
    }
    kafka_reader_free(reader);
    return status;
}

static enum status look_for_waiting(struct asking *asking, struct error *err)
{
    struct lag_table *table = &asking->table;
    struct kafka_position *positions = calloc(LAG_MOST, sizeof *positions);
    enum status status = positions == NULL ? fail(err, STATUS_FATAL, "out of memory") : STATUS_OK;
    for (size_t from = 0, end = 0; from < table->count && status == STATUS_OK; from = end) {
        size_t count = 0;
        for (; end < table->count && table->entries[end].service == table->entries[from].service; end++) {
            const struct lag_entry *entry = &table->entries[end];
            if (entry->records > 0)
                positions[count++] = (struct kafka_position){
                    .topic = entry->topic,
                    .partition = entry->lane,
                    .offset = lag_position(entry),
                    .end = entry->there.high,
                };
        }
        if (count > 0)
            status = look(asking, positions, count, from, end, err);
    }
    free(positions);
    return status;
}

static void show(struct asking *asking)
{
    int64_t now_ms = time_wall_us() / US_PER_MS;
    if (!arguments_has(asking->arguments, "--json")) {
        lag_print(&asking->table, arguments_has(asking->arguments, "--lanes"), asking->has_committed, now_ms,
                  stdout);
        return;
    }
    json_t *json = json_object();
    json_object_set_new(json, "lag", lag_json(&asking->table, asking->has_committed, now_ms));
    json_object_set(json, "unreachable", asking->unreachable);
    json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    putchar('\n');
    json_decref(json);
}

static int ask(struct asking *asking)
{
    const char *names[CLI_SERVICES];
    size_t count = cli_services(names);
    struct error err;
    for (size_t i = 0; i < count; i++) {
        bool is_wanted = asking->arguments->word_count == 0;
        for (size_t word = 0; word < asking->arguments->word_count; word++)
            is_wanted = is_wanted || strcmp(asking->arguments->words[word], names[i]) == 0;
        if (!is_wanted || read_ledger(asking, names[i], &err) == STATUS_OK)
            continue;
        cli_failed(asking->verb, &err);
        json_array_append_new(asking->unreachable,
                              json_pack("{s:s, s:s}", "service", names[i], "problem", err.text));
    }
    enum status status = kafka_client_new(asking->settings, "cli", &asking->client, &err);
    if (status == STATUS_OK)
        status = ask_ends(asking, &err);
    if (status == STATUS_OK && asking->has_committed)
        status = ask_group(asking, &err);
    if (status == STATUS_OK)
        status = look_for_waiting(asking, &err);
    if (status != STATUS_OK)
        return cli_failed(asking->verb, &err);
    show(asking);
    int code = cli_end(asking->verb);
    return json_array_size(asking->unreachable) > 0 ? EXIT_FAILED : code;
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct arguments arguments;
    int code;
    if (!cli_begin(verb, rules, argc, argv, &arguments, &code))
        return code;
    for (size_t i = 0; i < arguments.word_count; i++)
        if (!cli_is_service(arguments.words[i]))
            return cli_misuse(verb, "%s: is no service of the catalogue", arguments.words[i]);
    struct settings *settings = cli_settings(NEED_KAFKA | NEED_DATABASE);
    struct asking *asking = calloc(1, sizeof *asking);
    code = EXIT_FAILED;
    if (settings != NULL && asking != NULL) {
        asking->verb = verb;
        asking->settings = settings;
        asking->arguments = &arguments;
        asking->has_committed = arguments_has(&arguments, "--group");
        asking->unreachable = json_array();
        arena_init(&asking->arena, LEDGER_MEMORY);
        code = ask(asking);
        kafka_client_free(asking->client);
        json_decref(asking->unreachable);
        arena_done(&asking->arena);
    }
    free(asking);
    settings_free(settings);
    return code;
}

const struct verb verb_lag = {
    .name = "lag",
    .summary = "how far services are behind, in records and seconds",
    .help = "Usage: aftercare lag [SERVICE...] [--lanes] [--group] [--json]\n"
            "\n"
            "For each service and topic: the records it has still to read, and for how long the oldest of "
            "them has\n"
            "waited. What was read is told by the service's ledger, where the topic ends by Kafka.\n"
            "\n"
            "  --lanes   also each lane: its next offset, the topic's end\n"
            "  --group   with --lanes or --json: also what the consumer group has committed to Kafka, which "
            "follows\n"
            "            the ledger and decides nothing\n"
            "  --json    {\"lag\": [...], \"unreachable\": [...]}\n"
            "\n"
            "Exit code 1 when the ledger of a service that was asked for cannot be read; it is named.\n"
            "Needs KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL of a role that may read the services' schemas.\n"
            "\n"
            "Example: is everything done?\n"
            "  aftercare lag --json | jq '[.lag[].records] | add'\n",
    .run = run,
};
