/* SPDX-License-Identifier: Apache-2.0 */
#include "html.h"

#include <string.h>

void html_init(struct html *html, struct arena *arena, size_t size)
{
    *html = (struct html){.at = arena_alloc(arena, size), .size = size};
    html->is_full = html->at == NULL;
}

static void add(struct html *html, const char *bytes, size_t len)
{
    if (html->is_full || len > html->size - html->len) {
        html->is_full = true;
        return;
    }
    memcpy(html->at + html->len, bytes, len);
    html->len += len;
}

void html_add(struct html *html, const char *markup)
{
    add(html, markup, strlen(markup));
}

static const char *escaped(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_add_text(struct html *html, struct text text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *instead = escaped(text.at[i]);
        if (instead == NULL)
            continue;
        add(html, text.at + from, i - from);
        html_add(html, instead);
        from = i + 1;
    }
    if (from < text.len)
        add(html, text.at + from, text.len - from);
}

struct text html_text(const struct html *html)
{
    return html->is_full ? TEXT_NULL : text_make(html->at, html->len);
}
