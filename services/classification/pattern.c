/* SPDX-License-Identifier: Apache-2.0 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pattern.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#define MATCH_LIMIT 20000
#define PROBE_BYTES 200
#define OPTIONS     (PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C)

struct pattern {
    pcre2_code *code;
};

struct pattern_scan {
    pcre2_match_data *match;
    pcre2_match_context *limits;
    struct text text;
    size_t given_up;
};

void pattern_free(struct pattern *pattern)
{
    if (pattern == NULL)
        return;
    pcre2_code_free(pattern->code);
    free(pattern);
}

struct pattern_scan *pattern_scan_new(void)
{
    struct pattern_scan *scan = calloc(1, sizeof *scan);
    if (scan == NULL)
        return NULL;
    scan->match = pcre2_match_data_create(1, NULL);
    scan->limits = pcre2_match_context_create(NULL);
    if (scan->match == NULL || scan->limits == NULL) {
        pattern_scan_free(scan);
        return NULL;
    }
    pcre2_set_match_limit(scan->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(scan->limits, MATCH_LIMIT);
    return scan;
}

void pattern_scan_free(struct pattern_scan *scan)
{
    if (scan == NULL)
        return;
    pcre2_match_data_free(scan->match);
    pcre2_match_context_free(scan->limits);
    free(scan);
}

void pattern_scan_text(struct pattern_scan *scan, struct text text)
{
    scan->text = text.at == NULL ? TEXT("") : text;
    scan->given_up = 0;
}

size_t pattern_scan_given_up(const struct pattern_scan *scan)
{
    return scan->given_up;
}

bool pattern_scan_finds(struct pattern_scan *scan, const struct pattern *pattern)
{
    if (pattern == NULL || scan->given_up >= PATTERN_PATIENCE)
        return false;
    int result = pcre2_match(pattern->code, (PCRE2_SPTR)scan->text.at, scan->text.len, 0, PCRE2_NO_UTF_CHECK,
                             scan->match, scan->limits);
    if (result < 0 && result != PCRE2_ERROR_NOMATCH)
        scan->given_up++; /* MATCHLIMIT, DEPTHLIMIT, HEAPLIMIT, JIT_STACKLIMIT, NOMEMORY */
    return result >= 0;
}

static enum status compile(struct text source, uint32_t options, pcre2_code **ret_code, struct error *err)
{
    int problem;
    PCRE2_SIZE at;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)source.at, source.len, OPTIONS | options, &problem, &at, NULL);
    if (code == NULL) {
        PCRE2_UCHAR words[160];
        pcre2_get_error_message(problem, words, sizeof words);
        return fail(err, STATUS_INVALID, "'%.*s': %s (at byte %zu)", TEXT_ARGS(text_clip(source, 80)),
                    (const char *)words, (size_t)at);
    }
    *ret_code = code;
    return STATUS_OK;
}

/* What a pattern says without its signs: "(zq+)*w" is "zqw". */
static size_t letters_of(struct text source, char *to)
{
    size_t len = 0;
    for (size_t i = 0; i < source.len; i++) {
        if (source.at[i] == '\\' && i + 1 < source.len)
            i++;
        else if (strchr("()[]{}|?*+.^$", source.at[i]) == NULL)
            to[len++] = source.at[i];
    }
    return len;
}

static bool is_slow_on(const struct pattern *pattern, struct pattern_scan *scan, struct text seed)
{
    char text[PROBE_BYTES + PATTERN_LONGEST];
    size_t len = 0;
    while (seed.len > 0 && len < PROBE_BYTES) {
        memcpy(text + len, seed.at, seed.len);
        len += seed.len;
    }
    pattern_scan_text(scan, text_make(text, len));
    (void)pattern_scan_finds(scan, pattern);
    return pattern_scan_given_up(scan) > 0;
}

/* Each of its letters by itself: what "(a+)+b" stumbles over. */
static bool is_slow_on_letters(const struct pattern *pattern, struct pattern_scan *scan, struct text letters)
{
    bool slow = false;
    for (size_t i = 0, len; i < letters.len && !slow; i += len) {
        for (len = 1; i + len < letters.len && ((unsigned char)letters.at[i + len] & 0xc0) == 0x80;)
            len++;
        slow = is_slow_on(pattern, scan, text_make(letters.at + i, len));
    }
    return slow;
}

/* What an alternative says, many times. */
static bool is_slow_on_itself(const struct pattern *pattern, struct pattern_scan *scan, struct text source)
{
    char letters[PATTERN_LONGEST];
    size_t len = letters_of(source, letters);
    if (is_slow_on(pattern, scan, source) || is_slow_on(pattern, scan, text_make(letters, len)))
        return true;
    /* Only what repeats without end can be slow on one letter. */
    bool repeats = memchr(source.at, '*', source.len) != NULL || memchr(source.at, '+', source.len) != NULL ||
                   text_contains(source, TEXT(",}"));
    return repeats && is_slow_on_letters(pattern, scan, text_make(letters, len));
}

static bool is_slow(const struct pattern *pattern, struct pattern_scan *scan, const struct text *alternatives,
                    size_t count)
{
    static const struct text seeds[] = {TEXT("a"), TEXT("1"),  TEXT(" "), TEXT("的"),
                                        TEXT("!"), TEXT("a "), TEXT("1a")};
    bool slow = false;
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        slow = slow || is_slow_on(pattern, scan, seeds[i]);
    for (size_t i = 0; i < count; i++)
        slow = slow || is_slow_on_itself(pattern, scan, alternatives[i]);
    return slow;
}

static enum status check_alone(struct text source, struct pattern_scan *scan, struct error *err)
{
    if (source.len == 0 || source.len > PATTERN_LONGEST)
        return fail(err, STATUS_INVALID, "a pattern has 1 to %d bytes", PATTERN_LONGEST);
    struct pattern alone = {NULL};
    enum status status = compile(source, 0, &alone.code, err);
    if (status != STATUS_OK)
        return status;
    pattern_scan_text(scan, TEXT(""));
    if (pattern_scan_finds(scan, &alone))
        status =
            fail(err, STATUS_INVALID, "'%.*s': matches the empty text", TEXT_ARGS(text_clip(source, 80)));
    pcre2_code_free(alone.code);
    return status;
}

/* Tries them together, without the short cuts that a probe, unlike a text, would always take. */
static enum status probe(struct text whole, const struct text *alternatives, size_t count,
                         struct pattern_scan *scan, struct error *err)
{
    struct pattern together = {NULL};
    enum status status = compile(whole, PCRE2_NO_START_OPTIMIZE, &together.code, err);
    if (status != STATUS_OK)
        return status;
    (void)pcre2_jit_compile(together.code, PCRE2_JIT_COMPLETE);
    bool slow = is_slow(&together, scan, alternatives, count);
    pcre2_code_free(together.code);
    if (!slow)
        return STATUS_OK;
    struct text culprit = whole;
    for (size_t i = 0; i < count && count > 1; i++)
        if (probe(alternatives[i], &alternatives[i], 1, scan, NULL) != STATUS_OK)
            culprit = alternatives[i];
    return fail(err, STATUS_INVALID, "'%.*s': backtracks too much", TEXT_ARGS(text_clip(culprit, 80)));
}

/* (?:one)|(?:two); the caller frees. */
static char *join(const struct text *alternatives, size_t count, size_t *ret_len)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += alternatives[i].len + 5;
    char *whole = malloc(len + 1);
    size_t used = 0;
    for (size_t i = 0; whole != NULL && i < count; i++) {
        memcpy(whole + used, i == 0 ? "(?:" : "|(?:", i == 0 ? 3 : 4);
        used += i == 0 ? 3 : 4;
        memcpy(whole + used, alternatives[i].at, alternatives[i].len);
        used += alternatives[i].len;
        whole[used++] = ')';
    }
    *ret_len = used;
    return whole;
}

static enum status compile_checked(const struct text *alternatives, size_t count, struct pattern_scan *scan,
                                   pcre2_code **ret_code, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        enum status status = check_alone(alternatives[i], scan, err);
        if (status != STATUS_OK)
            return status;
    }
    size_t len;
    char *whole = join(alternatives, count, &len);
    if (whole == NULL)
        return fail(err, STATUS_TRANSIENT, "out of memory");
    enum status status = probe(text_make(whole, len), alternatives, count, scan, err);
    if (status == STATUS_OK)
        status = compile(text_make(whole, len), 0, ret_code, err);
    free(whole);
    return status;
}

enum status pattern_compile(const struct text *alternatives, size_t count, struct pattern **ret_pattern,
                            struct error *err)
{
    pcre2_code *code = NULL;
    struct pattern *pattern = calloc(1, sizeof *pattern);
    struct pattern_scan *scan = pattern_scan_new();
    enum status status = pattern == NULL || scan == NULL
                             ? fail(err, STATUS_TRANSIENT, "out of memory")
                             : compile_checked(alternatives, count, scan, &code, err);
    pattern_scan_free(scan);
    if (pattern == NULL || status != STATUS_OK) {
        free(pattern);
        return status;
    }
    /* Without the machine's help it is slower, not wrong. */
    (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    pattern->code = code;
    *ret_pattern = pattern;
    return STATUS_OK;
}
