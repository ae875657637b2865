/* SPDX-License-Identifier: Apache-2.0 */
/* A record read from Kafka, from the poll that brought it to the COMMIT that covers it. */
#pragma once

#include "core/status.h"

#include <stdint.h>

struct rd_kafka_message_s;

struct record {
    struct record *next;                /* in its lane's queue */
    struct rd_kafka_message_s *message; /* owned; events borrow its bytes */
    size_t input;                       /* index in service->inputs */
    uint64_t arrival;                   /* rises with every record the worker polls */
    /* Set when an attempt showed that the record breaks the contract: the next attempt sends it to the DLQ.
     */
    const char *given_up_as; /* NULL, "invalid", "crash" */
    struct error *why;       /* owned; with given_up_as */
};
