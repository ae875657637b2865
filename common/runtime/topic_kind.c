/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/topic_kind.h"

enum topic_kind topic_kind_of(struct text name)
{
    if (text_contains(name, TEXT(".inbound.")))
        return TOPIC_INBOUND;
    if (text_contains(name, TEXT(".inbox.")))
        return TOPIC_INBOX;
    if (text_contains(name, TEXT(".dlq.")))
        return TOPIC_DLQ;
    return TOPIC_FACTS;
}
