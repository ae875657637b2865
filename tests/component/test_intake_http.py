# SPDX-License-Identifier: Apache-2.0
"""Intake's HTTP door, with the service behind it: one broker, Postgres and Redis, keys of several kinds."""
import datetime
import hashlib
import json
import os
import subprocess
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from facts import System
from loop import build_dir
from stack import Stack

KEYS = {"all": "", "storefront": "messages,calls,returns,cases", "shop-7": "shop=s-7", "seller-x": "agent-actions,cases,seller=x", "seller-x-desk": "messages,orders,customers,cases,seller=x"}
CARD = "6222021234567894"
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def system():
    with Stack(partitions=4) as stack:
        lines = [f"{name}:{hashlib.sha256(f'key-{name}'.encode()).hexdigest()}:{scopes}" for name, scopes in KEYS.items()]
        (stack.directory / "keys").write_text("\n".join(lines))
        system = System(stack, "intake", API_KEYS_FILE=str(stack.directory / "keys"))
        system.wait_for(lambda: system.http("GET", "/readyz")[0] == 200, "readiness")
        yield system
        system.stop()


def post(system, path, body, key="all", **headers):
    return system.http("POST", path, body, f"key-{key}", **headers)


def get(system, path, key="all", **headers):
    return system.http("GET", path, None, f"key-{key}", **headers)


def message(conversation=None, **fields):
    body = {"messageId": f"m-{uuid.uuid4()}", "shopId": "s-1", "channel": "CHANNEL_CHAT", "text": "它充不上电了", **fields}
    return {**body, "conversationId": conversation} if conversation else body


def opened(system, answer, key="all"):
    """The case that a 202 led to, once it is open."""
    assert answer[0] == 202, answer
    location = answer[1]["Location"]

    def look():
        status, _, body = get(system, location, key)
        assert status == 200, body
        return body["status"] != "accepted" and "is_unread" not in body and body
    return system.wait_for(look, "the case")


def refused(answer, status, *parts):
    assert answer[0] == status, answer
    assert answer[1]["Content-Type"] == PROBLEM and answer[2]["status"] == status, answer
    for part in parts:
        assert part in answer[2]["detail"], answer[2]


def test_a_message_becomes_a_case_that_can_be_watched(system):
    answer = post(system, "/v1/messages", message("watch", customerPhone="13812345678"), ce_time="2020-01-01T00:00:00Z")
    assert answer[0] == 202 and answer[2]["status"] == "accepted"
    assert answer[1]["Location"] == answer[2]["location"]
    case = opened(system, answer)
    assert case["case_id"] == answer[2]["case_id"] and case["status"] == "open"
    assert (case["channel"], case["shop_id"], case["language"]) == ("CHAT", "s-1", "zh-CN")
    system.until("SELECT facts = 3 FROM intake.case_record WHERE case_id = %s", case["case_id"])
    case = get(system, f"/v1/cases/{case['case_id']}?language=en")[2]
    assert [line["fact"] for line in case["timeline"]] == ["CaseOpened", "MessageReceived", "CustomerNotified"]
    assert case["timeline"][0]["sentence"] == "Case opened from chat"
    assert case["timeline"][1]["words"] == "它充不上电了" and "2020-01-01" in case["timeline"][1]["sentence"]
    # The conversation's next message leads to the same case, told at once.
    again = post(system, "/v1/messages", message("watch", text="还是不行"))
    assert again[2]["case_id"] == case["case_id"]
    assert "13812345678" not in system.log


def test_the_operator_sees_the_same(system):
    case = opened(system, post(system, "/v1/messages", message("operator", text="hello")))
    system.until("SELECT facts = 3 FROM intake.case_record WHERE case_id = %s", case["case_id"])
    case = get(system, f"/v1/cases/{case['case_id']}")[2]
    told = subprocess.run([build_dir() / "cli/aftercare", "case", case["case_id"], "--json"], check=True, capture_output=True,
                          env={**os.environ, "DATABASE_URL": system.env["DATABASE_URL"]})
    told = json.loads(told.stdout)
    assert [line["sentence_en"] for line in told["timeline"]] == [line["sentence"] for line in case["timeline"]]
    for name in ("case_id", "channel", "shop_id", "language", "messages"):
        assert told["case"][name] == case[name]


def test_it_says_accepted_until_the_case_is_there(system):
    assert system.service.stop() == 0
    system.env["WORKERS"] = "1"
    system.start()
    # The door is open before the lanes are taken.
    answer = system.wait_for(lambda: try_post(system, "/v1/messages", message("early")), "the door")
    status, _, case = get(system, answer[1]["Location"])
    assert status == 200 and case["case_id"] == answer[2]["case_id"] and case["status"] in ("accepted", "open")
    assert opened(system, answer)["status"] == "open"
    # A place that the service has not read yet, whatever the case.
    unread = get(system, f"/v1/cases/{uuid.uuid4()}?at=aftercare.inbound.messages.v1.0.99999999")
    assert unread[0] == 200 and unread[2]["status"] == "accepted"
    pending = get(system, "/v1/actions/never?at=aftercare.inbound.actions.v1.0.99999999")
    assert pending[0] == 200 and pending[2]["state"] == "pending"


def try_post(system, path, body):
    try:
        answer = post(system, path, body)
    except OSError:
        return None
    return answer if answer[0] == 202 else None


def test_never_heard_of_is_404(system):
    refused(get(system, f"/v1/cases/{uuid.uuid4()}"), 404, "id")
    refused(get(system, "/v1/actions/never"), 404, "id")
    refused(get(system, "/v1/cases/seven"), 400, "UUID")
    for at in ("x", "aftercare.inbound.messages.v1.0", "aftercare.intake.v1.0.1", "aftercare.inbound.messages.v1.-1.0"):
        refused(get(system, f"/v1/cases/{uuid.uuid4()}?at={at}"), 400, "at:")
    refused(get(system, f"/v1/cases/{uuid.uuid4()}?language=fr"), 400, "language")


def test_the_same_key_is_one_message(system):
    body = message("idem")
    answers = [post(system, "/v1/messages", body, Idempotency_Key="k-1") for _ in range(3)]
    bare = {name: value for name, value in body.items() if name != "messageId"}
    answers += [post(system, "/v1/messages", {**bare, "text": "second"}, Idempotency_Key="k-2") for _ in range(2)]
    assert {answer[2]["case_id"] for answer in answers} == {opened(system, answers[0])["case_id"]}
    assert answers[-1][2]["message_id"] == "k-2"
    case = opened(system, answers[-1])
    system.until("SELECT messages = 2 FROM intake.case_record WHERE case_id = %s", case["case_id"])
    refused(post(system, "/v1/messages", bare), 400, "message_id", "Idempotency-Key")
    refused(post(system, "/v1/messages", body, Idempotency_Key="x" * 129), 400, "Idempotency-Key")
    refused(post(system, "/v1/messages", body, Idempotency_Key="two words"), 400, "Idempotency-Key")


def test_an_id_stands_for_one_request(system):
    """Intake takes the first; the door does not say that it accepted the other one."""
    first = post(system, "/v1/messages", message("taken"), Idempotency_Key="k-taken")
    case_id = opened(system, first)["case_id"]
    refused(post(system, "/v1/messages", message("taken-2"), Idempotency_Key="k-taken"), 422, "Idempotency-Key")
    body = message("taken")
    opened(system, post(system, "/v1/messages", body))
    refused(post(system, "/v1/messages", {**body, "shopId": "s-2"}), 422, "message_id")
    assert post(system, "/v1/messages", body)[2]["case_id"] == case_id
    assert system.one("SELECT count(*) FROM intake.conversation WHERE external_id = 'taken-2' OR shop_id = 's-2'") == 0
    # Another API key's: a request of its own.
    assert post(system, "/v1/messages", body, "storefront")[0] == 202
    call = {"callId": "call-taken", "shopId": "s-1", "rangAt": "2026-11-01T10:00:00Z"}
    opened(system, post(system, "/v1/calls", call))
    refused(post(system, "/v1/calls", {**call, "shopId": "s-2"}), 422, "call_id")


def test_an_action_id_stands_for_one_action(system):
    case_id = opened(system, post(system, "/v1/messages", message("acted on")))["case_id"]
    body = {"actionId": "taken", "caseId": case_id, "kind": "ACTION_KIND_REPLY", "actorId": "lin", "actorRole": "ACTOR_ROLE_AGENT",
            "text": "您好"}
    answer = post(system, "/v1/agent-actions", body)
    assert answer[0] == 202
    system.wait_for(lambda: "kind" in get(system, answer[1]["Location"])[2], "the action")
    for other in ({"caseId": str(uuid.uuid4())}, {"kind": "ACTION_KIND_NOTE"}):
        refused(post(system, "/v1/agent-actions", {**body, **other}, Idempotency_Key=f"k-{uuid.uuid4()}"), 422, "action_id")
    assert post(system, "/v1/agent-actions", body, Idempotency_Key="k-again")[0] == 202


def test_an_action_is_applied_refused_or_pending(system):
    case_id = opened(system, post(system, "/v1/messages", message("acted")))["case_id"]
    asked = {}
    for name in ("applied", "refused", "pending"):
        action_id = f"act/{name} {uuid.uuid4()}"
        answer = post(system, "/v1/agent-actions", {"actionId": action_id, "caseId": case_id, "kind": "ACTION_KIND_REPLY",
                                                    "actorId": "lin", "actorRole": "ACTOR_ROLE_AGENT", "text": "你好"})
        assert answer[0] == 202 and answer[1]["Location"].startswith(f"/v1/actions/{quote(action_id, safe='')}?at=")
        asked[name] = (action_id, answer[1]["Location"])

    def decide():
        time.sleep(0.5)
        system.tell("escalation", "ActionApplied", case_id, action_id=asked["applied"][0], version=5)
        system.tell("escalation", "CommandRefused", case_id, action_id=asked["refused"][0], reason="stale version", version=5,
                    legal_moves=["CLOSE", "REOPEN"])
        system.flush()
    with ThreadPoolExecutor() as pool:
        decided = pool.submit(decide)
        applied = get(system, asked["applied"][1], Prefer="wait=10")
        refusal = get(system, asked["refused"][1], Prefer="wait=10")
        decided.result()
    assert applied[0] == 200 and applied[2]["state"] == "applied" and applied[2]["version"] == 5, applied
    refused(refusal, 409, "stale version")
    assert refusal[2]["legal_moves"] == ["CLOSE", "REOPEN"] and refusal[2]["version"] == 5
    pending = get(system, asked["pending"][1], Prefer="wait=1")
    assert pending[0] == 200 and pending[2]["state"] == "pending"
    requests = {each["action_id"]: each["state"] for each in get(system, f"/v1/cases/{case_id}")[2]["requests"]}
    assert requests == {action_id: name for name, (action_id, _) in asked.items()}


def test_a_key_may_do_what_its_scopes_say(system):
    refused(system.http("POST", "/v1/messages", message()), 401)
    refused(post(system, "/v1/agent-actions", {}, "storefront"), 403, "agent-actions")
    refused(post(system, "/v1/messages", message(), "seller-x"), 403, "messages")
    refused(post(system, "/v1/messages", message(), "shop-7"), 403, "tied")
    refused(post(system, "/v1/agents", {"agentId": "a", "presence": "PRESENCE_ONLINE", "updatedAt": "2026-01-01T00:00:00Z"},
                 "shop-7"), 403, "tied")
    mine = opened(system, post(system, "/v1/messages", message("mine", shopId="s-7", sellerId="x"), "shop-7"), "shop-7")
    other = opened(system, post(system, "/v1/messages", message("other", shopId="s-7", sellerId="y")))
    foreign = opened(system, post(system, "/v1/messages", message("foreign")))
    assert get(system, f"/v1/cases/{other['case_id']}", "shop-7")[0] == 200
    refused(get(system, f"/v1/cases/{foreign['case_id']}", "shop-7"), 404)
    assert get(system, f"/v1/cases/{mine['case_id']}", "seller-x")[0] == 200
    refused(get(system, f"/v1/cases/{other['case_id']}", "seller-x"), 404)

    def act(case, key, actor="x", role="ACTOR_ROLE_SELLER"):
        return post(system, "/v1/agent-actions", {"actionId": str(uuid.uuid4()), "caseId": case["case_id"], "actorId": actor,
                                                  "kind": "ACTION_KIND_NOTE", "actorRole": role, "text": "seen"}, key)
    answer = act(mine, "seller-x")
    assert answer[0] == 202
    system.wait_for(lambda: "kind" in get(system, answer[1]["Location"])[2], "the action")
    assert get(system, answer[1]["Location"], "shop-7")[0] == 200
    refused(act(other, "seller-x"), 404)
    refused(act(mine, "seller-x", actor="y"), 403)
    refused(act(mine, "seller-x", role="ACTOR_ROLE_AGENT"), 403)
    refused(act(foreign, "shop-7", "lin", "ACTOR_ROLE_AGENT"), 404)
    hidden = act(foreign, "all", "lin", "ACTOR_ROLE_AGENT")
    system.wait_for(lambda: "kind" in get(system, hidden[1]["Location"])[2], "the action")
    refused(get(system, hidden[1]["Location"], "shop-7"), 404)


def test_a_tied_key_does_not_reach_what_is_anothers(system):
    """Naming the own shop and seller does not make another's conversation, order or customer one's own."""
    shop = {"shopId": "s-7"}
    theirs = opened(system, post(system, "/v1/messages", message("of y", sellerId="y", **shop)))

    def order(number, seller, moment, key="all"):
        return post(system, "/v1/orders", {"order": {"orderNo": number, "sellerId": seller, "updatedAt": f"2026-11-0{moment}T10:00:00Z",
                                                     **shop}}, key)
    customer = {"customerId": "u-shared", "tier": "CUSTOMER_TIER_VIP", "updatedAt": "2026-11-01T10:00:00Z"}
    assert order("o-y", "y", 1)[0] == 202 and post(system, "/v1/customers", {**customer, "shopId": "s-1"})[0] == 202
    system.until("SELECT count(*) = 2 FROM intake.subject WHERE own_id IN ('o-y', 'u-shared') AND record IS NOT NULL")
    mine = {"sellerId": "x", **shop}
    refused(post(system, "/v1/messages", message("of y", **mine), "seller-x-desk"), 403, "conversation_id")
    refused(post(system, "/v1/messages", message("of x", orderNo="o-y", **mine), "seller-x-desk"), 403, "order_no")
    refused(order("o-y", "x", 2, "seller-x-desk"), 403, "order.order_no")
    refused(post(system, "/v1/customers", {**customer, **shop}, "shop-7"), 403, "customer_id")
    assert order("o-x", "x", 1, "seller-x-desk")[0] == 202
    assert post(system, "/v1/customers", {**customer, "customerId": "u-7", **shop}, "shop-7")[0] == 202
    own = opened(system, post(system, "/v1/messages", message("of x", orderNo="o-x", **mine), "seller-x-desk"), "seller-x")
    assert own["case_id"] != theirs["case_id"] and own["seller_id"] == "x"
    assert get(system, f"/v1/cases/{theirs['case_id']}")[2]["messages"] == 1


GOOD = {
    "messages": message(),
    "calls": {"callId": "c-1", "shopId": "s-1", "rangAt": "2026-11-01T10:00:00Z"},
    "returns": {"requestId": "r-1", "shopId": "s-1", "customerId": "u-1", "orderNo": "o-1",
                "lines": [{"lineNo": 1, "quantity": 1, "wish": "RETURN_WISH_REFUND", "amount": {"minor": "100", "currency": "CNY"}}]},
    "agent-actions": {"actionId": "a-1", "caseId": str(uuid.uuid4()), "kind": "ACTION_KIND_ESCALATE", "actorId": "lin",
                      "actorRole": "ACTOR_ROLE_AGENT"},
    "orders": {"order": {"orderNo": "o-1", "shopId": "s-1", "updatedAt": "2026-11-01T10:00:00Z"}},
    "customers": {"customerId": "u-1", "tier": "CUSTOMER_TIER_VIP", "updatedAt": "2026-11-01T10:00:00Z"},
    "agents": {"agentId": "lin", "presence": "PRESENCE_ONLINE", "updatedAt": "2026-11-01T10:00:00Z"},
    "parcels": {"waybill": "WB-1", "status": "PARCEL_STATUS_LOST", "scannedAt": "2026-11-01T10:00:00Z"},
    "payments": {"intentId": "i-1", "outcome": "REFUND_OUTCOME_FAILED"},
}
ENUM = {"messages": "channel", "calls": "language", "returns": "language", "agent-actions": "kind", "orders": "order.businessModel",
        "customers": "tier", "agents": "presence", "parcels": "status", "payments": "outcome"}
REQUIRED = {"messages": "shopId", "calls": "rangAt", "returns": "orderNo", "agent-actions": "caseId", "orders": "order",
            "customers": "customerId", "agents": "presence", "parcels": "status", "payments": "intentId"}
TEXT = {"messages": "text", "calls": "words", "returns": "reason", "agent-actions": "text", "orders": "order.carrier",
        "customers": "name", "agents": "name", "parcels": "place", "payments": "reason"}


def snake(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def with_field(body, path, value):
    name, _, rest = path.partition(".")
    return {**body, name: with_field(body.get(name, {}), rest, value) if rest else value}


@pytest.mark.parametrize("door", sorted(GOOD))
def test_every_door_says_what_is_wrong(system, door):
    path, good = f"/v1/{door}", GOOD[door]
    before = len(system.read("aftercare.intake.dlq.v1"))
    refused(post(system, path, b"{"), 400)
    refused(post(system, path, b"[]"), 400, "object")
    refused(post(system, path, b""), 400)
    refused(post(system, path, b'{"a":"\xc3\x28"}'), 400)
    refused(post(system, path, {**good, "nonsense": 1}), 400, "nonsense")
    refused(post(system, path, good, Content_Type="text/plain"), 415, "application/json")
    refused(post(system, path, with_field(good, TEXT[door], 7)), 400, TEXT[door].rpartition(".")[2])
    refused(post(system, path, with_field(good, TEXT[door], "a\0b")), 400)
    refused(post(system, path, with_field(good, ENUM[door], "NO_SUCH")), 400, ENUM[door].rpartition(".")[2])
    refused(post(system, path, {name: value for name, value in good.items() if name != REQUIRED[door]}), 400, snake(REQUIRED[door]))
    refused(post(system, path, with_field(good, TEXT[door], "x" * (10 << 20))), 413)
    refused(post(system, path, with_field(good, TEXT[door], "x" * 700_000)), 400)
    refused(system.http("PUT", path, good, "key-all"), 405)
    answer = post(system, path, good)
    assert answer[0] == 202, answer
    assert len(system.read("aftercare.intake.dlq.v1")) == before


def test_card_numbers_do_not_reach_kafka(system):
    case = opened(system, post(system, "/v1/messages", message("card", text=f"card {CARD}")))
    system.until("SELECT facts = 3 FROM intake.case_record WHERE case_id = %s", case["case_id"])
    for topic in ("aftercare.inbound.messages.v1", "aftercare.intake.v1"):
        assert not [record for record in system.read(topic) if CARD.encode() in record.value()]
    words = get(system, f"/v1/cases/{case['case_id']}")[2]["timeline"][1]["words"]
    assert words == "card " + "*" * 12 + CARD[-4:]


def test_a_later_case_of_the_conversation_is_told(system):
    said = message("later")
    first = opened(system, post(system, "/v1/messages", said))["case_id"]
    ago = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=73)
    system.tell("escalation", "CaseResolved", first, resolution="done", version=3, resolved_at={"seconds": int(ago.timestamp())})
    system.flush()
    system.wait_for(lambda: get(system, f"/v1/cases/{first}")[2]["status"] == "resolved", "the resolution")
    answer = post(system, "/v1/messages", said)
    assert answer[0] == 202 and answer[2]["case_id"] == first, "a repeat opens no other case"
    answer = post(system, "/v1/messages", message("later", text="又坏了"))
    second = opened(system, answer)
    assert second["case_id"] != first and second["previous_case_id"] == first
    assert get(system, f"/v1/cases/{first}")[2]["later_case_id"] == second["case_id"]


def test_without_postgres_it_still_takes_what_is_said(system):
    known = opened(system, post(system, "/v1/messages", message("dark")))
    system.stack.postgres.stop()
    try:
        answer = post(system, "/v1/messages", message("dark", text="hello"))
        assert answer[0] == 202 and answer[2]["case_id"] == known["case_id"]
        refused(get(system, f"/v1/cases/{known['case_id']}"), 503)
    finally:
        system.stack.postgres.start()
        system.connect()
    system.wait_for(lambda: get(system, f"/v1/cases/{known['case_id']}")[2].get("messages") == 2, "the message")


def test_without_kafka_it_says_that_it_may_be_sent_again(system):
    body = message("away")
    system.stack.broker.freeze()
    try:
        answer = post(system, "/v1/messages", body)
    finally:
        system.stack.broker.thaw()
    refused(answer, 503, "Idempotency-Key")
    assert int(answer[1]["Retry-After"]) > 0
    case = opened(system, system.wait_for(lambda: try_post(system, "/v1/messages", body), "Kafka"))
    assert case["messages"] == 1
