/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong in a policy is said with file and line, and nothing of it stays. */
#include "test_bench.h"

#include <stdlib.h>
#include <unistd.h>

/* The smallest policies there can be: quick to load. */
static const struct {
    const char *name, *text;
} files[] = {
    {"labels.yaml", "labels:\n"
                    "  - {name: fault, type: repair}\n"
                    "  - {name: invoice, type: inquiry}\n"
                    "  - {name: other, type: inquiry}\n"
                    "unknown: other\n"
                    "acknowledgement: other\n"
                    "follow_up: other\n"},
    {"rules.yaml",
     "rules:\n"
     "  - {name: human, human: yes, patterns: [\"真人\"]}\n"
     "  - {name: bill, label: invoice, weight: 6, urgency: 3, patterns: [\"bill\"], unless: [\"bird\"]}\n"},
    {"diagnosis.yaml",
     "products:\n"
     "  - {name: vacuum, patterns: [\"扫地机\"]}\n"
     "diagnoses:\n"
     "  - {id: d, product: vacuum, labels: [fault], questions: [{id: q, text: {zh-CN: 问, en: ask}}]}\n"},
    {"faq.yaml",
     "entries:\n"
     "  - {id: bill, labels: [invoice], patterns: [\"电子发票\"], answer: {zh-CN: 答, en: answer}}\n"
     "  - {id: parcel, labels: [other], patterns: [\"where\"], from_order: yes}\n"},
    {"messages.yaml", "answer: {zh-CN: \"{text}\", en: \"{text}\"}\n"
                      "question: {zh-CN: \"{text}\", en: \"{text}\"}\n"
                      "handed_over: {zh-CN: 转, en: over}\n"
                      "parcel_unshipped: {zh-CN: 无, en: none}\n"
                      "parcel_shipped: {zh-CN: \"{waybill}\", en: \"{waybill}\"}\n"
                      "parcel_delivered: {zh-CN: \"{delivered}\", en: \"{delivered}\"}\n"},
};
#define FILES (sizeof files / sizeof *files)

static char directory[] = "/tmp/classification-policies-XXXXXX";

static void path_of(char path[256], const char *file)
{
    snprintf(path, 256, "%s/%s", directory, file);
}

/* Writes the file, with one piece replaced when it is the one. */
static void write_file(size_t i, const char *changed, const char *what, const char *by)
{
    char path[256];
    path_of(path, files[i].name);
    FILE *to = fopen(path, "wb");
    assert_non_null(to);
    bool is_changed = strcmp(files[i].name, changed) == 0;
    const char *at = is_changed ? strstr(files[i].text, what) : NULL;
    assert_true(is_changed == (at != NULL));
    if (at != NULL)
        fprintf(to, "%.*s%s%s", (int)(at - files[i].text), files[i].text, by, at + strlen(what));
    else
        fputs(files[i].text, to);
    fclose(to);
}

static void assert_problem(const char *file, const char *what, const char *by, const char *sentence)
{
    struct policy_set *set = NULL;
    struct policy_problems problems;
    for (size_t i = 0; i < FILES; i++)
        write_file(i, file, what, by);
    if (policy_load(&policies_schema, directory, &set, &problems) == STATUS_OK)
        fail_msg("%s: '%s' is taken", file, by);
    assert_null(set);
    for (size_t i = 0; i < problems.count; i++)
        if (strncmp(problems.list[i].text, file, strlen(file)) == 0 &&
            strstr(problems.list[i].text, sentence) != NULL)
            return;
    fail_msg("%s: not '%s' but '%s'", file, sentence, problems.list[0].text);
}

static void the_shipped_policies_are_taken(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    assert_true(bench.rules->label_count >= 26);
    assert_in_range(bench.rules->faq_count, 8, 12);
    assert_true(bench.rules->diagnosis_count >= 1);
    bench_close(&bench);
}

static void the_smallest_policies_are_taken(void **unused)
{
    (void)unused;
    struct policy_set *set = NULL;
    struct policy_problems problems;
    for (size_t i = 0; i < FILES; i++)
        write_file(i, "", "", "");
    if (policy_load(&policies_schema, directory, &set, &problems) != STATUS_OK)
        fail_msg("%s", problems.list[0].text);
    policy_release(set);
}

static void labels_are_a_closed_list(void **unused)
{
    (void)unused;
    assert_problem("labels.yaml", "{name: fault,", "{name: invoice,", "'invoice' is there twice");
    assert_problem("labels.yaml", "unknown: other", "unknown: whatever",
                   "'whatever' is not one of labels.yaml");
    assert_problem("labels.yaml", "type: repair}", "type: mend}", "type");
    assert_problem("rules.yaml", "label: invoice,", "label: invoices,",
                   "3: label: 'invoices' is not one of labels.yaml");
    assert_problem("faq.yaml", "labels: [invoice]", "labels: [bill]",
                   "2: label: 'bill' is not one of labels.yaml");
    assert_problem("diagnosis.yaml", "labels: [fault]", "labels: [loading]",
                   "4: label: 'loading' is not one");
}

static void patterns_are_tried_when_they_are_loaded(void **unused)
{
    (void)unused;
    assert_problem("rules.yaml", "\"真人\"", "\"真(人\"",
                   "2: patterns: '真(人': missing closing parenthesis");
    assert_problem("rules.yaml", "\"真人\"", "\"(真+)+人\"", "backtracks too much");
    assert_problem("rules.yaml", "\"真人\"", "\"真?\"", "matches the empty text");
    assert_problem("rules.yaml", "\"bird\"", "\"(bird\"", "3: unless: '(bird': missing closing parenthesis");
    assert_problem("faq.yaml", "\"电子发票\"", "\"[电\"", "missing terminating ]");
    assert_problem("diagnosis.yaml", "\"扫地机\"", "\"扫地机)\"", "unmatched closing parenthesis");
}

static void entries_must_make_sense(void **unused)
{
    (void)unused;
    assert_problem("rules.yaml", "label: invoice, weight: 6,", "label: invoice,", "a label needs a weight");
    assert_problem("rules.yaml", "label: invoice, weight: 6,", "weight: 6,", "a label needs a weight");
    assert_problem("rules.yaml", "urgency: 3,", "urgency: 4,", "urgency");
    assert_problem("faq.yaml", ", from_order: yes", "", "3: entries[1]: either an answer or from_order");
    assert_problem("diagnosis.yaml", "product: vacuum", "product: kettle", "'kettle' is none of products");
    assert_problem("messages.yaml", "{text}", "{words}", "words");
}

static int teardown(void **unused)
{
    (void)unused;
    char path[256];
    for (size_t i = 0; i < FILES; i++) {
        path_of(path, files[i].name);
        unlink(path);
    }
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_policies_are_taken),
        cmocka_unit_test(the_smallest_policies_are_taken),
        cmocka_unit_test(labels_are_a_closed_list),
        cmocka_unit_test(patterns_are_tried_when_they_are_loaded),
        cmocka_unit_test(entries_must_make_sense),
    };
    if (mkdtemp(directory) == NULL)
        return 1;
    return cmocka_run_group_tests(tests, NULL, teardown);
}
