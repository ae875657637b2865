/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include "runtime/catalogue.h"
#include "runtime/kafka_client.h"
#include "runtime/settings.h"
#include "topic_check.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOPICS_MOST 100

static const struct option_rule rules[] = {
    {"--partitions", true}, {"--replication", true}, {"--json", false}, {NULL, false}};

struct asking {
    const struct verb *verb;
    struct kafka_client *client;
    int64_t partitions, replication;
    bool is_json;
    struct topic_found found[TOPICS_MOST]; /* as catalogue_topics */
    bool has_admin;
};

/* Fills `found`: what is there, and its settings where the broker tells them. */
static enum status look(struct asking *asking, struct error *err)
{
    struct kafka_topic_settings settings[TOPICS_MOST];
    size_t place[TOPICS_MOST], count = 0;
    if (catalogue_topic_count > TOPICS_MOST)
        return fail(err, STATUS_FATAL, "the catalogue has more than %d topics", TOPICS_MOST);
    for (size_t i = 0; i < catalogue_topic_count; i++) {
        enum status status = kafka_client_partitions(asking->client, catalogue_topics[i].name,
                                                     &asking->found[i].partitions, err);
        if (status != STATUS_OK)
            return status;
        if (asking->found[i].partitions == 0)
            continue;
        place[count] = i;
        settings[count++] = (struct kafka_topic_settings){catalogue_topics[i].name, -1, -1};
    }
    enum status status = kafka_client_describe(asking->client, settings, count, err);
    asking->has_admin = status == STATUS_OK;
    if (status == STATUS_REFUSED)
        return STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        asking->found[place[i]].has_settings = true;
        asking->found[place[i]].retention_ms = settings[i].retention_ms;
        asking->found[place[i]].max_record_bytes = settings[i].max_record_bytes;
    }
    return status;
}

/* Prints the differences; their number. */
static size_t compare(const struct asking *asking)
{
    size_t total = 0;
    json_t *all = json_array();
    for (size_t i = 0; i < catalogue_topic_count; i++) {
        struct topic_differences differences =
            topic_check(&catalogue_topics[i], &asking->found[i], (int32_t)asking->partitions);
        total += differences.count;
        for (size_t line = 0; line < differences.count; line++) {
            if (asking->is_json)
                json_array_append_new(all, json_pack("{s:s, s:s}", "topic", catalogue_topics[i].name,
                                                     "difference", differences.lines[line]));
            else
                puts(differences.lines[line]);
        }
    }
    if (asking->is_json) {
        json_dumpf(all, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(all);
    return total;
}

static int check(struct asking *asking)
{
    struct error err;
    if (look(asking, &err) != STATUS_OK)
        return cli_failed(asking->verb, &err);
    if (!asking->has_admin)
        fputs("aftercare topics: this broker has no admin API: retention and largest record were not "
              "compared\n",
              stderr);
    size_t differences = compare(asking);
    if (!asking->is_json && differences == 0)
        printf("%zu topics are as the catalogue says\n", catalogue_topic_count);
    int code = cli_end(asking->verb);
    return differences > 0 ? EXIT_FAILED : code;
}

static int list(struct asking *asking)
{
    struct error err;
    if (look(asking, &err) != STATUS_OK)
        return cli_failed(asking->verb, &err);
    json_t *all = json_array();
    for (size_t i = 0; i < catalogue_topic_count; i++) {
        const struct catalogue_topic *topic = &catalogue_topics[i];
        int32_t partitions = asking->found[i].partitions;
        if (asking->is_json)
            json_array_append_new(all, json_pack("{s:s, s:i, s:s, s:s, s:i, s:i}", "topic", topic->name,
                                                 "partitions", (int)partitions, "producer", topic->producer,
                                                 "message", topic->message, "retentionDays",
                                                 (int)topic->retention_days, "largestRecordBytes",
                                                 (int)topic->max_record_bytes));
        else if (partitions == 0)
            printf("%-38s missing\n", topic->name);
        else
            printf("%-38s %3d partitions, from %s: %s\n", topic->name, (int)partitions, topic->producer,
                   topic->message[0] == '\0' ? "any message" : topic->message);
    }
    if (asking->is_json) {
        json_dumpf(all, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(all);
    return cli_end(asking->verb);
}

static void tell_plans(const struct asking *asking, const struct kafka_topic_plan *plans)
{
    json_t *all = json_array();
    for (size_t i = 0; i < catalogue_topic_count; i++) {
        const char *what = plans[i].was_there ? "there" : "created";
        if (asking->is_json)
            json_array_append_new(all, json_pack("{s:s, s:s}", "topic", plans[i].name, "state", what));
        else
            printf("%s: %s\n", plans[i].name, plans[i].was_there ? "was there" : "created");
    }
    if (asking->is_json) {
        json_dumpf(all, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(all);
}

static int create(struct asking *asking)
{
    struct kafka_topic_plan plans[TOPICS_MOST];
    struct error err;
    if (catalogue_topic_count > TOPICS_MOST)
        return cli_misuse(asking->verb, "the catalogue has more than %d topics", TOPICS_MOST);
    for (size_t i = 0; i < catalogue_topic_count; i++)
        plans[i] = (struct kafka_topic_plan){
            .name = catalogue_topics[i].name,
            .partitions = (int32_t)asking->partitions,
            .replication = (int32_t)asking->replication,
            .retention_ms = topic_check_retention_ms(&catalogue_topics[i]),
            .max_record_bytes = topic_check_max_bytes(&catalogue_topics[i]),
        };
    enum status status = kafka_client_create(asking->client, plans, catalogue_topic_count, &err);
    if (status == STATUS_REFUSED) {
        fputs("aftercare topics: this broker has no admin API, so nothing was created; its topics are "
              "compared\n",
              stderr);
        return check(asking);
    }
    if (status != STATUS_OK)
        return cli_failed(asking->verb, &err);
    tell_plans(asking, plans);
    return cli_end(asking->verb);
}

static int ask(struct asking *asking, const char *what)
{
    struct error err;
    struct settings *settings = cli_settings(NEED_KAFKA);
    if (settings == NULL)
        return EXIT_FAILED;
    int code;
    if (kafka_client_new(settings, "cli", &asking->client, &err) != STATUS_OK)
        code = cli_failed(asking->verb, &err);
    else if (strcmp(what, "create") == 0)
        code = create(asking);
    else
        code = strcmp(what, "check") == 0 ? check(asking) : list(asking);
    kafka_client_free(asking->client);
    settings_free(settings);
    return code;
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct arguments arguments;
    struct error err;
    int code;
    if (!cli_begin(verb, rules, argc, argv, &arguments, &code))
        return code;
    const char *what = arguments.word_count == 1 ? arguments.words[0] : "";
    if (strcmp(what, "create") != 0 && strcmp(what, "check") != 0 && strcmp(what, "list") != 0)
        return cli_misuse(verb, "create, check or list");
    struct asking *asking = calloc(1, sizeof *asking);
    if (asking == NULL)
        return EXIT_FAILED;
    asking->verb = verb;
    asking->is_json = arguments_has(&arguments, "--json");
    if (arguments_number(&arguments, "--partitions", 1, 1024, 12, &asking->partitions, &err) != STATUS_OK ||
        arguments_number(&arguments, "--replication", 1, 16, 1, &asking->replication, &err) != STATUS_OK)
        code = cli_misuse(verb, "%s", err.text);
    else
        code = ask(asking, what);
    free(asking);
    return code;
}

const struct verb verb_topics = {
    .name = "topics",
    .summary = "make the catalogue's topics, and compare them with it",
    .help =
        "Usage: aftercare topics create [--partitions 12] [--replication 1] [--json]\n"
        "       aftercare topics check [--partitions 12] [--json]\n"
        "       aftercare topics list [--json]\n"
        "\n"
        "create: makes the topics that are missing, with the catalogue's retention, and max.message.bytes "
        "such\n"
        "that its largest record gets through. What is there stays as it is, so it may be run at any time.\n"
        "check: names every difference: missing, partitions, retention.ms, max.message.bytes. Exit code 1 "
        "if\n"
        "there is one. list: the topics with their partitions, producer and message.\n"
        "\n"
        "All topics have the same number of partitions: as many workers a service can have at most. Later it "
        "is\n"
        "changed only by draining. devbroker has no admin API; there create only checks.\n"
        "Needs KAFKA_BOOTSTRAP_SERVERS.\n"
        "\n"
        "Example: for three brokers\n"
        "  aftercare topics create --replication 3 && aftercare topics check\n",
    .run = run,
};
