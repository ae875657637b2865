/* SPDX-License-Identifier: Apache-2.0 */
#include "intake.h"

#include <string.h>

void opening_link_order(struct work *work, struct outbox *outbox, struct uuid case_id, struct text shop_id,
                        struct text order_no)
{
    struct uuid id = subject_id(SUBJECT_ORDER, shop_id, order_no);
    struct subject *order = rows_get(&work->store.subjects, &id);
    struct order_link link = {.subject_id = id, .case_id = case_id};
    if (order == NULL || rows_find(&work->store.order_links, &link) != NULL)
        return;
    struct order_link *made = rows_get_row(&work->store.order_links, &link);
    if (made == NULL)
        return;
    made->linked_at_us = work->now_us;
    rows_touch(&work->store.order_links, made);
    if (order->record.at != NULL) {
        events_state_order_linked(outbox, case_id, order->record);
        return;
    }
    order->kind = TEXT(SUBJECT_ORDER);
    order->shop_id = shop_id;
    order->own_id = order_no;
    rows_touch(&work->store.subjects, order);
}

struct customer_known opening_customer(struct work *work, struct text customer_id)
{
    struct uuid id = subject_id(SUBJECT_CUSTOMER, TEXT_NULL, customer_id);
    if (text_is_empty(customer_id))
        return (struct customer_known){.is_known = false};
    const struct subject *row = rows_find(&work->store.subjects, &id); /* changed in this batch */
    if (row == NULL || row->record.at == NULL)
        row = rows_find(&work->store.customers, &id);
    return events_read_customer(row == NULL ? TEXT_NULL : row->record, work->store.arena);
}

void opening_complete(struct work *work, struct opening *opening)
{
    struct arena *arena = work->store.arena;
    struct customer_known customer = opening_customer(work, opening->customer_id);
    opening->tier = customer.tier;
    opening->no_surveys = customer.no_surveys;
    if (!text_is_empty(opening->order_no)) {
        struct uuid id = subject_id(SUBJECT_ORDER, opening->shop_id, opening->order_no);
        const struct subject *row = rows_find(&work->store.subjects, &id);
        struct order_known order = events_read_order(row == NULL ? TEXT_NULL : row->record, arena);
        if (text_is_empty(opening->seller_id))
            opening->seller_id = order.seller_id;
        if (opening->business_model == 0)
            opening->business_model = order.business_model;
        if (opening->goods_kind == 0)
            opening->goods_kind = order.goods_kind;
    }
}

void opening_tell(struct outbox *outbox, struct uuid case_id, const char *template,
                  const struct policy_text *text, const char *language, struct text order_no)
{
    struct arena *arena = outbox_arena(outbox);
    struct template_value values[] = {{"case_no", text_clip(uuid_text(arena, case_id), 8)},
                                      {"order_no", order_no}};
    struct text told = template_render(arena, policy_text_for(text, text_of(language)), values, 2);
    events_state_notice(outbox, case_id, template, language, told, order_no);
}
