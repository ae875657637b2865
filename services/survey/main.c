/* SPDX-License-Identifier: Apache-2.0 */
#include "escalation.pb-c.h"
#include "handlers.h"
#include "intake.pb-c.h"
#include "policies.h"
#include "routes.h"
#include "setup.h"
#include "survey.pb-c.h"
#include "web.h"

static const struct input inputs[] = {
    {"aftercare.intake.v1", &aftercare__intake__v1__intake_fact__descriptor, routes_intake},
    {"aftercare.escalation.v1", &aftercare__escalation__v1__escalation_fact__descriptor, routes_escalation},
    {"aftercare.survey.inbox.v1", &aftercare__survey__v1__survey_answer_submitted__descriptor, routes_inbox},
    {0},
};

static const struct service service = {
    .name = "survey",
    .fact = &aftercare__survey__v1__survey_fact__descriptor,
    .inputs = inputs,
    .deadlines = routes_deadlines,
    .settings = setup_settings,
    .schema_version = 1,
    .policies = &policies_schema,
    .http_routes = web_routes,
    .load = handlers_load,
    .save = handlers_save,
    .open = setup_open,
    .close = setup_close,
};

int main(int argc, char **argv)
{
    return service_main(&service, argc, argv);
}
