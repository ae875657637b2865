/* SPDX-License-Identifier: Apache-2.0 */
#include "submission.h"

#include "core/mask.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define FORM_ID_MOST 64

/* Lines end as they do elsewhere, other control characters are blanks. Returns the number of characters. */
static size_t clean(char *at, size_t *len)
{
    size_t kept = 0, characters = 0;
    for (size_t i = 0; i < *len; i++) {
        unsigned char c = (unsigned char)at[i];
        if (c == '\r' && i + 1 < *len && at[i + 1] == '\n')
            continue;
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            c = c == '\r' ? '\n' : ' ';
        characters += (c & 0xC0) != 0x80;
        at[kept++] = (char)c;
    }
    *len = kept;
    return characters;
}

/* Absent: the arena is full. */
static struct text read_comment(struct text raw, struct arena *arena, bool *ret_is_too_long)
{
    raw = text_trim(raw);
    char *copy = arena_copy(arena, raw.at == NULL ? "" : raw.at, raw.len);
    size_t len = raw.len;
    if (copy == NULL)
        return TEXT_NULL;
    *ret_is_too_long = clean(copy, &len) > COMMENT_MOST;
    return mask_numbers(arena, text_make(copy, len), TEXT_NULL);
}

static void add_part(EVP_MD_CTX *digest, const void *at, size_t len)
{
    const uint64_t length = len;
    EVP_DigestUpdate(digest, &length, sizeof length); /* so that ("ab","c") and ("a","bc") differ */
    EVP_DigestUpdate(digest, at, len);
}

static bool identify(const struct token *token, struct submission *submission)
{
    const struct page_values *values = &submission->values;
    unsigned char made[EVP_MAX_MD_SIZE];
    unsigned made_len = 0;
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    if (digest == NULL || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(digest);
        return false;
    }
    add_part(digest, token->survey_id.bytes, sizeof token->survey_id.bytes);
    add_part(digest, values->form.at, values->form.len);
    add_part(digest, &values->score, sizeof values->score);
    add_part(digest, values->solved.at, values->solved.len);
    add_part(digest, values->comment.at, values->comment.len);
    EVP_DigestFinal_ex(digest, made, &made_len);
    EVP_MD_CTX_free(digest);
    for (unsigned i = 0; i < made_len; i++)
        snprintf(submission->id + 2 * i, 3, "%02x", made[i]);
    return true;
}

enum submission_problem submission_read(const struct http_url *fields, const struct token *token,
                                        struct arena *arena, struct submission *ret_submission)
{
    struct submission submission = {0};
    struct page_values *values = &submission.values;
    struct text score = text_trim(http_url_argument(fields, "score"));
    struct text form = http_url_argument(fields, "form");
    bool is_too_long = false;
    if (score.len == 1 && score.at[0] >= '0' + SCORE_LEAST && score.at[0] <= '0' + SCORE_MOST)
        values->score = score.at[0] - '0';
    values->solved = text_trim(http_url_argument(fields, "solved"));
    values->form = form.at == NULL ? TEXT("") : text_clip(form, FORM_ID_MOST);
    values->comment = read_comment(http_url_argument(fields, "comment"), arena, &is_too_long);
    submission.is_solved = text_equal_string(values->solved, "yes");
    bool is_known = submission.is_solved || text_equal_string(values->solved, "no");
    if (!is_known)
        values->solved = TEXT("");
    bool is_whole = values->comment.at != NULL && identify(token, &submission);
    *ret_submission = submission;
    if (!is_whole)
        return SUBMISSION_MALFORMED;
    if (is_too_long)
        return SUBMISSION_TOO_LONG;
    if (values->score == 0)
        return SUBMISSION_WITHOUT_SCORE;
    return is_known ? SUBMISSION_GOOD : SUBMISSION_WITHOUT_SOLVED;
}
