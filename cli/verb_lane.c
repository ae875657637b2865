/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include "core/time.h"
#include "record_view.h"
#include "runtime/catalogue.h"
#include "runtime/settings.h"
#include "store_ledger.h"

#include <stdio.h>
#include <string.h>

#define LEDGER_MEMORY (64 * 1024 * 1024)

static const struct option_rule rules[] = {{"--topic", true}, {"--offset", true}, {"--after-restore", false},
                                           {"--yes", false},  {"--json", false},  {NULL, false}};

/* ---- list ---- */

static void print_lane(const char *service, const struct ledger_view *row)
{
    char owner[UUID_TEXT_LEN + 1], at[TIME_TEXT_LEN + 1];
    printf("%s/%d owner %s epoch %lld batch %lld takings %d pending %lld B updated %s suspect ", service,
           (int)row->lane, uuid_format(row->owner, owner), (long long)row->epoch, (long long)row->batch,
           (int)row->takings, (long long)row->pending_bytes, time_format(row->updated_at_us, at));
    print_clean(row->suspect, stdout);
    printf("\n    offsets %.*s\n", TEXT_ARGS(row->offsets));
}

static json_t *lane_json(const char *service, const struct ledger_view *row)
{
    char owner[UUID_TEXT_LEN + 1], at[TIME_TEXT_LEN + 1];
    json_t *json = json_object();
    json_object_set_new(json, "service", json_string(service));
    json_object_set_new(json, "lane", json_integer(row->lane));
    json_object_set_new(json, "owner", json_string(uuid_format(row->owner, owner)));
    json_object_set_new(json, "epoch", json_integer(row->epoch));
    json_object_set_new(json, "batch", json_integer(row->batch));
    json_object_set_new(json, "outSeq", json_integer(row->out_seq));
    json_object_set_new(json, "takings", json_integer(row->takings));
    json_object_set_new(json, "suspect",
                        row->suspect.at == NULL ? json_null()
                                                : json_stringn(row->suspect.at, row->suspect.len));
    json_object_set_new(json, "offsets", json_loadb(row->offsets.at, row->offsets.len, 0, NULL));
    json_object_set_new(json, "pendingBytes", json_integer(row->pending_bytes));
    json_object_set_new(json, "updatedAt", json_string(time_format(row->updated_at_us, at)));
    return json;
}

static enum status list_service(const struct settings *settings, const char *service, struct arena *arena,
                                json_t *all, struct error *err)
{
    struct ledger_survey survey;
    struct postgres *db = postgres_new(cli_database_url(settings), service, "aftercare-cli");
    enum status status = db == NULL ? fail(err, STATUS_FATAL, "out of memory")
                                    : store_ledger_read(db, service, arena, &survey, err);
    postgres_free(db);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < survey.count; i++) {
        if (all != NULL)
            json_array_append_new(all, lane_json(service, &survey.rows[i]));
        else
            print_lane(service, &survey.rows[i]);
    }
    if (all == NULL && survey.count == 0)
        printf("%s: no lane was taken yet\n", service);
    return STATUS_OK;
}

static int list(const struct verb *verb, const struct settings *settings, const struct arguments *arguments,
                struct arena *arena)
{
    const char *names[CLI_SERVICES];
    size_t count = cli_services(names);
    int code = EXIT_DONE;
    json_t *all = arguments_has(arguments, "--json") ? json_array() : NULL;
    for (size_t i = 0; i < count; i++) {
        struct error err;
        if (arguments->word_count == 2 && strcmp(arguments->words[1], names[i]) != 0)
            continue;
        arena_reset(arena);
        if (list_service(settings, names[i], arena, all, &err) != STATUS_OK)
            code = cli_failed(verb, &err);
    }
    if (all != NULL) {
        json_dumpf(all, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(all);
    }
    return code == EXIT_DONE ? cli_end(verb) : code;
}

/* ---- reset ---- */

struct reset {
    const char *service;
    bool is_after_restore;
    int64_t lane;
    const char *topic;
    int64_t offset;
};

static enum status read_reset(const struct arguments *arguments, struct arena *arena, struct reset *ret_reset,
                              struct error *err)
{
    struct reset reset = {.service = arguments->words[1]};
    reset.is_after_restore = arguments_has(arguments, "--after-restore");
    bool has_place = arguments->word_count == 3 || arguments_has(arguments, "--topic") ||
                     arguments_has(arguments, "--offset");
    if (reset.is_after_restore && has_place)
        return fail(err, STATUS_INVALID,
                    "--after-restore: is for all lanes, without LANE, --topic and --offset");
    if (reset.is_after_restore) {
        *ret_reset = reset;
        return STATUS_OK;
    }
    if (arguments->word_count != 3 || !arguments_has(arguments, "--topic") ||
        !arguments_has(arguments, "--offset"))
        return fail(err, STATUS_INVALID,
                    "reset SERVICE LANE --topic T --offset N, or reset SERVICE --after-restore");
    if (!text_to_int64(text_of(arguments->words[2]), &reset.lane) || reset.lane < 0 || reset.lane > INT32_MAX)
        return fail(err, STATUS_INVALID, "LANE: a number, not '%.60s'", arguments->words[2]);
    reset.topic = cli_topic_name(arena, arguments_value(arguments, "--topic", ""));
    if (catalogue_find(text_of(reset.topic)) == NULL)
        return fail(err, STATUS_INVALID, "--topic: %.100s is no topic of the catalogue", reset.topic);
    *ret_reset = reset;
    return arguments_number(arguments, "--offset", 0, INT64_MAX, 0, &ret_reset->offset, err);
}

static enum status apply_reset(const struct settings *settings, const struct reset *reset,
                               struct arena *arena, struct error *err)
{
    struct postgres *db =
        postgres_new(settings_text(settings, "DATABASE_ADMIN_URL"), reset->service, "aftercare-cli");
    if (db == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    enum status status;
    int32_t count = 0;
    if (reset->is_after_restore)
        status = store_ledger_renumber(db, reset->service, arena, &count, err);
    else
        status = store_ledger_set_offset(db, reset->service, (int32_t)reset->lane, reset->topic,
                                         reset->offset, arena, err);
    postgres_free(db);
    if (status != STATUS_OK)
        return status;
    if (reset->is_after_restore)
        printf("%s: %d lanes number their outputs from now on\n", reset->service, (int)count);
    else
        printf("%s/%d: reads %s from offset %lld\n", reset->service, (int)reset->lane, reset->topic,
               (long long)reset->offset);
    return STATUS_OK;
}

static int reset(const struct verb *verb, const struct arguments *arguments, struct arena *arena)
{
    struct reset wanted;
    struct error err;
    if (read_reset(arguments, arena, &wanted, &err) != STATUS_OK)
        return cli_misuse(verb, "%s", err.text);
    if (!arguments_has(arguments, "--yes"))
        return cli_misuse(verb, "reset changes what %s does and does not do again; say --yes if you mean it",
                          wanted.service);
    struct settings *settings = cli_settings(NEED_ADMIN);
    if (settings == NULL)
        return EXIT_FAILED;
    enum status status = apply_reset(settings, &wanted, arena, &err);
    settings_free(settings);
    return status == STATUS_OK ? cli_end(verb) : cli_failed(verb, &err);
}

static int run(const struct verb *verb, int argc, char **argv)
{
    struct arguments arguments;
    int code;
    if (!cli_begin(verb, rules, argc, argv, &arguments, &code))
        return code;
    bool is_list = arguments.word_count >= 1 && strcmp(arguments.words[0], "list") == 0;
    bool is_reset = arguments.word_count >= 2 && strcmp(arguments.words[0], "reset") == 0;
    if ((!is_list || arguments.word_count > 2) && (!is_reset || arguments.word_count > 3))
        return cli_misuse(verb, "list [SERVICE], or reset SERVICE ...");
    if (arguments.word_count > 1 && !cli_is_service(arguments.words[1]))
        return cli_misuse(verb, "%s: is no service of the catalogue", arguments.words[1]);
    struct arena arena;
    arena_init(&arena, LEDGER_MEMORY);
    if (is_reset) {
        code = reset(verb, &arguments, &arena);
    } else {
        struct settings *settings = cli_settings(NEED_DATABASE);
        code = settings == NULL ? EXIT_FAILED : list(verb, settings, &arguments, &arena);
        settings_free(settings);
    }
    arena_done(&arena);
    return code;
}

const struct verb verb_lane = {
    .name = "lane",
    .summary = "who owns which lane, how far it is; mend a ledger",
    .help = "Usage: aftercare lane list [SERVICE] [--json]\n"
            "       aftercare lane reset SERVICE LANE --topic T --offset N --yes\n"
            "       aftercare lane reset SERVICE --after-restore --yes\n"
            "\n"
            "list: for each lane its owner, epoch, batch, takings (by processes that died since its last "
            "COMMIT), the\n"
            "suspect record, the bytes of its last batch's outputs, and the next offset of each topic.\n"
            "\n"
            "reset: the lane reads topic T from offset N on, for instance when Kafka no longer has the "
            "offset it\n"
            "stands at. What is skipped is never applied; what is read twice acts once. With "
            "--after-restore, once\n"
            "Postgres was restored from a backup: outputs are numbered from the time in microseconds on, so "
            "that no\n"
            "number is given twice. Both are refused while workers of the service are connected: stop them "
            "first. The\n"
            "epoch grows with it, so a process that was only frozen cannot write to its lanes any more.\n"
            "\n"
            "list needs DATABASE_URL, reset DATABASE_ADMIN_URL.\n"
            "\n"
            "Example:\n"
            "  aftercare lane reset escalation 3 --topic intake --offset 4711 --yes\n",
    .run = run,
};
