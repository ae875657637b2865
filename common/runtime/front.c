/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/front.h"

#include "runtime/api_keys.h"
#include "runtime/door.h"
#include "runtime/health_routes.h"
#include "runtime/http_server.h"
#include "runtime/kafka_config.h"
#include "runtime/log.h"
#include "runtime/settings.h"

#include <stdio.h>
#include <stdlib.h>

struct front {
    struct http_server *server;
    struct door *door; /* NULL: the service has no routes of its own */
};

static enum status open_door(const struct service *service, const struct settings *settings,
                             struct front *front, struct error *err)
{
    if (service->http_routes == NULL)
        return STATUS_OK;
    rd_kafka_conf_t *conf = kafka_config_door(settings, service->name, err);
    return conf == NULL ? STATUS_FATAL : door_new(conf, &front->door, err);
}

static enum status load_keys(const struct settings *settings, struct api_keys **ret_keys, struct error *err)
{
    const char *path = settings_text(settings, "API_KEYS_FILE");
    if (path[0] == '\0')
        return STATUS_OK;
    enum status status = api_keys_load(path, ret_keys, err);
    return status == STATUS_OK ? STATUS_OK : fail_within(err, STATUS_FATAL, "API_KEYS_FILE");
}

/* Where tests and the local stack learn which port it became. Written beside and moved, so that it is never
 * half. */
static enum status write_port(const struct settings *settings, int port, struct error *err)
{
    const char *path = settings_text(settings, "HTTP_PORT_FILE");
    char draft[512];
    if (path[0] == '\0')
        return STATUS_OK;
    snprintf(draft, sizeof draft, "%s.new", path);
    FILE *file = fopen(draft, "we");
    bool is_written = file != NULL && fprintf(file, "%d\n", port) > 0;
    if (file != NULL && fclose(file) != 0)
        is_written = false;
    if (!is_written || rename(draft, path) != 0)
        return fail(err, STATUS_FATAL, "HTTP_PORT_FILE: %s cannot be written", path);
    return STATUS_OK;
}

enum status front_open(const struct service *service, const struct settings *settings,
                       struct policy_holder *policies, struct front **ret_front, struct error *err)
{
    struct front *front = calloc(1, sizeof *front);
    if (front == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    *ret_front = front; /* front_close takes what there is */
    struct api_keys *keys = NULL;
    bool is_open = settings_bool(settings, "API_OPEN");
    enum status status = load_keys(settings, &keys, err);
    if (status == STATUS_OK)
        status = open_door(service, settings, front, err);
    if (status != STATUS_OK) {
        api_keys_free(keys);
        return status;
    }
    if (is_open && service->http_routes != NULL)
        log_warn("the API asks for no key (API_OPEN=yes): for trying out only", LOG_NUMBER("open", 1));
    const struct http_plan plan = {.listen = settings_text(settings, "HTTP_LISTEN"),
                                   .tables = {health_routes, service->http_routes},
                                   .keys = keys,
                                   .is_open = is_open,
                                   .policies = policies,
                                   .door = front->door,
                                   .database_url = settings_text(settings, "DATABASE_URL"),
                                   .schema = service->name,
                                   .service = service->name};
    status = http_server_start(&plan, &front->server, err);
    if (status != STATUS_OK)
        return fail_within(err, STATUS_FATAL, "HTTP_LISTEN");
    return write_port(settings, http_server_port(front->server), err);
}

void front_set_self(struct front *front, void *self)
{
    http_server_serve(front->server, self);
}

int front_port(const struct front *front)
{
    return http_server_port(front->server);
}

int front_reader_count(const struct front *front)
{
    return http_server_reader_count(front->server);
}

void front_close(struct front *front)
{
    if (front == NULL)
        return;
    if (front->server != NULL)
        http_server_stop(front->server);
    door_free(front->door, 2000);
    http_server_free(front->server);
    free(front);
}
