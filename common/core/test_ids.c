/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ids.h"
#include "core/sha1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define DNS "6ba7b810-9dad-11d1-80b4-00c04fd430c8"

static struct uuid uuid_of(const char *text)
{
    struct uuid uuid;
    assert_true(uuid_parse(text_of(text), &uuid));
    return uuid;
}

static void assert_uuid(struct uuid uuid, const char *text)
{
    char to[UUID_TEXT_LEN + 1];
    assert_string_equal(uuid_format(uuid, to), text);
}

static void assert_sha1(const char *part, size_t times, const char *hex)
{
    struct sha1 sha1;
    uint8_t digest[20];
    char text[41];
    sha1_init(&sha1);
    for (size_t i = 0; i < times; i++)
        sha1_add(&sha1, part, strlen(part));
    sha1_end(&sha1, digest);
    for (size_t i = 0; i < 20; i++) {
        text[i * 2] = "0123456789abcdef"[digest[i] >> 4];
        text[i * 2 + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    text[40] = '\0';
    assert_string_equal(text, hex);
}

/* FIPS 180's examples, and the lengths around a block's end. */
static void test_sha1(void **state)
{
    (void)state;
    assert_sha1("", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    assert_sha1("abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    assert_sha1("a", 1000000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    assert_sha1("a", 55, "c1c8bbdc22796e28c0e15163d20899b65621d65a");
    assert_sha1("a", 56, "c2db330f6083854c99d4b5bfb6e8f29f201be699");
    assert_sha1("a", 64, "0098ba824b5c16427bd7a1122a5a442a25ec644d");
}

static void test_text_form(void **state)
{
    (void)state;
    assert_uuid(uuid_of(DNS), DNS);
    assert_uuid(uuid_of("6BA7B810-9DAD-11D1-80B4-00C04FD430C8"), DNS);
    assert_uuid(uuid_nil, "00000000-0000-0000-0000-000000000000");
    assert_true(uuid_is_nil(uuid_of("00000000-0000-0000-0000-000000000000")));
    struct arena arena;
    arena_init(&arena, 1024);
    assert_true(text_equal_string(uuid_text(&arena, uuid_of(DNS)), DNS));
    arena_done(&arena);
    arena_init(&arena, 16);
    assert_null(uuid_text(&arena, uuid_of(DNS)).at);
    arena_done(&arena);
}

static void test_other_forms_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "6ba7b8109dad11d180b400c04fd430c8",
        "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c88",
        "6ba7b810-9dad-11d1-80b4-00c04fd430cg",
        "6ba7b810-9dad-11d1-80b400c04fd430c8-",
        "6ba7b810 9dad 11d1 80b4 00c04fd430c8",
        "6ba7b8109-dad-11d1-80b4-00c04fd430c8",
        "urn:uuid:6ba7b810-9dad-11d1-80b4-00c",
        "-ba7b810-9dad-11d1-80b4-00c04fd430c8",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct uuid uuid = uuid_of(DNS);
        if (uuid_parse(text_of(wrong[i]), &uuid))
            fail_msg("'%s' was read", wrong[i]);
        assert_uuid(uuid, DNS);
    }
    struct uuid uuid;
    assert_false(uuid_parse(TEXT_NULL, &uuid));
    assert_false(uuid_parse(text_make("6ba7b810-9dad-11d1-80b4-00c04fd430c\0", 36), &uuid));
}

/* RFC 9562 A.4 names www.example.com; our names end in 0x1F, so the vectors are another implementation's:
 * python3 -c 'import uuid; print(uuid.uuid5(uuid.NAMESPACE_DNS, "www.example.com\x1f"))' */
static void test_version_5(void **state)
{
    (void)state;
    struct uuid dns = uuid_of(DNS);
    assert_uuid(uuid_of_parts(dns, NULL, 0), "4ebd0208-8328-5d69-8c44-ec50939c0967");
    assert_uuid(uuid_of_parts(dns, &TEXT("www.example.com"), 1), "393b9ffa-1726-5b85-8a78-1f3945b3f73e");
    const struct text chinese[] = {TEXT("shop"), TEXT("\xe9\x80\x80")};
    assert_uuid(uuid_of_parts(dns, chinese, 2), "a4dda846-bf94-5982-83df-60909ba96ebb");
}

static void test_parts_are_kept_apart(void **state)
{
    (void)state;
    struct uuid dns = uuid_of(DNS);
    const struct text a[] = {TEXT("ab"), TEXT("c")}, b[] = {TEXT("a"), TEXT("bc")}, c[] = {TEXT("abc")};
    assert_false(uuid_equal(uuid_of_parts(dns, a, 2), uuid_of_parts(dns, b, 2)));
    assert_false(uuid_equal(uuid_of_parts(dns, a, 2), uuid_of_parts(dns, c, 1)));
    assert_false(uuid_equal(uuid_of_parts(dns, a, 2), uuid_of_parts(uuid_nil, a, 2)));
    assert_true(uuid_equal(uuid_of_parts(dns, a, 2), uuid_of_parts(dns, a, 2)));
}

static void test_version_4(void **state)
{
    (void)state;
    struct uuid before = uuid_nil;
    for (int i = 0; i < 1000; i++) {
        struct uuid uuid = uuid_random();
        assert_int_equal(uuid.bytes[6] >> 4, 4);
        assert_int_equal(uuid.bytes[8] >> 6, 2);
        assert_false(uuid_equal(uuid, before));
        before = uuid;
    }
}

static void test_order_and_hash(void **state)
{
    (void)state;
    struct uuid low = uuid_of("00000000-0000-0000-0000-0000000000ff"),
                high = uuid_of("80000000-0000-0000-0000-000000000000");
    assert_true(uuid_compare(low, high) < 0);
    assert_true(uuid_compare(high, low) > 0);
    assert_int_equal(uuid_compare(low, low), 0);
    assert_true(uuid_hash(low) == uuid_hash(low));
    assert_true(uuid_hash(low) != uuid_hash(high));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha1),
        cmocka_unit_test(test_text_form),
        cmocka_unit_test(test_other_forms_are_refused),
        cmocka_unit_test(test_version_5),
        cmocka_unit_test(test_parts_are_kept_apart),
        cmocka_unit_test(test_version_4),
        cmocka_unit_test(test_order_and_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
