/* SPDX-License-Identifier: Apache-2.0 */
#include "setup.h"

#include "page.h"
#include "runtime/base64.h"
#include "runtime/secret.h"

#include <stdlib.h>

#define SETUP_BYTES 65536

const struct setting setup_settings[] = {
    {.name = "SURVEY_BASE_URL",
     .type = SETTING_URL,
     .choices = "http https",
     .help = "where customers reach this service's page: links are <SURVEY_BASE_URL>/s/<token>"},
    {.name = "SURVEY_KEY", .type = SETTING_SECRET, .help = "signs the links; at least 32 bytes"},
    {.name = "SURVEY_KEY_PREVIOUS",
     .type = SETTING_SECRET,
     .fallback = "",
     .help = "the key before, while links signed with it may still be used"},
    {.name = NULL},
};

static enum status read_key(const struct settings *settings, const char *name, struct arena *arena,
                            struct text *ret_key, struct error *err)
{
    struct text key = text_of(settings_text(settings, name));
    if (key.len < TOKEN_KEY_LEAST)
        return fail(err, STATUS_FATAL, "%s: shorter than %d bytes", name, TOKEN_KEY_LEAST);
    *ret_key = text_copy(arena, key);
    return ret_key->at != NULL ? STATUS_OK : fail(err, STATUS_FATAL, "%s: too long", name);
}

static enum status read_all(const struct settings *settings, struct setup *setup, struct error *err)
{
    struct text url = text_of(settings_text(settings, "SURVEY_BASE_URL"));
    while (url.len > 0 && url.at[url.len - 1] == '/')
        url.len--;
    if (url.len == 0 || url.len > 512)
        return fail(err, STATUS_FATAL, "SURVEY_BASE_URL: must be an address of at most 512 bytes");
    setup->base_url = text_copy(&setup->arena, url);
    enum status status = read_key(settings, "SURVEY_KEY", &setup->arena, &setup->keys.current, err);
    if (status == STATUS_OK && settings_text(settings, "SURVEY_KEY_PREVIOUS")[0] != '\0')
        status = read_key(settings, "SURVEY_KEY_PREVIOUS", &setup->arena, &setup->keys.previous, err);
    return status;
}

/* The page's own style is allowed by its hash; nothing else is loaded or run, and forms go nowhere else. */
static struct text make_security_policy(struct arena *arena)
{
    unsigned char digest[SECRET_SHA256_LEN];
    char hash[(SECRET_SHA256_LEN + 2) / 3 * 4 + 1] = "";
    secret_sha256(page_style, digest);
    base64_write(digest, sizeof digest, hash);
    return text_print(arena,
                      "default-src 'none'; style-src 'sha256-%s'; form-action 'self'; base-uri 'none'; "
                      "frame-ancestors 'none'",
                      hash);
}

enum status setup_open(const struct settings *settings, void **ret_setup, struct error *err)
{
    struct setup *setup = calloc(1, sizeof *setup);
    if (setup == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    arena_init(&setup->arena, SETUP_BYTES);
    enum status status = read_all(settings, setup, err);
    setup->security_policy = make_security_policy(&setup->arena);
    if (status == STATUS_OK && setup->arena.is_exhausted)
        status = fail(err, STATUS_FATAL, "the survey's settings are too long");
    if (status != STATUS_OK) {
        setup_close(setup);
        return status;
    }
    *ret_setup = setup;
    return STATUS_OK;
}

void setup_close(void *at)
{
    struct setup *setup = at;
    arena_done(&setup->arena);
    free(setup);
}

struct text setup_link(const struct setup *setup, const struct token *token, struct arena *arena)
{
    char text[TOKEN_LEN + 1];
    return text_print(arena, "%.*s/s/%s", TEXT_ARGS(setup->base_url), token_write(&setup->keys, token, text));
}
