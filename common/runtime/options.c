/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/options.h"

#include "runtime/installed.h"
#include "runtime/log.h"
#include "runtime/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_WRONG 64 /* usage, settings or policies: starting again will not help */

static void print_help(const struct service *service)
{
    printf("aftercare-%s: reads", service->name);
    for (const struct input *input = service->inputs; input->topic != NULL; input++)
        printf(" %s", input->topic);
    printf("; writes aftercare.%s.v1.\n\n"
           "  --settings     the settings (environment variables), their meaning and values\n"
           "  --check [DIR]  checks the policy files there, or in POLICY_DIR\n"
           "  --version\n  --help\n\n"
           "Without arguments it runs until SIGTERM. SIGHUP reads the policies again.\n",
           service->name);
}

/* POLICY_DIR, else the policies installed with the service. NULL: there are none, which has been said. */
static const char *policy_dir(const struct service *service, const char *set)
{
    static char own[PATH_MAX];
    char name[128];
    snprintf(name, sizeof name, "%s/policies", service->name);
    if (set != NULL && set[0] != '\0')
        return set;
    if (installed_find(name, own))
        return own;
    fprintf(stderr, "POLICY_DIR: is not set, and no policies are installed beside this program\n");
    return NULL;
}

static bool read_policies(const struct service *service, const char *dir, struct policy_holder **ret_policies)
{
    dir = service->policies == NULL ? NULL : policy_dir(service, dir);
    if (dir == NULL)
        return service->policies == NULL;
    struct policy_problems *problems = calloc(1, sizeof *problems);
    if (problems == NULL)
        return false;
    bool is_good = policy_holder_new(service->policies, dir, ret_policies, problems) == STATUS_OK;
    for (size_t i = 0; i < problems->count; i++)
        fprintf(stderr, "%s\n", problems->list[i].text);
    free(problems);
    return is_good;
}

static int check_policies(const struct service *service, const char *dir)
{
    if (service->policies == NULL) {
        printf("%s has no policies\n", service->name);
        return EXIT_SUCCESS;
    }
    if (dir == NULL)
        dir = policy_dir(service, getenv("POLICY_DIR"));
    return dir == NULL ? EXIT_WRONG : policy_check_main(service->policies, dir);
}

static int print_settings(const struct service *service)
{
    struct settings *settings = NULL;
    enum status status = settings_load(settings_common, service->settings, stderr, &settings);
    settings_print(settings_common, service->settings, settings, stdout);
    settings_free(settings);
    return status == STATUS_OK ? EXIT_SUCCESS : EXIT_WRONG;
}

/* What only prints and ends; -1: none of these was asked for. */
static int answer(const struct service *service, int argc, char **argv)
{
    if (argc < 2)
        return -1;
    if (strcmp(argv[1], "--check") == 0 && argc <= 3)
        return check_policies(service, argc == 3 ? argv[2] : NULL);
    if (strcmp(argv[1], "--settings") == 0 && argc == 2)
        return print_settings(service);
    if (strcmp(argv[1], "--version") == 0 && argc == 2) {
        printf("aftercare-%s %s\n", service->name, AFTERCARE_VERSION);
        return EXIT_SUCCESS;
    }
    print_help(service);
    return strcmp(argv[1], "--help") == 0 ? EXIT_SUCCESS : EXIT_WRONG;
}

bool options_read(const struct service *service, int argc, char **argv, struct settings **ret_settings,
                  struct policy_holder **ret_policies, int *ret_code)
{
    *ret_code = answer(service, argc, argv);
    if (*ret_code >= 0)
        return false;
    *ret_code = EXIT_WRONG;
    if (settings_load(settings_common, service->settings, stderr, ret_settings) != STATUS_OK)
        return false;
    enum log_level level;
    struct error err;
    if (log_parse_level(settings_text(*ret_settings, "LOG_LEVEL"), &level, &err) != STATUS_OK)
        return false;
    log_open(service->name, level);
    return read_policies(service, settings_text(*ret_settings, "POLICY_DIR"), ret_policies);
}
