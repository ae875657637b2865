/* SPDX-License-Identifier: Apache-2.0 */
/* Parcels: couriers booked, who come or do not, and carriers' scans, which may be repeated or out of order.
 * Pure.
 *
 * Of two scans on the way the one with the later scanned_at counts, whichever is read first; delivered is
 * delivered. A courier who comes after another was booked in his place still counts, and the other is called
 * off. Scans of parcels that are not ours (the order's own) change nothing. */
#pragma once

#include "turn.h"

/* Books a courier for the next slot and tells the customer. */
void parcels_book(struct turn *turn);
/* Nobody came: another is booked or, after as many as the policy says, the customer chooses anew. */
void parcels_miss(struct turn *turn);
void parcels_scan(struct turn *turn, const struct fact_scan *scan);

/* The goods are at the workshop, whatever the scans say; couriers that are still to come are called off. */
void parcels_arrive(struct turn *turn);
/* The return is cancelled. */
void parcels_call_off(struct turn *turn);

/* A parcel on its way to the customer. */
void parcels_send(struct turn *turn, struct text waybill, struct text carrier);
/* Whether the last one to the customer did not get there. */
bool parcels_is_lost_on_the_way_back(const struct case_file *file);
