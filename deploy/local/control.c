/* SPDX-License-Identifier: Apache-2.0 */
#include "control.h"

#include <errno.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 8, CODES_MAX = 256, BROKER = 1 };

static const struct api {
    const char *name;
    int16_t key;
} apis[] = {{"Produce", 0},        {"Fetch", 1},       {"ListOffsets", 2},      {"Metadata", 3},
            {"OffsetCommit", 8},   {"OffsetFetch", 9}, {"FindCoordinator", 10}, {"JoinGroup", 11},
            {"Heartbeat", 12},     {"LeaveGroup", 13}, {"SyncGroup", 14},       {"ApiVersion", 18},
            {"InitProducerId", 22}};

struct request {
    rd_kafka_mock_cluster_t *cluster;
    char *words[WORDS_MAX];
    int count;
    char *answer;
    size_t size;
};

#define REFUSE(request, ...) ((void)snprintf((request)->answer, (request)->size, "error: " __VA_ARGS__))

static bool parse_int(const char *text, int min, int max, int *ret_value)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < min || value > max)
        return false;
    *ret_value = (int)value;
    return true;
}

static bool parse_api(const char *text, int16_t *ret_key)
{
    for (size_t i = 0; i < sizeof(apis) / sizeof(apis[0]); i++) {
        if (strcmp(text, apis[i].name) == 0) {
            *ret_key = apis[i].key;
            return true;
        }
    }
    int key;
    if (!parse_int(text, 0, INT16_MAX, &key))
        return false;
    *ret_key = (int16_t)key;
    return true;
}

static bool parse_code(const char *text, rd_kafka_resp_err_t *ret_code)
{
    const struct rd_kafka_err_desc *descriptions;
    size_t count;
    int code;
    bool is_number = parse_int(text, -1000, 1000, &code);
    rd_kafka_get_err_descs(&descriptions, &count);
    for (size_t i = 0; i < count; i++) {
        if (descriptions[i].name == NULL)
            continue;
        if (is_number ? (int)descriptions[i].code == code : strcmp(descriptions[i].name, text) == 0) {
            *ret_code = descriptions[i].code;
            return true;
        }
    }
    return false;
}

/* Answers for a call of the mock. */
static void conclude(struct request *request, rd_kafka_resp_err_t code)
{
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        snprintf(request->answer, request->size, "ok");
    else
        REFUSE(request, "%s", rd_kafka_err2str(code));
}

static void make_topic(struct request *request)
{
    int partitions;
    if (!parse_int(request->words[2], 1, 1000, &partitions)) {
        REFUSE(request, "a topic has 1 to 1000 partitions, not '%s'", request->words[2]);
        return;
    }
    conclude(request, rd_kafka_mock_topic_create(request->cluster, request->words[1], partitions, 1));
}

/* One "CODE" or "CODE:MS" per coming request. */
static bool parse_faults(struct request *request, char *list, rd_kafka_resp_err_t *codes, int *delays_ms,
                         size_t *ret_count, bool *ret_has_delays)
{
    size_t count = 0;
    *ret_has_delays = false;
    for (char *rest, *item = strtok_r(list, ",", &rest); item != NULL; item = strtok_r(NULL, ",", &rest)) {
        char *delay = strchr(item, ':');
        int delay_ms = 0;
        if (delay != NULL) {
            *delay++ = '\0';
            *ret_has_delays = true;
            if (!parse_int(delay, 0, INT_MAX, &delay_ms)) {
                REFUSE(request, "'%s' is not a number of milliseconds", delay);
                return false;
            }
        }
        if (count == CODES_MAX || !parse_code(item, &codes[count])) {
            REFUSE(request, "'%s' is not an error of librdkafka's, or the list is longer than %d", item,
                   CODES_MAX);
            return false;
        }
        delays_ms[count++] = delay_ms;
    }
    *ret_count = count;
    return true;
}

static void push_errors(struct request *request)
{
    int16_t api;
    int times = 1;
    if (!parse_api(request->words[1], &api)) {
        REFUSE(request, "'%s' is not a kind of request", request->words[1]);
        return;
    }
    if (request->count == 4 && !parse_int(request->words[2], 1, 1000000, &times)) {
        REFUSE(request, "'%s' is not a number of times", request->words[2]);
        return;
    }
    rd_kafka_resp_err_t codes[CODES_MAX];
    int delays_ms[CODES_MAX];
    size_t count;
    bool has_delays;
    if (!parse_faults(request, request->words[request->count - 1], codes, delays_ms, &count, &has_delays))
        return;
    rd_kafka_resp_err_t result = RD_KAFKA_RESP_ERR_NO_ERROR;
    for (int i = 0; i < times && result == RD_KAFKA_RESP_ERR_NO_ERROR; i++) {
        if (!has_delays)
            rd_kafka_mock_push_request_errors_array(request->cluster, api, count, codes);
        for (size_t n = 0; has_delays && n < count && result == RD_KAFKA_RESP_ERR_NO_ERROR; n++)
            result = rd_kafka_mock_broker_push_request_error_rtts(request->cluster, BROKER, api, (size_t)1,
                                                                  codes[n], delays_ms[n]);
    }
    conclude(request, result);
}

static void clear_errors(struct request *request)
{
    for (int16_t key = 0; key < 64; key++)
        rd_kafka_mock_clear_request_errors(request->cluster, key);
    conclude(request, RD_KAFKA_RESP_ERR_NO_ERROR);
}

static void set_rtt(struct request *request)
{
    int rtt_ms;
    if (!parse_int(request->words[1], 0, INT_MAX, &rtt_ms)) {
        REFUSE(request, "'%s' is not a number of milliseconds", request->words[1]);
        return;
    }
    conclude(request, rd_kafka_mock_broker_set_rtt(request->cluster, BROKER, rtt_ms));
}

static void set_down(struct request *request)
{
    conclude(request, rd_kafka_mock_broker_set_down(request->cluster, BROKER));
}

static void set_up(struct request *request)
{
    conclude(request, rd_kafka_mock_broker_set_up(request->cluster, BROKER));
}

static void set_leader(struct request *request)
{
    int partition, broker;
    if (!parse_int(request->words[2], 0, INT_MAX, &partition) ||
        !parse_int(request->words[3], -1, BROKER, &broker) || broker == 0) {
        REFUSE(request, "leader TOPIC PARTITION -1|1");
        return;
    }
    conclude(request,
             rd_kafka_mock_partition_set_leader(request->cluster, request->words[1], partition, broker));
}

static void set_coordinator(struct request *request)
{
    int broker;
    const char *kind = request->words[1];
    if ((strcmp(kind, "group") != 0 && strcmp(kind, "transaction") != 0) ||
        !parse_int(request->words[3], -1, BROKER, &broker) || broker == 0) {
        REFUSE(request, "coordinator group|transaction KEY -1|1");
        return;
    }
    conclude(request, rd_kafka_mock_coordinator_set(request->cluster, kind, request->words[2], broker));
}

static void answer_ping(struct request *request)
{
    conclude(request, RD_KAFKA_RESP_ERR_NO_ERROR);
}

static const struct command {
    const char *name;
    int words_min, words_max;
    void (*obey)(struct request *request);
} commands[] = {
    {"topic", 3, 3, make_topic},   {"errors", 3, 4, push_errors},
    {"clear", 1, 1, clear_errors}, {"rtt", 2, 2, set_rtt},
    {"down", 1, 1, set_down},      {"up", 1, 1, set_up},
    {"leader", 4, 4, set_leader},  {"coordinator", 4, 4, set_coordinator},
    {"ping", 1, 1, answer_ping},   {"quit", 1, 1, answer_ping},
};

bool control_obey(struct rd_kafka_mock_cluster_s *cluster, char *line, char *answer, size_t size)
{
    struct request request = {.cluster = cluster, .answer = answer, .size = size};
    for (char *rest, *word = strtok_r(line, " \t\r", &rest); word != NULL;
         word = strtok_r(NULL, " \t\r", &rest)) {
        if (request.count == WORDS_MAX) {
            REFUSE(&request, "more than %d words", WORDS_MAX);
            return false;
        }
        request.words[request.count++] = word;
    }
    const char *name = request.count > 0 ? request.words[0] : "";
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(name, commands[i].name) != 0)
            continue;
        if (request.count < commands[i].words_min || request.count > commands[i].words_max) {
            REFUSE(&request, "'%s' takes other words; they are listed in control.h", name);
            return false;
        }
        commands[i].obey(&request);
        return strcmp(name, "quit") == 0;
    }
    REFUSE(&request, "unknown command '%.40s'", name);
    return false;
}
