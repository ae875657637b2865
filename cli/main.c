/* SPDX-License-Identifier: Apache-2.0 */
/* `aftercare VERB ...`, the operator's command. */
#include "cli.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct verb *const verbs[] = {&verb_topics, &verb_migrate, &verb_publish,
                                           &verb_tail,   &verb_case,    &verb_lag,
                                           &verb_dlq,    &verb_lane,    &verb_health};

static void print_overview(FILE *out)
{
    fputs("Usage: aftercare VERB [ARGUMENT...]\n\n", out);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        fprintf(out, "  %-9s %s\n", verbs[i]->name, verbs[i]->summary);
    fputs("\n`aftercare VERB --help` explains a verb with examples. Settings come from the environment:\n"
          "KAFKA_BOOTSTRAP_SERVERS, DATABASE_URL (to read), DATABASE_ADMIN_URL, KAFKA_CONF_*; each NAME may "
          "be\n"
          "given as NAME_FILE. Exit codes: 0 done, 1 failed, 64 wrong usage.\n",
          out);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a pipe that closed is a failed write, told by the exit code */
    if (argc < 2) {
        print_overview(stderr);
        return EXIT_MISUSE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_overview(stdout);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(argv[1], verbs[i]->name) == 0)
            return verbs[i]->run(verbs[i], argc - 1, argv + 1);
    fprintf(stderr, "aftercare: there is no verb '%s'\nSee: aftercare --help\n", argv[1]);
    return EXIT_MISUSE;
}
