/* SPDX-License-Identifier: Apache-2.0 */
#include "lag.h"

#include <string.h>

int64_t lag_position(const struct lag_entry *entry)
{
    return entry->next < entry->there.low ? entry->there.low : entry->next;
}

void lag_measure(struct lag_entry *entry)
{
    int64_t records = entry->there.high - lag_position(entry);
    entry->records = records < 0 ? 0 : records;
}

static struct lag_entry *find(struct lag_table *table, const char *service, const char *topic, int32_t lane)
{
    for (size_t i = 0; i < table->count; i++) {
        struct lag_entry *entry = &table->entries[i];
        if (entry->lane == lane && strcmp(entry->service, service) == 0 && strcmp(entry->topic, topic) == 0)
            return entry;
    }
    return NULL;
}

static enum status add_topic(struct lag_table *table, const char *service, const char *topic, int32_t lanes,
                             struct arena *arena, struct error *err)
{
    const char *name = arena_copy(arena, topic, strlen(topic));
    if (name == NULL || table->count + (size_t)lanes > LAG_MOST)
        return fail(err, STATUS_FATAL, "%s: more than %d lanes and topics", service, LAG_MOST);
    for (int32_t lane = 0; lane < lanes; lane++)
        table->entries[table->count++] = (struct lag_entry){.service = service,
                                                            .topic = name,
                                                            .lane = lane,
                                                            .next = -1,
                                                            .committed = -1,
                                                            .waiting_since_ms = -1};
    return STATUS_OK;
}

enum status lag_add_offsets(struct lag_table *table, const char *service, int32_t lane, int32_t lanes,
                            struct text offsets, struct arena *arena, struct error *err)
{
    json_t *json = json_loadb(offsets.at == NULL ? "" : offsets.at, offsets.len, 0, NULL);
    enum status status = STATUS_OK;
    const char *topic;
    json_t *value;
    if (!json_is_object(json))
        status =
            fail(err, STATUS_INVALID, "%s: the offsets of lane %d are no JSON object", service, (int)lane);
    if (status == STATUS_OK && lane >= lanes)
        status = fail(err, STATUS_INVALID, "%s: lane %d, but there are only %d lanes", service, (int)lane,
                      (int)lanes);
    json_object_foreach(json, topic, value)
    {
        if (status == STATUS_OK && !json_is_integer(value))
            status = fail(err, STATUS_INVALID, "%s: lane %d: the offset of %.100s is no number", service,
                          (int)lane, topic);
        if (status == STATUS_OK && find(table, service, topic, lane) == NULL)
            status = add_topic(table, service, topic, lanes, arena, err);
        if (status == STATUS_OK)
            find(table, service, topic, lane)->next = json_integer_value(value);
    }
    json_decref(json);
    return status;
}

/* ---- saying it ---- */

static double seconds_of(const struct lag_entry *entry, int64_t now_ms)
{
    if (entry->records == 0 || entry->waiting_since_ms < 0 || entry->waiting_since_ms > now_ms)
        return 0;
    return (double)(now_ms - entry->waiting_since_ms) / 1000.0;
}

struct sum {
    size_t end; /* behind the last entry of this service and topic */
    int64_t records;
    double seconds;
};

/* Entries of one service and topic stand together. */
static struct sum add_up(const struct lag_table *table, size_t from, int64_t now_ms)
{
    const struct lag_entry *first = &table->entries[from];
    struct sum sum = {.end = from};
    for (; sum.end < table->count; sum.end++) {
        const struct lag_entry *entry = &table->entries[sum.end];
        if (strcmp(entry->service, first->service) != 0 || strcmp(entry->topic, first->topic) != 0)
            break;
        double seconds = seconds_of(entry, now_ms);
        sum.records += entry->records;
        sum.seconds = seconds > sum.seconds ? seconds : sum.seconds;
    }
    return sum;
}

static void print_lanes(const struct lag_table *table, size_t from, size_t end, bool has_committed,
                        int64_t now_ms, FILE *out)
{
    for (size_t i = from; i < end; i++) {
        const struct lag_entry *entry = &table->entries[i];
        fprintf(out, "    lane %d: %lld records, %.1f s; next %lld, end %lld", (int)entry->lane,
                (long long)entry->records, seconds_of(entry, now_ms), (long long)entry->next,
                (long long)entry->there.high);
        if (has_committed)
            fprintf(out, ", committed %lld", (long long)entry->committed);
        fputc('\n', out);
    }
}

void lag_print(const struct lag_table *table, bool is_by_lane, bool has_committed, int64_t now_ms, FILE *out)
{
    for (size_t i = 0; i < table->count;) {
        struct sum sum = add_up(table, i, now_ms);
        fprintf(out, "%-14s %-38s %8lld records %8.1f s\n", table->entries[i].service,
                table->entries[i].topic, (long long)sum.records, sum.seconds);
        if (is_by_lane)
            print_lanes(table, i, sum.end, has_committed, now_ms, out);
        i = sum.end;
    }
}

static json_t *lane_json(const struct lag_entry *entry, bool has_committed, int64_t now_ms)
{
    json_t *json = json_object();
    json_object_set_new(json, "lane", json_integer(entry->lane));
    json_object_set_new(json, "next", entry->next < 0 ? json_null() : json_integer(entry->next));
    json_object_set_new(json, "end", json_integer(entry->there.high));
    json_object_set_new(json, "records", json_integer(entry->records));
    json_object_set_new(json, "seconds", json_real(seconds_of(entry, now_ms)));
    if (has_committed)
        json_object_set_new(json, "committed",
                            entry->committed < 0 ? json_null() : json_integer(entry->committed));
    return json;
}

json_t *lag_json(const struct lag_table *table, bool has_committed, int64_t now_ms)
{
    json_t *all = json_array();
    for (size_t i = 0; i < table->count;) {
        struct sum sum = add_up(table, i, now_ms);
        json_t *json = json_object(), *lanes = json_array();
        json_object_set_new(json, "service", json_string(table->entries[i].service));
        json_object_set_new(json, "topic", json_string(table->entries[i].topic));
        json_object_set_new(json, "records", json_integer(sum.records));
        json_object_set_new(json, "seconds", json_real(sum.seconds));
        for (; i < sum.end; i++)
            json_array_append_new(lanes, lane_json(&table->entries[i], has_committed, now_ms));
        json_object_set_new(json, "lanes", lanes);
        json_array_append_new(all, json);
    }
    return all;
}
