/* SPDX-License-Identifier: Apache-2.0 */
/* The door's producer against librdkafka's mock brokers, by itself and behind a route. */
#include "http_client.h"
#include "runtime/door.h"
#include "runtime/http_publish.h"
#include "runtime/http_server.h"
#include "runtime/log.h"
#include "runtime/metrics.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define TOPIC   "aftercare.inbound.messages.v1"
#define PRODUCE 0 /* the protocol's number for it */

static rd_kafka_t *mock_owner;
static rd_kafka_mock_cluster_t *mock;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct door_report last;
static char last_topic[64];
static int report_count;

static void on_reported(void *context, const struct door_report *report)
{
    pthread_mutex_lock(&lock);
    assert_ptr_equal(context, &last);
    last = *report;
    snprintf(last_topic, sizeof last_topic, "%s", report->topic);
    report_count++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static struct door_report wait_for_report(int count)
{
    pthread_mutex_lock(&lock);
    while (report_count < count)
        pthread_cond_wait(&changed, &lock);
    struct door_report report = last;
    pthread_mutex_unlock(&lock);
    return report;
}

static int open_mock(void **state)
{
    (void)state;
    char why[200];
    report_count = 0;
    mock_owner = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof why);
    mock = mock_owner == NULL ? NULL : rd_kafka_mock_cluster_new(mock_owner, 1);
    return mock == NULL || rd_kafka_mock_topic_create(mock, TOPIC, 4, 1) != RD_KAFKA_RESP_ERR_NO_ERROR ? -1
                                                                                                       : 0;
}

static int close_mock(void **state)
{
    (void)state;
    rd_kafka_mock_cluster_destroy(mock);
    rd_kafka_destroy(mock_owner);
    return 0;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[200];
    assert_int_equal(rd_kafka_conf_set(conf, name, value, why, sizeof why), RD_KAFKA_CONF_OK);
}

static struct door *open_door(const char *brokers, const char *timeout_ms, bool is_gapless)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", brokers);
    set(conf, "enable.idempotence", "true");
    set(conf, "enable.gapless.guarantee", is_gapless ? "true" : "false");
    set(conf, "message.timeout.ms", timeout_ms);
    set(conf, "message.max.bytes", "2000");
    set(conf, "linger.ms", "1");
    set(conf, "partitioner", "murmur2_random");
    struct door *door = NULL;
    struct error err = {""};
    enum status status = door_new(conf, &door, &err);
    if (status != STATUS_OK)
        print_error("%s\n", err.text);
    assert_int_equal(status, STATUS_OK);
    return door;
}

static enum status publish(struct door *door, struct text value, struct error *err)
{
    const struct header headers[] = {{TEXT("ce_id"), TEXT("7")}, {TEXT("empty"), TEXT("")}};
    struct door_record record = {
        .topic = TOPIC, .key = TEXT("case-7"), .value = value, .headers = headers, .header_count = 2};
    return door_publish(door, &record, on_reported, &last, err);
}

/* ---- the door ---- */

static void acknowledged_records_have_a_place(void **state)
{
    (void)state;
    struct door *door = open_door(rd_kafka_mock_cluster_bootstraps(mock), "5000", false);
    struct error err;
    door_touch(door, TOPIC);
    int32_t partition = -1;
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(publish(door, TEXT("hello"), &err), STATUS_OK);
        struct door_report report = wait_for_report(i);
        assert_int_equal(report.status, STATUS_OK);
        assert_string_equal(last_topic, TOPIC);
        assert_int_equal(report.offset, i - 1);
        assert_true(partition == -1 || report.partition == partition); /* one key, one partition */
        partition = report.partition;
    }
    door_free(door, 1000);
    assert_int_equal(report_count, 3);
}

static void too_large_is_refused_at_once(void **state)
{
    (void)state;
    static const char large[3000] = "x";
    struct door *door = open_door(rd_kafka_mock_cluster_bootstraps(mock), "5000", false);
    struct error err;
    assert_int_equal(publish(door, text_make(large, sizeof large), &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, TOPIC));
    struct door_record record = {.topic = TOPIC, .header_count = DOOR_HEADERS_MOST + 1};
    assert_int_equal(door_publish(door, &record, on_reported, &last, &err), STATUS_INVALID);
    rd_kafka_mock_push_request_errors(mock, PRODUCE, 1, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
    assert_int_equal(publish(door, TEXT("hello"), &err), STATUS_OK);
    struct door_report report = wait_for_report(1);
    assert_int_equal(report.status, STATUS_INVALID);
    assert_int_equal(publish(door, TEXT("hello"), &err), STATUS_OK);
    assert_int_equal(wait_for_report(2).status, STATUS_OK);
    door_free(door, 1000);
    assert_int_equal(report_count, 2);
}

static void without_brokers_the_outcome_is_unknown(void **state)
{
    (void)state;
    struct door *door = open_door("127.0.0.1:1", "200", false);
    struct error err;
    assert_int_equal(publish(door, TEXT("hello"), &err), STATUS_OK);
    struct door_report report = wait_for_report(1);
    assert_int_equal(report.status, STATUS_TRANSIENT);
    assert_non_null(strstr(report.err.text, TOPIC));
    door_free(door, 0);
    assert_int_equal(report_count, 1);
}

static void closing_reports_what_is_left(void **state)
{
    (void)state;
    struct door *door = open_door("127.0.0.1:1", "60000", false);
    struct error err;
    for (int i = 0; i < 10; i++)
        assert_int_equal(publish(door, TEXT("hello"), &err), STATUS_OK);
    door_free(door, 50);
    assert_int_equal(report_count, 10);
    assert_int_equal(last.status, STATUS_TRANSIENT);
}

/* With the gapless guarantee librdkafka calls a lost record fatal, and the producer takes nothing more. */
static void failed_producer_is_replaced(void **state)
{
    (void)state;
    struct door *door = open_door(rd_kafka_mock_cluster_bootstraps(mock), "5000", true);
    struct error err;
    rd_kafka_mock_push_request_errors(mock, PRODUCE, 1, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
    assert_int_equal(publish(door, TEXT("hello"), &err), STATUS_OK);
    assert_int_not_equal(wait_for_report(1).status, STATUS_OK);
    enum status status = STATUS_TRANSIENT;
    int taken = 1;
    for (int tries = 0; tries < 200 && status != STATUS_OK; tries++) {
        if (publish(door, TEXT("again"), &err) == STATUS_OK) {
            status = wait_for_report(++taken).status;
        } else {
            struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
            nanosleep(&pause, NULL);
        }
    }
    assert_int_equal(status, STATUS_OK);
    struct metric *fatal =
        metric_counter("aftercare_kafka_fatal", "Producers that failed for good and were made anew.",
                       METRIC_LABELS("producer", "door"));
    assert_true(metric_value(fatal) == 1);
    door_free(door, 1000);
    assert_int_equal(report_count, taken);
}

/* ---- behind a route ---- */

static void on_published(struct http_exchange *exchange, const struct door_report *report)
{
    http_add_header(exchange, "Location",
                    text_print(http_arena(exchange), "/v1/records/%s.%d.%lld", report->topic,
                               report->partition, (long long)report->offset));
    http_answer_json(exchange, 202, json_pack("{s:s}", "state", "accepted"));
}

static void take(struct http_exchange *exchange)
{
    struct door_record record = {.topic = TOPIC, .key = TEXT("case-7"), .value = http_body(exchange)};
    http_publish(exchange, &record, on_published);
}

static void say_in_own_words(struct http_exchange *exchange, enum status status, const struct error *err)
{
    (void)err;
    http_answer(exchange, 503, "text/plain", text_of(status_name(status)));
}

static void take_or_say(struct http_exchange *exchange)
{
    struct door_record record = {.topic = TOPIC, .key = TEXT("case-7"), .value = http_body(exchange)};
    http_publish_or(exchange, &record, on_published, say_in_own_words);
}

static const struct http_route routes[] = {
    {.method = "POST", .path = "/v1/forms", .handle = take_or_say},
    {.method = "POST", .path = "/v1/messages", .handle = take},
    {.method = "POST", .path = "/v1/later", .handle = take, .is_reader = true},
    {.method = NULL},
};

static struct http_server *serve(struct door *door)
{
    struct http_plan plan = {.listen = "127.0.0.1:0", .tables = {routes}, .is_open = true, .door = door};
    struct http_server *server = NULL;
    struct error err;
    assert_int_equal(http_server_start(&plan, &server, &err), STATUS_OK);
    http_server_serve(server, NULL);
    return server;
}

static void post_is_accepted_when_kafka_has_it(void **state)
{
    (void)state;
    static struct http_answer answer;
    struct door *door = open_door(rd_kafka_mock_cluster_bootstraps(mock), "5000", false);
    struct http_server *server = serve(door);
    for (int i = 0; i < 20; i++) {
        client_ask(http_server_port(server), "POST", i % 2 == 0 ? "/v1/messages" : "/v1/later", "", "{}",
                   &answer);
        assert_int_equal(answer.status, 202);
        assert_string_equal(answer.body, "{\"state\":\"accepted\"}");
        char end[16];
        snprintf(end, sizeof end, ".%d", i);
        const char *location = answer_header(&answer, "Location");
        assert_non_null(location);
        assert_string_equal(location + strlen(location) - strlen(end), end);
    }
    char large[3000];
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    client_ask(http_server_port(server), "POST", "/v1/messages", "", large, &answer);
    assert_problem(&answer, 413, "record-too-large", TOPIC);
    client_ask(http_server_port(server), "POST", "/v1/forms", "", large, &answer);
    assert_string_equal(answer.body, "invalid");
    http_server_free(server);
    door_free(door, 1000);
}

static void post_without_kafka_is_unknown(void **state)
{
    (void)state;
    static struct http_answer answer;
    struct door *door = open_door("127.0.0.1:1", "200", false);
    struct http_server *server = serve(door);
    client_ask(http_server_port(server), "POST", "/v1/messages", "", "{}", &answer);
    assert_problem(&answer, 503, "unknown-outcome", "same Idempotency-Key");
    assert_string_equal(answer_header(&answer, "Retry-After"), "2");
    client_ask(http_server_port(server), "POST", "/v1/forms", "", "{}", &answer);
    assert_int_equal(answer.status, 503);
    assert_string_equal(answer.body, "transient");
    http_server_free(server);
    door_free(door, 0);
}

/* The report comes when the server and its request have gone. */
static void server_may_end_before_the_door(void **state)
{
    (void)state;
    static struct http_answer answer;
    struct door *door = open_door("127.0.0.1:1", "60000", false);
    struct http_server *server = serve(door);
    int fd = client_connect(http_server_port(server));
    client_send_text(fd, "POST /v1/messages HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n{}");
    struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
    nanosleep(&pause, NULL);
    http_server_free(server);
    client_read(fd, 0, &answer);
    assert_problem(&answer, 503, "stopping", "");
    client_close(fd);
    door_free(door, 0);
}

static void no_door(void **state)
{
    (void)state;
    static struct http_answer answer;
    struct http_server *server = serve(NULL);
    client_ask(http_server_port(server), "POST", "/v1/messages", "", "{}", &answer);
    assert_problem(&answer, 503, "unavailable", "nothing to publish with");
    http_server_free(server);
}

#define WITH_MOCK(test) cmocka_unit_test_setup_teardown(test, open_mock, close_mock)

int main(void)
{
    log_open("test", LOG_ERROR);
    const struct CMUnitTest tests[] = {
        WITH_MOCK(acknowledged_records_have_a_place),
        WITH_MOCK(too_large_is_refused_at_once),
        WITH_MOCK(without_brokers_the_outcome_is_unknown),
        WITH_MOCK(closing_reports_what_is_left),
        WITH_MOCK(failed_producer_is_replaced),
        WITH_MOCK(post_is_accepted_when_kafka_has_it),
        WITH_MOCK(post_without_kafka_is_unknown),
        WITH_MOCK(server_may_end_before_the_door),
        cmocka_unit_test(no_door),
    };
    return cmocka_run_group_tests_name("door", tests, NULL, NULL);
}
