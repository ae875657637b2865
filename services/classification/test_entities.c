/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers in what customers write. Every number here is made up. */
#include "domain.h"
#include "entities.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static struct arena arena;

/* "order 1, waybill W, phone P", in the order found. */
static const char *found_in(const char *text, const char *order_no)
{
    static const char *const names[] = {
        [ENTITY_ORDER_NO] = "order", [ENTITY_WAYBILL] = "waybill", [ENTITY_PHONE] = "phone"};
    static char line[1000];
    struct entities entities = {.count = 0};
    entities_find(text_of(text), text_of(order_no), &arena, &entities);
    line[0] = '\0';
    for (size_t i = 0; i < entities.count; i++)
        snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s %.*s", i == 0 ? "" : ", ",
                 names[entities.items[i].kind], TEXT_ARGS(entities.items[i].value));
    return line;
}

#define assert_finds(text, wanted) assert_string_equal(found_in(text, NULL), wanted)

static void telephones_are_found_and_hidden(void **unused)
{
    (void)unused;
    assert_finds("电话13812345678谢谢", "phone 138****5678");
    assert_finds("call me on +86 138-1234-5678.", "phone 138****5678");
    assert_finds("8613812345679", "phone 138****5679");
    assert_finds("我的手机是１３８１２３４５６７８", "phone 138****5678"); /* full width */
    assert_finds("138 1234 5678，或者 139 1234 5678", "phone 138****5678, phone 139****5678");
    assert_finds("13812345678 13812345678", "phone 138****5678");
}

static void a_part_of_a_longer_number_is_no_telephone(void **unused)
{
    (void)unused;
    assert_finds("138123456789", "");
    assert_finds("213812345678", "");
    assert_finds("x13812345678", "");
    assert_finds("13812345678x", "");
    assert_finds("13812345678-9", "");
    assert_finds("12812345678", ""); /* no such prefix */
    assert_finds("１３８１２３４５６７８９", "");
    assert_finds("1381234567", "");
}

static void waybills_are_known_by_their_carrier(void **unused)
{
    (void)unused;
    assert_finds("单号SF1234567890123到哪了", "waybill SF1234567890123");
    assert_finds("sf1234567890123", "waybill SF1234567890123");
    assert_finds("ＳＦ１２３４５６７８９０１２３", "waybill SF1234567890123");
    assert_finds("YT1234567890123 JT1234567890123", "waybill YT1234567890123, waybill JT1234567890123");
    assert_finds("JDVB12345678901", "waybill JDVB12345678901");
    assert_finds("1Z999AA10123456784", "waybill 1Z999AA10123456784");
    assert_finds("RR123456785CN", "waybill RR123456785CN"); /* the check digit is right */
    assert_finds("RR123456784CN", "");
    assert_finds("中通快递 78123456789013", "waybill 78123456789013");
    assert_finds("我有 78123456789013 个", ""); /* nothing says that it is one */
}

static void a_part_of_a_longer_number_is_no_waybill(void **unused)
{
    (void)unused;
    assert_finds("SF123456789012345", "");
    assert_finds("SF12345678901", "");
    assert_finds("XSF1234567890123", "");
    assert_finds("SF1234567890123A", "");
    assert_finds("9SF1234567890123", "");
    assert_finds("快递 781234567890133456789", "");
}

static void orders_need_their_word_or_their_shape(void **unused)
{
    (void)unused;
    assert_finds("订单号 20251124001 还没发货", "order 20251124001");
    assert_finds("order no. A-2025-001 please", "order A-2025-001");
    assert_finds("20251124001", "");
    assert_finds("241124-123456789012345", "order 241124-123456789012345");
    assert_finds("1234567890123456786 没收到", "order 1234567890123456786");
    assert_finds("my order came 3 days ago with 2 boxes", "");
    assert_finds("I ordered the iphone15 and it is great",
                 "order IPHONE15"); /* said near "order": the look-up decides */
    assert_string_equal(found_in("about X77, where is it", "X77"), "order X77");
    assert_string_equal(found_in("about X778", "X77"), "");
}

static void cards_and_identity_numbers_are_never_told(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "我的卡号6222021234567890128",
        "card 4111111111111111",
        "卡 4111 1111 1111 1111 退到这里",
        "订单 4111111111111111",
        "身份证11010519491231002X",
        "order 110105194912310021 id 11010519491231002x",
        "身份证号１１０１０５１９４９１２３１００２Ｘ",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *found = found_in(texts[i], NULL);
        if (strstr(found, "1111") != NULL || strstr(found, "622202") != NULL ||
            strstr(found, "11010519491231002") != NULL)
            if (strstr(found, "110105194912310021") ==
                NULL) /* no right check digit: an order number like another */
                fail_msg("'%s': %s", texts[i], found);
    }
    assert_finds("card 4111111111111111", "");
    assert_finds("身份证11010519491231002X", "");
}

static void the_list_is_bounded(void **unused)
{
    (void)unused;
    char text[2000] = "";
    for (int i = 0; i < 60; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "138%08d ", i);
    struct entities entities = {.count = 0};
    entities_find(text_of(text), TEXT_NULL, &arena, &entities);
    assert_int_equal(entities.count, ENTITIES_MOST);
    assert_finds("", "");
    assert_finds("---", "");
    assert_finds("+", "");
    assert_finds("+86", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(telephones_are_found_and_hidden),
        cmocka_unit_test(a_part_of_a_longer_number_is_no_telephone),
        cmocka_unit_test(waybills_are_known_by_their_carrier),
        cmocka_unit_test(a_part_of_a_longer_number_is_no_waybill),
        cmocka_unit_test(orders_need_their_word_or_their_shape),
        cmocka_unit_test(cards_and_identity_numbers_are_never_told),
        cmocka_unit_test(the_list_is_bounded),
    };
    arena_init(&arena, 16 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&arena);
    return failed;
}
