/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mask.h"
#include "intake.h"
#include "language.h"

/* Until the case record says otherwise, the case is alive. */
static int64_t ended_at_us(struct work *work, const struct conversation *row)
{
    return uuid_is_nil(row->case_id) ? 0
                                     : case_state_ended_at_us(rows_find(&work->store.cases, &row->case_id));
}

static const char *choose_language(struct work *work, const struct said *said)
{
    struct customer_known customer = opening_customer(work, said->customer_id);
    const char *otherwise = text_equal_string(work->policy->rules.default_language, "en") ? "en" : "zh-CN";
    return language_choose(said->language, customer.language, said->words, otherwise);
}

static void open_case(struct work *work, const struct said *said, const struct conversation_choice *choice,
                      const char *language, struct outbox *outbox)
{
    struct opening opening = {
        .channel = said->channel,
        .business_model = said->business_model,
        .goods_kind = said->goods_kind,
        .shop_id = said->shop_id,
        .seller_id = said->seller_id,
        .customer_id = said->customer_id,
        .order_no = said->order_no,
        .conversation = said->conversation,
        .language = language,
        .received_at_us = work->now_us,
        .previous_case_id = choice->previous_case_id,
    };
    opening_complete(work, &opening);
    events_state_opened(outbox, choice->case_id, &opening);
}

/* The first acknowledgement: at once, whoever will answer. */
static void acknowledge(struct work *work, const struct said *said, struct uuid case_id, const char *language,
                        struct outbox *outbox)
{
    const struct intake_messages *messages = &work->policy->messages;
    if (!said->is_by_customer)
        return;
    switch (said->kind) {
    case SAID_MESSAGE:
        opening_tell(outbox, case_id, "received", &messages->received, language, said->order_no);
        break;
    case SAID_CALL:
        opening_tell(outbox, case_id, said->is_abandoned ? "missed_call" : "called",
                     said->is_abandoned ? &messages->missed_call : &messages->called, language,
                     said->order_no);
        break;
    case SAID_RETURN:
        opening_tell(outbox, case_id, "return_asked", &messages->return_asked, language, said->order_no);
        break;
    }
}

enum status intake_on_said(void *work_, const struct event *event, struct outbox *outbox, struct error *err)
{
    struct work *work = work_;
    struct said said = events_read_said(event->wrapper);
    struct conversation *row = rows_get(&work->store.conversations, &said.conversation_id);
    struct text words = mask_numbers(work->store.arena, said.words, said.order_no);
    if (row == NULL || (words.at == NULL && said.words.at != NULL))
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    struct conversation_choice choice =
        conversation_choose(row, ended_at_us(work, row), work->now_us, work->policy->rules.reopen_within_us);
    const char *language = choose_language(work, &said);
    if (choice.is_new) {
        open_case(work, &said, &choice, language, outbox);
        conversation_enter(row, &choice, work->now_us);
        row->shop_id = said.shop_id;
        row->external_id = said.conversation;
        rows_touch(&work->store.conversations, row);
    }
    events_state_said(outbox, choice.case_id, event, words, language);
    if (!text_is_empty(said.order_no))
        opening_link_order(work, outbox, choice.case_id, said.shop_id, said.order_no);
    if (choice.is_new)
        acknowledge(work, &said, choice.case_id, language, outbox);
    return STATUS_OK;
}
