/* SPDX-License-Identifier: Apache-2.0 */
/* What a topic is for, told by its name: aftercare.inbound.<kind>.v1, aftercare.<service>.inbox.v1,
 * aftercare.<service>.dlq.v1, and aftercare.<service>.v1 for facts. */
#pragma once

#include "core/text.h"

enum topic_kind { TOPIC_FACTS, TOPIC_INBOUND, TOPIC_INBOX, TOPIC_DLQ };

enum topic_kind topic_kind_of(struct text name);
