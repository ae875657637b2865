/* SPDX-License-Identifier: Apache-2.0 */
/* The sentences. {field} is the fact's field; a part in [brackets] stands only when its fields have values.
 */
#include "timeline.h"

/* The publisher's clock and ours disagree. */
#define DOUBT_ZH "[{?is_claim_doubtful}（对方时钟为 {claimed_at}）]"
#define DOUBT_EN "[{?is_claim_doubtful} (said at {claimed_at} by the sender's clock)]"

static const struct {
    const char *service; /* "" : any that states such a fact */
    const char *fact;
    const char *zh, *en;
} sentences[] = {
    {"intake", "CaseOpened", "受理，来自{channel}[，订单 {order_no}]",
     "Case opened from {channel}[, order {order_no}]"},
    {"intake", "MessageReceived", "{author}发来消息" DOUBT_ZH, "Message from the {author}" DOUBT_EN},
    {"intake", "CallRecorded", "[{?answered_at}电话记录][{!answered_at}未接来电]" DOUBT_ZH,
     "[{?answered_at}Call recorded][{!answered_at}Missed call]" DOUBT_EN},
    {"intake", "OrderLinked", "关联订单 {order.order_no}", "Order {order.order_no} linked"},
    {"intake", "ParcelScanned", "物流扫描：{scan.status}[，{scan.place}]",
     "Parcel scanned: {scan.status}[, {scan.place}]"},
    {"intake", "RefundResultReceived", "退款结果：{result.outcome}", "Refund result: {result.outcome}"},
    {"intake", "ActionRequested", "{action.actor_role}操作：{action.kind}",
     "Action by the {action.actor_role}: {action.kind}"},
    {"intake", "ReturnRequested", "顾客申请售后[：{request.reason}]" DOUBT_ZH,
     "The customer asks for a return[: {request.reason}]" DOUBT_EN},
    {"classification", "CaseClassified", "分类：{type}[，{label}]", "Classified as {type}[, {label}]"},
    {"classification", "QuestionAsked", "询问：{text}", "Asked: {text}"},
    {"classification", "AnswerGiven", "自动答复", "Answered automatically"},
    {"classification", "DiagnosisRecorded", "诊断回答：{answer}", "Diagnosis recorded: {answer}"},
    {"escalation", "DeadlineSet", "时限：{clock}，{due_at}前", "Deadline for {clock}: {due_at}"},
    {"escalation", "DeadlineWarned", "{clock}时限将到（{due_at}）",
     "Deadline for {clock} is near ({due_at})"},
    {"escalation", "DeadlineBreached", "{clock}已超时", "Deadline for {clock} was missed"},
    {"escalation", "DeadlineMet", "{clock}时限已达成", "Deadline for {clock} was met"},
    {"escalation", "CaseUnassigned", "不再由 {agent_id} 处理", "No longer with {agent_id}"},
    {"escalation", "CaseQueued", "排队等待客服", "Queued for an agent"},
    {"escalation", "CasePrioritised", "优先级 {priority}", "Priority {priority}"},
    {"escalation", "CaseAssigned", "分派给 {agent_id}", "Assigned to {agent_id}"},
    {"escalation", "CaseEscalated", "升级到第 {level} 级", "Escalated to level {level}"},
    {"escalation", "CaseWaiting", "继续处理[（等待{waiting_for}）]",
     "In progress[, waiting for the {waiting_for}]"},
    {"escalation", "CaseResolved", "已解决[：{resolution}]", "Resolved[: {resolution}]"},
    {"escalation", "CaseClosed", "已关闭（{how}）", "Closed ({how})"},
    {"escalation", "CaseReopened", "重新打开", "Reopened"},
    {"returns", "ReturnOpened", "已登记售后单", "Return opened"},
    {"returns", "OptionsOffered", "提供 {options} 个方案", "{options} options offered"},
    {"returns", "OptionChosen", "选择了{option_id}", "Chosen: {option_id}"},
    {"returns", "PickupBooked", "已预约上门取件：{slot_from}", "Pickup booked for {slot_from}"},
    {"returns", "PickupMissed", "快递员未上门", "The courier did not come"},
    {"returns", "PickupRebooked", "已重新预约上门取件：{slot_from}", "Pickup booked again for {slot_from}"},
    {"returns", "ParcelMoved", "包裹（{leg}）：{status}", "Parcel {leg}: {status}"},
    {"returns", "GoodsReceived", "维修点已收货", "Goods received at the workshop"},
    {"returns", "GoodsInspected", "检测结果：{finding}", "Inspected: {finding}"},
    {"returns", "RepairCompleted", "维修完成[：{done}]", "Repair completed[: {done}]"},
    {"returns", "GoodsShippedBack", "已寄回，运单 {waybill}", "Shipped back, waybill {waybill}"},
    {"returns", "GoodsDelivered", "顾客已收货", "Delivered to the customer"},
    {"returns", "RefundRequested", "已申请退款 {amount}", "Refund of {amount} requested"},
    {"returns", "RefundSettled", "退款到账[ {amount}]", "Refund settled[: {amount}]"},
    {"returns", "RefundFailed", "退款失败[：{reason}]", "Refund failed[: {reason}]"},
    {"returns", "PromiseDelayed", "维修延期到 {promised_by}[：{reason}]",
     "Delayed until {promised_by}[: {reason}]"},
    {"returns", "ReturnClosed", "售后单结束：{outcome}", "Return closed: {outcome}"},
    {"survey", "SurveyScheduled", "将邀请评价", "Survey scheduled"},
    {"survey", "SurveySent", "已邀请评价", "Survey sent"},
    {"survey", "SurveyAnswered", "顾客评价 {score} 星", "The customer gave {score} of 5"},
    {"survey", "SurveyExpired", "评价邀请已过期", "Survey expired"},
    {"survey", "SurveySuppressed", "不邀请评价[：{reason}]", "No survey[: {reason}]"},
    {"survey", "FollowUpRequested", "需要跟进[：{reason}]", "Follow-up needed[: {reason}]"},
    {"", "CustomerNotified", "已通知顾客", "The customer was told"},
    {"", "ActionApplied", "操作已执行", "Action applied"},
    {"", "CommandRefused", "操作被拒绝：{reason}", "Action refused: {reason}"},
};

bool timeline_sentence(size_t i, const char **ret_service, const char **ret_fact, const char **ret_zh,
                       const char **ret_en)
{
    if (i >= sizeof sentences / sizeof *sentences)
        return false;
    *ret_service = sentences[i].service;
    *ret_fact = sentences[i].fact;
    *ret_zh = sentences[i].zh;
    *ret_en = sentences[i].en;
    return true;
}
