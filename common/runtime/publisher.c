/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/publisher.h"

#include "core/time.h"
#include "ledger.pb-c.h"
#include "runtime/crash_point.h"
#include "runtime/kafka_config.h"
#include "runtime/log.h"
#include "runtime/metrics.h"

#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <string.h>

#define AGAIN_FIRST_US (50 * US_PER_MS)
#define AGAIN_MOST_US  (2 * US_PER_SECOND)
/* So often in a row is a record refused for its own sake before the process says that it cannot go on. */
#define REFUSALS_MOST      10
#define QUEUE_FULL_WAIT_MS 20
#define QUEUE_FULL_TRIES   50

struct slot {
    struct publication *publication;
    int64_t offset; /* -1: no positive report yet */
};

struct publication {
    struct publication *next; /* in the publisher's list */
    struct publisher *publisher;
    Runtime__Pending *pending;
    struct slot *slots; /* one per record */
    size_t unreported;  /* produced, report not yet seen */
    uint32_t refusals;  /* rounds in a row that failed for a record's own sake */
    bool is_released;   /* nobody waits for it any more */
    bool is_doubtful;   /* this round cannot succeed any more */
    bool is_refused;    /* ... for a record's own sake */
    bool was_doubtful;  /* a round before this one failed */
    bool is_done;
    int64_t since_us;    /* monotonic */
    int64_t again_at_us; /* monotonic; 0: no round is planned */
    int64_t backoff_us;
};

struct publisher {
    const struct settings *settings;
    const char *service;
    rd_kafka_t *rk;
    struct publication *all;
    size_t outstanding;
    enum status fate;
    struct error fate_err;
};

static bool is_refusal(rd_kafka_resp_err_t code)
{
    switch (code) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
        return true;
    default:
        return false;
    }
}

static void publication_drop(struct publication *publication)
{
    struct publisher *publisher = publication->publisher;
    for (struct publication **at = &publisher->all; *at != NULL; at = &(*at)->next) {
        if (*at == publication) {
            *at = publication->next;
            break;
        }
    }
    if (publication->pending != NULL)
        runtime__pending__free_unpacked(publication->pending, NULL);
    free(publication->slots);
    free(publication);
}

/* Offsets must rise within each partition in the order of the records: a repeat that overtook its predecessor
 * would be read in the wrong order. */
static bool offsets_rise(const struct publication *publication)
{
    for (size_t i = 1; i < publication->pending->n_records; i++) {
        const Runtime__PendingRecord *record = publication->pending->records[i];
        for (size_t j = i; j-- > 0;) {
            const Runtime__PendingRecord *before = publication->pending->records[j];
            if (before->partition != record->partition || strcmp(before->topic, record->topic) != 0)
                continue;
            if (publication->slots[i].offset <= publication->slots[j].offset)
                return false;
            break;
        }
    }
    return true;
}

static void plan_again(struct publication *publication)
{
    publication->backoff_us = publication->backoff_us == 0 ? AGAIN_FIRST_US : publication->backoff_us * 2;
    if (publication->backoff_us > AGAIN_MOST_US)
        publication->backoff_us = AGAIN_MOST_US;
    publication->again_at_us = time_monotonic_us() + publication->backoff_us;
    publication->was_doubtful = true;
}

static void end_round(struct publication *publication)
{
    if (publication->is_released) {
        publication_drop(publication);
        return;
    }
    if (!publication->is_refused)
        publication->refusals = 0;
    if (!publication->is_doubtful && offsets_rise(publication)) {
        publication->is_done = true;
        publication->was_doubtful = false;
        publication->publisher->outstanding--;
        return;
    }
    publication->is_doubtful = true;
    plan_again(publication);
}

static void note_failure(struct publication *publication, const Runtime__PendingRecord *record,
                         rd_kafka_resp_err_t code)
{
    struct publisher *publisher = publication->publisher;
    if (!publication->is_doubtful)
        log_warn("publishing failed; the whole batch will be published again",
                 LOG_STRING("topic", record->topic), LOG_NUMBER("partition", record->partition),
                 LOG_STRING("error", rd_kafka_err2name(code)));
    publication->is_doubtful = true;
    if (!is_refusal(code) || publication->is_released || publication->is_refused)
        return;
    publication->is_refused = true; /* counted once a round, however many records it is */
    if (++publication->refusals < REFUSALS_MOST)
        return;
    publisher->fate =
        fail(&publisher->fate_err, STATUS_FATAL,
             "Kafka refuses a record for good (%s): topic %s, partition %d, key %.*s, %zu bytes",
             rd_kafka_err2name(code), record->topic, (int)record->partition,
             (int)(record->key.len > 64 ? 64 : record->key.len), (const char *)record->key.data,
             record->value.len);
}

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *context)
{
    (void)rk;
    (void)context;
    struct slot *slot = message->_private;
    struct publication *publication = slot->publication;
    size_t index = (size_t)(slot - publication->slots);
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR || message->offset < 0)
        note_failure(publication, publication->pending->records[index],
                     message->err != RD_KAFKA_RESP_ERR_NO_ERROR ? message->err
                                                                : RD_KAFKA_RESP_ERR__NO_OFFSET);
    else
        slot->offset = message->offset;
    if (--publication->unreported == 0)
        end_round(publication);
}

static enum status open_producer(struct publisher *publisher, struct error *err)
{
    rd_kafka_conf_t *conf = kafka_config_producer(publisher->settings, publisher->service, err);
    if (conf == NULL)
        return STATUS_FATAL;
    rd_kafka_conf_set_dr_msg_cb(conf, on_report);
    rd_kafka_conf_set_opaque(conf, publisher);
    char why[300];
    publisher->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (publisher->rk == NULL) {
        rd_kafka_conf_destroy(conf);
        return fail(err, STATUS_FATAL, "Kafka producer: %s", why);
    }
    return STATUS_OK;
}

enum status publisher_new(const struct settings *settings, const char *service,
                          struct publisher **ret_publisher, struct error *err)
{
    struct publisher *publisher = calloc(1, sizeof *publisher);
    if (publisher == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    publisher->settings = settings;
    publisher->service = service;
    enum status status = open_producer(publisher, err);
    if (status != STATUS_OK) {
        free(publisher);
        return status;
    }
    *ret_publisher = publisher;
    return STATUS_OK;
}

/* Makes librdkafka hand back everything it holds: each record gets its (negative) report here. */
static void close_producer(struct publisher *publisher)
{
    rd_kafka_purge(publisher->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    for (int i = 0; i < 50 && rd_kafka_outq_len(publisher->rk) > 0; i++)
        rd_kafka_poll(publisher->rk, 20);
    rd_kafka_destroy(publisher->rk);
    publisher->rk = NULL;
    struct publication *next;
    for (struct publication *at = publisher->all; at != NULL; at = next) {
        next = at->next;
        if (at->unreported == 0)
            continue;
        at->unreported = 0; /* these reports can not come any more */
        at->is_doubtful = true;
        end_round(at);
    }
}

void publisher_free(struct publisher *publisher)
{
    if (publisher == NULL)
        return;
    for (struct publication *at = publisher->all; at != NULL; at = at->next)
        at->is_released = true;
    close_producer(publisher);
    while (publisher->all != NULL)
        publication_drop(publisher->all);
    free(publisher);
}

void publisher_touch(struct publisher *publisher, const char *topic)
{
    rd_kafka_topic_t *handle = rd_kafka_topic_new(publisher->rk, topic, NULL);
    if (handle == NULL)
        return;
    const struct rd_kafka_metadata *metadata = NULL;
    if (rd_kafka_metadata(publisher->rk, 0, handle, &metadata, 2000) == RD_KAFKA_RESP_ERR_NO_ERROR)
        rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(handle);
}

static rd_kafka_resp_err_t produce(struct publisher *publisher, const Runtime__PendingRecord *record,
                                   struct slot *slot)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(record->n_headers);
    for (size_t i = 0; i < record->n_headers; i++) {
        const Runtime__PendingHeader *header = record->headers[i];
        rd_kafka_header_add(headers, header->name, -1, header->value.data, (ssize_t)header->value.len);
    }
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    for (int tries = 0; tries < QUEUE_FULL_TRIES; tries++) {
        /* An empty value must stay empty: NULL would be a tombstone. */
        code = rd_kafka_producev(
            publisher->rk, RD_KAFKA_V_TOPIC(record->topic), RD_KAFKA_V_PARTITION(record->partition),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
            RD_KAFKA_V_KEY(record->key.len == 0 ? NULL : record->key.data, record->key.len),
            RD_KAFKA_V_VALUE(record->value.len == 0 ? (void *)"" : record->value.data, record->value.len),
            RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(slot), RD_KAFKA_V_END);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
            return code;
        if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            break;
        rd_kafka_poll(publisher->rk, QUEUE_FULL_WAIT_MS);
    }
    rd_kafka_headers_destroy(headers); /* on failure they are still ours */
    return code;
}

static void publish(struct publication *publication)
{
    publication->again_at_us = 0;
    publication->is_doubtful = false;
    publication->is_refused = false;
    /* One held back for this call: reports served while the queue is full must not end the round half
     * produced. */
    publication->unreported = 1;
    for (size_t i = 0; i < publication->pending->n_records; i++)
        publication->slots[i] = (struct slot){.publication = publication, .offset = -1};
    for (size_t i = 0; i < publication->pending->n_records; i++) {
        if (i == publication->pending->n_records / 2)
            crash_point("half-published");
        rd_kafka_resp_err_t code =
            produce(publication->publisher, publication->pending->records[i], &publication->slots[i]);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            note_failure(publication, publication->pending->records[i], code);
            break;
        }
        publication->unreported++;
    }
    if (--publication->unreported == 0)
        end_round(publication);
}

enum status publisher_start(struct publisher *publisher, struct text pending,
                            struct publication **ret_publication, struct error *err)
{
    struct publication *publication = calloc(1, sizeof *publication);
    if (publication == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    publication->publisher = publisher;
    publication->since_us = time_monotonic_us();
    publication->pending = runtime__pending__unpack(NULL, pending.len, (const uint8_t *)pending.at);
    if (publication->pending == NULL) {
        free(publication);
        return fail(err, STATUS_FATAL, "ledger.pending does not decode (%zu bytes)", pending.len);
    }
    publication->slots = calloc(publication->pending->n_records + 1, sizeof *publication->slots);
    publication->next = publisher->all;
    publisher->all = publication;
    if (publication->slots == NULL) {
        publication_drop(publication);
        return fail(err, STATUS_FATAL, "out of memory");
    }
    publisher->outstanding++;
    publish(publication);
    *ret_publication = publication;
    return STATUS_OK;
}

bool publication_is_done(const struct publication *publication)
{
    return publication->is_done;
}

bool publication_is_doubtful(const struct publication *publication)
{
    return !publication->is_done && (publication->is_doubtful || publication->was_doubtful);
}

size_t publication_count(const struct publication *publication)
{
    return publication->pending->n_records;
}

int64_t publication_since_us(const struct publication *publication)
{
    return publication->since_us;
}

void publication_release(struct publication *publication)
{
    if (publication == NULL)
        return;
    if (!publication->is_done)
        publication->publisher->outstanding--;
    publication->is_released = true;
    if (publication->unreported == 0)
        publication_drop(publication);
}

/* A fatal producer refuses everything from now on; all that it held counts as doubtful. */
static enum status renew_producer(struct publisher *publisher, struct error *err)
{
    char why[300];
    rd_kafka_resp_err_t code = rd_kafka_fatal_error(publisher->rk, why, sizeof why);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        return STATUS_OK;
    log_warn("Kafka producer is made anew", LOG_STRING("error", rd_kafka_err2name(code)),
             LOG_STRING("reason", why));
    metric_add(metric_counter("aftercare_kafka_fatal", "Producers that failed for good and were made anew.",
                              METRIC_LABELS("producer", "loop")),
               1);
    close_producer(publisher);
    return open_producer(publisher, err);
}

static struct publication *find_due(struct publisher *publisher, int64_t now_us)
{
    /* What publication_drop freed is in the list no more, which the analyzer does not see. */
    for (struct publication *at = publisher->all; at != NULL; at = at->next)
        if (at->again_at_us != 0 && at->again_at_us <= now_us) /* NOLINT(clang-analyzer-unix.Malloc) */
            return at;
    return NULL;
}

enum status publisher_poll(struct publisher *publisher, int timeout_ms, struct error *err)
{
    rd_kafka_poll(publisher->rk, timeout_ms);
    enum status status = renew_producer(publisher, err);
    if (status != STATUS_OK)
        return status;
    if (publisher->fate != STATUS_OK) {
        *err = publisher->fate_err;
        return publisher->fate;
    }
    int64_t now_us = time_monotonic_us();
    struct publication *due;
    /* From the start each time: reports served while one is published may take others off the list. */
    while ((due = find_due(publisher, now_us)) != NULL)
        publish(due);
    return STATUS_OK;
}

size_t publisher_outstanding(const struct publisher *publisher)
{
    return publisher->outstanding;
}
