/* SPDX-License-Identifier: Apache-2.0 */
/* A batch of this service: rows and agents loaded, every fact applied by the rules, effects put into the
 * outbox. All facts and deadlines take the same way (events.h tells them apart), so there is one handler. */
#pragma once

#include "runtime/service.h"

enum status handlers_load(const struct batch *batch, void **ret_work, struct error *err);
enum status handlers_save(void *work, const struct batch *batch, struct error *err);
enum status handlers_handle(void *work, const struct event *event, struct outbox *outbox, struct error *err);
