/* SPDX-License-Identifier: Apache-2.0 */
#include "timeline_words.h"

static const struct {
    const char *value, *zh, *en;
} words[] = {
    {"RETURN_EXCHANGE", "退换货", "return or exchange"},
    {"REPAIR", "维修", "repair"},
    {"INQUIRY", "咨询", "inquiry"},
    {"COMPLAINT", "投诉", "complaint"},
    {"REFUND", "退款", "refund"},
    {"EXCHANGE", "换货", "exchange"},
    {"CUSTOMER", "顾客", "customer"},
    {"AGENT", "客服", "agent"},
    {"SELLER", "商家", "seller"},
    {"CARRIER", "快递", "carrier"},
    {"WAREHOUSE", "仓库", "warehouse"},
    {"SUPPLIER", "供应商", "supplier"},
    {"SYSTEM", "系统", "system"},
    {"CONFIRMED", "顾客确认", "confirmed"},
    {"TIMEOUT", "超时", "no answer in time"},
    {"service-centre", "送修服务中心", "service centre"},
    {"home-pickup", "上门取件", "home pickup"},
    {"TO_WORKSHOP", "寄往维修点", "to the workshop"},
    {"TO_CUSTOMER", "寄回顾客", "to the customer"},
    {"BOOKED", "已预约", "booked"},
    {"PICKED_UP", "已取件", "picked up"},
    {"IN_TRANSIT", "运输中", "in transit"},
    {"OUT_FOR_DELIVERY", "派送中", "out for delivery"},
    {"DELIVERED", "已签收", "delivered"},
    {"REFUSED", "已拒收", "refused"},
    {"LOST", "已丢失", "lost"},
    {"EXCEPTION", "异常", "exception"},
    {"SUCCEEDED", "成功", "succeeded"},
    {"FAILED", "失败", "failed"},
    {"UNKNOWN", "未知", "unknown"},
    {"REPAIRED", "已修好", "repaired"},
    {"REFUNDED", "已退款", "refunded"},
    {"EXCHANGED", "已换货", "exchanged"},
    {"REJECTED", "未受理", "rejected"},
    {"CANCELLED", "已取消", "cancelled"},
    /* the same as escalation's resolutions */
    {"repaired", "已修好", "repaired"},
    {"refunded", "已退款", "refunded"},
    {"exchanged", "已换货", "exchanged"},
    {"rejected", "未受理", "rejected"},
    {"cancelled", "已取消", "cancelled"},
    {"FIRST_RESPONSE", "首次响应", "first response"},
    {"SUPERVISOR", "主管", "supervisor"},
    {"RESOLUTION", "解决", "resolution"},
    {"REPLY", "回复", "reply"},
    {"NOTE", "备注", "note"},
    {"ASK", "询问", "ask"},
    {"TRANSFER", "转交", "transfer"},
    {"ESCALATE", "升级", "escalate"},
    {"RESOLVE", "解决", "resolve"},
    {"CLOSE", "关闭", "close"},
    {"REOPEN", "重开", "reopen"},
    {"OFFER_OPTIONS", "提供方案", "offer options"},
    {"CHOOSE_OPTION", "选择方案", "choose an option"},
    {"RECEIVE_GOODS", "收货", "receive goods"},
    {"INSPECT_GOODS", "检测", "inspect goods"},
    {"COMPLETE_REPAIR", "完成维修", "complete the repair"},
    {"SHIP_BACK", "寄回", "ship back"},
    {"CANCEL_RETURN", "取消退货", "cancel the return"},
    {"CORRECT_CLASSIFICATION", "更正分类", "correct the classification"},
    {"CHAT", "在线聊天", "chat"},
    {"APP", "应用", "app"},
    {"PHONE", "电话", "phone"},
    {"EMAIL", "邮件", "e-mail"},
    {"SOCIAL", "社交媒体", "social media"},
    {"MARKETPLACE", "电商平台", "marketplace"},
    {"API", "接口", "API"},
};

struct text timeline_word(struct text value, bool is_chinese)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equal_string(value, words[i].value))
            return text_of(is_chinese ? words[i].zh : words[i].en);
    return value;
}
