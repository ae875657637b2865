/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include <string.h>

#define CASE(member, type)   COLUMN(struct case_state, member, type)
#define BOUGHT(member, type) COLUMN(struct order_line, member, type)
#define RETURN(member, type) COLUMN(struct return_state, member, type)
#define LINE(member, type)   COLUMN(struct return_line, member, type)
#define PARCEL(member, type) COLUMN(struct parcel, member, type)
#define REFUND(member, type) COLUMN(struct refund, member, type)
#define MONEY(member, type)  COLUMN(struct order_money, member, type)

static const struct column case_columns[] = {
    CASE(case_id, COLUMN_UUID),
    CASE(version, COLUMN_INT8),
    CASE(opened_at_us, COLUMN_TIME),
    CASE(channel, COLUMN_INT4),
    CASE(language, COLUMN_INT4),
    CASE(order_at_us, COLUMN_TIME),
    CASE(order_updated_at_us, COLUMN_TIME),
    CASE(shop_id, COLUMN_TEXT),
    CASE(order_no, COLUMN_TEXT),
    CASE(paid_minor, COLUMN_INT8),
    CASE(paid_currency, COLUMN_TEXT),
    CASE(bought_at_us, COLUMN_TIME),
    CASE(delivered_at_us, COLUMN_TIME),
    CASE(return_count, COLUMN_INT4),
};
static const struct table cases = TABLE("cases", struct case_state, case_columns, 1);

static const struct column order_line_columns[] = {
    BOUGHT(case_id, COLUMN_UUID),    BOUGHT(line_no, COLUMN_INT4),         BOUGHT(sku, COLUMN_TEXT),
    BOUGHT(product, COLUMN_TEXT),    BOUGHT(quantity, COLUMN_INT4),        BOUGHT(price_minor, COLUMN_INT8),
    BOUGHT(goods_kind, COLUMN_INT4), BOUGHT(warranty_months, COLUMN_INT4),
};
static const struct table order_lines = TABLE("order_lines", struct order_line, order_line_columns, 2);

static const struct column return_columns[] = {
    RETURN(case_id, COLUMN_UUID),        RETURN(return_no, COLUMN_INT4),      RETURN(return_id, COLUMN_UUID),
    RETURN(stage, COLUMN_INT4),          RETURN(is_one_click, COLUMN_BOOL),   RETURN(action_id, COLUMN_TEXT),
    RETURN(wait_until_us, COLUMN_TIME),  RETURN(order_no, COLUMN_TEXT),       RETURN(reason, COLUMN_TEXT),
    RETURN(is_in_warranty, COLUMN_BOOL), RETURN(option_id, COLUMN_TEXT),      RETURN(misses, COLUMN_INT4),
    RETURN(opened_at_us, COLUMN_TIME),   RETURN(promised_by_us, COLUMN_TIME), RETURN(delays, COLUMN_INT4),
    RETURN(closed_at_us, COLUMN_TIME),   RETURN(outcome, COLUMN_INT4),
};
static const struct table returns = TABLE("returns", struct return_state, return_columns, 2);

static const struct column line_columns[] = {
    LINE(case_id, COLUMN_UUID),      LINE(return_no, COLUMN_INT4), LINE(line_no, COLUMN_INT4),
    LINE(sku, COLUMN_TEXT),          LINE(quantity, COLUMN_INT4),  LINE(wish, COLUMN_INT4),
    LINE(amount_minor, COLUMN_INT8), LINE(currency, COLUMN_TEXT),  LINE(state, COLUMN_INT4),
    LINE(outcome, COLUMN_INT4),
};
static const struct table lines = TABLE("lines", struct return_line, line_columns, 3);

static const struct column parcel_columns[] = {
    PARCEL(case_id, COLUMN_UUID),       PARCEL(return_no, COLUMN_INT4),  PARCEL(parcel_no, COLUMN_INT4),
    PARCEL(leg, COLUMN_INT4),           PARCEL(state, COLUMN_INT4),      PARCEL(pickup_id, COLUMN_TEXT),
    PARCEL(waybill, COLUMN_TEXT),       PARCEL(carrier, COLUMN_TEXT),    PARCEL(slot_from_us, COLUMN_TIME),
    PARCEL(scanned_at_us, COLUMN_TIME), PARCEL(slot_to_us, COLUMN_TIME), PARCEL(place, COLUMN_TEXT),
};
static const struct table parcels = TABLE("parcels", struct parcel, parcel_columns, 3);

static const struct column refund_columns[] = {
    REFUND(case_id, COLUMN_UUID),      REFUND(intent_id, COLUMN_UUID),    REFUND(return_no, COLUMN_INT4),
    REFUND(line_no, COLUMN_INT4),      REFUND(order_no, COLUMN_TEXT),     REFUND(amount_minor, COLUMN_INT8),
    REFUND(currency, COLUMN_TEXT),     REFUND(state, COLUMN_INT4),        REFUND(asked, COLUMN_INT4),
    REFUND(result, COLUMN_INT4),       REFUND(noted, COLUMN_INT4),        REFUND(result_ref, COLUMN_TEXT),
    REFUND(result_at_us, COLUMN_TIME), REFUND(noted_result, COLUMN_INT4),
};
static const struct table refunds = TABLE("refunds", struct refund, refund_columns, 2);

static const struct column money_columns[] = {
    MONEY(order_key, COLUMN_TEXT),
    MONEY(requested_minor, COLUMN_INT8),
    MONEY(currency, COLUMN_TEXT),
};
static const struct table money = TABLE("order_money", struct order_money, money_columns, 1);

void store_init(struct store *store, struct arena *arena)
{
    *store = (struct store){.arena = arena};
    rows_init(&store->cases, &cases, arena);
    rows_init(&store->order_lines, &order_lines, arena);
    rows_init(&store->returns, &returns, arena);
    rows_init(&store->lines, &lines, arena);
    rows_init(&store->parcels, &parcels, arena);
    rows_init(&store->refunds, &refunds, arena);
    rows_init(&store->money, &money, arena);
}

void store_want(struct store *store, struct uuid case_id)
{
    rows_want(&store->cases, &case_id);
    rows_want(&store->order_lines, &case_id);
    rows_want(&store->returns, &case_id);
    rows_want(&store->lines, &case_id);
    rows_want(&store->parcels, &case_id);
    rows_want(&store->refunds, &case_id);
}

enum status store_load(struct postgres *db, struct store *store, struct error *err)
{
    table_queue_load(db, &store->cases, TABLE_PLAIN);
    table_queue_load(db, &store->order_lines, TABLE_PLAIN);
    table_queue_load(db, &store->returns, TABLE_PLAIN);
    table_queue_load(db, &store->lines, TABLE_PLAIN);
    table_queue_load(db, &store->parcels, TABLE_PLAIN);
    table_queue_load(db, &store->refunds, TABLE_PLAIN);
    return postgres_run(db, err);
}

const struct case_state *store_case(struct store *store, struct uuid case_id)
{
    return rows_find(&store->cases, &(struct case_state){.case_id = case_id});
}

void store_want_money(struct store *store, struct text order_key)
{
    rows_want(&store->money, &order_key);
}

enum status store_load_money(struct postgres *db, struct store *store, struct error *err)
{
    table_queue_load(db, &store->money, TABLE_FOR_UPDATE);
    return postgres_run(db, err);
}

static enum status full(struct error *err)
{
    return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
}

/* Copies of the case's rows, one behind the other. `return_no` 0: of all its returns. */
static enum status copy_rows(struct rows *rows, struct uuid case_id, size_t return_no_offset,
                             int32_t return_no, void **ret_array, size_t *ret_count, struct error *err)
{
    size_t count = 0, kept = 0, size = rows->table->row_size;
    void **found = rows_of(rows, &case_id, &count);
    char *array = arena_alloc_array(rows->arena, count + 1, size);
    if (array == NULL || (found == NULL && count > 0))
        return full(err);
    for (size_t i = 0; i < count; i++) {
        int32_t its_return_no = 0;
        memcpy(&its_return_no, (const char *)found[i] + return_no_offset, sizeof its_return_no);
        if (return_no == 0 || its_return_no == return_no)
            memcpy(array + size * kept++, found[i], size);
    }
    *ret_array = array;
    *ret_count = kept;
    return STATUS_OK;
}

#define COPY(rows_, type_, return_no_, array_, count_)                                                       \
    if (status == STATUS_OK) {                                                                               \
        void *array = NULL;                                                                                  \
        status = copy_rows(&store->rows_, case_id, offsetof(struct type_, return_no_), return_no, &array,    \
                           &ret_file->count_, err);                                                          \
        ret_file->array_ = array;                                                                            \
    }

enum status store_open(struct store *store, struct uuid case_id, struct case_file *ret_file,
                       struct error *err)
{
    file_init(ret_file, case_id);
    const struct case_state *state = store_case(store, case_id);
    if (state != NULL)
        ret_file->state = *state;
    const struct return_state *current =
        rows_find(&store->returns,
                  &(struct return_state){.case_id = case_id, .return_no = ret_file->state.return_count});
    if (current != NULL)
        ret_file->current = *current;
    enum status status = STATUS_OK;
    int32_t return_no = 0;
    COPY(order_lines, order_line, line_no, order_lines, order_line_count)
    COPY(refunds, refund, return_no, refunds, refund_count)
    return_no = ret_file->current.return_no;
    if (return_no == 0)
        return status; /* no return, no lines */
    COPY(lines, return_line, return_no, lines, line_count)
    COPY(parcels, parcel, return_no, parcels, parcel_count)
    return status;
}

enum status store_money(struct store *store, struct text order_key, struct order_money *ret_money,
                        struct error *err)
{
    const struct order_money *row = rows_get(&store->money, &order_key);
    if (row == NULL)
        return full(err);
    *ret_money = *row;
    return STATUS_OK;
}

static enum status write_back(struct rows *rows, const void *value, struct error *err)
{
    void *row = rows_get_row(rows, value);
    if (row == NULL)
        return full(err);
    if (memcmp(row, value, rows->table->row_size) == 0)
        return STATUS_OK;
    memcpy(row, value, rows->table->row_size);
    rows_touch(rows, row);
    return STATUS_OK;
}

static enum status write_all(struct rows *rows, const void *array, size_t count, struct error *err)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = write_back(rows, (const char *)array + rows->table->row_size * i, err);
    return status;
}

enum status store_close(struct store *store, const struct case_file *file, struct error *err)
{
    enum status status = write_back(&store->cases, &file->state, err);
    if (status == STATUS_OK && file->current.return_no != 0)
        status = write_back(&store->returns, &file->current, err);
    if (status == STATUS_OK)
        status = write_all(&store->order_lines, file->order_lines, file->order_line_count, err);
    if (status == STATUS_OK)
        status = write_all(&store->lines, file->lines, file->line_count, err);
    if (status == STATUS_OK)
        status = write_all(&store->parcels, file->parcels, file->parcel_count, err);
    if (status == STATUS_OK)
        status = write_all(&store->refunds, file->refunds, file->refund_count, err);
    if (status == STATUS_OK && file->money.requested_minor > 0)
        status = write_back(&store->money, &file->money, err);
    return status;
}

void store_save(struct postgres *db, struct store *store)
{
    table_queue_save(db, &store->money);
    table_queue_save(db, &store->cases);
    table_queue_save(db, &store->order_lines);
    table_queue_save(db, &store->returns);
    table_queue_save(db, &store->lines);
    table_queue_save(db, &store->parcels);
    table_queue_save(db, &store->refunds);
}
