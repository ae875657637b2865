/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox's deadlines: the last word on each (subject, kind), found through a hash table in the arena. */
#include "runtime/outbox_batch.h"

#include <string.h>

static size_t slot_of(const struct outbox *outbox, struct uuid subject_id, const char *kind)
{
    size_t mask = outbox->change_slot_count - 1;
    size_t slot = (size_t)(uuid_hash(subject_id) ^ text_hash(text_of(kind))) & mask;
    while (outbox->change_slots[slot] != 0) {
        const struct deadline_change *change = &outbox->changes[outbox->change_slots[slot] - 1];
        if (uuid_equal(change->subject_id, subject_id) && strcmp(change->kind, kind) == 0)
            break;
        slot = (slot + 1) & mask;
    }
    return slot;
}

static struct deadline_change *find_change(const struct outbox *outbox, struct uuid subject_id,
                                           const char *kind)
{
    if (outbox->change_slot_count == 0)
        return NULL;
    uint32_t position = outbox->change_slots[slot_of(outbox, subject_id, kind)];
    return position == 0 ? NULL : &outbox->changes[position - 1];
}

bool outbox_has_changed(const struct outbox *outbox, struct uuid subject_id, const char *kind)
{
    return find_change(outbox, subject_id, kind) != NULL;
}

/* Room for one more; the table stays at most half full. */
static bool grow(struct outbox *outbox)
{
    if (outbox->changes != NULL && outbox->change_count < outbox->change_slot_count / 2)
        return true;
    size_t slots = outbox->change_slot_count == 0 ? 128 : outbox->change_slot_count * 2;
    struct deadline_change *changes = arena_alloc_array(outbox->arena, slots / 2, sizeof *changes);
    uint32_t *index = arena_alloc_array(outbox->arena, slots, sizeof *index);
    if (changes == NULL || index == NULL) {
        outbox_remember_full(outbox);
        return false;
    }
    if (outbox->changes != NULL)
        memcpy(changes, outbox->changes, outbox->change_count * sizeof *changes);
    outbox->changes = changes;
    outbox->change_slots = index;
    outbox->change_slot_count = slots;
    for (size_t i = 0; i < outbox->change_count; i++)
        index[slot_of(outbox, changes[i].subject_id, changes[i].kind)] = (uint32_t)i + 1;
    return true;
}

static void change_deadline(struct outbox *outbox, const struct deadline_change *change)
{
    struct deadline_change *known = find_change(outbox, change->subject_id, change->kind);
    if (known != NULL) {
        /* Cancelling what has just acted changes nothing: it stays "fired". */
        if (change->what != DEADLINE_CANCEL || known->what == DEADLINE_ARM)
            *known = *change;
        return;
    }
    if (!grow(outbox))
        return;
    size_t slot = slot_of(outbox, change->subject_id, change->kind);
    outbox->changes[outbox->change_count++] = *change;
    outbox->change_slots[slot] = (uint32_t)outbox->change_count;
}

void outbox_arm(struct outbox *outbox, struct uuid subject_id, const char *kind, int64_t due_at_us)
{
    change_deadline(outbox, &(struct deadline_change){.what = DEADLINE_ARM,
                                                      .lane = outbox->event->lane,
                                                      .subject_id = subject_id,
                                                      .kind = kind,
                                                      .due_at_us = due_at_us});
}

void outbox_cancel(struct outbox *outbox, struct uuid subject_id, const char *kind)
{
    change_deadline(outbox, &(struct deadline_change){.what = DEADLINE_CANCEL,
                                                      .lane = outbox->event->lane,
                                                      .subject_id = subject_id,
                                                      .kind = kind});
}

void outbox_deadline_done(struct outbox *outbox, const struct deadline_candidate *candidate,
                          enum deadline_change_kind what)
{
    change_deadline(outbox, &(struct deadline_change){.what = what,
                                                      .lane = candidate->lane,
                                                      .subject_id = candidate->due.subject_id,
                                                      .kind = candidate->due.kind,
                                                      .due_at_us = candidate->due.due_at_us,
                                                      .generation = candidate->due.generation});
}
