/* SPDX-License-Identifier: Apache-2.0 */
/* The commands devbroker takes on its control socket: one line in, one line out, "ok" or "error: why".
 *
 *   topic NAME PARTITIONS          creates a topic
 *   errors API [N] CODE[,CODE...]  the next requests of this kind (Produce, Fetch, ... or a number)
 *                                  are answered so, one code each, the list N times;
 *                                  0 = no error, _TRANSPORT = hang up
 *   clear                          forgets the errors
 *   rtt MS                         every answer takes so long
 *   down | up                      hangs up and refuses connections | accepts them again
 *   leader TOPIC PARTITION -1|1    takes the partition's leader away | gives it back
 *   coordinator KIND KEY -1|1      the same for a coordinator; KIND is group or transaction
 *   ping                           ok
 *   quit                           stops devbroker
 *
 * Codes are librdkafka's names without RD_KAFKA_RESP_ERR_ (MSG_SIZE_TOO_LARGE, _TRANSPORT) or numbers.
 *
 * CODE:MS does what CODE says and holds the answer back for MS milliseconds. After "errors Produce 0:60000",
 * a record, and "down", that record is stored and its answer is lost. A list with delays is used before lists
 * without, and clear leaves it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct rd_kafka_mock_cluster_s;

/* Listens on the unix socket `path`, replacing a dead one; returns its descriptor, or -1 after saying why on
 * stderr. */
int control_listen(const char *path);

/* Accepts one connection and answers its lines until it ends, or is silent for 2 s. True: it said "quit". */
bool control_serve(int listener, struct rd_kafka_mock_cluster_s *cluster);

/* Obeys one command (changes `line`) and writes the answer without its line end. True: it was "quit". */
bool control_obey(struct rd_kafka_mock_cluster_s *cluster, char *line, char *answer, size_t size);

/* Sends one command to the socket `path` and prints the answer. 0: it was ok; 1: it was not; 2: nobody
 * answers. */
int control_send(const char *path, const char *command);
