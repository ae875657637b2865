# SPDX-License-Identifier: Apache-2.0
"""Returns on a broker, Postgres and Redis of its own, fed with intake's facts."""
import uuid

import pytest
from facts import System
from google.protobuf.timestamp_pb2 import Timestamp
from servers import ROOT
from stack import Stack

POLICIES = ROOT / "services/returns/policies"


class Returns(System):
    def __init__(self, stack, **env):
        super().__init__(stack, "returns", **env)

    def open_case(self, order=True, lines=1, order_no=None):
        """A case with its order: a robot vacuum, and filters when there are two lines."""
        case_id = str(uuid.uuid4())
        self.tell("intake", "CaseOpened", case_id, channel="CHANNEL_PHONE", language="LANGUAGE_EN", shop_id="s-1")
        if order:
            self.link_order(case_id, lines, order_no)
        return case_id

    def link_order(self, case_id, lines=1, order_no=None):
        common = self.pb["common"]
        yesterday = Timestamp()
        yesterday.GetCurrentTime()
        yesterday.seconds -= 86400
        bought = [common.OrderLine(line_no=1, sku="RV-1", product="robot vacuum", quantity=1, warranty_months=12,
                                   price=common.Money(minor=199900, currency="CNY")),
                  common.OrderLine(line_no=2, sku="F-2", product="filter", quantity=2,
                                   price=common.Money(minor=5000, currency="CNY"))][:lines]
        order = common.OrderSnapshot(order_no=order_no or f"O-{case_id[:8]}", shop_id="s-1", lines=bought, updated_at=yesterday,
                                     paid=common.Money(minor=[199900, 209900][lines - 1], currency="CNY"),
                                     paid_at=yesterday, delivered_at=yesterday)
        self.tell("intake", "OrderLinked", case_id, order=order)

    def act(self, case_id, kind, version=0, role="AGENT", **fields):
        action_id = str(uuid.uuid4())
        action = self.pb["inbound"].ActionRequest(action_id=action_id, case_id=case_id, kind=f"ACTION_KIND_{kind}", actor_id="lin",
                                                  actor_role=f"ACTOR_ROLE_{role}", expected_version=version, **fields)
        self.tell("intake", "ActionRequested", case_id, action=action)
        return action_id

    def scan(self, case_id, status, **fields):
        scan = self.pb["inbound"].ParcelScan(status=f"PARCEL_STATUS_{status}", **fields)
        scan.scanned_at.GetCurrentTime()
        self.tell("intake", "ParcelScanned", case_id, scan=scan)

    def result(self, case_id, **fields):
        self.tell("intake", "RefundResultReceived", case_id, result=self.pb["inbound"].RefundResult(**fields))

    def stated(self, case_id, name, count=1):
        """The facts of this name, once there are so many."""
        self.flush()

        def look():
            found = [fact for kind, fact in self.facts(case_id) if kind == name]
            return found if len(found) >= count else None
        return self.wait_for(look, f"{count} {name}")

    def told(self, case_id):
        return [fact.notice for name, fact in self.facts(case_id) if name == "CustomerNotified"]


@pytest.fixture(scope="module")
def system():
    with Stack(partitions=4) as stack:
        system = Returns(stack, WORKERS="2")
        yield system
        system.stop()


def quick_policies(directory, **changes):
    """The shipped policies, with other numbers for some keys."""
    text = (POLICIES / "returns.yaml").read_text()
    for line in text.splitlines():
        key = line.split("#")[0].strip().split(":")[0]
        if key in changes:
            text = text.replace(line, f"{line[:len(line) - len(line.lstrip())]}{key}: {changes[key]}")
    (directory / "returns.yaml").write_text(text)
    (directory / "messages.yaml").write_text((POLICIES / "messages.yaml").read_text())
    return str(directory)


def test_the_repair_from_offer_to_delivery(system):
    case_id = system.open_case()
    offer = system.act(case_id, "OFFER_OPTIONS")
    opened = system.stated(case_id, "ReturnOpened")[0]
    assert opened.in_warranty and opened.lines[0].sku == "RV-1" and opened.order_no == f"O-{case_id[:8]}"
    options = system.stated(case_id, "OptionsOffered")[0].options
    assert [option.option_id for option in options] == ["service-centre", "home-pickup"]
    assert all(option.pros and option.cons and option.freight_paid_by and option.promised_by.seconds for option in options)
    early = system.act(case_id, "COMPLETE_REPAIR", finding="nothing")
    refused = system.stated(case_id, "CommandRefused")[0]
    assert refused.action_id == early and sorted(refused.legal_moves) == ["CANCEL_RETURN", "CHOOSE_OPTION"]
    stale = system.act(case_id, "CHOOSE_OPTION", version=1, option_id="home-pickup")
    assert system.stated(case_id, "CommandRefused", 2)[1].action_id == stale
    system.act(case_id, "CHOOSE_OPTION", version=refused.version, role="CUSTOMER", option_id="home-pickup")
    pickup = system.stated(case_id, "PickupBooked")[0]
    system.scan(case_id, "PICKED_UP", pickup_id=pickup.pickup_id, waybill="SF100", carrier=pickup.carrier)
    moved = system.stated(case_id, "ParcelMoved")[0]
    assert (moved.leg, moved.waybill) == (1, "SF100")
    system.act(case_id, "RECEIVE_GOODS", role="WAREHOUSE")
    system.act(case_id, "INSPECT_GOODS", role="WAREHOUSE", finding="broken charger", is_accepted=True)
    system.act(case_id, "COMPLETE_REPAIR", role="WAREHOUSE", finding="charger replaced")
    system.act(case_id, "SHIP_BACK", role="WAREHOUSE", waybill="SF900", carrier="SF Express")
    system.stated(case_id, "GoodsShippedBack")
    system.scan(case_id, "DELIVERED", waybill="SF900")
    assert system.stated(case_id, "ReturnClosed")[0].outcome == 1
    facts = system.facts(case_id)
    names = [name for name, _ in facts if name not in ("CustomerNotified", "ActionApplied", "CommandRefused")]
    assert names == ["ReturnOpened", "OptionsOffered", "OptionChosen", "PickupBooked", "ParcelMoved", "GoodsReceived", "GoodsInspected",
                     "RepairCompleted", "GoodsShippedBack", "ParcelMoved", "GoodsDelivered", "ReturnClosed"]
    assert [fact.version for name, fact in facts if name in names] == list(range(1, len(names) + 1))
    applied = [fact.action_id for name, fact in facts if name == "ActionApplied"]
    assert len(applied) == 6 and applied[0] == offer
    told = system.told(case_id)
    assert [notice.template for notice in told] == [
        "options_offered", "pickup_booked", "coming_picked_up", "goods_received", "inspected_accepted", "repair_completed",
        "shipped_back", "going_delivered"]
    assert "Service centre" in told[0].text and "we pay the freight" in told[0].text
    assert "SF100" in told[2].text and list(told[2].references) == ["SF100"]
    assert "charger replaced" in told[5].text
    assert all("{" not in notice.text for notice in told)
    assert system.one("SELECT count(*) = 0 FROM returns.deadline WHERE subject_id = %s AND state = 'armed'", case_id)


def test_a_courier_who_never_comes(tmp_path):
    policies = quick_policies(tmp_path, notice="100ms", slot="200ms", step="0s", opens='"00:00"', closes='"24:00"', grace="300ms",
                              rebookings=1)
    with Stack(partitions=4) as stack:
        system = Returns(stack, POLICY_DIR=policies)
        case_id = system.open_case()
        system.act(case_id, "OFFER_OPTIONS")
        system.act(case_id, "CHOOSE_OPTION", option_id="home-pickup")
        booked = system.stated(case_id, "PickupBooked")[0]
        again = system.stated(case_id, "PickupRebooked")[0]
        assert again.pickup_id != booked.pickup_id and again.carrier != booked.carrier
        assert system.stated(case_id, "PickupMissed", 2)[0].pickup_id == booked.pickup_id
        system.stated(case_id, "OptionsOffered", 2)  # given up: the customer may choose anew
        templates = [notice.template for notice in system.told(case_id)]
        assert templates == ["options_offered", "pickup_booked", "pickup_rebooked", "pickup_given_up"]
        # And then he comes all the same.
        system.scan(case_id, "PICKED_UP", pickup_id=again.pickup_id, waybill="JD7")
        assert system.stated(case_id, "ParcelMoved")[0].waybill == "JD7"
        system.act(case_id, "RECEIVE_GOODS")
        system.stated(case_id, "GoodsReceived")
        system.stop()


def test_a_repair_that_runs_late(tmp_path):
    policies = quick_policies(tmp_path, promise="4s", delay_lead="3s", delay_by="1h")
    with Stack(partitions=4) as stack:
        system = Returns(stack, POLICY_DIR=policies)
        case_id = system.open_case()
        system.act(case_id, "OFFER_OPTIONS")
        system.act(case_id, "CHOOSE_OPTION", option_id="service-centre")
        chosen = system.stated(case_id, "OptionChosen")[0]
        delayed = system.stated(case_id, "PromiseDelayed")[0]
        assert delayed.promised_by.seconds == chosen.promised_by.seconds + 3600
        notice = system.told(case_id)[-1]
        assert notice.template == "promise_delayed" and delayed.reason in notice.text
        # The next one would be said as long before the new time.
        assert system.one("""SELECT due_at + interval '3 seconds' = '1970-01-01Z'::timestamptz + %s * interval '1 microsecond'
                             FROM returns.deadline WHERE subject_id = %s AND kind = 'promise' AND state = 'armed'""",
                          delayed.promised_by.ToMicroseconds(), case_id)
        system.stop()


def refund_lines(system, amount=None):
    inbound, common = system.pb["inbound"], system.pb["common"]
    line = inbound.ReturnLine(line_no=1, quantity=1, wish="RETURN_WISH_REFUND")
    if amount:
        line.amount.CopyFrom(common.Money(minor=amount, currency="CNY"))
    return [line]


def test_a_refund_is_settled_once_whatever_comes_twice(system):
    case_id = system.open_case()
    request = system.pb["inbound"].ReturnRequest(request_id="r-1", shop_id="s-1", customer_id="c-1", order_no=f"O-{case_id[:8]}",
                                                 lines=refund_lines(system), reason="I do not like it")
    system.tell("intake", "ReturnRequested", case_id, request=request)
    opened = system.stated(case_id, "ReturnOpened")[0]
    assert opened.lines[0].amount.minor == 199900
    system.act(case_id, "CHOOSE_OPTION", option_id="service-centre")
    system.act(case_id, "RECEIVE_GOODS")
    system.act(case_id, "INSPECT_GOODS", finding="as new", is_accepted=True)
    system.act(case_id, "INSPECT_GOODS", finding="clicked twice", is_accepted=True)
    asked = system.stated(case_id, "RefundRequested")
    assert len(asked) == 1 and asked[0].amount.minor == 199900 and asked[0].amount.currency == "CNY"
    intent = asked[0].intent_id
    system.result(case_id, intent_id=intent, outcome="REFUND_OUTCOME_UNKNOWN")
    for _ in range(3):
        system.result(case_id, intent_id=intent, outcome="REFUND_OUTCOME_SUCCEEDED", provider_ref="P-1")
    system.result(case_id, intent_id=intent, outcome="REFUND_OUTCOME_FAILED", reason="too late")
    system.result(case_id, intent_id=str(uuid.uuid4()), outcome="REFUND_OUTCOME_SUCCEEDED")
    assert system.stated(case_id, "ReturnClosed")[0].outcome == 2
    system.until("SELECT noted = 3 AND noted_result = 2 FROM returns.refunds WHERE case_id = %s", case_id)
    names = [name for name, _ in system.facts(case_id)]
    assert names.count("RefundRequested") == names.count("RefundSettled") == names.count("ReturnClosed") == 1
    assert "RefundFailed" not in names
    assert system.stated(case_id, "RefundSettled")[0].provider_ref == "P-1"
    # Of the same order nothing more can be refunded, by this case or another.
    again = system.act(case_id, "OFFER_OPTIONS", lines=refund_lines(system, 1))
    refused = [fact for fact in system.stated(case_id, "CommandRefused", 2) if fact.action_id == again]
    assert "left to refund" in refused[0].reason and refused[0].legal_moves == ["OFFER_OPTIONS"]


def test_cases_of_one_order_share_what_was_paid(system):
    order_no = f"shared-{uuid.uuid4()}"
    cases = [system.open_case(order_no=order_no) for _ in range(6)]  # on several lanes
    for case_id in cases:
        system.act(case_id, "OFFER_OPTIONS", lines=refund_lines(system, 60000))
        system.act(case_id, "CHOOSE_OPTION", option_id="service-centre")
        system.act(case_id, "RECEIVE_GOODS")
    for case_id in cases:
        system.stated(case_id, "GoodsReceived")
    for case_id in cases:
        system.act(case_id, "INSPECT_GOODS", is_accepted=True, finding="as new")
    for case_id in cases:
        system.wait_for(lambda: any(name in ("RefundRequested", "CommandRefused") for name, _ in system.facts(case_id)), "an answer")
    asked = system.one("SELECT count(*) FROM returns.refunds WHERE order_no = %s", order_no)
    assert asked == 3  # 3 * 600.00 of 1999.00
    assert system.one("SELECT requested_minor FROM returns.order_money WHERE order_key = %s", f"s-1/{order_no}") == 180000


def test_an_offer_waits_for_its_order(system):
    case_id = system.open_case(order=False)
    offer = system.act(case_id, "OFFER_OPTIONS")
    system.flush()
    system.until("SELECT coalesce((SELECT stage = 2 FROM returns.returns WHERE case_id = %s), false)", case_id)
    assert system.facts(case_id) == []
    system.link_order(case_id)
    assert system.stated(case_id, "ActionApplied")[0].action_id == offer
    assert system.stated(case_id, "ReturnOpened")[0].in_warranty


def test_a_click_that_no_policy_allows_is_left_to_a_person(system):
    case_id = system.open_case(lines=2)
    filters = system.pb["inbound"].ReturnLine(line_no=2, quantity=1, wish="RETURN_WISH_REPAIR")
    request = system.pb["inbound"].ReturnRequest(request_id="r-2", shop_id="s-1", customer_id="c-1", order_no=f"O-{case_id[:8]}",
                                                 lines=[filters])
    system.tell("intake", "ReturnRequested", case_id, request=request)
    notice = system.stated(case_id, "CustomerNotified")[0].notice
    assert notice.template == "left_to_person" and "warranty is over" in notice.text
    system.act(case_id, "OFFER_OPTIONS")
    assert system.stated(case_id, "ReturnOpened")[0].lines[0].line_no == 2


def test_what_breaks_the_contract_goes_to_the_dead_letters(system):
    good = system.open_case()
    before = len(system.letters())
    system.act(good, "SHIP_BACK")
    system.result(good, intent_id="17", outcome="REFUND_OUTCOME_SUCCEEDED")
    system.scan(good, "UNSPECIFIED", waybill="W")
    system.tell("intake", "CaseOpened", str(uuid.uuid4()), value=b"\xff\xff\xff")
    system.act(good, "OFFER_OPTIONS")
    system.stated(good, "ReturnOpened")
    letters = system.wait_for(lambda: len(system.letters()) == before + 4 and system.letters(), "four dead letters")
    said = str(letters)
    for field in ("action.waybill", "result.intent_id", "scan.status"):
        assert field in said
