/* SPDX-License-Identifier: Apache-2.0 */
#include "positions.h"

#include <string.h>

enum status positions_parse(const char *word, struct positions_from *ret_from, struct error *err)
{
    int64_t offset;
    if (strcmp(word, "beginning") == 0)
        ret_from->kind = FROM_BEGINNING;
    else if (strcmp(word, "end") == 0)
        ret_from->kind = FROM_END;
    else if (text_to_int64(text_of(word), &offset) && offset >= 0) {
        ret_from->kind = FROM_OFFSET;
        ret_from->offset = offset;
    } else
        return fail(err, STATUS_INVALID, "--from: beginning, end or an offset, not '%.60s'", word);
    return STATUS_OK;
}

int64_t positions_start(const struct positions_from *from, struct kafka_watermarks there)
{
    if (from->kind == FROM_BEGINNING)
        return there.low;
    if (from->kind == FROM_END || from->offset > there.high)
        return there.high;
    return from->offset < there.low ? there.low : from->offset;
}

enum status positions_add(struct positions *positions, struct kafka_client *client, const char *topic,
                          const struct positions_from *from, struct error *err)
{
    int32_t partitions;
    enum status status = kafka_client_partitions(client, topic, &partitions, err);
    if (status != STATUS_OK)
        return status;
    if (partitions == 0)
        return fail(err, STATUS_INVALID, "%.200s: there is no such topic", topic);
    if (from->partition >= partitions)
        return fail(err, STATUS_INVALID, "%.200s: has partitions 0 to %d", topic, (int)partitions - 1);
    for (int32_t i = 0; i < partitions; i++) {
        struct kafka_watermarks there;
        if (from->partition >= 0 && from->partition != i)
            continue;
        if (positions->count == POSITIONS_MOST)
            return fail(err, STATUS_INVALID, "more than %d partitions in all", POSITIONS_MOST);
        status = kafka_client_watermarks(client, topic, i, &there, err);
        if (status != STATUS_OK)
            return status;
        positions->items[positions->count++] = (struct kafka_position){
            .topic = topic,
            .partition = i,
            .offset = positions_start(from, there),
            .end = from->follows ? -1 : there.high,
        };
    }
    return STATUS_OK;
}
