# SPDX-License-Identifier: Apache-2.0
"""What breaks the contract, on every inbound topic: each such record is in intake's DLQ exactly once, as it came, with a reason
that names the field; what is said between them becomes cases as if nothing had been."""
import copy
import json
from collections import Counter
from dataclasses import dataclass, field

import pytest
from confluent_kafka import Producer
from contract import inbound
from google.protobuf.json_format import ParseDict
from publisher import moment, yuan
from world import World

CASE = "5d3a0b7c-2c0e-4f0e-9f51-2a9d3c1b7e64"
LINE = {"line_no": 1, "quantity": 1, "wish": "RETURN_WISH_REPAIR"}
GOOD = {
    "messages": {"message_id": "m", "shop_id": "s-1", "channel": "CHANNEL_CHAT", "text": "坏了"},
    "calls": {"call_id": "t", "shop_id": "s-1", "rang_at": moment(60)},
    "orders": {"order": {"order_no": "o", "shop_id": "s-1", "updated_at": moment(60)}},
    "customers": {"customer_id": "u", "updated_at": moment(60)},
    "parcels": {"waybill": "w", "status": "PARCEL_STATUS_DELIVERED", "scanned_at": moment(60)},
    "payments": {"intent_id": "i", "outcome": "REFUND_OUTCOME_FAILED"},
    "agents": {"agent_id": "a", "presence": "PRESENCE_ONLINE", "updated_at": moment(60)},
    "actions": {"action_id": "x", "case_id": CASE, "kind": "ACTION_KIND_ESCALATE", "actor_id": "a", "actor_role": "ACTOR_ROLE_AGENT"},
    "returns": {"request_id": "r", "shop_id": "s-1", "customer_id": "u", "order_no": "o", "lines": [LINE]},
}
# Whatever is left out of a good record, its name is in the reason.
REQUIRED = {kind: list(fields) for kind, fields in GOOD.items()} | {"orders": ["order"]}
# What is there, and may not be so: the fields that replace those of a good one, and what the reason says.
WRONG = {
    "messages": [({"text": "字" * 20001}, "text: has 20001"), ({"attachments": [{"url": "http://x"}]}, "attachments[0]: url"),
                 ({"text": "  "}, "text"), ({"message_id": "a\nb"}, "message_id")],
    "calls": [({"answered_at": moment(90)}, "answered_at: lies before rang_at"), ({"recording_url": "ftp://x"}, "recording_url"),
              ({"words": "w" * 20001}, "words")],
    "orders": [({"order": {"order_no": "o", "shop_id": "s-1"}}, "order: updated_at"),
               ({"order": {**GOOD["orders"]["order"], "paid": yuan(-1)}}, "order: paid.minor"),
               ({"order": {**GOOD["orders"]["order"], "lines": [{"line_no": 1, "quantity": 0}]}}, "order: lines[0]: quantity")],
    "customers": [({"name": "n" * 129}, "name: has 129")],
    "parcels": [({"place": "p" * 2001}, "place")],
    "payments": [({"provider_ref": "p" * 129}, "provider_ref: has 129")],
    "agents": [({"capacity": 1001}, "capacity"), ({"level": 4}, "level"), ({"skills": ["s"] * 51}, "skills: 51"),
               ({"skills": ["a,b"]}, "skills"), ({"updated_at": "1969-12-31T23:59:59Z"}, "updated_at")],
    "actions": [({"case_id": "seven"}, "case_id: must be a UUID"), ({"expected_version": -1}, "expected_version"),
                ({"kind": "ACTION_KIND_REPLY"}, "text: is required"),
                ({"kind": "ACTION_KIND_ASK", "text": " \t\n"}, "text: is required"), ({"kind": "ACTION_KIND_SHIP_BACK"}, "waybill")],
    "returns": [({"lines": [{**LINE, "quantity": -1}]}, "lines[0]: quantity"), ({"lines": [LINE] * 51}, "lines: 51"),
                ({"lines": [{**LINE, "amount": {"minor": 1, "currency": "yuan"}}]}, "lines[0]: amount.currency")],
}
# (number, name) of a text and of an enum, after a path of messages' numbers.
TEXT = {"messages": (4, "shop_id"), "calls": (3, "shop_id"), "orders": (1, 2, "order.shop_id"), "customers": (3, "name"),
        "parcels": (5, "place"), "payments": (4, "reason"), "agents": (7, "team"), "actions": (7, "text"), "returns": (6, "reason")}
ENUM = {"messages": (3, "channel"), "calls": (8, "language"), "orders": (1, 5, "order.business_model"), "customers": (4, "tier"),
        "parcels": (4, "status"), "payments": (2, "outcome"), "agents": (3, "presence"), "actions": (3, "kind"),
        "returns": (7, "language")}


@dataclass
class Bad:
    kind: str
    why: str
    value: bytes
    says: list  # parts of the reason
    headers: dict = field(default_factory=dict)  # that differ; None: is left out
    place: tuple = None  # topic, partition, offset, once Kafka has it


def wire(fields, kind):
    return ParseDict(fields, inbound(kind)()).SerializeToString()


def varint(value):
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def nested(path, content):
    """Bytes as a field of the type "length-delimited", in messages by their numbers."""
    for number in reversed(path):
        content = varint(number << 3 | 2) + varint(len(content)) + content
    return content


def bad_values(kind):
    good = wire(GOOD[kind], kind)
    *text_path, text_name = TEXT[kind]
    *enum_path, enum_name = ENUM[kind]
    number = enum_path[-1]
    name, first = inbound(kind).DESCRIPTOR.name, inbound(kind).DESCRIPTOR.fields_by_number[1].name
    before = good if len(text_path) == 1 else b""  # a message may be there only once
    yield Bad(kind, "cut off", good + b"\x0a\x7f\x01", [name, "cut off"])
    yield Bad(kind, "no protobuf at all", b"{\"json\": true}", [name])
    yield Bad(kind, "another wire type", good + b"\x08\x01", [first])
    yield Bad(kind, "empty", b"", ["value", "empty"])
    yield Bad(kind, "no value", None, ["value", "empty"])
    yield Bad(kind, "unknown enum", before + nested(enum_path[:-1], varint(number << 3) + varint(99)), [enum_name])
    yield Bad(kind, "NUL", before + nested(text_path, b"a\x00b"), [text_name])
    yield Bad(kind, "invalid UTF-8", before + nested(text_path, b"\xc3\x28"), [text_name])
    for missing in REQUIRED[kind]:
        rest = {other: value for other, value in GOOD[kind].items() if other != missing}
        yield Bad(kind, f"without {missing}", wire(rest, kind) or b"\x92\x3e\x00", [missing])  # a field nobody knows is none
    for fields, says in WRONG[kind]:
        yield Bad(kind, says, wire({**GOOD[kind], **fields}, kind), [says])


def bad_headers(kind):
    good, name = wire(GOOD[kind], kind), inbound(kind).DESCRIPTOR.name
    other = "CustomerUpdate" if kind != "customers" else "OrderUpdate"
    for headers, *says in [({"ce_id": None}, "ce_id", "missing"), ({"ce_source": None}, "ce_source", "missing"),
                           ({"ce_type": None}, "ce_type", "missing"), ({"ce_type": "aftercare.inbound.v1.Nonsense"}, "ce_type", "Nonsense"),
                           ({"ce_type": f"aftercare.inbound.v2.{name}"}, "ce_type", f"v2.{name}"),
                           ({"ce_type": f"aftercare.inbound.v1.{other}"}, "ce_type", other),
                           ({"content-type": "application/json"}, "content-type"),
                           ({"content-type": "application/cloudevents+json"}, "content-type"),
                           ({"ce_specversion": "0.3"}, "ce_specversion"), ({"ce_time": "yesterday"}, "ce_time"),
                           ({"ce_id": "i" * 256}, "ce_id"), ({"ce_source": b"a\x00b"}, "ce_source")]:
        yield Bad(kind, str(headers), good, says, headers)


BAD = [bad for kind in GOOD for make in (bad_values, bad_headers) for bad in make(kind)]
# 100,000 empty attachments: 200 KB that would unpack to megabytes.
BAD.append(Bad("messages", "a bomb", wire(GOOD["messages"], "messages") + b"\x62\x00" * 100000, ["InboundMessage", "memory"]))


def send(world, bad):
    headers = {**world.publisher.envelope(bad.kind), **bad.headers}

    def report(error, record):
        assert error is None, error
        bad.place = (record.topic(), record.partition(), record.offset())
    world.publisher.producer.produce(f"aftercare.inbound.{bad.kind}.v1", bad.value, b"key-of-its-own",
                                     headers=[(name, value) for name, value in headers.items() if value is not None], on_delivery=report)
    bad.headers = headers


@pytest.fixture(scope="module")
def world():
    with World() as world:
        for number, bad in enumerate(BAD):
            send(world, bad)
            world.publisher.message(f"good-{number}", f"good-{number}", "洗衣机坏了", key="key-of-its-own")
            # And one of the same kind on the bad one's partition, so that it stands right behind it.
            if number % 10 == 0:
                good_neighbour(world, bad.kind, number)
        world.publisher.flush()
        assert world.publisher.producer.flush(30) == 0 and all(bad.place for bad in BAD)
        world.see_all(len(BAD), "intake", "MessageReceived")
        world.settle()
        yield world


def good_neighbour(world, kind, number):
    fields = copy.deepcopy(GOOD[kind])
    first = next(iter(fields))
    if kind in ("parcels", "payments", "actions"):  # about something: nothing follows from them alone
        return
    if kind == "orders":
        fields["order"]["order_no"] = f"o-{number}"
    elif first != "message_id":
        fields[first] = f"{kind}-{number}"
    else:
        fields[first] = f"good-{number}-more"
    world.publisher.publish(kind, key="key-of-its-own", **fields)


def test_each_is_in_the_dead_letters_once_with_a_reason_that_names_the_field(world):
    letters = {}
    for letter in world.reader.letters:
        assert letter.service == "intake", letter
        place = (letter.headers["__connect.errors.topic"], int(letter.headers["__connect.errors.partition"]),
                 int(letter.headers["__connect.errors.offset"]))
        letters.setdefault(place, []).append(letter)
    wrong = []
    for bad in BAD:
        found = letters.pop(bad.place, [])
        said = [letter.headers["kafka_dlt-exception-message"] for letter in found]
        if len(found) != 1 or not all(part in said[0] for part in bad.says):
            wrong.append(f"{bad.kind}: {bad.why}: {said or 'is not there'}, wanted {bad.says}")
    assert not wrong, "\n".join(wrong)
    assert letters == {}


def test_a_dead_letter_is_what_came(world):
    by_place = {(letter.headers["__connect.errors.topic"], letter.headers["__connect.errors.partition"],
                 letter.headers["__connect.errors.offset"]): letter for letter in world.reader.letters}
    for bad in BAD:
        letter = by_place[bad.place[0], str(bad.place[1]), str(bad.place[2])]
        assert (letter.value or b"") == (bad.value or b"") and letter.key == b"key-of-its-own", bad
        for name, value in bad.headers.items():
            value = value.decode() if isinstance(value, bytes) else value
            assert value is None or letter.headers[name] == value, (bad, name)
        assert letter.headers["kafka_dlt-exception-fqcn"] == letter.headers["__connect.errors.exception.class.name"] == "invalid"
        assert letter.headers["kafka_dlt-original-topic"] == bad.place[0]
        assert letter.headers["__connect.errors.stage"] == "aftercare-intake"


def test_the_operator_sees_them(world):
    done = world.system.aftercare("dlq", "list", "intake", "--json")
    assert done.returncode == 0, done.stderr
    listed = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(listed) == len(BAD) and {letter["topic"] for letter in listed} == {"aftercare.intake.dlq.v1"}


def test_what_is_said_between_them_becomes_cases(world):
    heard = {fact.fields["message_id"]: fact.case_id for fact in world.reader.facts if fact.name == "MessageReceived"}
    wanted = {f"good-{number}" for number in range(len(BAD))}
    assert wanted <= set(heard)
    assert len({heard[message] for message in wanted}) == len(wanted)
    for service, name in (("classification", "CaseClassified"), ("escalation", "CasePrioritised")):
        assert {heard[message] for message in wanted} <= {fact.case_id for fact in world.reader.facts
                                                          if (fact.service, fact.name) == (service, name)}, name
    assert world.one("SELECT count(*) FROM intake.case_record WHERE case_id::text = ANY(%s) AND status IS NOT NULL",
                     [heard[message] for message in wanted]) == len(wanted)
    # Nothing became of what was bad.
    assert "m" not in heard and not [fact for fact in world.reader.facts if fact.name == "ActionRequested"]


def test_what_is_too_large_is_refused_to_the_publisher_and_hurts_nobody(world):
    refused = []
    producer = Producer({"bootstrap.servers": world.stack.bootstrap, "message.max.bytes": 20 << 20, "log_level": 0})
    for kind in GOOD:
        producer.produce(f"aftercare.inbound.{kind}.v1", b"\x0a" * (10 << 20), headers=list(world.publisher.envelope(kind).items()),
                         on_delivery=lambda error, _: refused.append(error and error.name()))
        producer.flush(60)
    assert refused == ["MSG_SIZE_TOO_LARGE"] * len(GOOD)
    world.publisher.message("after-all", "after-all", "还在吗")
    world.see("escalation", "CasePrioritised", world.see("intake", "MessageReceived", message_id="after-all").case_id)
    world.settle()
    assert len(world.reader.letters) == len(BAD)
    for service in world.system.services:
        assert world.system[service].ready()[0], service


# What the HTTP door is sent instead of a message, and what its problem document says: status and parts of the detail.
REFUSED = [
    (b'{"messageId": "m-1",', 400, ["JSON"]), (b"[1]", 400, ["object"]),
    ({"text": 7}, 400, ["text"]), ({"attachments": "none"}, 400, ["attachments"]), ({"channel": "CHANNEL_PIGEON"}, 400, ["channel", "Channel"]),
    ({"shopId": None}, 400, ["shop_id", "required"]), ({"text": "a\0b"}, 400, ["column", "NUL"]), ({"colour": "red"}, 400, ["colour"]),
    (b'{"messageId": "m-1", "shopId": "s-1", "channel": "CHANNEL_CHAT", "text": "\xc3\x28"}', 400, ["UTF-8"]),
    ({"text": "x" * (10 << 20)}, 413, []),
]


def messages_in(world):
    return [fact for fact in world.reader.facts if fact.name == "MessageReceived"]


def test_the_door_refuses_the_same_with_a_problem_that_names_the_field(world):
    door, heard = world.system["intake"], len(messages_in(world))
    good = {"messageId": "door-1", "shopId": "s-1", "channel": "CHANNEL_CHAT", "text": "坏了"}
    wrong = []
    for body, wanted, parts in REFUSED:
        sent = body if isinstance(body, bytes) else {name: value for name, value in {**good, **body}.items() if value is not None}
        status, headers, text = door.post("/v1/messages", sent, Content_Type="application/json")
        problem = json.loads(text)
        if (status, problem["status"], headers["Content-Type"]) != (wanted, wanted, "application/problem+json") or \
                not all(part in problem["detail"] for part in parts):
            wrong.append(f"{str(body)[:80]}: {status} {text}, wanted {wanted} {parts}")
    assert not wrong, "\n".join(wrong)
    world.settle()
    assert len(messages_in(world)) == heard and len(world.reader.letters) == len(BAD)
    assert door.post("/v1/messages", good)[0] == 202
    world.see("intake", "MessageReceived", message_id="door-1")


LONG, MOST, EARLY, LATE = "i" * 128, 2**63 - 1, "1970-01-01T00:00:01Z", "9999-12-31T23:59:59.999999Z"
MANY = {"line_no": 2**31 - 1, "sku": LONG, "quantity": 2**31 - 1, "wish": "RETURN_WISH_REFUND", "amount": yuan(MOST)}


def edge_actions(case_id):
    """Well-formed, whatever they mean: every kind at the ends of what its fields allow."""
    for kind in range(1, 17):
        yield {"kind": kind, "case_id": case_id, "text": "\x01", "resolution": "字" * 2000, "finding": "字" * 2000, "option_id": LONG, "waybill": LONG,
               "carrier": LONG, "target_agent_id": LONG, "lines": [{**MANY, "line_no": number} for number in range(1, 51)],
               "correct_type": "CASE_TYPE_REPAIR", "correct_label": LONG, "expected_version": 0}
        yield {"kind": kind, "case_id": case_id.upper(), "text": "😀" * 20000, "option_id": "x", "waybill": "w", "correct_label": "other",
               "expected_version": MOST, "actor_role": "ACTOR_ROLE_SELLER"}
        yield {"kind": kind, "case_id": CASE, "text": "nobody has heard of this case", "option_id": "x", "waybill": "w", "correct_label": "other"}


def test_what_the_contract_allows_is_nobodys_dead_letter(world):
    publisher = world.publisher
    publisher.agent("edge-1", skills=[f"{number:03}{LONG[3:]}" for number in range(50)], capacity=1000, level=3, name=LONG, team=LONG)
    publisher.agent("edge-2", skills=[" "], capacity=0, level=0, updated_at=EARLY)
    publisher.agent("edge-3", updated_at=LATE, presence="PRESENCE_AWAY")
    publisher.customer("edge", name=LONG, updated_at=EARLY)
    publisher.order("edge", "edge", lines=[{"line_no": 1, "product": "😀" * 500, "quantity": 1}])
    publisher.message("edge", "edge", "？", order_no="edge")
    line = {"line_no": 2**31 - 1, "sku": LONG, "product": "字" * 60, "quantity": 2**31 - 1, "price": yuan(MOST), "warranty_months": 1200}
    for number, (early, late) in enumerate(((EARLY, LATE), (LATE, EARLY))):
        order_no = f"edge-{number}-" + LONG[:120]
        publisher.order(order_no, "edge", lines=[line] * 500, paid=yuan(MOST), placed_at=early, paid_at=late, shipped_at=early, delivered_at=late,
                        updated_at=late, waybill=f"{number}" + LONG[:127], carrier=LONG)
        publisher.message(f"edge-{number}", f"edge-{number}", "\x01\x1b[2J\x7f" + "😀" * 19000, order_no=order_no, customer_id=LONG,
                          attachments=[{"url": "https://" + "u" * 2040, "media_type": LONG, "bytes": MOST}] * 20)
        publisher.call(f"edge-call-{number}", "\n", order_no=order_no, rang_at=early, answered_at=LATE, hung_up_at=LATE)
        publisher.one_click(f"edge-click-{number}", order_no, [MANY] * 50, reason="字" * 2000)
    publisher.publish("parcels", waybill="edge", status="PARCEL_STATUS_LOST", scanned_at=EARLY)
    publisher.publish("payments", intent_id="edge", outcome="REFUND_OUTCOME_SUCCEEDED", settled_at=LATE)
    case_id = world.see("intake", "MessageReceived", message_id="edge-0").case_id
    actions = [{"actor_role": "ACTOR_ROLE_AGENT", **fields} for fields in edge_actions(case_id)]
    for number, fields in enumerate(actions):
        publisher.publish("actions", ce_id=f"act-{number}", action_id=f"act-{number}", actor_id=LONG, **fields)
    world.settle()
    buried = [f"{letter.service}: {letter.headers['ce_type']} {letter.headers['ce_id']}: {letter.headers['kafka_dlt-exception-message']}"
              for letter in world.reader.letters[len(BAD):]]
    assert not buried, "\n".join(buried)
    # And each action has its answer, from the one service that decides it; an offer may wait for its order first.
    world.see_all(len(actions), "intake", "ActionRequested")
    world.see("returns", "CommandRefused", CASE, action_id=f"act-{3 * 9 + 2}")
    world.settle()
    answers = Counter(fact.fields["action_id"] for fact in world.reader.facts if fact.name in ("ActionApplied", "CommandRefused"))
    unanswered = [(f"act-{number}", fields["kind"]) for number, fields in enumerate(actions) if answers[f"act-{number}"] != 1]
    assert unanswered == []
    assert world.one("SELECT count(*) FROM intake.action WHERE state = 'pending'") == 0
