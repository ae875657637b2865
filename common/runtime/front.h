/* SPDX-License-Identifier: Apache-2.0 */
/* A process's HTTP side: /livez, /readyz, /metrics, and the service's own routes with the door that publishes
 * for them. */
#pragma once

#include "core/status.h"
#include "runtime/service.h"

struct front;
struct policy_holder;
struct settings;

/* Listens on HTTP_LISTEN at once; API routes answer 503 until front_set_self. */
enum status front_open(const struct service *service, const struct settings *settings,
                       struct policy_holder *policies, struct front **ret_front,
                       struct error *err) MUST_CHECK;
void front_set_self(struct front *front, void *self);
int front_port(const struct front *front);
/* Connections to Postgres its readers hold. */
int front_reader_count(const struct front *front);
/* Answers what is waiting, then closes. NULL is fine. */
void front_close(struct front *front);
