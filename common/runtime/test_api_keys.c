/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/api_keys.h"
#include "runtime/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SHA-256 of "test" and of "abc" (FIPS 180-2). */
#define TEST_HEX "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define ABC_HEX  "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"

static struct api_keys *parse(const char *text)
{
    struct api_keys *keys = NULL;
    struct error err = {""};
    enum status status = api_keys_parse("keys", text_of(text), &keys, &err);
    if (status != STATUS_OK)
        print_error("%s\n", err.text);
    assert_int_equal(status, STATUS_OK);
    return keys;
}

static void digests(void **state)
{
    (void)state;
    char hex[SECRET_SHA256_HEX_LEN + 1];
    assert_string_equal(secret_sha256_hex(TEXT("test"), hex), TEST_HEX);
    assert_string_equal(secret_sha256_hex(TEXT_NULL, hex),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_true(secret_equal(TEXT("abc"), TEXT("abc")));
    assert_true(secret_equal(TEXT(""), TEXT("")));
    assert_false(secret_equal(TEXT("abc"), TEXT("abd")));
    assert_false(secret_equal(TEXT("abc"), TEXT("abcd")));
}

static void keys_are_found(void **state)
{
    (void)state;
    struct api_keys *keys = parse("# who may\n\n shop : " TEST_HEX " \r\ndesk:" ABC_HEX ":agent, seller\n");
    assert_null(api_keys_find(keys, TEXT(TEST_HEX))); /* the digest is no key */
    assert_int_equal(api_keys_count(keys), 2);
    const struct api_key *shop = api_keys_find(keys, TEXT("test")), *desk = api_keys_find(keys, TEXT("abc"));
    assert_string_equal(shop->name, "shop");
    assert_string_equal(shop->scopes, "");
    assert_string_equal(desk->name, "desk");
    assert_null(api_keys_find(keys, TEXT("Test")));
    assert_null(api_keys_find(keys, TEXT("")));
    assert_null(api_keys_find(NULL, TEXT("test")));
    api_keys_free(keys);
}

static void scopes(void **state)
{
    (void)state;
    assert_true(api_key_allows("", "agent"));
    assert_true(api_key_allows("agent,seller", "seller"));
    assert_true(api_key_allows("agent", "agent"));
    assert_false(api_key_allows("agent,seller", "sell"));
    assert_false(api_key_allows("agent", "agent,seller"));
}

static void ties(void **state)
{
    (void)state;
    assert_true(api_key_allows("shop=s-1", "agent"));
    assert_true(api_key_allows("shop=s-1, agent", "agent"));
    assert_false(api_key_allows("shop=s-1,agent", "cases"));
    assert_false(api_key_is_tied("", "shop"));
    assert_false(api_key_is_tied("agent,shop,seller=x", "shop"));
    assert_true(api_key_is_tied("agent,shop=s-1", "shop"));
    assert_true(api_key_admits("agent", "shop", TEXT("s-1")));
    assert_true(api_key_admits("shop=s-1, shop=s-2", "shop", TEXT("s-2")));
    assert_false(api_key_admits("shop=s-1,shop=s-2", "shop", TEXT("s-3")));
    assert_false(api_key_admits("shop=s-1", "shop", TEXT_NULL));
    assert_true(api_key_admits("shop=s-1", "seller", TEXT("anybody")));
}

static void assert_refused(const char *text, const char *reason)
{
    struct api_keys *keys = NULL;
    struct error err = {""};
    assert_int_equal(api_keys_parse("keys", text_of(text), &keys, &err), STATUS_INVALID);
    assert_null(keys);
    if (strstr(err.text, reason) == NULL)
        print_error("'%s' does not say '%s'\n", err.text, reason);
    assert_non_null(strstr(err.text, reason));
}

static void mistakes_are_named(void **state)
{
    (void)state;
    assert_refused("shop:" TEST_HEX "\nplain-key\n", "keys:2: behind the name");
    assert_refused("shop:" TEST_HEX "0\n", "keys:1: behind the name");
    assert_refused("shop:z" TEST_HEX "\n", "keys:1: behind the name");
    assert_refused(":" TEST_HEX "\n", "keys:1: the name");
    assert_refused("sh op:" TEST_HEX "\n", "keys:1: the name");
    assert_refused("shop:" TEST_HEX ":a b\"\n", "keys:1: scopes");
    struct api_keys *keys = NULL;
    struct error err;
    assert_int_equal(api_keys_load("/nonexistent/keys", &keys, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "/nonexistent/keys: "));
}

static void a_key_is_never_repeated_in_a_sentence(void **state)
{
    (void)state;
    struct api_keys *keys = NULL;
    struct error err;
    assert_int_equal(api_keys_parse("keys", TEXT("shop:sw0rdfish"), &keys, &err), STATUS_INVALID);
    assert_null(strstr(err.text, "sw0rdfish"));
}

static void too_many(void **state)
{
    (void)state;
    size_t size = 1001 * 80, len = 0;
    char *text = malloc(size);
    assert_non_null(text);
    for (int i = 0; i < 1001; i++)
        len += (size_t)snprintf(text + len, size - len, "k%d:" TEST_HEX "\n", i);
    assert_refused(text, "keys:1001: more than 1000");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests),
        cmocka_unit_test(keys_are_found),
        cmocka_unit_test(scopes),
        cmocka_unit_test(ties),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(a_key_is_never_repeated_in_a_sentence),
        cmocka_unit_test(too_many),
    };
    return cmocka_run_group_tests_name("api_keys", tests, NULL, NULL);
}
