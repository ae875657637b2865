# SPDX-License-Identifier: Apache-2.0
"""Intake on a broker, Postgres and Redis of its own, fed by topic as other systems feed it."""
import datetime
import time
import uuid

import pytest
from contract import INBOUND
from facts import ROOT, System
from stack import Stack

PARTITIONS = 4
CARD, IDENTITY = "6222021234567894", "110101199003072316"
HOUR = 3600


@pytest.fixture(scope="module")
def system():
    with Stack(partitions=PARTITIONS) as stack:
        for name in ("intake", "messages"):
            text = (ROOT / f"services/intake/policies/{name}.yaml").read_text()
            (stack.directory / f"{name}.yaml").write_text(text.replace("unmatched_after: 24h", "unmatched_after: 6s"))
        (stack.directory / "intake.yaml").chmod(0o644)
        system = System(stack, "intake", WORKERS="2", POLICY_DIR=str(stack.directory))
        yield system
        system.stop()


def say(system, conversation, text="它充不上电了", partition=None, **fields):
    return system.say("messages", partition=partition, ce_id=fields.pop("ce_id", None), ce_time=fields.pop("ce_time", None),
                      **{"message_id": f"m-{uuid.uuid4()}", "shop_id": "s-1", "channel": "CHANNEL_CHAT", "text": text,
                         "conversation_id": conversation, **fields})


def order(system, order_no, updated_at, partition=None, **fields):
    snapshot = {"order_no": order_no, "shop_id": "s-1", "updated_at": {"seconds": updated_at},
                "lines": [{"line_no": 1, "product": "扫地机器人", "quantity": 1}], **fields}
    system.say("orders", partition=partition, order=snapshot)


def case_of(system, conversation, cycle=1):
    system.flush()
    system.until("SELECT count(*) = 1 FROM intake.conversation WHERE external_id = %s AND cycle = %s", conversation, cycle)
    return system.one("SELECT case_id::text FROM intake.conversation WHERE external_id = %s", conversation)


def facts(system, case_id, count):
    """The facts of a case, once there are so many in Kafka and the case record has them all."""
    found = system.wait_for(lambda: len(system.facts(case_id)) >= count and system.facts(case_id), f"{count} facts of {case_id}")
    system.until("SELECT coalesce((SELECT facts >= %s FROM intake.case_record WHERE case_id = %s), false)", count, case_id)
    return found


def names(found):
    return [name for name, _ in found]


def test_a_conversation_is_a_case(system):
    say(system, "first", partition=0)
    case_id = case_of(system, "first")
    say(system, "first", "还是不行", partition=1)
    say(system, "first", "Do you hear me?", partition=2, author="ACTOR_ROLE_AGENT")
    system.flush()
    found = facts(system, case_id, 5)
    assert sorted(names(found)) == ["CaseOpened", "CustomerNotified"] + ["MessageReceived"] * 3
    assert names(found).index("CaseOpened") < names(found).index("MessageReceived")
    opened = dict(found)["CaseOpened"]
    assert opened.language == 1 and opened.channel == 1 and opened.shop_id == "s-1"
    assert case_id[:8] in dict(found)["CustomerNotified"].notice.text
    assert system.one("SELECT messages FROM intake.case_record WHERE case_id = %s", case_id) == 3
    assert system.one("SELECT count(*) FROM intake.timeline WHERE case_id = %s", case_id) == 5


def test_a_conversation_that_begins_on_two_lanes_is_one_case(system):
    count = 40
    for i in range(count):
        for partition in (i % PARTITIONS, (i + 1) % PARTITIONS):
            say(system, f"both-{i}", partition=partition, customer_id=f"both-{i}")
    system.flush()
    system.until("SELECT count(*) = %s FROM intake.case_record WHERE customer_id LIKE 'both-%%' AND messages = 2 AND facts = 4", count)
    assert system.one("""SELECT count(*) FROM intake.timeline JOIN intake.case_record USING (case_id)
                         WHERE customer_id LIKE 'both-%%' AND fact = 'CaseOpened'""") == count


def test_a_repeat_is_heard_once(system):
    for _ in range(3):
        say(system, "again", partition=3, ce_id="same-1", message_id="same-1")
    say(system, "again", "the last", partition=3)
    case_id = case_of(system, "again")
    found = facts(system, case_id, 4)
    assert names(found).count("MessageReceived") == 2


def test_an_abandoned_call_is_a_case(system):
    now = int(time.time())
    system.say("calls", call_id="call-1", shop_id="s-1", customer_id="u-1", conversation_id="called", rang_at={"seconds": now},
               customer_phone="13812345678", hung_up_at={"seconds": now + 20})
    case_id = case_of(system, "called")
    found = dict(facts(system, case_id, 3))
    assert not found["CallRecorded"].HasField("answered_at")
    assert found["CustomerNotified"].notice.template == "missed_call"
    assert system.one("SELECT sentence_en FROM intake.timeline WHERE case_id = %s AND fact = 'CallRecorded'", case_id) == \
        "Missed call"
    assert "13812345678" not in system.log
    assert system.one("SELECT channel FROM intake.case_record WHERE case_id = %s", case_id) == "PHONE"


def test_one_click_is_a_case_with_its_order(system):
    order(system, "o-return", 1000, seller_id="x-1", waybill="WB-return")
    system.flush()
    system.until("SELECT count(*) = 1 FROM intake.subject WHERE own_id = 'o-return'")
    system.say("returns", request_id="r-1", shop_id="s-1", customer_id="u-2", order_no="o-return", reason="does not charge",
               lines=[{"line_no": 1, "quantity": 1, "wish": "RETURN_WISH_REPAIR"}])
    system.flush()
    system.until("SELECT count(*) = 1 FROM intake.case_record WHERE order_no = 'o-return' AND facts = 4")
    case_id = system.one("SELECT case_id::text FROM intake.case_record WHERE order_no = 'o-return'")
    found = facts(system, case_id, 4)
    assert names(found) == ["CaseOpened", "ReturnRequested", "OrderLinked", "CustomerNotified"]
    assert dict(found)["CaseOpened"].seller_id == "x-1" and dict(found)["CaseOpened"].language == 2
    assert "o-return" in dict(found)["CustomerNotified"].notice.text


@pytest.mark.parametrize("order_first", [True, False])
def test_an_order_before_and_after_the_message_that_names_it(system, order_first):
    name = f"o-{order_first}"
    steps = [lambda: order(system, name, 1000, partition=1), lambda: say(system, name, partition=0, order_no=name)]
    for i, step in enumerate(steps if order_first else reversed(steps)):
        step()
        system.flush()
        if i == 0:
            system.until("SELECT count(*) = 1 FROM intake.subject WHERE own_id = %s", name)
    case_id = case_of(system, name)
    facts(system, case_id, 4)
    order(system, name, 3000, partition=2, delivered_at={"seconds": 2900})
    order(system, name, 2000, partition=2)  # late, and older
    say(system, name, partition=1, order_no=name)  # names it again: nothing new
    system.flush()
    found = facts(system, case_id, 6)
    linked = [fact.order for kind, fact in found if kind == "OrderLinked"]
    assert [item.updated_at.seconds for item in linked] == [1000, 3000]
    assert linked[-1].delivered_at.seconds == 2900
    assert system.one("SELECT product FROM intake.case_record WHERE case_id = %s", case_id) == "扫地机器人"


def test_orders_and_messages_that_meet_on_different_lanes(system):
    count = 40
    for i in range(count):
        order(system, f"meet-{i}", 1000, partition=i % PARTITIONS)
        say(system, f"meet-{i}", partition=(i + 1 + i // PARTITIONS) % PARTITIONS, order_no=f"meet-{i}")
    system.flush()
    system.until("""SELECT count(*) = %s FROM intake.case_record WHERE order_no LIKE 'meet-%%' AND order_updated_at IS NOT NULL
                    AND facts = 4""", count)


@pytest.mark.parametrize("scan_first", [True, False])
def test_a_scan_before_and_after_its_pickup(system, scan_first):
    say(system, f"pickup-{scan_first}")
    case_id = case_of(system, f"pickup-{scan_first}")
    pickup, waybill = f"p-{scan_first}", f"WB-{scan_first}"

    def book():
        system.tell("returns", "PickupBooked", case_id, return_id="r-1", pickup_id=pickup, version=2)
        system.flush()
        system.until("SELECT count(*) = 1 FROM intake.reference WHERE value = %s AND case_id IS NOT NULL", pickup)

    def scan():
        system.say("parcels", pickup_id=pickup, waybill=waybill, status="PARCEL_STATUS_PICKED_UP", place=f"card {CARD}",
                   scanned_at={"seconds": 1000})
        system.flush()
        if scan_first:
            system.until("SELECT count(*) = 1 FROM intake.reference WHERE value = %s", pickup)
            kept = bytes(system.one("SELECT w.value FROM intake.waiting w JOIN intake.reference r USING (reference_id) "
                                    "WHERE r.value = %s", pickup))
            assert CARD.encode() not in kept and CARD[-4:].encode() in kept

    for step in (scan, book) if scan_first else (book, scan):
        step()
    # The scan taught whose the waybill is; its own scans come after, and from the start.
    system.say("parcels", waybill=waybill, status="PARCEL_STATUS_IN_TRANSIT", scanned_at={"seconds": 2000})
    system.flush()
    found = facts(system, case_id, 5)
    scans = [fact.scan.status for name, fact in found if name == "ParcelScanned"]
    assert scans == [2, 3]
    assert system.one("SELECT count(*) FROM intake.waiting w JOIN intake.reference r USING (reference_id) WHERE r.value IN (%s, %s)",
                      pickup, waybill) == 0
    assert system.one("SELECT count(*) FROM intake.deadline WHERE state = 'armed'") == 0


def test_scans_and_refunds_that_meet_their_case_on_different_lanes(system):
    count = 40
    say(system, "refunds")
    case_id = case_of(system, "refunds")
    for i in range(count):
        system.say("payments", partition=i % PARTITIONS, intent_id=f"i-{i}", outcome="REFUND_OUTCOME_SUCCEEDED")
        system.tell("returns", "RefundRequested", case_id, return_id="r-9", intent_id=f"i-{i}", version=i + 1)
        system.say("parcels", partition=(i + 1) % PARTITIONS, waybill=f"back-{i}", status="PARCEL_STATUS_DELIVERED",
                   scanned_at={"seconds": 5})
        system.tell("returns", "GoodsShippedBack", case_id, return_id="r-9", waybill=f"back-{i}", version=i + 1)
    system.flush()
    found = facts(system, case_id, 3 + 2 * count)
    assert sorted(fact.result.intent_id for name, fact in found if name == "RefundResultReceived") == \
        sorted(f"i-{i}" for i in range(count))
    assert sorted(fact.scan.waybill for name, fact in found if name == "ParcelScanned") == sorted(f"back-{i}" for i in range(count))


def test_what_finds_no_case_goes_to_the_dead_letters(system):
    lost = system.say("payments", intent_id="nobody's", outcome="REFUND_OUTCOME_UNKNOWN")
    system.flush()
    letter = system.wait_for(lambda: [each for each in system.letters() if each.get("ce_id") == lost], "the dead letter")[0]
    assert "unmatched" in str(letter) and "refund" in str(letter)
    assert letter["ce_type"] == "aftercare.inbound.v1.RefundResult"
    system.until("SELECT count(*) = 0 FROM intake.waiting w JOIN intake.reference r USING (reference_id) WHERE r.value = 'nobody''s'")


@pytest.mark.parametrize("hours, cycle", [(71, 1), (73, 2)])
def test_a_resolved_case_is_reopened_for_72_hours(system, hours, cycle):
    conversation = f"resolved-{hours}"
    say(system, conversation)
    first = case_of(system, conversation)
    system.tell("escalation", "CaseResolved", first, resolution="done", version=3,
                resolved_at={"seconds": int(time.time()) - hours * HOUR})
    system.flush()
    system.until("SELECT coalesce((SELECT status = 'RESOLVED' FROM intake.case_record WHERE case_id = %s), false)", first)
    say(system, conversation, "又坏了")
    second = case_of(system, conversation, cycle)
    assert (first == second) == (cycle == 1)
    found = facts(system, second, 4 if cycle == 1 else 3)
    if cycle == 1:
        assert names(found).count("MessageReceived") == 2
    else:
        assert dict(found)["CaseOpened"].previous_case_id == first
        assert str(system.one("SELECT previous_case_id FROM intake.case_record WHERE case_id = %s", second)) == first


@pytest.mark.parametrize("case_first", [True, False])
def test_a_follow_up_is_opened_once(system, case_first):
    conversation = f"unhappy-{case_first}"
    if case_first:
        say(system, conversation, order_no="o-unhappy", customer_id="u-9")
        case_id = case_of(system, conversation)
        facts(system, case_id, 3)
    else:
        case_id = str(uuid.uuid4())
    for _ in range(2):
        system.tell("survey", "FollowUpRequested", case_id, survey_id="v-1", reason="score 1", customer_id="u-9", shop_id="s-1")
    system.flush()
    if not case_first:
        system.until("SELECT coalesce((SELECT has_follow_up FROM intake.case_record WHERE case_id = %s), false)", case_id)
        system.tell("intake", "CaseOpened", case_id, channel="CHANNEL_CHAT", shop_id="s-1", customer_id="u-9",
                    order_no="o-unhappy", received_at={"seconds": 1})
        system.flush()
    system.until("SELECT count(*) = 1 FROM intake.case_record WHERE follow_up_of = %s", case_id)
    follow_up = system.one("SELECT case_id::text FROM intake.case_record WHERE follow_up_of = %s", case_id)
    found = facts(system, follow_up, 2)
    assert names(found) == ["CaseOpened", "CustomerNotified"]
    opened = dict(found)["CaseOpened"]
    assert (opened.follow_up_of, opened.reason, opened.customer_id, opened.order_no) == (case_id, "score 1", "u-9", "o-unhappy")


def test_a_follow_up_that_is_asked_for_in_the_batch_that_opens_its_case(system):
    order(system, "o-batch", 7, seller_id="x")
    system.flush()
    system.until("SELECT count(*) = 1 FROM intake.subject WHERE own_id = 'o-batch' AND record IS NOT NULL")
    system.stop()
    case_id = str(uuid.uuid4())
    system.tell("intake", "CaseOpened", case_id, channel="CHANNEL_CHAT", shop_id="s-1", customer_id="u-9", order_no="o-batch",
                received_at={"seconds": 1})
    system.tell("survey", "FollowUpRequested", case_id, survey_id="v-b", reason="score 1", customer_id="u-9", shop_id="s-1")
    system.flush()
    system.start()
    system.until("SELECT count(*) = 1 FROM intake.case_record WHERE follow_up_of = %s", case_id)
    follow_up = system.one("SELECT case_id::text FROM intake.case_record WHERE follow_up_of = %s", case_id)
    found = dict(facts(system, follow_up, 3))
    assert found["OrderLinked"].order.order_no == "o-batch" and found["CaseOpened"].seller_id == "x"
    assert system.one("SELECT record IS NOT NULL FROM intake.subject WHERE own_id = 'o-batch'")


def test_an_action_and_what_became_of_it(system):
    say(system, "acted")
    case_id = case_of(system, "acted")
    for i in range(2):  # from two publishers: one action happens once
        system.say("actions", partition=i, action_id="act-1", case_id=case_id.upper(), kind="ACTION_KIND_NOTE", actor_id="lin",
                   actor_role="ACTOR_ROLE_AGENT", text=f"card {CARD}")
    system.tell("escalation", "CommandRefused", case_id, action_id="act-2", reason="stale version", version=4,
                legal_moves=["CLOSE", "REOPEN"])
    system.flush()
    found = facts(system, case_id, 4)
    asked = [fact.action for name, fact in found if name == "ActionRequested"]
    assert len(asked) == 1 and asked[0].case_id == case_id and CARD not in asked[0].text
    system.until("SELECT count(*) = 1 FROM intake.action WHERE action_id = 'act-2'")
    assert system.rows("SELECT state, reason, version, legal_moves FROM intake.action WHERE action_id = 'act-2'") == \
        [("refused", "stale version", 4, "CLOSE, REOPEN")]
    assert system.one("SELECT state FROM intake.action WHERE action_id = 'act-1'") == "pending"


def test_card_and_identity_numbers_are_nowhere(system):
    words = f"my card {CARD} and {IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}"
    say(system, "masked", words)
    case_id = case_of(system, "masked")
    system.say("customers", customer_id="u-card", name=f"Li {CARD}", updated_at={"seconds": 5})
    system.tell("survey", "SurveyAnswered", case_id, survey_id="v-2", score=4, comment=words)
    system.flush()
    facts(system, case_id, 3)
    system.until("SELECT count(*) = 4 FROM intake.timeline WHERE case_id = %s", case_id)
    system.until("SELECT count(*) = 1 FROM intake.subject WHERE own_id = 'u-card'")
    for message in system.read():
        assert CARD.encode() not in message.value() and IDENTITY[14:].encode() not in message.value()
    for table in ("timeline", "case_record", "subject", "waiting", "action", "reference", "conversation"):
        for row in system.rows(f"SELECT * FROM intake.{table}"):
            for value in row:
                seen = bytes(value) if isinstance(value, memoryview) else str(value).encode()
                assert CARD.encode() not in seen and IDENTITY[14:].encode() not in seen, table


def test_a_clock_that_cannot_be_is_flagged(system):
    def at(**ago):
        return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    say(system, "clock", "now", ce_time=at(seconds=1))
    say(system, "clock", "an hour ago", ce_time=at(hours=1))
    say(system, "clock", "in a while", ce_time=at(minutes=-6))
    say(system, "clock", "no time")
    case_id = case_of(system, "clock")
    found = facts(system, case_id, 6)
    said = {fact.text: fact for name, fact in found if name == "MessageReceived"}
    assert {text: fact.is_claim_doubtful for text, fact in said.items()} == \
        {"now": False, "an hour ago": True, "in a while": True, "no time": False}
    assert said["now"].HasField("claimed_at") and not said["no time"].HasField("claimed_at")
    assert system.one("SELECT count(*) FROM intake.timeline WHERE case_id = %s AND sentence_en LIKE '%%sender%%clock%%'", case_id) == 2


# What breaks the contract, on every inbound topic, beside something good.

REQUIRED = {"messages": "message_id", "calls": "call_id", "orders": "order", "customers": "customer_id", "parcels": "waybill",
            "payments": "intent_id", "agents": "agent_id", "actions": "action_id", "returns": "request_id"}


@pytest.mark.parametrize("kind", sorted(INBOUND))
def test_what_breaks_the_contract_goes_to_the_dead_letters(system, kind):
    topic, ce_type = f"aftercare.inbound.{kind}.v1", f"aftercare.inbound.v1.{INBOUND[kind]}"
    field_1 = b"\x0a"
    first = {"orders": "order"}.get(kind, {"parcels": "waybill"}.get(kind, REQUIRED[kind]))
    bad = {"truncated": (b"\xff\xff\xff", ""), "NUL": (field_1 + b"\x02a\x00", first), "UTF-8": (field_1 + b"\x02\xc3\x28", first),
           "wrong type": (b"\x08\x01", first), "missing field": (b"\x7a\x00" if kind == "none" else b"", ""),
           "only unknown fields": (b"\xf8\x3f\x01", REQUIRED[kind])}
    sent = {}
    for what, (value, field) in bad.items():
        sent[system.send(topic, value, partition=0, ce_type=ce_type)] = (what, field)
    sent[system.send(topic, b"\x0a\x01a", partition=0, ce_type="aftercare.inbound.v1.Nonsense")] = ("unknown type", "ce_type")
    say(system, f"beside-{kind}", partition=0)
    case_of(system, f"beside-{kind}")

    def letters():
        found = {letter["ce_id"]: letter for letter in system.letters() if letter.get("ce_id") in sent}
        return found if len(found) == len(sent) else None
    for ce_id, letter in system.wait_for(letters, "the dead letters").items():
        what, field = sent[ce_id]
        assert field in letter["kafka_dlt-exception-message"], (what, letter)


def test_an_unknown_enum_and_a_missing_identity_are_dead_letters(system):
    enum = system.send("aftercare.inbound.messages.v1", b"\x0a\x01a\x22\x01s\x18\x63\x5a\x01x", partition=0,
                       ce_type="aftercare.inbound.v1.InboundMessage")
    system.send("aftercare.inbound.messages.v1", b"\x0a\x01a", partition=0, ce_type="aftercare.inbound.v1.InboundMessage",
                ce_id=None, ce_subject="no-identity")
    system.flush()

    def reasons():
        found = [letter["kafka_dlt-exception-message"] for letter in system.letters()
                 if letter.get("ce_id") == enum or letter.get("ce_subject") == "no-identity"]
        return found if len(found) == 2 else None
    found = " ".join(system.wait_for(reasons, "the dead letters"))
    assert "channel" in found and "ce_id" in found
