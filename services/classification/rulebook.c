/* SPDX-License-Identifier: Apache-2.0 */
#include "rulebook.h"

const char *const rulebook_template_names[TEMPLATE_COUNT] = {
    [TEMPLATE_ANSWER] = "answer",
    [TEMPLATE_QUESTION] = "question",
    [TEMPLATE_HANDED_OVER] = "handed_over",
    [TEMPLATE_PARCEL_UNSHIPPED] = "parcel_unshipped",
    [TEMPLATE_PARCEL_SHIPPED] = "parcel_shipped",
    [TEMPLATE_PARCEL_DELIVERED] = "parcel_delivered",
};

int32_t rulebook_label(const struct rulebook *rulebook, struct text name)
{
    for (size_t i = 0; i < rulebook->label_count; i++)
        if (text_equal(rulebook->labels[i].name, name))
            return (int32_t)i;
    return -1;
}
