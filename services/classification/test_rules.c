/* SPDX-License-Identifier: Apache-2.0 */
/* The rules as they are shipped, held against short sentences. */
#include "test_bench.h"

struct example {
    const char *text, *label;
};

static const struct example examples[] = {
    /* return and exchange */
    {"这件衣服我想退货", "return-request"},
    {"给我换货吧，尺寸太小", "return-request"},
    {"I want to return these shoes", "return-request"},
    {"支持七天无理由退货吗", "return-policy"},
    {"退货的运费谁出，能上门取件吗", "return-policy"},
    {"What is your return policy?", "return-policy"},
    {"退款都三天了还没到账", "refund-status"},
    {"钱什么时候退给我", "refund-status"},
    {"Where is my refund? It has been two weeks", "refund-status"},
    {"my money back has not been received", "refund-status"},
    {"售后申请一直在审核，多久能通过", "aftersale-ticket"},
    {"What is the status of my return request?", "aftersale-ticket"},
    {"新手机的屏幕裂了一道", "screen-damage"},
    {"显示屏摔碎了怎么办", "screen-damage"},
    {"The screen of my tablet is cracked", "screen-damage"},
    {"display arrived with scratched glass and a broken screen", "screen-damage"},
    {"箱子打开一看杯子碎了", "damage"},
    {"收到的锅有磕碰，边上还有划痕", "damage"},
    {"The kettle arrived damaged", "damage"},
    {"你们发错货了，我买的是蓝色", "wrong-or-missing-item"},
    {"少了一个遥控器，请补发", "wrong-or-missing-item"},
    {"You sent me the wrong colour", "wrong-or-missing-item"},
    {"The charger is missing from the box", "wrong-or-missing-item"},
    /* repair */
    {"扫地机器人充不上电了", "charging-fault"},
    {"放在充电座上没有反应，灯也不亮", "charging-fault"},
    {"买了三个月的吸尘器无法充电", "charging-fault"},
    {"My robot vacuum no longer charges", "charging-fault"},
    {"The robot does not charge any more", "charging-fault"},
    {"the charging dock is broken", "charging-fault"},
    {"洗衣机不转了，还有异响", "malfunction"},
    {"电视开不了机", "malfunction"},
    {"My speaker stopped working", "malfunction"},
    {"the coffee machine does not turn on", "malfunction"},
    {"这个冰箱保修几年", "warranty"},
    {"Is the battery still under warranty?", "warranty"},
    {"附近有没有维修网点", "service-point"},
    {"Where can I find a service centre?", "service-point"},
    /* inquiry */
    {"我的快递到哪里了", "logistics-delay"},
    {"怎么还没发货呀", "logistics-delay"},
    {"东西什么时候能到", "logistics-delay"},
    {"Where is my parcel?", "logistics-delay"},
    {"When will my order be delivered?", "logistics-delay"},
    {"显示已签收，但是我没收到", "logistics-problem"},
    {"It says delivered but I never got it", "logistics-problem"},
    {"你们发什么快递", "delivery-option"},
    {"Do you ship to Canada?", "delivery-option"},
    {"请开一张增值税发票", "invoice"},
    {"Please send me an invoice for this order", "invoice"},
    {"昨天买的今天就降价了，可以申请价保吗", "price-protection"},
    {"The price dropped after I bought it, do you offer price protection?", "price-protection"},
    {"优惠券为什么用不了", "coupon"},
    {"My discount code is not accepted", "coupon"},
    {"可以用信用卡分期付款吗", "payment"},
    {"Can I pay by credit card?", "payment"},
    {"帮我取消这个订单", "cancel"},
    {"Please cancel my order", "cancel"},
    {"地址填错了，能改一下吗", "change-address"},
    {"I need to change the delivery address", "change-address"},
    {"忘记密码了，登录不上", "account"},
    {"I cannot log in to my account", "account"},
    {"这款什么时候有现货", "stock"},
    {"Is this model out of stock?", "stock"},
    {"空调上门安装收费吗", "install"},
    {"Do you offer installation?", "install"},
    {"怎么修改我的评价", "review"},
    {"激活码用不了，游戏登不进去", "virtual-technical"},
    {"The activation code for my game does not work", "virtual-technical"},
    {"话费充值没到账", "virtual-technical"},
    {"你好，在吗", "greeting"},
    {"hello", "greeting"},
    /* complaint */
    {"我要投诉你们的服务", "service-complaint"},
    {"I want to make a complaint about your service", "service-complaint"},
    {"帮我提交一个交易纠纷", "dispute"},
    /* none of these */
    {"今天天气真好", "other"},
    {"My cat sleeps all day", "other"},
};

static struct verdict classify_one(struct bench *bench, const char *text)
{
    struct verdict verdict;
    struct said said = {.at_us = T0, .text = text_of(text)};
    const struct classifier_context around = {0};
    assert_true(classifier_run(&bench->classifier, &said, 1, &around, &bench->arena, &verdict));
    return verdict;
}

static void every_sentence_has_its_label(void **state)
{
    struct bench *bench = *state;
    size_t wrong = 0;
    assert_true(sizeof examples / sizeof *examples >= 60);
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct verdict verdict = classify_one(bench, examples[i].text);
        struct text label = bench->rules->labels[verdict.label].name;
        if (text_equal_string(label, examples[i].label))
            continue;
        print_error("'%s' is %.*s, not %s\n", examples[i].text, TEXT_ARGS(label), examples[i].label);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void a_verdict_has_reasons_and_the_likeliest_labels(void **state)
{
    struct bench *bench = *state;
    struct verdict verdict = classify_one(bench, "怎么还没退款，我要换货，发票也没有");
    assert_int_equal(verdict.top_count, 3);
    assert_int_equal(verdict.top[0].label, verdict.label);
    assert_true(verdict.top[0].probability >= verdict.top[1].probability);
    assert_true(verdict.top[1].probability >= verdict.top[2].probability);
    assert_true(verdict.confidence == verdict.top[0].probability && verdict.confidence < 1);
    assert_true(verdict.reason_count >= 2);
    for (size_t i = 1; i < verdict.reason_count; i++)
        assert_true(verdict.reasons[i - 1].weight >= verdict.reasons[i].weight);
    verdict = classify_one(bench, "嗯……这个那个");
    assert_int_equal(verdict.label, bench->rules->unknown_label);
    assert_true(verdict.confidence == 0);
}

struct head {
    const char *text;
    bool is_complaint, wants_human;
    int32_t urgency, sentiment, language;
};

static const struct head heads[] = {
    {"我要退掉这个垃圾", true, false, 0, -2, LANGUAGE_ZH_CN},
    {"I want to return this rubbish", true, false, 0, -2, LANGUAGE_EN},
    {"请尽快发货", false, false, 1, 0, LANGUAGE_ZH_CN},
    {"I need it by tomorrow, please ship it", false, false, 2, 0, LANGUAGE_EN},
    {"再不处理我就打12315", true, false, 2, -1, LANGUAGE_ZH_CN},
    {"充电的时候冒烟了", false, false, 3, 0, LANGUAGE_ZH_CN},
    {"The battery caught fire", false, false, 3, 0, LANGUAGE_EN},
    {"转人工", false, true, 0, 0, LANGUAGE_ZH_CN},
    {"人工客服在吗", false, true, 0, 0, LANGUAGE_ZH_CN},
    {"human", false, true, 0, 0, LANGUAGE_EN},
    {"let me talk to an agent please", false, true, 0, 0, LANGUAGE_EN},
    {"the delivery agent did not call", false, false, 0, 0, LANGUAGE_EN},
    {"我很喜欢这个颜色", false, false, 0, 1, LANGUAGE_ZH_CN},
    {"iPhone 15 Pro 的屏幕有点暗", false, false, 0, 0, LANGUAGE_ZH_CN},
};

static void the_other_heads_are_told_too(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct verdict verdict = classify_one(bench, heads[i].text);
        print_message("%s\n", heads[i].text);
        assert_int_equal(verdict.is_complaint, heads[i].is_complaint);
        assert_int_equal(verdict.wants_human, heads[i].wants_human);
        assert_int_equal(verdict.urgency, heads[i].urgency);
        assert_int_equal(verdict.sentiment, heads[i].sentiment);
        assert_int_equal(verdict.language, heads[i].language);
    }
}

static void full_width_and_capitals_do_not_matter(void **state)
{
    struct bench *bench = *state;
    struct verdict plain = classify_one(bench, "where is my parcel?");
    assert_int_equal(classify_one(bench, "WHERE IS MY PARCEL?").label, plain.label);
    assert_int_equal(classify_one(bench, "Ｗｈｅｒｅ　ｉｓ　ｍｙ　ｐａｒｃｅｌ？").label, plain.label);
    assert_int_equal(classify_one(bench, "where\xe2\x80\x8b is \n\n my   parcel").label, plain.label);
}

static void thanks_and_scores_ask_for_nothing(void **state)
{
    struct bench *bench = *state;
    static const char *const words[] = {
        "谢谢",   "好的，谢谢您！",     "5",       "五星好评", "4分", "非常满意", "收到",
        "thanks", "Thank you so much!", "5 stars", "ok",       "OK.", "好的"};
    static const char *const others[] = {"谢谢，但是还没退款",
                                         "5台都坏了",
                                         "ok but where is my parcel",
                                         "不",
                                         "试过了",
                                         "no",
                                         "换了插座也不行",
                                         "55",
                                         ""};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!rule_classifier_glance(bench->rules, text_of(words[i]), &bench->arena).is_acknowledgement)
            fail_msg("'%s' asks for something", words[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (rule_classifier_glance(bench->rules, text_of(others[i]), &bench->arena).is_acknowledgement)
            fail_msg("'%s' asks for nothing", others[i]);
}

/* No text stalls the shipped patterns: none of them gives up, whatever is repeated. */
static void hostile_texts_do_not_stall(void **state)
{
    struct bench *bench = *state;
    static const char *const seeds[] = {
        "a",  "1",     "的",    "退", "not ", "where is ",  "where is my ", "((((", "\\",
        "到", "快递 ", "order", "!",  "0 0-", "when will ", "收到",         "你好", "好的 "};
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        static char text[80001];
        size_t len = 0;
        while (len + strlen(seeds[i]) < sizeof text)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s", seeds[i]);
        struct verdict verdict = classify_one(bench, text);
        for (size_t k = 0; k < verdict.reason_count; k++)
            if (text_equal_string(verdict.reasons[k].name, "match-limit"))
                fail_msg("a pattern gives up on '%s'...", seeds[i]);
    }
}

static int setup(void **state)
{
    static struct bench bench;
    bench_open(&bench);
    *state = &bench;
    return 0;
}

static int teardown(void **state)
{
    bench_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_has_its_label),
        cmocka_unit_test(a_verdict_has_reasons_and_the_likeliest_labels),
        cmocka_unit_test(the_other_heads_are_told_too),
        cmocka_unit_test(full_width_and_capitals_do_not_matter),
        cmocka_unit_test(thanks_and_scores_ask_for_nothing),
        cmocka_unit_test(hostile_texts_do_not_stall),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
