/* SPDX-License-Identifier: Apache-2.0 */
#include "parcels.h"

#include "dates.h"
#include "notices.h"
#include "options.h"

#include <stdio.h>

static struct text pickup_id_of(const struct turn *turn, int32_t parcel_no)
{
    char number[16];
    int len = snprintf(number, sizeof number, "%d", (int)parcel_no);
    const struct text parts[] = {TEXT("pickup"), text_make(number, (size_t)len)};
    return uuid_text(turn->arena, uuid_of_parts(turn->file->current.return_id, parts, 2));
}

static const struct parcel *book(struct turn *turn, enum effect_kind kind)
{
    const struct pickup_rules *rules = &turn->rules->returns.pickup;
    struct parcel *parcel = file_add_parcel(turn->file, turn->arena, LEG_TO_WORKSHOP);
    struct slot slot = dates_slot_after(turn->rules, turn->now_us);
    parcel->pickup_id = pickup_id_of(turn, parcel->parcel_no);
    parcel->carrier = rules->carriers[(size_t)turn->file->current.misses % rules->carrier_count];
    parcel->slot_from_us = slot.from_us;
    parcel->slot_to_us = slot.to_us;
    struct effect *effect = effects_add(turn->effects, kind, turn->file);
    effect->id = parcel->pickup_id;
    effect->carrier = parcel->carrier;
    effect->at_us = slot.from_us;
    effect->to_us = slot.to_us;
    return parcel;
}

static void tell_slot(struct turn *turn, enum template template, const struct parcel *parcel)
{
    struct text slot = dates_slot(turn->arena, turn->rules, turn->file->state.language, parcel->slot_from_us,
                                  parcel->slot_to_us);
    const struct template_value values[] = {
        {"carrier", parcel->carrier},
        {"slot", slot},
        {"promised", notice_moment(turn, turn->file->current.promised_by_us)}};
    notice_tell(turn, template, values, 3, TEXT_NULL);
}

void parcels_book(struct turn *turn)
{
    tell_slot(turn, TEMPLATE_pickup_booked, book(turn, EFFECT_PICKUP_BOOKED));
}

void parcels_miss(struct turn *turn)
{
    struct case_file *file = turn->file;
    struct parcel *parcel = file_last_parcel(file, LEG_TO_WORKSHOP);
    if (file->current.stage != RETURN_AGREED || parcel == NULL ||
        machine_parcel(parcel->state, PARCEL_MISS) == ILLEGAL ||
        parcel->slot_to_us + turn->rules->returns.pickup.grace_us > turn->now_us)
        return; /* the courier came after all, or the slot has moved */
    parcel->state = machine_parcel(parcel->state, PARCEL_MISS);
    file->current.misses++;
    effects_add(turn->effects, EFFECT_PICKUP_MISSED, file)->id = parcel->pickup_id;
    if (file->current.misses <= turn->rules->returns.pickup.rebookings) {
        tell_slot(turn, TEMPLATE_pickup_rebooked, book(turn, EFFECT_PICKUP_REBOOKED));
        return;
    }
    file->current.stage = machine_return(file->current.stage, RETURN_STRAND);
    options_offer(turn, TEMPLATE_pickup_given_up);
}

static bool is_on_the_way(int32_t state)
{
    return state == PARCEL_PICKED_UP || state == PARCEL_IN_TRANSIT || state == PARCEL_OUT_FOR_DELIVERY ||
           state == PARCEL_EXCEPTION;
}

static struct parcel *find(const struct case_file *file, const struct fact_scan *scan)
{
    for (size_t i = 0; i < file->parcel_count; i++) {
        struct parcel *parcel = &file->parcels[i];
        if (!text_is_empty(scan->pickup_id) && text_equal(scan->pickup_id, parcel->pickup_id))
            return parcel;
    }
    for (size_t i = file->parcel_count; i > 0; i--) { /* a carrier may use a number again */
        struct parcel *parcel = &file->parcels[i - 1];
        if (!text_is_empty(scan->waybill) && text_equal(scan->waybill, parcel->waybill))
            return parcel;
    }
    return NULL;
}

static void call_off_others(struct case_file *file, const struct parcel *but)
{
    for (size_t i = 0; i < file->parcel_count; i++) {
        struct parcel *parcel = &file->parcels[i];
        if (parcel != but && parcel->leg == LEG_TO_WORKSHOP &&
            machine_parcel(parcel->state, PARCEL_CALL_OFF) != ILLEGAL)
            parcel->state = PARCEL_CALLED_OFF;
    }
}

/* What the move means for the return. */
static void carry(struct turn *turn, const struct parcel *parcel)
{
    struct return_state *current = &turn->file->current;
    if (parcel->leg == LEG_TO_CUSTOMER)
        return;
    bool is_gone = parcel->state == PARCEL_LOST || parcel->state == PARCEL_REFUSED;
    int32_t next = machine_return(current->stage, is_gone ? RETURN_MISLAY : RETURN_PICK_UP);
    if (next != ILLEGAL)
        current->stage = next;
    call_off_others(turn->file, parcel);
}

static void tell_move(struct turn *turn, const struct parcel *parcel, int32_t status)
{
    static const enum template templates[][SCAN_COUNT] = {
        [LEG_TO_WORKSHOP] = {[SCAN_PICKED_UP] = TEMPLATE_coming_picked_up,
                             [SCAN_IN_TRANSIT] = TEMPLATE_coming_in_transit,
                             [SCAN_OUT_FOR_DELIVERY] = TEMPLATE_coming_out_for_delivery,
                             [SCAN_DELIVERED] = TEMPLATE_coming_delivered,
                             [SCAN_REFUSED] = TEMPLATE_coming_refused,
                             [SCAN_LOST] = TEMPLATE_coming_lost,
                             [SCAN_EXCEPTION] = TEMPLATE_coming_exception},
        [LEG_TO_CUSTOMER] = {[SCAN_PICKED_UP] = TEMPLATE_going_picked_up,
                             [SCAN_IN_TRANSIT] = TEMPLATE_going_in_transit,
                             [SCAN_OUT_FOR_DELIVERY] = TEMPLATE_going_out_for_delivery,
                             [SCAN_DELIVERED] = TEMPLATE_going_delivered,
                             [SCAN_REFUSED] = TEMPLATE_going_refused,
                             [SCAN_LOST] = TEMPLATE_going_lost,
                             [SCAN_EXCEPTION] = TEMPLATE_going_exception},
    };
    const struct template_value values[] = {{"waybill", parcel->waybill}, {"place", parcel->place}};
    notice_tell(turn, templates[parcel->leg][status], values, 2, parcel->waybill);
}

static void deliver(struct turn *turn, const struct parcel *parcel)
{
    struct case_file *file = turn->file;
    if (parcel->leg != LEG_TO_CUSTOMER)
        return;
    for (size_t i = 0; i < file->line_count; i++)
        if (machine_line(file->lines[i].state, LINE_DELIVER) != ILLEGAL)
            file->lines[i].state = machine_line(file->lines[i].state, LINE_DELIVER);
    effects_add(turn->effects, EFFECT_DELIVERED, file)->id = parcel->waybill;
}

void parcels_scan(struct turn *turn, const struct fact_scan *scan)
{
    struct parcel *parcel = find(turn->file, scan);
    if (parcel == NULL)
        return;
    if (text_is_empty(parcel->waybill) && !text_is_empty(scan->waybill))
        parcel->waybill = scan->waybill; /* worth knowing, even of a scan that comes too late */
    int32_t next = machine_parcel(parcel->state, scan->status);
    if (next == ILLEGAL)
        return;
    bool is_late = is_on_the_way(next) && scan->scanned_at_us < parcel->scanned_at_us;
    if (is_on_the_way(next) && !is_late) {
        parcel->scanned_at_us = scan->scanned_at_us;
        parcel->place = scan->place;
    }
    if (next == parcel->state || is_late)
        return;
    parcel->state = next;
    parcel->place = scan->place;
    carry(turn, parcel);
    struct effect *effect = effects_add(turn->effects, EFFECT_PARCEL_MOVED, turn->file);
    effect->number = scan->status;
    effect->leg = parcel->leg;
    effect->id = parcel->waybill;
    effect->text = parcel->place;
    tell_move(turn, parcel, scan->status);
    if (next == PARCEL_DELIVERED)
        deliver(turn, parcel);
}

void parcels_arrive(struct turn *turn)
{
    struct case_file *file = turn->file;
    struct parcel *arrived = file_last_parcel(file, LEG_TO_WORKSHOP);
    for (size_t i = 0; i < file->parcel_count; i++)
        if (is_on_the_way(file->parcels[i].state))
            arrived = &file->parcels[i];
    if (arrived == NULL)
        return;
    if (machine_parcel(arrived->state, PARCEL_ARRIVE) != ILLEGAL)
        arrived->state = machine_parcel(arrived->state, PARCEL_ARRIVE);
    call_off_others(file, arrived);
}

void parcels_call_off(struct turn *turn)
{
    call_off_others(turn->file, NULL);
}

void parcels_send(struct turn *turn, struct text waybill, struct text carrier)
{
    struct parcel *parcel = file_add_parcel(turn->file, turn->arena, LEG_TO_CUSTOMER);
    parcel->waybill = waybill;
    parcel->carrier = carrier;
    struct effect *effect = effects_add(turn->effects, EFFECT_SHIPPED_BACK, turn->file);
    effect->id = waybill;
    effect->carrier = carrier;
    const struct template_value values[] = {{"waybill", waybill}, {"carrier", carrier}};
    notice_tell(turn, TEMPLATE_shipped_back, values, 2, waybill);
}

bool parcels_is_lost_on_the_way_back(const struct case_file *file)
{
    const struct parcel *last = file_last_parcel(file, LEG_TO_CUSTOMER);
    return last != NULL && (last->state == PARCEL_LOST || last->state == PARCEL_REFUSED);
}
