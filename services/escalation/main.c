/* SPDX-License-Identifier: Apache-2.0 */
#include "classification.pb-c.h"
#include "escalation.pb-c.h"
#include "handlers.h"
#include "intake.pb-c.h"
#include "policies.h"
#include "returns.pb-c.h"
#include "routes.h"
#include "survey.pb-c.h"

#define MESSAGE(service) &aftercare__##service##__v1__##service##_fact__descriptor

static const struct input inputs[] = {
    {"aftercare.intake.v1", MESSAGE(intake), routes_intake},
    {"aftercare.classification.v1", MESSAGE(classification), routes_classification},
    {"aftercare.returns.v1", MESSAGE(returns), routes_returns},
    {"aftercare.survey.v1", MESSAGE(survey), routes_survey},
    {"aftercare.escalation.inbox.v1", NULL, NULL}, /* any of the above, sent again */
    {0},
};

static const struct service service = {
    .name = "escalation",
    .fact = MESSAGE(escalation),
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
