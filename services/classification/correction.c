/* SPDX-License-Identifier: Apache-2.0 */
#include "correction.h"

#include "domain.h"

bool correction_is_legal(const struct case_state *state, int32_t role)
{
    return state->opened_at_us != 0 &&
           (role == ROLE_AGENT || role == ROLE_SUPERVISOR || role == ROLE_SELLER || role == ROLE_SYSTEM);
}

struct text correction_do(struct case_state *state, const struct fact_action *action,
                          const struct apply_context *context)
{
    const struct rulebook *rules = context->rules;
    if (state->opened_at_us == 0)
        return TEXT("the case is not opened yet");
    if (action->expected_version != 0 && action->expected_version != state->version)
        return text_print(context->arena, "stale: version %lld was expected, the case has %lld",
                          (long long)action->expected_version, (long long)state->version);
    if (!correction_is_legal(state, action->role))
        return text_print(context->arena, "CORRECT_CLASSIFICATION is not a move of the role %s",
                          domain_role_name(action->role));
    struct text name = text_is_empty(action->label) ? state->label : action->label;
    int32_t label = rulebook_label(rules, name);
    if (label < 0)
        return text_print(context->arena, "'%.*s' is not one of the shop's labels",
                          TEXT_ARGS(text_clip(name, 80)));
    if (text_is_empty(action->label) && action->type == 0)
        return TEXT("neither a type nor a label is named");
    state->corrected_by = action->actor_id;
    state->corrected_label = rules->labels[label].name;
    state->corrected_type = action->type != 0 ? action->type : rules->labels[label].type;
    return TEXT_NULL;
}
