/* SPDX-License-Identifier: Apache-2.0 */
#include "api.h"
#include "intake.h"
#include "intake.pb-c.h"
#include "routes.h"

static const struct service service = {
    .name = "intake",
    .fact = &aftercare__intake__v1__intake_fact__descriptor,
    .inputs = routes_inputs,
    .deadlines = routes_deadlines,
    .schema_version = 1,
    .policies = &intake_policies,
    .http_routes = api_routes,
    .load = intake_load,
    .save = intake_save,
};

int main(int argc, char **argv)
{
    return service_main(&service, argc, argv);
}
