/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers.h"
#include "intake.pb-c.h"
#include "policies.h"
#include "returns.pb-c.h"
#include "routes.h"

static const struct input inputs[] = {
    {"aftercare.intake.v1", &aftercare__intake__v1__intake_fact__descriptor, routes_intake},
    {"aftercare.returns.inbox.v1", NULL, NULL}, /* the same, sent again */
    {0},
};

static const struct service service = {
    .name = "returns",
    .fact = &aftercare__returns__v1__returns_fact__descriptor,
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
