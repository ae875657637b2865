/* SPDX-License-Identifier: Apache-2.0 */
/* How a return begins: an agent offers options, or the customer asks by one click and the policy allows it,
 * else a person decides. Both need the case and its order; when those are not known yet the return waits for
 * them, for as long as the policy says, and then goes on without or is refused. Pure. */
#pragma once

#include "turn.h"

/* Done, or waiting (then `*ret_waits`): absent. Else nothing was changed, and why not. */
struct text opening_offer(struct turn *turn, const struct fact_action *action, bool *ret_waits);
void opening_request(struct turn *turn, const struct fact_request *request);

/* Goes on with what waits, when case and order are known by now, or `is_late`: the policy's time is over. */
void opening_go_on(struct turn *turn, bool is_late);
