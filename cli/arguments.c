/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const struct option_rule *find_rule(const struct option_rule *rules, const char *argument, size_t len)
{
    for (const struct option_rule *rule = rules; rule->name != NULL; rule++)
        if (strlen(rule->name) == len && memcmp(rule->name, argument, len) == 0)
            return rule;
    return NULL;
}

static enum status add_option(struct arguments *arguments, const struct option_rule *rule, const char *value,
                              struct error *err)
{
    if (arguments_has(arguments, rule->name))
        return fail(err, STATUS_INVALID, "%s: given twice", rule->name);
    if (arguments->option_count == ARGUMENTS_OPTIONS)
        return fail(err, STATUS_INVALID, "%s: too many options", rule->name);
    arguments->names[arguments->option_count] = rule->name;
    arguments->values[arguments->option_count++] = value;
    return STATUS_OK;
}

static enum status add_word(struct arguments *arguments, const char *word, struct error *err)
{
    if (arguments->word_count == ARGUMENTS_WORDS)
        return fail(err, STATUS_INVALID, "more than %d arguments", ARGUMENTS_WORDS);
    arguments->words[arguments->word_count++] = word;
    return STATUS_OK;
}

/* Reads the option at argv[*at], and moves *at to its value when that stands by itself. */
static enum status read_option(const struct option_rule *rules, int argc, char **argv, int *at,
                               struct arguments *arguments, struct error *err)
{
    const char *argument = argv[*at];
    const char *equals = strchr(argument, '=');
    size_t len = equals == NULL ? strlen(argument) : (size_t)(equals - argument);
    const struct option_rule *rule = find_rule(rules, argument, len);
    if (rule == NULL)
        return fail(err, STATUS_INVALID, "%.100s: there is no such option", argument);
    if (!rule->takes_value) {
        if (equals != NULL)
            return fail(err, STATUS_INVALID, "%s: takes no value", rule->name);
        return add_option(arguments, rule, NULL, err);
    }
    if (equals != NULL)
        return add_option(arguments, rule, equals + 1, err);
    if (*at + 1 >= argc)
        return fail(err, STATUS_INVALID, "%s: needs a value", rule->name);
    ++*at;
    return add_option(arguments, rule, argv[*at], err);
}

enum status arguments_parse(const struct option_rule *rules, int argc, char **argv,
                            struct arguments *ret_arguments, struct error *err)
{
    struct arguments arguments = {.word_count = 0};
    bool are_words = false;
    enum status status = STATUS_OK;
    for (int i = 1; i < argc && status == STATUS_OK; i++) {
        const char *argument = argv[i];
        if (are_words || argument[0] != '-' || argument[1] == '\0')
            status = add_word(&arguments, argument, err);
        else if (strcmp(argument, "--") == 0)
            are_words = true;
        else if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0)
            arguments.wants_help = true;
        else
            status = read_option(rules, argc, argv, &i, &arguments, err);
    }
    if (status == STATUS_OK)
        *ret_arguments = arguments;
    return status;
}

static const char *const *find_option(const struct arguments *arguments, const char *name)
{
    for (size_t i = 0; i < arguments->option_count; i++)
        if (strcmp(arguments->names[i], name) == 0)
            return &arguments->values[i];
    return NULL;
}

bool arguments_has(const struct arguments *arguments, const char *name)
{
    return find_option(arguments, name) != NULL;
}

const char *arguments_value(const struct arguments *arguments, const char *name, const char *fallback)
{
    const char *const *value = find_option(arguments, name);
    return value == NULL ? fallback : *value;
}

enum status arguments_number(const struct arguments *arguments, const char *name, int64_t min, int64_t max,
                             int64_t fallback, int64_t *ret_value, struct error *err)
{
    const char *value = arguments_value(arguments, name, NULL);
    int64_t number = fallback;
    if (value != NULL && (!text_to_int64(text_of(value), &number) || number < min || number > max))
        return fail(err, STATUS_INVALID, "%s: a number from %lld to %lld, not '%.60s'", name, (long long)min,
                    (long long)max, value);
    *ret_value = number;
    return STATUS_OK;
}
