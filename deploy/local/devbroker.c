/* SPDX-License-Identifier: Apache-2.0 */
/* devbroker: a broker for trying out and for tests: librdkafka's mock cluster (one broker, in memory, on
 * 127.0.0.1 and a port of its own choice) behind a small main. It forgets what exceeds 5 MiB per partition,
 * has no admin API, and is no substitute for Kafka. Faults are ordered through the control socket, see
 * control.h. */
#include "control.h"
#include "runtime/catalogue.h"

#include <errno.h>
#include <getopt.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

static const char usage[] =
    "devbroker - a Kafka broker in memory, for trying out and for tests\n"
    "\n"
    "  devbroker [--partitions N] [--topics FILE] [--control SOCKET] [--port-file FILE]\n"
    "  devbroker --send SOCKET 'COMMAND'\n"
    "\n"
    "  --partitions N     of a topic that does not say how many it has (12)\n"
    "  --topics FILE      topics to make, one 'NAME [PARTITIONS]' a line, # starts a comment; - is the "
    "input\n"
    "  --control SOCKET   takes commands there: topic, errors, clear, rtt, down, up, leader, coordinator, "
    "ping, quit\n"
    "  --port-file FILE   writes its address there once it is ready; the address is printed in any case\n"
    "  --send SOCKET      sends one command to a running devbroker, prints the answer\n";

struct options {
    int partitions;
    const char *topics, *control, *port_file, *send;
};

static volatile sig_atomic_t is_stopping;

static void stop(int signal)
{
    (void)signal;
    is_stopping = 1;
}

static bool make_topic(rd_kafka_mock_cluster_t *cluster, const char *name, int partitions)
{
    rd_kafka_resp_err_t code = rd_kafka_mock_topic_create(cluster, name, partitions, 1);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        fprintf(stderr, "devbroker: topic %s: %s\n", name, rd_kafka_err2str(code));
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

static bool read_topics(rd_kafka_mock_cluster_t *cluster, const struct options *options)
{
    FILE *file = strcmp(options->topics, "-") == 0 ? stdin : fopen(options->topics, "r");
    if (file == NULL) {
        fprintf(stderr, "devbroker: %s: %s\n", options->topics, strerror(errno));
        return false;
    }
    char line[512];
    bool is_good = true;
    while (is_good && fgets(line, sizeof(line), file) != NULL) {
        char name[256], more[2];
        int partitions = options->partitions;
        line[strcspn(line, "#\n")] = '\0';
        int words = sscanf(line, "%255s %d %1s", name, &partitions, more);
        if (words < 1)
            continue;
        if (words > 2 || partitions < 1 || partitions > 1000) {
            fprintf(stderr, "devbroker: %s: expected 'NAME [1..1000]': %s\n", options->topics, line);
            is_good = false;
        } else {
            is_good = make_topic(cluster, name, partitions);
        }
    }
    if (file != stdin)
        fclose(file);
    return is_good;
}

static bool make_catalogue(rd_kafka_mock_cluster_t *cluster, const struct options *options)
{
    for (size_t i = 0; i < catalogue_topic_count; i++) {
        if (!make_topic(cluster, catalogue_topics[i].name, options->partitions))
            return false;
    }
    return true;
}

/* Readers wait for the file to appear, so it appears whole. */
static bool write_address(const char *path, const char *address)
{
    char draft[4096];
    if (snprintf(draft, sizeof(draft), "%s.new", path) >= (int)sizeof(draft)) {
        fprintf(stderr, "devbroker: the path is too long: %s\n", path);
        return false;
    }
    FILE *file = fopen(draft, "w");
    bool is_good = file != NULL && fprintf(file, "%s\n", address) > 0;
    if (file != NULL && fclose(file) != 0)
        is_good = false;
    if (!is_good || rename(draft, path) != 0) {
        fprintf(stderr, "devbroker: %s: %s\n", path, strerror(errno));
        return false;
    }
    return true;
}

static int serve(rd_kafka_mock_cluster_t *cluster, const struct options *options, const sigset_t *waiting)
{
    int listener = -1;
    if (!(options->topics != NULL ? read_topics(cluster, options) : make_catalogue(cluster, options)))
        return 1;
    if (options->control != NULL && (listener = control_listen(options->control)) < 0)
        return 1;
    printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
    fflush(stdout);
    if (options->port_file != NULL &&
        !write_address(options->port_file, rd_kafka_mock_cluster_bootstraps(cluster)))
        is_stopping = 2;
    while (!is_stopping) {
        fd_set readable;
        FD_ZERO(&readable);
        if (listener >= 0)
            FD_SET(listener, &readable);
        /* SIGTERM and SIGINT arrive only here: they are blocked in all threads. */
        if (pselect(listener + 1, &readable, NULL, NULL, NULL, waiting) > 0 &&
            control_serve(listener, cluster))
            is_stopping = 1;
    }
    if (listener >= 0) {
        close(listener);
        unlink(options->control);
    }
    return is_stopping == 2 ? 1 : 0;
}

static int run(const struct options *options)
{
    sigset_t blocked, waiting;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    sigprocmask(SIG_BLOCK, &blocked, &waiting); /* before librdkafka starts threads, which inherit it */
    sigdelset(&waiting, SIGTERM);
    sigdelset(&waiting, SIGINT);
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);

    char reason[256] = "out of memory";
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "log_level", "3", NULL, 0); /* it would warn of having no bootstrap.servers */
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason, sizeof(reason));
    if (client == NULL) {
        rd_kafka_conf_destroy(conf);
        fprintf(stderr, "devbroker: %s\n", reason);
        return 1;
    }
    int code = 1;
    rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(client, 1);
    if (cluster == NULL) {
        fprintf(stderr, "devbroker: the mock cluster cannot listen on 127.0.0.1\n");
    } else {
        code = serve(cluster, options, &waiting);
        rd_kafka_mock_cluster_destroy(cluster);
    }
    rd_kafka_destroy(client);
    return code;
}

int main(int argc, char **argv)
{
    static const struct option known[] = {{"partitions", required_argument, NULL, 'p'},
                                          {"topics", required_argument, NULL, 't'},
                                          {"control", required_argument, NULL, 'c'},
                                          {"port-file", required_argument, NULL, 'f'},
                                          {"send", required_argument, NULL, 's'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct options options = {.partitions = 12};
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (option) {
        case 'p':
            options.partitions = atoi(optarg);
            break;
        case 't':
            options.topics = optarg;
            break;
        case 'c':
            options.control = optarg;
            break;
        case 'f':
            options.port_file = optarg;
            break;
        case 's':
            options.send = optarg;
            break;
        case 'h':
            fputs(usage, stdout);
            return 0;
        default:
            fputs(usage, stderr);
            return 2;
        }
    }
    bool is_sending = options.send != NULL;
    if (argc - optind != (is_sending ? 1 : 0) || options.partitions < 1 || options.partitions > 1000) {
        fputs(usage, stderr);
        return 2;
    }
    return is_sending ? control_send(options.send, argv[optind]) : run(&options);
}
