# SPDX-License-Identifier: Apache-2.0
"""Classification on a broker, Postgres and Redis of its own, fed with intake's facts."""
import time
import uuid

import pytest
from facts import System
from google.protobuf.timestamp_pb2 import Timestamp
from servers import ROOT
from stack import Stack

PARTITIONS = 4
DAY = 86400


@pytest.fixture(scope="module")
def system():
    with Stack(partitions=PARTITIONS) as stack:
        system = System(stack, "classification", WORKERS="2")
        yield system
        system.stop()


def moment(after_s=0.0):
    stamp = Timestamp()
    stamp.FromNanoseconds(time.time_ns() + int(after_s * 1e9))
    return stamp


def open_case(system, language="LANGUAGE_EN", **fields):
    case_id = str(uuid.uuid4())
    system.tell("intake", "CaseOpened", case_id, channel="CHANNEL_CHAT", language=language, shop_id="s-1",
                received_at=moment(), **fields)
    return case_id


def write(system, case_id, text, **fields):
    system.tell("intake", "MessageReceived", case_id, **{"message_id": str(uuid.uuid4()), "channel": "CHANNEL_CHAT", "text": text,
                                                         "received_at": moment(), **fields})


def link(system, case_id, shipped_days_ago=None, **fields):
    order = {"order_no": "A-20260001", "updated_at": moment(), "placed_at": moment(-90 * DAY), "paid_at": moment(-90 * DAY),
             "lines": [{"line_no": 1, "product": "robot vacuum", "warranty_months": 12, "quantity": 1}], **fields}
    if shipped_days_ago is not None:
        order |= {"shipped_at": moment(-shipped_days_ago * DAY), "placed_at": moment(-(shipped_days_ago + 1) * DAY),
                  "carrier": "SF Express", "waybill": "SF1234567890123"}
    system.tell("intake", "OrderLinked", case_id, order=order)


def stated(system, case_id, name, count=1):
    """The facts of that name, once there are so many."""
    system.flush()

    def found():
        facts = [fact for kind, fact in system.facts(case_id) if kind == name]
        return facts if len(facts) >= count else None
    return system.wait_for(found, f"{count} {name} of {case_id}: {system.facts(case_id)}")


def test_the_robot_vacuum_is_classified_and_diagnosed(system):
    case_id = open_case(system)
    system.tell("intake", "CallRecorded", case_id, call_id="call-1", rang_at=moment(), received_at=moment(),
                words="My robot vacuum no longer charges. I bought it three months ago, phone 13812345678.")
    link(system, case_id, delivered_at=moment(-85 * DAY))
    said = stated(system, case_id, "CaseClassified", 2)
    assert [fact.version for fact in said] == [1, 2]
    assert (said[-1].type, said[-1].label, said[-1].in_warranty) == (2, "charging-fault", True)
    assert not said[0].in_warranty and said[-1].language == 2 and said[-1].decision == 3
    assert said[-1].reasons and said[-1].top[0].label == "charging-fault"
    assert [(e.kind, e.value) for e in said[-1].entities] == [(3, "138****5678")]
    question = stated(system, case_id, "QuestionAsked")[0]
    assert "socket" in question.text
    assert "socket" in stated(system, case_id, "CustomerNotified")[0].notice.text
    for number, answer in enumerate(("Yes, the light stays off", "wiped them, no change", "no light at all"), start=1):
        write(system, case_id, answer)
        assert stated(system, case_id, "DiagnosisRecorded", number)[-1].answer == answer
    recorded = stated(system, case_id, "DiagnosisRecorded", 3)
    assert recorded[0].question_id == question.question_id and len({fact.question_id for fact in recorded}) == 3
    write(system, case_id, "5")
    write(system, case_id, "thanks!")
    system.flush()
    system.until("SELECT diagnosis = 2 AND acknowledged_at IS NOT NULL FROM classification.cases WHERE case_id = %s", case_id)
    names = [name for name, _ in system.facts(case_id)]
    assert names.count("QuestionAsked") == 3 and names.count("CaseClassified") == 2, names


def test_where_is_my_parcel_is_answered_from_the_order_that_comes_later(system):
    case_id = open_case(system, "LANGUAGE_ZH_CN")
    write(system, case_id, "我的快递到哪里了？")
    assert stated(system, case_id, "CaseClassified")[0].decision == 1
    link(system, case_id, shipped_days_ago=2)
    assert stated(system, case_id, "AnswerGiven")[0].faq_id == "where-is-my-parcel"
    notice = stated(system, case_id, "CustomerNotified")[0].notice
    assert "SF1234567890123" in notice.text and "转人工" in notice.text
    assert list(notice.references) == ["A-20260001", "SF1234567890123"]
    write(system, case_id, "转人工")
    assert [fact.decision for fact in stated(system, case_id, "CaseClassified", 3)] == [1, 1, 3]  # the second: in warranty


def test_a_parcel_that_is_long_on_its_way_is_for_a_person(system):
    case_id = open_case(system)
    link(system, case_id, shipped_days_ago=30)
    write(system, case_id, "Where is my parcel?")
    assert stated(system, case_id, "CaseClassified")[0].decision == 3
    assert stated(system, case_id, "CustomerNotified")[0].notice.template == "handed_over"
    assert "AnswerGiven" not in dict(system.facts(case_id))


def correct(system, case_id, version=0, label="screen-damage", role="ACTOR_ROLE_AGENT"):
    action_id = str(uuid.uuid4())
    system.tell("intake", "ActionRequested", case_id, action={
        "action_id": action_id, "case_id": case_id, "kind": "ACTION_KIND_CORRECT_CLASSIFICATION", "actor_id": "lin",
        "actor_role": role, "expected_version": version, "correct_label": label})
    return action_id


def test_a_correction_stays(system):
    case_id = open_case(system, "LANGUAGE_ZH_CN")
    write(system, case_id, "请帮我开一张发票")
    stated(system, case_id, "CaseClassified")
    unknown, stale = correct(system, case_id, label="no-such-label"), correct(system, case_id, version=7)
    refused = {fact.action_id: fact for fact in stated(system, case_id, "CommandRefused", 2)}
    assert "no-such-label" in refused[unknown].reason and refused[stale].version == 1
    assert list(refused[stale].legal_moves) == ["CORRECT_CLASSIFICATION"]
    right = correct(system, case_id, version=1)
    applied = stated(system, case_id, "ActionApplied")[0]
    assert (applied.action_id, applied.version) == (right, 2)
    write(system, case_id, "还有，我想退货，请问怎么退？")
    write(system, case_id, "我要投诉你们")
    last = stated(system, case_id, "CaseClassified", 3)[-1]
    assert (last.label, last.type, last.corrected_by) == ("screen-damage", 1, "lin")
    assert last.is_complaint


def test_what_breaks_the_contract_goes_to_the_dead_letters(system):
    case_id = open_case(system)
    before = len(system.letters())
    write(system, case_id, "x" * 80001)
    system.tell("intake", "OrderLinked", case_id)
    system.tell("intake", "MessageReceived", str(uuid.uuid4()), value=b"\xff\xff\xff")
    system.flush()
    letters = system.wait_for(lambda: len(system.letters()) >= before + 3 and system.letters(), "three dead letters")
    text = str(letters)
    assert "message_received.text" in text and "order_linked.order" in text
    write(system, case_id, "hello")
    assert stated(system, case_id, "CaseClassified")[0].label == "greeting"


def test_deadlines_end_the_waiting(tmp_path):
    for name in ("labels", "rules", "diagnosis", "faq", "messages"):
        text = (ROOT / f"services/classification/policies/{name}.yaml").read_text()
        (tmp_path / f"{name}.yaml").write_text(text.replace("order_within: 20s", "order_within: 1s")
                                               .replace("answer_within: 30m", "answer_within: 1s"))
    with Stack(partitions=PARTITIONS) as stack:
        system = System(stack, "classification", POLICY_DIR=str(tmp_path))
        parcel, vacuum = open_case(system), open_case(system)
        write(system, parcel, "Where is my parcel?")
        write(system, vacuum, "My robot vacuum does not charge")
        assert [fact.decision for fact in stated(system, parcel, "CaseClassified", 2)] == [1, 3]
        assert stated(system, parcel, "CustomerNotified")[0].notice.template == "handed_over"
        system.until("SELECT diagnosis = 3 FROM classification.cases WHERE case_id = %s", vacuum)
        write(system, vacuum, "the light is off")
        system.flush()
        system.until("SELECT octet_length(words) > 60 FROM classification.cases WHERE case_id = %s", vacuum)
        assert "DiagnosisRecorded" not in dict(system.facts(vacuum))
        system.stop()
