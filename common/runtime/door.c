/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/door.h"

#include "runtime/log.h"
#include "runtime/metrics.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define POLL_MS      100
#define TOUCH_MS     1000
#define PURGE_MS     2000
#define TOPICS_MOST  16
#define REFUSED_CODE RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE

struct request {
    struct request *prev, *next;
    door_reported_fn *on_reported;
    void *context;
};

struct door {
    rd_kafka_conf_t *conf; /* what each new producer is made from */
    pthread_t thread;
    int grace_ms;

    pthread_mutex_t lock;
    rd_kafka_t *rk; /* replaced by the thread only, under the lock */
    bool is_ending;
    struct request *requests; /* not reported yet */
    char *topics[TOPICS_MOST];
    size_t topic_count, touched_count;
};

/* ---- reports ---- */

static void unlink_request(struct door *door, struct request *request)
{
    pthread_mutex_lock(&door->lock);
    if (request->prev != NULL)
        request->prev->next = request->next;
    else
        door->requests = request->next;
    if (request->next != NULL)
        request->next->prev = request->prev;
    pthread_mutex_unlock(&door->lock);
}

static void report(struct door *door, struct request *request, const struct door_report *report)
{
    unlink_request(door, request);
    request->on_reported(request->context, report);
    free(request);
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    (void)rk;
    struct door_report what = {.topic = rd_kafka_topic_name(message->rkt), .partition = -1, .offset = -1};
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR && message->offset >= 0) {
        what.partition = message->partition;
        what.offset = message->offset;
    } else if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        what.status =
            fail(&what.err, STATUS_TRANSIENT, "%s: Kafka did not say where the record is", what.topic);
    } else {
        enum status status = message->err == REFUSED_CODE ? STATUS_INVALID : STATUS_TRANSIENT;
        what.status = fail(&what.err, status, "%s: %s", what.topic, rd_kafka_err2str(message->err));
    }
    report(opaque, message->_private, &what);
}

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *line)
{
    (void)rk;
    if (level <= 4)
        log_warn("the door's producer", LOG_STRING("facility", facility), LOG_STRING("line", line));
    else
        log_debug("the door's producer", LOG_STRING("facility", facility), LOG_STRING("line", line));
}

/* ---- the thread ---- */

static rd_kafka_t *make_producer(struct door *door, struct error *err)
{
    char why[300];
    rd_kafka_conf_t *conf = rd_kafka_conf_dup(door->conf);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (rk == NULL) {
        rd_kafka_conf_destroy(conf);
        fail(err, STATUS_FATAL, "Kafka producer: %s", why);
    }
    return rk;
}

/* What is still on its way is reported, one way or the other. */
static void end_producer(rd_kafka_t *rk, int grace_ms)
{
    if (grace_ms > 0)
        rd_kafka_flush(rk, grace_ms);
    rd_kafka_purge(rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(rk, PURGE_MS);
    rd_kafka_destroy(rk);
}

/* After an error librdkafka calls fatal a producer takes nothing more. */
static void replace_producer(struct door *door)
{
    char why[200];
    rd_kafka_resp_err_t code = rd_kafka_fatal_error(door->rk, why, sizeof why);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    struct error err;
    rd_kafka_t *made = make_producer(door, &err);
    metric_add(metric_counter("aftercare_kafka_fatal", "Producers that failed for good and were made anew.",
                              METRIC_LABELS("producer", "door")),
               1);
    log_error("the door's producer failed for good; a new one is made", LOG_STRING("error", why),
              LOG_STRING("new", made == NULL ? err.text : "ok"));
    if (made == NULL)
        return; /* tried again after the next poll */
    pthread_mutex_lock(&door->lock);
    rd_kafka_t *failed = door->rk;
    door->rk = made;
    door->touched_count = 0;
    pthread_mutex_unlock(&door->lock);
    end_producer(failed, 0);
}

static void touch_topics(struct door *door)
{
    for (;;) {
        pthread_mutex_lock(&door->lock);
        const char *topic =
            door->touched_count < door->topic_count ? door->topics[door->touched_count] : NULL;
        bool is_last = topic == NULL || door->is_ending;
        if (!is_last)
            door->touched_count++;
        pthread_mutex_unlock(&door->lock);
        rd_kafka_topic_t *handle = is_last ? NULL : rd_kafka_topic_new(door->rk, topic, NULL);
        if (handle == NULL)
            return;
        const struct rd_kafka_metadata *metadata = NULL;
        if (rd_kafka_metadata(door->rk, 0, handle, &metadata, TOUCH_MS) == RD_KAFKA_RESP_ERR_NO_ERROR)
            rd_kafka_metadata_destroy(metadata);
        rd_kafka_topic_destroy(handle);
        rd_kafka_poll(door->rk, 0);
    }
}

static bool is_ending(struct door *door)
{
    pthread_mutex_lock(&door->lock);
    bool is_ending = door->is_ending;
    pthread_mutex_unlock(&door->lock);
    return is_ending;
}

static void *run(void *context)
{
    struct door *door = context;
    while (!is_ending(door)) {
        touch_topics(door);
        rd_kafka_poll(door->rk, POLL_MS);
        replace_producer(door);
    }
    end_producer(door->rk, door->grace_ms);
    struct door_report lost = {.topic = "", .partition = -1, .offset = -1};
    lost.status = fail(&lost.err, STATUS_TRANSIENT, "Kafka did not report in time");
    while (door->requests != NULL)
        report(door, door->requests, &lost);
    return NULL;
}

/* ---- life ---- */

static void destroy(struct door *door)
{
    for (size_t i = 0; i < door->topic_count; i++)
        free(door->topics[i]);
    rd_kafka_conf_destroy(door->conf);
    pthread_mutex_destroy(&door->lock);
    free(door);
}

enum status door_new(struct rd_kafka_conf_s *conf, struct door **ret_door, struct error *err)
{
    struct door *door = calloc(1, sizeof *door);
    if (door == NULL) {
        rd_kafka_conf_destroy(conf);
        return fail(err, STATUS_FATAL, "the door: out of memory");
    }
    pthread_mutex_init(&door->lock, NULL);
    door->conf = conf;
    rd_kafka_conf_set_opaque(conf, door);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_log_cb(conf, on_log);
    door->rk = make_producer(door, err);
    if (door->rk == NULL) {
        destroy(door);
        return STATUS_FATAL;
    }
    if (pthread_create(&door->thread, NULL, run, door) != 0) {
        rd_kafka_destroy(door->rk);
        destroy(door);
        return fail(err, STATUS_FATAL, "the door: cannot start a thread");
    }
    *ret_door = door;
    return STATUS_OK;
}

void door_free(struct door *door, int grace_ms)
{
    if (door == NULL)
        return;
    pthread_mutex_lock(&door->lock);
    door->is_ending = true;
    door->grace_ms = grace_ms;
    pthread_mutex_unlock(&door->lock);
    pthread_join(door->thread, NULL);
    destroy(door);
}

void door_touch(struct door *door, const char *topic)
{
    pthread_mutex_lock(&door->lock);
    char *copy = door->topic_count < TOPICS_MOST ? strdup(topic) : NULL;
    if (copy != NULL)
        door->topics[door->topic_count++] = copy;
    pthread_mutex_unlock(&door->lock);
}

/* ---- publishing ---- */

static rd_kafka_headers_t *copy_headers(const struct door_record *record)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(record->header_count);
    for (size_t i = 0; headers != NULL && i < record->header_count; i++) {
        const struct header *header = &record->headers[i];
        if (rd_kafka_header_add(headers, header->name.at, (ssize_t)header->name.len, header->value.at,
                                (ssize_t)header->value.len) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            rd_kafka_headers_destroy(headers);
            return NULL;
        }
    }
    return headers;
}

/* Under the lock. Takes the headers over. */
static rd_kafka_resp_err_t produce(struct door *door, const struct door_record *record,
                                   rd_kafka_headers_t *headers, struct request *request)
{
    /* An absent value would be a tombstone, which no reader of ours expects. */
    const char *value = record->value.at == NULL ? "" : record->value.at;
    rd_kafka_resp_err_t code = rd_kafka_producev(
        door->rk, RD_KAFKA_V_TOPIC(record->topic), RD_KAFKA_V_PARTITION(RD_KAFKA_PARTITION_UA),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(record->key.at, record->key.len),
        RD_KAFKA_V_VALUE((void *)(uintptr_t)value, record->value.len), RD_KAFKA_V_HEADERS(headers),
        RD_KAFKA_V_OPAQUE(request), RD_KAFKA_V_END);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        rd_kafka_headers_destroy(headers);
    return code;
}

enum status door_publish(struct door *door, const struct door_record *record, door_reported_fn *on_reported,
                         void *context, struct error *err)
{
    if (record->header_count > DOOR_HEADERS_MOST)
        return fail(err, STATUS_INVALID, "%s: more than %d headers", record->topic, DOOR_HEADERS_MOST);
    rd_kafka_headers_t *headers = copy_headers(record);
    struct request *request = calloc(1, sizeof *request);
    if (headers == NULL || request == NULL) {
        if (headers != NULL)
            rd_kafka_headers_destroy(headers);
        free(request);
        return fail(err, STATUS_TRANSIENT, "%s: out of memory", record->topic);
    }
    *request = (struct request){.on_reported = on_reported, .context = context};
    pthread_mutex_lock(&door->lock);
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__DESTROY;
    if (door->is_ending)
        rd_kafka_headers_destroy(headers);
    else
        code = produce(door, record, headers, request);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) { /* its report waits for the lock */
        request->next = door->requests;
        if (request->next != NULL)
            request->next->prev = request;
        door->requests = request;
    }
    pthread_mutex_unlock(&door->lock);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        return STATUS_OK;
    free(request);
    enum status status = code == REFUSED_CODE ? STATUS_INVALID : STATUS_TRANSIENT;
    return fail(err, status, "%s: %s", record->topic, rd_kafka_err2str(code));
}
