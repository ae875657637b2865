/* SPDX-License-Identifier: Apache-2.0 */
#include "mask.h"

#include <string.h>

enum {
    MASK_MAX_DIGITS = 64,
    MASK_ID_DIGITS = 18,
    MASK_MIN_CARD = 13,
    MASK_MAX_CARD = 19,
    MASK_CARD_KEEPS = 4
};

/* Digits that may belong together, with the bytes they stand in. */
struct run {
    char digits[MASK_MAX_DIGITS];     /* '0'..'9', 'X' as the last */
    size_t at[MASK_MAX_DIGITS];       /* byte offset of each */
    bool starts[MASK_MAX_DIGITS + 1]; /* a group of digits starts here; the end counts as a start */
    size_t count;
    bool follows_letter;
};

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The digit at `at`, ASCII or full-width (U+FF10..U+FF19): its length in bytes, 0 when there is none. */
static size_t digit_at(struct text words, size_t at, char *ret_digit)
{
    if (at < words.len && words.at[at] >= '0' && words.at[at] <= '9') {
        *ret_digit = words.at[at];
        return 1;
    }
    if (at + 2 < words.len && memcmp(words.at + at, "\xEF\xBC", 2) == 0) {
        unsigned char last = (unsigned char)words.at[at + 2];
        if (last >= 0x90 && last <= 0x99) {
            *ret_digit = (char)('0' + (last - 0x90));
            return 3;
        }
    }
    return 0;
}

/* Reads one run from `at`; returns where it ends. Longer runs than the buffer are cut: no number is that
 * long. */
static size_t read_run(struct text words, size_t at, struct run *run)
{
    *run = (struct run){.follows_letter = at > 0 && is_letter(words.at[at - 1])};
    bool starts = true;
    while (run->count < MASK_MAX_DIGITS) {
        char digit = 0;
        size_t len = digit_at(words, at, &digit);
        if (len == 0 && at < words.len && (words.at[at] == 'X' || words.at[at] == 'x')) {
            if (run->count >= MASK_ID_DIGITS - 1) {
                digit = 'X';
                len = 1;
            }
        }
        if (len == 0) {
            char after = 0;
            bool is_gap = at < words.len && (words.at[at] == ' ' || words.at[at] == '-');
            if (!is_gap || digit_at(words, at + 1, &after) == 0)
                break;
            at++;
            starts = true;
            continue;
        }
        run->digits[run->count] = digit;
        run->at[run->count] = at;
        run->starts[run->count++] = starts;
        at += len;
        starts = false;
        if (digit == 'X')
            break;
    }
    run->starts[run->count] = true;
    return at;
}

static bool passes_luhn(const char *digits, size_t count)
{
    int sum = 0;
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (digits[i] == 'X')
            return false;
        int value = digits[i] - '0';
        any = any || value != 0;
        if ((count - i) % 2 == 0) {
            value *= 2;
            if (value > 9)
                value -= 9;
        }
        sum += value;
    }
    return any && sum % 10 == 0;
}

static int number_of(const char *digits, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++)
        number = number * 10 + (digits[i] - '0');
    return number;
}

/* GB 11643: region, date of birth, sequence, check character (ISO 7064 MOD 11-2). */
static bool is_identity(const char *digits)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (size_t i = 0; i < MASK_ID_DIGITS - 1; i++) {
        if (digits[i] == 'X')
            return false;
        sum += weights[i] * (digits[i] - '0');
    }
    int year = number_of(digits + 6, 4), month = number_of(digits + 10, 2), day = number_of(digits + 12, 2);
    return year >= 1850 && year <= 2150 && month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
           digits[MASK_ID_DIGITS - 1] == "10X98765432"[sum % 11];
}

/* Groups of a number written apart have three to eight digits each: "6222 0212 3456 7890", "110101 19900307
 * 2316". */
static bool is_grouped_well(const struct run *run, size_t from, size_t to)
{
    size_t group = 0, groups = 0;
    for (size_t i = from; i < to; i++) {
        group++;
        if (!run->starts[i + 1])
            continue;
        if (groups++ > 0 || i + 1 < to)
            if (group < 3 || group > 8)
                return false;
        group = 0;
    }
    return true;
}

static bool is_kept(const struct run *run, size_t from, size_t to, struct text keep)
{
    return keep.len == to - from && keep.at != NULL && memcmp(run->digits + from, keep.at, keep.len) == 0;
}

/* How many of the digits from `from` to `to` must be hidden; 0: none. */
static size_t hidden_digits(const struct run *run, size_t from, size_t to, struct text keep)
{
    size_t count = to - from;
    if (!run->starts[from] || !run->starts[to] || is_kept(run, from, to, keep) ||
        !is_grouped_well(run, from, to))
        return 0;
    if (count == MASK_ID_DIGITS && is_identity(run->digits + from))
        return count;
    if (from == 0 && run->follows_letter)
        return 0;
    return passes_luhn(run->digits + from, count) ? count - MASK_CARD_KEEPS : 0;
}

/* Marks the bytes of the run's digits that must go; true when there are any. */
static bool mark_run(const struct run *run, struct text keep, bool *hide)
{
    bool any = false;
    for (size_t from = 0; from + MASK_MIN_CARD <= run->count; from++) {
        for (size_t count = MASK_MAX_CARD; count >= MASK_MIN_CARD; count--) {
            size_t hidden = from + count <= run->count ? hidden_digits(run, from, from + count, keep) : 0;
            for (size_t i = 0; i < hidden; i++)
                hide[from + i] = true;
            any = any || hidden > 0;
        }
    }
    return any;
}

/* Writes '*' over the marked digits of `to`, which has the bytes of the text up to `len`; returns the new
 * length. */
static void cover(char *to, const struct run *run, const bool *hide)
{
    for (size_t i = 0; i < run->count; i++) {
        if (!hide[i])
            continue;
        size_t at = run->at[i];
        bool is_wide = (unsigned char)to[at] == 0xEF;
        to[at] = '*';
        if (is_wide)
            to[at + 1] = to[at + 2] = '\0'; /* closed up at the end */
    }
}

static struct text close_up(char *at, size_t len)
{
    size_t kept = 0;
    for (size_t i = 0; i < len; i++)
        if (at[i] != '\0')
            at[kept++] = at[i];
    at[kept] = '\0';
    return (struct text){at, kept};
}

struct text mask_numbers(struct arena *arena, struct text words, struct text keep)
{
    char *copy = NULL;
    size_t at = 0;
    while (at < words.len) {
        char digit;
        if (digit_at(words, at, &digit) == 0) {
            at++;
            continue;
        }
        struct run run;
        bool hide[MASK_MAX_DIGITS] = {false};
        at = read_run(words, at, &run);
        if (!mark_run(&run, keep, hide))
            continue;
        if (copy == NULL)
            copy = arena_copy(arena, words.at, words.len);
        if (copy == NULL)
            return TEXT_NULL;
        cover(copy, &run, hide);
    }
    return copy == NULL ? words : close_up(copy, words.len);
}
