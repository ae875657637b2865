/* SPDX-License-Identifier: Apache-2.0 */
#include "classification.pb-c.h"
#include "handlers.h"
#include "intake.pb-c.h"
#include "policies.h"
#include "routes.h"

static const struct input inputs[] = {
    {"aftercare.intake.v1", &aftercare__intake__v1__intake_fact__descriptor, routes_intake},
    {"aftercare.classification.inbox.v1", NULL, NULL}, /* any of the above, sent again */
    {0},
};

static const struct service service = {
    .name = "classification",
    .fact = &aftercare__classification__v1__classification_fact__descriptor,
    .inputs = inputs,
    .deadlines = routes_deadlines,
    .schema_version = 1,
    .policies = &policies_schema,
    .load = handlers_load,
    .save = handlers_save,
};

int main(int argc, char **argv)
{
    return service_main(&service, argc, argv);
}
