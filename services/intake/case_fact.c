/* SPDX-License-Identifier: Apache-2.0 */
#include "case_fact.h"

#include <string.h>

static const struct case_fact_field *find(const struct case_fact *fact, const char *field)
{
    for (size_t i = 0; i < fact->field_count; i++)
        if (strcmp(fact->fields[i].name, field) == 0)
            return &fact->fields[i];
    return NULL;
}

struct text case_fact_text(const struct case_fact *fact, const char *field)
{
    const struct case_fact_field *found = find(fact, field);
    return found == NULL ? TEXT_NULL : found->text;
}

int64_t case_fact_number(const struct case_fact *fact, const char *field)
{
    const struct case_fact_field *found = find(fact, field);
    return found == NULL ? 0 : found->number;
}

bool case_fact_is(const struct case_fact *fact, const char *service, const char *name)
{
    return text_equal_string(fact->service, service) && text_equal_string(fact->name, name);
}
