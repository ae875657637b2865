/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/policy_template.h"

#include <string.h>

enum piece_kind { PIECE_END, PIECE_LITERAL, PIECE_VARIABLE, PIECE_BROKEN };

struct piece {
    enum piece_kind kind;
    struct text text; /* a variable's name is without its braces */
};

static struct text skip(struct text text, size_t len)
{
    return text_make(text.at + len, text.len - len);
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* Cuts the next piece off `rest`. */
static struct piece next_piece(struct text *rest)
{
    if (rest->len == 0)
        return (struct piece){.kind = PIECE_END};
    char first = rest->at[0];
    size_t len = 0;
    if (first != '{' && first != '}') {
        while (len < rest->len && rest->at[len] != '{' && rest->at[len] != '}')
            len++;
        struct piece piece = {PIECE_LITERAL, text_make(rest->at, len)};
        *rest = skip(*rest, len);
        return piece;
    }
    if (rest->len > 1 && rest->at[1] == first) {
        struct piece piece = {PIECE_LITERAL, text_make(rest->at, 1)};
        *rest = skip(*rest, 2);
        return piece;
    }
    for (len = 1; len < rest->len && is_name_byte(rest->at[len]); len++)
        ;
    if (first == '}' || len == 1 || len == rest->len || rest->at[len] != '}')
        return (struct piece){PIECE_BROKEN, text_clip(*rest, 40)};
    struct piece piece = {PIECE_VARIABLE, text_make(rest->at + 1, len - 1)};
    *rest = skip(*rest, len + 1);
    return piece;
}

struct text policy_text_for(const struct policy_text *text, struct text language)
{
    bool is_chinese = language.len >= 2 && (language.at[0] == 'z' || language.at[0] == 'Z') &&
                      (language.at[1] == 'h' || language.at[1] == 'H') &&
                      (language.len == 2 || language.at[2] == '-' || language.at[2] == '_');
    return is_chinese ? text->zh_cn : text->en;
}

enum status template_check(struct text text, const char *variables, struct error *err)
{
    for (;;) {
        struct piece piece = next_piece(&text);
        if (piece.kind == PIECE_END)
            return STATUS_OK;
        if (piece.kind == PIECE_BROKEN)
            return fail(err, STATUS_INVALID,
                        "a brace that is no {variable} at '%.*s' (a brace itself is {{ or }})",
                        TEXT_ARGS(piece.text));
        if (piece.kind == PIECE_LITERAL)
            continue;
        struct text names = text_of(variables);
        bool is_known = false;
        while (!is_known && names.at != NULL)
            is_known = text_equal(text_cut(&names, ' '), piece.text);
        if (!is_known)
            return fail(err, STATUS_INVALID, "there is no variable {%.*s} here, only: %s",
                        TEXT_ARGS(text_clip(piece.text, 40)),
                        variables == NULL || variables[0] == '\0' ? "none" : variables);
    }
}

static const struct text *find_value(struct text name, const struct template_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal_string(name, values[i].name))
            return &values[i].value;
    return NULL;
}

/* Copies to `to` when it is not NULL; returns the length. */
static size_t write_text(struct text text, const struct template_value *values, size_t count, char *to)
{
    size_t len = 0;
    for (;;) {
        struct text rest = text;
        struct piece piece = next_piece(&text);
        struct text out = piece.text;
        if (piece.kind == PIECE_END)
            return len;
        if (piece.kind == PIECE_VARIABLE) {
            const struct text *value = find_value(piece.text, values, count);
            out = value != NULL ? *value : text_make(rest.at, piece.text.len + 2);
        } else if (piece.kind == PIECE_BROKEN) {
            out = rest;
            text = skip(rest, rest.len);
        }
        if (to != NULL && out.len > 0)
            memcpy(to + len, out.at, out.len);
        len += out.len;
    }
}

struct text template_render(struct arena *arena, struct text text, const struct template_value *values,
                            size_t count)
{
    size_t len = write_text(text, values, count, NULL);
    char *to = arena_alloc(arena, len + 1);
    if (to == NULL)
        return TEXT_NULL;
    write_text(text, values, count, to);
    to[len] = '\0';
    return text_make(to, len);
}
