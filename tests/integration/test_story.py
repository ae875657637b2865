# SPDX-License-Identifier: Apache-2.0
"""What customers go through, played from outside on Apache Kafka: what is published, which facts follow, how it ends in
the case record, in each service's tables and in every account of what is left to read."""
import pytest
from page import Page
from publisher import moment, yuan
from world import World

REPAIR_LINE = [{"line_no": 1, "quantity": 1, "wish": "RETURN_WISH_REPAIR"}]
DIAGNOSIS = [("other-socket", "换了插座，灯还是不亮"), ("contacts-clean", "擦过了，还是充不进电"), ("lights", "什么灯都不亮，也没有声音")]
SURVEY_PAGE = {"score": "5", "solved": "yes", "comment": "修得很快"}


@pytest.fixture(scope="module")
def world():
    with World(hurry=True) as world:
        world.publisher.agent("lin", skills=["repair", "return_exchange"])
        world.publisher.agent("wang", skills=["complaint"])
        world.see_all(2, "intake", "AgentRecorded")
        yield world


def agree_on_pickup(world, case_id):
    """Offer and choice; the pickup."""
    world.act(case_id, "OFFER_OPTIONS", lines=REPAIR_LINE)
    offered = world.see("returns", "OptionsOffered", case_id).fields["options"]
    assert [option["option_id"] for option in offered] == ["service-centre", "home-pickup"]
    assert all(option["pros"] and option["cons"] and option["promised_by"] for option in offered)
    assert [option["freight_paid_by"] for option in offered] == ["PAID_BY_CUSTOMER", "PAID_BY_SHOP"]
    world.told("returns", case_id, "options_offered")
    world.see("escalation", "CaseWaiting", case_id, waiting_for="WAITING_FOR_CUSTOMER")
    world.act(case_id, "CHOOSE_OPTION", actor_id="u-1", role="CUSTOMER", option_id="home-pickup")
    world.see("escalation", "CaseWaiting", case_id, waiting_for="WAITING_FOR_CARRIER")
    world.told("returns", case_id, "pickup_booked", "SF Express")
    return world.see("returns", "PickupBooked", case_id).fields["pickup_id"]


def mend_and_send_back(world, case_id, waybill):
    world.act(case_id, "RECEIVE_GOODS", actor_id="workshop", role="WAREHOUSE")
    world.see("escalation", "CaseWaiting", case_id, waiting_for="WAITING_FOR_WAREHOUSE")
    world.act(case_id, "INSPECT_GOODS", actor_id="workshop", role="WAREHOUSE", finding="充电座电源板损坏", is_accepted=True)
    world.act(case_id, "COMPLETE_REPAIR", actor_id="workshop", role="WAREHOUSE", finding="更换充电座")
    world.act(case_id, "SHIP_BACK", actor_id="workshop", role="WAREHOUSE", waybill=waybill, carrier="SF Express")
    world.told("returns", case_id, "inspected_accepted", "充电座电源板损坏")
    world.told("returns", case_id, "repair_completed", "更换充电座")
    world.told("returns", case_id, "shipped_back", waybill)
    world.publisher.scan("DELIVERED", waybill=waybill)
    world.told("returns", case_id, "going_delivered", waybill)
    world.see("returns", "ParcelMoved", case_id, leg="LEG_TO_CUSTOMER", waybill=waybill)
    world.see("returns", "ReturnClosed", case_id, outcome="RETURN_OUTCOME_REPAIRED")
    world.see("escalation", "CaseResolved", case_id)


def answer_survey(world, case_id):
    """By the page behind the link the customer was sent; reading it records nothing."""
    world.see("survey", "SurveySent", case_id)
    notice = world.see("survey", "CustomerNotified", case_id, notice__template="survey").fields["notice"]
    link = notice["references"][0]
    assert link in notice["text"]
    page = Page.get(link)
    assert page.status == 200
    assert world.one("SELECT count(*) FROM survey.answers WHERE comment = %s", SURVEY_PAGE["comment"]) == 0
    assert page.send(**SURVEY_PAGE).status == 200
    world.see("survey", "SurveyAnswered", case_id, score=5, is_solved=True, by="ANSWERED_BY_PAGE")


def test_the_repair_from_a_call_to_five_stars(world):
    publisher = world.publisher
    publisher.order("R-1001", "u-1")
    publisher.call("call-1", "我三个月前买的扫地机器人充不进电了，充电座的灯也不亮", order_no="R-1001", customer_id="u-1",
                   conversation_id="vacuum", customer_phone="13800001234", language="LANGUAGE_ZH_CN", agent_id="lin")
    case_id = world.see("intake", "CallRecorded", call_id="call-1").case_id
    world.see("intake", "CaseOpened", case_id, channel="CHANNEL_PHONE", customer_id="u-1")
    world.see("intake", "OrderLinked", case_id, order__order_no="R-1001")
    world.told("intake", case_id, "called")
    world.see("classification", "CaseClassified", case_id, type="CASE_TYPE_REPAIR", label="charging-fault", in_warranty=True)
    world.see("escalation", "CaseAssigned", case_id, agent_id="lin")
    world.see("escalation", "DeadlineMet", case_id, clock="CLOCK_KIND_FIRST_RESPONSE")
    world.see("escalation", "DeadlineSet", case_id, clock="CLOCK_KIND_RESOLUTION")
    for number, (question, answer) in enumerate(DIAGNOSIS):
        world.see("classification", "QuestionAsked", case_id, question_id=question)
        publisher.message(f"answer-{number}", "vacuum", answer, customer_id="u-1")
        world.see("classification", "DiagnosisRecorded", case_id, question_id=question, answer=answer)
    world.act(case_id, "REPLY", by="escalation", text="看来是充电座坏了，保修期内免费维修。")
    world.told("escalation", case_id, "reply", "保修期内免费维修")
    pickup = agree_on_pickup(world, case_id)
    publisher.scan("PICKED_UP", pickup_id=pickup, waybill="SF1001")
    world.see("returns", "ParcelMoved", case_id, leg="LEG_TO_WORKSHOP", waybill="SF1001", status="PARCEL_STATUS_PICKED_UP")
    world.told("returns", case_id, "coming_picked_up", "SF1001")
    mend_and_send_back(world, case_id, "SF2002")
    answer_survey(world, case_id)
    world.see("escalation", "CaseClosed", case_id, how="CLOSED_HOW_CONFIRMED")
    world.settle()

    record = world.record(case_id)
    wanted = {"status": "closed", "type": "REPAIR", "label": "charging-fault", "channel": "PHONE", "customer_id": "u-1",
              "order_no": "R-1001", "product": "扫地机器人", "in_warranty": True, "assignee": "lin", "closed_how": "CONFIRMED",
              "return_outcome": "REPAIRED", "return_state": "CLOSED", "waybill": "SF2002", "survey_state": "ANSWERED", "score": 5,
              "is_solved": True, "messages": 4}
    assert {name: record.get(name) for name in wanted} == wanted
    assert len(record["timeline"]) == record["facts"] == len(world.reader.of(case_id))
    assert {request["state"] for request in record["requests"]} == {"applied"}
    assert "13800001234" not in str(record) + str(world.reader.of(case_id))

    assert world.rows("SELECT status, agent_id, weight, waiting_for FROM escalation.cases WHERE case_id = %s", case_id) == [(3, "lin", 0, 0)]
    assert world.rows("SELECT case_type, label, diagnosis FROM classification.cases WHERE case_id = %s", case_id) == [(2, "charging-fault", 2)]
    assert world.rows("SELECT outcome, option_id, misses FROM returns.returns WHERE case_id = %s", case_id) == [(1, "home-pickup", 0)]
    assert world.rows("SELECT waybill, leg FROM returns.parcels WHERE case_id = %s ORDER BY parcel_no", case_id) == [("SF1001", 1), ("SF2002", 2)]
    assert world.rows("SELECT score, is_solved, comment FROM survey.surveys WHERE case_id = %s", case_id) == [(5, True, SURVEY_PAGE["comment"])]
    for service in ("classification", "escalation", "returns", "survey"):
        assert world.one(f"SELECT count(*) FROM {service}.deadline WHERE subject_id = %s AND state = 'armed'", case_id) == 0, service
    assert world.reader.letters == []


def test_a_courier_who_never_comes_is_booked_again_and_the_customer_told(world):
    publisher = world.publisher
    publisher.message("courier-1", "courier", "Hello, my robot vacuum does not charge any more.", customer_id="u-2", order_no="R-1002",
                      language="LANGUAGE_EN")
    publisher.order("R-1002", "u-2", "robot vacuum")  # after the message that names it
    case_id = world.see("intake", "CaseOpened", conversation_id="courier").case_id
    world.told("intake", case_id, "received", "Thank you")
    world.see("intake", "OrderLinked", case_id, order__order_no="R-1002")
    world.see("classification", "CaseClassified", case_id, type="CASE_TYPE_REPAIR", in_warranty=True)
    world.see("escalation", "CaseAssigned", case_id)
    world.act(case_id, "REPLY", by="escalation", text="We will have it fetched and repaired free of charge.")
    pickup = agree_on_pickup(world, case_id)
    world.see("returns", "PickupMissed", case_id, pickup_id=pickup)
    again = world.see("returns", "PickupRebooked", case_id).fields
    assert again["pickup_id"] != pickup and again["carrier"] == "JD Logistics"
    world.told("returns", case_id, "pickup_rebooked", "the courier did not come", "JD Logistics")
    publisher.scan("PICKED_UP", pickup_id=again["pickup_id"], waybill="JD3003", carrier="JD Logistics")
    world.told("returns", case_id, "coming_picked_up", "JD3003")
    mend_and_send_back(world, case_id, "SF3004")
    world.settle()
    record = world.record(case_id)
    assert (record["status"], record["return_outcome"], record["language"]) == ("resolved", "REPAIRED", "en")
    assert world.one("SELECT misses FROM returns.returns WHERE case_id = %s", case_id) >= 1
    sentences = [line["fact"] for line in record["timeline"]]
    assert sentences.index("PickupMissed") < sentences.index("GoodsReceived") and "PickupRebooked" in sentences


def test_a_customer_who_is_not_satisfied_gets_a_case_that_follows(world):
    publisher = world.publisher
    publisher.order("R-1003", "u-3", "吸尘器", days=200)
    publisher.message("angry-1", "angry", "我要投诉！吸尘器修了两次还是坏的，客服态度太差", customer_id="u-3", order_no="R-1003")
    case_id = world.see("intake", "CaseOpened", conversation_id="angry").case_id
    world.see("classification", "CaseClassified", case_id, is_complaint=True, decision="DECISION_HUMAN")
    world.see("escalation", "CaseAssigned", case_id, agent_id="wang")
    world.act(case_id, "REPLY", by="escalation", actor_id="wang", text="非常抱歉，我已登记您的投诉。")
    world.act(case_id, "RESOLVE", by="escalation", actor_id="wang", resolution="已登记投诉并致歉")
    world.see("survey", "SurveySent", case_id)
    publisher.message("angry-2", "angry", "1星", customer_id="u-3")
    world.see("survey", "SurveyAnswered", case_id, score=1, by="ANSWERED_BY_CHAT")
    world.see("survey", "FollowUpRequested", case_id, customer_id="u-3", shop_id="s-1")
    follow_up = world.see("intake", "CaseOpened", follow_up_of=case_id)
    world.told("intake", follow_up.case_id, "follow_up")
    world.see("escalation", "CasePrioritised", follow_up.case_id)
    world.see("escalation", "CaseAssigned", follow_up.case_id)
    publisher.message("angry-3", "angry", "1星", customer_id="u-3")  # said again: no second follow-up
    world.see("intake", "MessageReceived", message_id="angry-3")
    world.settle()
    assert world.one("SELECT count(*) FROM intake.case_record WHERE follow_up_of = %s", case_id) == 1
    record, after = world.record(case_id), world.record(follow_up.case_id)
    assert (record["status"], record["score"], record["has_follow_up"]) == ("resolved", 1, True)
    assert (after["status"], after["follow_up_of"], after["customer_id"]) == ("open", case_id, "u-3")
    assert after["case_id"] != case_id


def test_a_return_by_one_click_is_offered_by_itself(world):
    world.publisher.order("R-1004", "u-4", "robot vacuum")
    world.publisher.one_click("click-1", "R-1004", REPAIR_LINE, customer_id="u-4", reason="does not charge", language="LANGUAGE_EN")
    world.publisher.one_click("click-1", "R-1004", REPAIR_LINE, customer_id="u-4", reason="does not charge", language="LANGUAGE_EN")
    case_id = world.see("intake", "ReturnRequested", request__request_id="click-1").case_id
    opened = world.see("returns", "ReturnOpened", case_id).fields
    assert opened["in_warranty"] and opened["order_no"] == "R-1004"
    world.see("returns", "OptionsOffered", case_id)
    world.told("returns", case_id, "options_offered", "Free pickup")
    world.see("escalation", "CaseWaiting", case_id, waiting_for="WAITING_FOR_CUSTOMER")
    world.settle()
    assert len(world.reader.of(case_id, "intake", "ReturnRequested")) == 1
    assert world.rows("SELECT is_one_click FROM returns.returns WHERE case_id = %s", case_id) == [(True,)]
    record = world.record(case_id)
    assert (record["status"], record["return_state"], record["waiting_for"]) == ("waiting", "OFFERED", "CUSTOMER")


def test_a_refund_is_asked_for_once_and_settled_once(world):
    publisher = world.publisher
    line = [{"line_no": 1, "quantity": 1, "wish": "RETURN_WISH_REFUND", "amount": yuan(159900)}]
    publisher.order("R-1005", "u-5", days=2)
    publisher.one_click("click-2", "R-1005", line, customer_id="u-5", reason="不想要了", language="LANGUAGE_ZH_CN")
    case_id = world.see("intake", "ReturnRequested", request__request_id="click-2").case_id
    pickup_of = lambda: world.see("returns", "PickupBooked", case_id).fields["pickup_id"]  # noqa: E731
    world.see("returns", "OptionsOffered", case_id)
    world.act(case_id, "CHOOSE_OPTION", actor_id="u-5", role="CUSTOMER", option_id="home-pickup")
    publisher.scan("PICKED_UP", pickup_id=pickup_of(), waybill="SF5001")
    world.see("returns", "ParcelMoved", case_id, waybill="SF5001")
    world.act(case_id, "RECEIVE_GOODS", actor_id="depot", role="WAREHOUSE")
    # Twice at once, as a double click does it: one is applied, the other refused.
    for _ in range(2):
        publisher.act(case_id, "INSPECT_GOODS", actor_id="depot", role="WAREHOUSE", finding="完好", is_accepted=True)
    asked = world.see("returns", "RefundRequested", case_id).fields
    assert (asked["amount"], asked["order_no"], asked["line_no"]) == ({"minor": "159900", "currency": "CNY"}, "R-1005", 1)
    intent = asked["intent_id"]
    world.see("returns", "CommandRefused", case_id)
    publisher.refund(intent, "UNKNOWN")
    world.see("intake", "RefundResultReceived", case_id, result__outcome="REFUND_OUTCOME_UNKNOWN")
    publisher.refund(intent, "SUCCEEDED", ce_id="pay-1", provider_ref="p-1")
    world.see("returns", "RefundSettled", case_id)
    # The payment system says it again, under the same id and under others, and contradicts itself.
    publisher.refund(intent, "SUCCEEDED", ce_id="pay-1", provider_ref="p-1")
    publisher.refund(intent, "SUCCEEDED", ce_id="pay-2", provider_ref="p-1", settled_at=moment(5))
    publisher.refund(intent, "FAILED", ce_id="pay-3", reason="timeout")
    world.see_all(4, "intake", "RefundResultReceived", case_id)
    world.see("returns", "ReturnClosed", case_id, outcome="RETURN_OUTCOME_REFUNDED")
    world.settle()
    for name in ("RefundRequested", "RefundSettled", "ReturnClosed"):
        assert len(world.reader.of(case_id, "returns", name)) == 1, name
    assert world.reader.of(case_id, "returns", "RefundFailed") == []
    settled = world.see("returns", "RefundSettled", case_id).fields
    assert (settled["intent_id"], settled["provider_ref"], settled["amount"]["minor"]) == (intent, "p-1", "159900")
    assert world.rows("SELECT state, asked, amount_minor, noted FROM returns.refunds WHERE case_id = %s", case_id) == [(4, 1, 159900, 2)]
    assert world.one("SELECT requested_minor FROM returns.order_money WHERE order_key LIKE %s", "%R-1005%") == 159900
    record = world.record(case_id)
    assert (record["status"], record["return_outcome"]) == ("resolved", "REFUNDED")
    world.told("returns", case_id, "refund_settled", "R-1005")
