/* SPDX-License-Identifier: Apache-2.0 */
#include "templates.h"

#define TEMPLATES_NAME(name, variables) #name,
const char *const template_names[TEMPLATE_COUNT] = {TEMPLATES(TEMPLATES_NAME)};

const struct policy_text *template_of(const struct messages *messages, enum template template)
{
    switch (template) {
#define TEMPLATES_CASE(name, variables)                                                                      \
    case TEMPLATE_##name:                                                                                    \
        return &messages->name;
        TEMPLATES(TEMPLATES_CASE)
    case TEMPLATE_COUNT:
        break;
    }
    return &messages->options_offered;
}
