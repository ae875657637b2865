/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of kafka_client share. */
#pragma once

#include "core/status.h"

#include <librdkafka/rdkafka.h>

/* The last thing librdkafka complained about, which says more than a time-out. */
struct kafka_trouble {
    char text[300];
};

struct kafka_client {
    rd_kafka_t *rk;
    struct kafka_trouble trouble;
};

/* Makes an instance that is silent on stderr and keeps its complaints in `trouble`, which must outlive it.
 * Takes conf, NULL included (err is filled then). */
enum status kafka_instance_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, struct kafka_trouble *trouble,
                               rd_kafka_t **ret_rk, struct error *err) MUST_CHECK;
/* Turns an error code into a status and a sentence: "WHAT: REASON". */
enum status kafka_failure(rd_kafka_t *rk, const struct kafka_trouble *trouble, rd_kafka_resp_err_t code,
                          const char *what, struct error *err);
