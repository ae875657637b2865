# SPDX-License-Identifier: Apache-2.0
"""What the demo plays, as data: what the world outside does, and which facts must follow.

In texts, {name} is a value of the story: those it begins with, and what a fact was expected with keep={name: field}.
Facts may come in any order; each expectation takes one fact of the case that fits.
"""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Ago:
    """A moment before now, in seconds."""
    seconds: float = 0


@dataclass(frozen=True)
class Holds:
    """A text, or a list, in which this occurs."""
    part: str


@dataclass(frozen=True)
class Do:
    """who: for the reader. by: "http" (POST /v1/<kind>), "topic" (aftercare.inbound.<kind>.v1) or "page" (the survey's form)."""
    who: str
    what: str
    by: str
    kind: str
    fields: dict


@dataclass(frozen=True)
class See:
    """A fact of the story's case; of="..." names another value that holds a case's id, of="*" takes any case's."""
    service: str
    fact: str
    where: dict = field(default_factory=dict)
    keep: dict = field(default_factory=dict)
    of: str = "case_id"


@dataclass(frozen=True)
class Story:
    name: str
    title: str
    values: dict
    steps: list


DAY = 86400


def order(order_no, product, months=24, days=90):
    return Do("shop", f"publishes order {order_no}", "topic", "orders", {"order": {
        "order_no": order_no, "shop_id": "s-1", "customer_id": "{customer}", "business_model": "BUSINESS_MODEL_B2C",
        "lines": [{"line_no": 1, "sku": "rv-100", "product": product, "model": "RV-100", "quantity": 1,
                   "price": {"minor": 159900, "currency": "CNY"}, "warranty_months": months,
                   "goods_kind": "GOODS_KIND_PHYSICAL"}],
        "paid": {"minor": 159900, "currency": "CNY"}, "placed_at": Ago((days + 3) * DAY), "paid_at": Ago((days + 3) * DAY),
        "shipped_at": Ago((days + 2) * DAY), "delivered_at": Ago(days * DAY), "waybill": f"W-{order_no}", "carrier": "SF Express",
        "updated_at": Ago(days * DAY)}})


def agent(agent_id, name, skills):
    return Do("agent", f"{agent_id} comes online", "topic", "agents", {
        "agent_id": agent_id, "name": name, "presence": "PRESENCE_ONLINE", "skills": skills, "capacity": 3, "level": 1,
        "languages": ["LANGUAGE_ZH_CN", "LANGUAGE_EN"], "updated_at": Ago()})


def write(text, message_id, **more):
    return Do("customer", f"writes: {text}", "http", "messages", {
        "message_id": message_id, "conversation_id": "{conversation}", "channel": "CHANNEL_CHAT", "shop_id": "s-1",
        "customer_id": "{customer}", "text": text, **more})


def act(who, kind, action_id, role="AGENT", **more):
    shown = more.get("text") or more.get("finding") or more.get("resolution") or more.get("option_id") or ""
    return Do(who, f"{kind.replace('_', ' ').lower()}{': ' if shown else ''}{shown}", "http", "agent-actions", {
        "action_id": "{name}-" + action_id, "case_id": "{case_id}", "kind": f"ACTION_KIND_{kind}", "actor_id": who,
        "actor_role": f"ACTOR_ROLE_{role}", **more})


def scan(status, **more):
    return Do("carrier", f"scans: {status.replace('_', ' ').lower()}", "topic", "parcels", {
        "carrier": "SF Express", "status": f"PARCEL_STATUS_{status}", "scanned_at": Ago(), **more})


def told(service, template, **where):
    return See(service, "CustomerNotified", {"notice.template": template, **where})


DEADLINES = [See("escalation", "CasePrioritised"),
             See("escalation", "DeadlineSet", {"clock": "CLOCK_KIND_FIRST_RESPONSE"}),
             See("escalation", "DeadlineSet", {"clock": "CLOCK_KIND_RESOLUTION"}),
             See("escalation", "CaseAssigned")]
ANSWERED = See("escalation", "DeadlineMet", {"clock": "CLOCK_KIND_FIRST_RESPONSE"})
DONE = [See("escalation", "CaseResolved"), See("escalation", "DeadlineMet", {"clock": "CLOCK_KIND_RESOLUTION"})]
ASKED = [See("survey", "SurveyScheduled"), See("survey", "SurveySent"),
         See("survey", "CustomerNotified", {"notice.template": "survey"}, keep={"link": "notice.references.0"})]
PICKUP = [See("returns", "OptionChosen", {"option_id": "home-pickup"}),
          See("returns", "PickupBooked", keep={"pickup": "pickup_id"})]

BEFORE = Story("before", "The world before the stories", {"name": "before", "customer": ""}, [
    agent("lin", "林", ["repair"]), agent("wang", "王", ["repair", "complaint"]), agent("chen", "陈", []),
])

REPAIR = Story("repair", "A robot vacuum does not charge: by phone to the workshop and back, five stars",
               {"name": "repair", "customer": "c-1", "conversation": "call-1"}, [
    order("R-1001", "扫地机器人"),
    Do("customer", "phones: 扫地机器人充不进电", "http", "calls", {
        "call_id": "call-1", "conversation_id": "{conversation}", "shop_id": "s-1", "customer_id": "{customer}",
        "customer_phone": "13800001234", "order_no": "R-1001", "language": "LANGUAGE_ZH_CN", "rang_at": Ago(70),
        "answered_at": Ago(62), "hung_up_at": Ago(2), "agent_id": "lin", "words": "我三个月前买的扫地机器人充不进电了，充电座的灯也不亮"}),
    See("intake", "CaseOpened", {"channel": "CHANNEL_PHONE"}),
    See("intake", "CallRecorded"),
    See("intake", "OrderLinked", {"order.order_no": "R-1001"}),
    told("intake", "called"),
    See("classification", "CaseClassified", {"type": "CASE_TYPE_REPAIR", "label": "charging-fault", "in_warranty": True}),
    See("classification", "QuestionAsked", {"question_id": "other-socket"}),
    told("classification", "question"),
    *DEADLINES, ANSWERED,
    write("换了插座，灯还是不亮", "a-1"),
    See("intake", "MessageReceived", {"text": Holds("换了插座")}),
    See("classification", "DiagnosisRecorded", {"question_id": "other-socket"}),
    See("classification", "QuestionAsked", {"question_id": "contacts-clean"}),
    write("擦过了，还是充不进电", "a-2"),
    See("classification", "DiagnosisRecorded", {"question_id": "contacts-clean"}),
    act("lin", "REPLY", "1", text="看来是充电座坏了，保修期内免费维修，我给您两个方案。"),
    See("escalation", "ActionApplied", {"action_id": "repair-1"}),
    told("escalation", "reply", **{"notice.text": Holds("两个方案")}),
    act("lin", "OFFER_OPTIONS", "2", lines=[{"line_no": 1, "quantity": 1, "wish": "RETURN_WISH_REPAIR"}]),
    See("returns", "ReturnOpened", {"in_warranty": True}),
    See("returns", "OptionsOffered", {"options.1.option_id": "home-pickup", "options.1.freight_paid_by": "PAID_BY_SHOP"}),
    See("escalation", "CaseWaiting", {"waiting_for": "WAITING_FOR_CUSTOMER"}),
    act("c-1", "CHOOSE_OPTION", "3", role="CUSTOMER", option_id="home-pickup"),
    *PICKUP,
    See("escalation", "CaseWaiting", {"waiting_for": "WAITING_FOR_CARRIER"}),
    scan("PICKED_UP", pickup_id="{pickup}", waybill="SF1001", place="上海"),
    See("intake", "ParcelScanned", {"scan.status": "PARCEL_STATUS_PICKED_UP"}),
    See("returns", "ParcelMoved", {"leg": "LEG_TO_WORKSHOP", "waybill": "SF1001"}),
    See("returns", "CustomerNotified", {"notice.text": Holds("SF1001")}),
    act("workshop", "RECEIVE_GOODS", "4", role="WAREHOUSE"),
    See("returns", "GoodsReceived"),
    See("escalation", "CaseWaiting", {"waiting_for": "WAITING_FOR_WAREHOUSE"}),
    act("workshop", "INSPECT_GOODS", "5", role="WAREHOUSE", finding="充电座电源板损坏", is_accepted=True),
    See("returns", "GoodsInspected", {"is_accepted": True}),
    act("workshop", "COMPLETE_REPAIR", "6", role="WAREHOUSE", finding="更换充电座"),
    See("returns", "RepairCompleted"),
    act("workshop", "SHIP_BACK", "7", role="WAREHOUSE", waybill="SF2002", carrier="SF Express"),
    See("returns", "GoodsShippedBack", {"waybill": "SF2002"}),
    See("returns", "CustomerNotified", {"notice.text": Holds("SF2002")}),
    scan("DELIVERED", waybill="SF2002", place="上海"),
    See("intake", "ParcelScanned", {"scan.status": "PARCEL_STATUS_DELIVERED"}),
    See("returns", "ParcelMoved", {"leg": "LEG_TO_CUSTOMER", "waybill": "SF2002"}),
    See("returns", "GoodsDelivered"),
    See("returns", "ReturnClosed", {"outcome": "RETURN_OUTCOME_REPAIRED"}),
    *DONE, *ASKED,
    Do("customer", "opens the survey's link and gives five stars", "page", "{link}",
       {"score": "5", "solved": "yes", "comment": "修得很快，谢谢！"}),
    See("survey", "SurveyAnswered", {"score": 5, "is_solved": True, "by": "ANSWERED_BY_PAGE"}),
    See("escalation", "CaseClosed", {"how": "CLOSED_HOW_CONFIRMED"}),
])

COURIER = Story("courier", "A courier who never comes: the pickup is booked again, the customer is told",
                {"name": "courier", "customer": "c-2", "conversation": "chat-2"}, [
    order("R-1002", "robot vacuum"),
    write("Hello, my robot vacuum does not charge any more.", "b-1", order_no="R-1002", language="LANGUAGE_EN"),
    See("intake", "CaseOpened", {"channel": "CHANNEL_CHAT"}),
    told("intake", "received"),
    See("classification", "CaseClassified", {"type": "CASE_TYPE_REPAIR"}),
    *DEADLINES,
    act("wang", "REPLY", "1", text="I am sorry. We will have it fetched and repaired free of charge."),
    ANSWERED,
    act("wang", "OFFER_OPTIONS", "2", lines=[{"line_no": 1, "quantity": 1, "wish": "RETURN_WISH_REPAIR"}]),
    See("returns", "ReturnOpened"), See("returns", "OptionsOffered"),
    act("c-2", "CHOOSE_OPTION", "3", role="CUSTOMER", option_id="home-pickup"),
    *PICKUP,
    See("returns", "PickupMissed", {"pickup_id": "{pickup}"}),
    See("returns", "PickupRebooked", keep={"second_pickup": "pickup_id"}),
    told("returns", "pickup_rebooked"),
    scan("PICKED_UP", pickup_id="{second_pickup}", waybill="JD3003", place="Hangzhou"),
    See("returns", "ParcelMoved", {"leg": "LEG_TO_WORKSHOP", "waybill": "JD3003"}),
    See("returns", "CustomerNotified", {"notice.text": Holds("JD3003")}),
])

UNSATISFIED = Story("unsatisfied", "A customer who is not satisfied: a case follows",
                    {"name": "unsatisfied", "customer": "c-3", "conversation": "chat-3"}, [
    order("R-1003", "吸尘器", days=200),
    write("我要投诉！吸尘器修了两次还是坏的，客服态度太差", "d-1", order_no="R-1003", language="LANGUAGE_ZH_CN"),
    See("intake", "CaseOpened"),
    See("classification", "CaseClassified", {"is_complaint": True, "decision": "DECISION_HUMAN"}),
    *DEADLINES,
    act("wang", "REPLY", "1", text="非常抱歉给您添麻烦了，我已登记您的投诉。"),
    ANSWERED,
    act("wang", "RESOLVE", "2", resolution="已登记投诉并致歉"),
    *DONE, *ASKED,
    write("1星", "d-2"),
    See("survey", "SurveyAnswered", {"score": 1, "by": "ANSWERED_BY_CHAT"}),
    See("survey", "FollowUpRequested"),
    See("intake", "CaseOpened", {"follow_up_of": "{case_id}"}, keep={"follow_up": "@case"}, of="*"),
    See("intake", "CustomerNotified", {"notice.template": "follow_up"}, of="follow_up"),
    See("escalation", "CasePrioritised", of="follow_up"),
    See("escalation", "CaseAssigned", of="follow_up"),
])

STORIES = [REPAIR, COURIER, UNSATISFIED]
