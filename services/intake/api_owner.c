/* SPDX-License-Identifier: Apache-2.0 */
/* A request that names the right shop and seller may still lead to what is another's: a conversation and an
 * order belong to a shop, within it to a seller; a customer has one record for all shops. */
#include "api_post.h"
#include "subject.h"

#include <string.h>

static bool is_of_customer(const struct post *post)
{
    return strcmp(post->kind->name, "customers") == 0;
}

bool api_may_post(const struct http_exchange *exchange, const struct post *post)
{
    if (!api_is_tied(exchange))
        return true;
    if (!post->is_action)
        return api_may_touch(exchange, events_field(post->message, post->kind->shop_id),
                             events_field(post->message, post->kind->seller_id));
    return !http_is_tied(exchange, "seller") ||
           (post->action.is_by_seller && http_admits(exchange, "seller", post->action.actor_id));
}

/* Conversations and orders of another shop have other ids. */
bool api_must_look(const struct http_exchange *exchange, const struct post *post)
{
    return http_is_tied(exchange, "seller") ||
           (http_is_tied(exchange, "shop") && (post->is_action || is_of_customer(post)));
}

static enum status check_case(struct http_exchange *exchange, struct uuid case_id, bool must_be_known,
                              const char *field, struct error *err)
{
    struct case_view view;
    enum status status =
        store_read_case(http_postgres(exchange), case_id, 0, http_arena(exchange), &view, err);
    if (status != STATUS_OK || (!view.is_known && !must_be_known))
        return status;
    if (!view.is_known || !api_may_touch(exchange, view.record.shop_id, view.record.seller_id))
        return fail(err, STATUS_REFUSED, "%s: this key has no such case", field);
    return STATUS_OK;
}

static enum status check_subject(struct http_exchange *exchange, const char *kind, struct text shop_id,
                                 struct text own_id, const char *field, struct error *err)
{
    struct arena *arena = http_arena(exchange);
    struct subject subject;
    enum status status =
        store_read_subject(http_postgres(exchange), subject_id(kind, shop_id, own_id), arena, &subject, err);
    if (status != STATUS_OK || subject.record.at == NULL)
        return status;
    bool is_order = strcmp(kind, SUBJECT_ORDER) == 0;
    struct text seller_id = is_order ? events_read_order(subject.record, arena).seller_id : TEXT_NULL;
    if (!http_admits(exchange, "shop", subject.shop_id) ||
        (is_order && !http_admits(exchange, "seller", seller_id)))
        return fail(err, STATUS_REFUSED, "%s: is of a shop or seller that the key is not tied to", field);
    return STATUS_OK;
}

static enum status check_said(struct http_exchange *exchange, const struct said *said, struct error *err)
{
    struct conversation row;
    int64_t ended_at_us;
    enum status status = store_read_conversation(http_postgres(exchange), said->conversation_id,
                                                 http_arena(exchange), &row, &ended_at_us, err);
    if (status == STATUS_OK && !uuid_is_nil(row.case_id))
        status = check_case(exchange, row.case_id, false, "conversation_id", err);
    if (status != STATUS_OK || text_is_empty(said->order_no))
        return status;
    return check_subject(exchange, SUBJECT_ORDER, said->shop_id, said->order_no, "order_no", err);
}

enum status api_check_owner(struct http_exchange *exchange, const struct post *post, struct error *err)
{
    if (post->is_action)
        return check_case(exchange, post->action.case_id, true, "case_id", err);
    if (post->kind->is_said)
        return check_said(exchange, &post->said, err);
    struct text own_id, shop_id;
    int64_t updated_at_us;
    (void)events_subject_of(post->message, &own_id, &shop_id, &updated_at_us);
    if (is_of_customer(post))
        return check_subject(exchange, SUBJECT_CUSTOMER, TEXT_NULL, own_id, "customer_id", err);
    return check_subject(exchange, SUBJECT_ORDER, shop_id, own_id, "order.order_no", err);
}
