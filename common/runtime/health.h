/* SPDX-License-Identifier: Apache-2.0 */
/* What /livez and /readyz answer. Anybody may report, from any thread; the registry keeps since when.
 *
 * Alive: every worker's loop has turned within 60 s; no dependency can make a process look dead. Ready: every
 * required component is well, and the process is not stopping. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define HEALTH_WORKERS_MOST 64

/* `component` is a short name that lives for ever ("postgres"). An optional one is shown and never makes us
 * unready. */
void health_set(const char *component, bool is_well, bool is_required, const char *detail);
/* The same, said by one of several workers: the component is well when all of them find it so. */
void health_set_by(int worker, const char *component, bool is_well, bool is_required, const char *detail);
/* What a worker holds, and what it left out because the group did not give it whole; lists are copied as
 * text. */
void health_lanes(int worker, const char *held, const char *left_out);
void health_beat(int worker);
/* From now on /readyz is red: no new work shall come. */
void health_drain(void);

bool health_is_live(void);
bool health_is_ready(void);
/* One line a component, "[+]postgres ok, since 2026-..." or "[-]kafka ...", then lanes. malloc'ed; NULL: out
 * of memory. */
char *health_text(size_t *ret_len);
