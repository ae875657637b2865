# SPDX-License-Identifier: Apache-2.0
"""The loop without faults: every record has its effect once, every fact is read once, what is bad goes to the DLQ."""
import uuid

import pytest
from loop import FACTS, Loop


@pytest.fixture
def loop():
    with Loop() as loop:
        yield loop


def keys(count):
    return [str(uuid.uuid4()) for _ in range(count)]


@pytest.mark.threads
def test_every_record_once(loop):
    loop.start("probe", WORKERS=2)
    loop.start("mirror")
    for key in keys(40) * 25:
        loop.add(key, 3)
    loop.settle()
    loop.check()


def test_repeats_of_a_publisher_act_once(loop):
    loop.start("probe")
    key = str(uuid.uuid4())
    ids = [loop.add(key) for _ in range(20)]
    loop.flush()
    for _ in range(3):
        for ce_id in ids:
            loop.add(key, ce_id=ce_id)
    last = loop.add(key)
    loop.settle(mirror=False)
    loop.until(lambda: loop.one("SELECT count(*) FROM probe.repeats WHERE id = %s", last) == 1)
    loop.check(mirror=False)


def test_bad_records_are_buried_and_nothing_else_suffers(loop):
    loop.start("probe")
    loop.start("mirror")
    key = str(uuid.uuid4())
    for i in range(60):
        loop.add(key)
        if i % 20 == 3:
            loop.bury("REJECT")
        if i % 20 == 7:
            loop.bury("ADD", key, amount=-1000)  # only Postgres sees it: CHECK (total >= 0)
        if i % 20 == 9:
            loop.bury("UNSPECIFIED")
        if i % 20 == 11:
            loop.bury("LARGE", key, amount=2_000_000)
        if i % 20 == 13:
            ce_id = str(uuid.uuid4())
            loop.bury("ADD", value=b"\x0a\xff\xff", ce_id=ce_id)
    loop.settle()
    loop.check()
    reasons = {headers["kafka_dlt-exception-message"].decode() for headers in loop.letters()}
    for part in ("REJECT, as ordered", "constraint counter_total_check", "order: must be given", "ProbeCommand: is cut off"):
        assert any(part in reason for reason in reasons), (part, reasons)
    assert any("2000004 bytes" in reason or "bytes, at most" in reason for reason in reasons), reasons


def test_refused_commands_advance_and_are_stated(loop):
    loop.start("probe")
    key = str(uuid.uuid4())
    loop.send("REFUSE", key)
    loop.add(key)
    loop.settle(mirror=False)
    loop.until(lambda: len(loop.read(FACTS)) == 2)
    assert loop.letters() == []


def test_headers_of_a_fact(loop):
    loop.start("probe")
    key = str(uuid.uuid4())
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    ce_id = str(uuid.uuid4())
    loop.add(key, ce_id=ce_id, headers={"ce_type": "ProbeCommand", "ce_source": "/t", "ce_id": ce_id, "traceparent": trace})
    loop.settle(mirror=False)
    loop.until(lambda: len(loop.read(FACTS)) == 1)
    message = loop.read(FACTS)[0]
    headers = {name: value.decode() for name, value in message.headers()}
    lane = message.partition()
    assert message.key().decode() == key
    assert headers["ce_type"] == "aftercare.probe.v1.Counted"
    assert headers["ce_specversion"] == "1.0"
    assert headers["ce_source"] == "/aftercare/probe"
    assert headers["ce_subject"] == key
    assert headers["traceparent"] == trace
    assert headers["content-type"] == "application/protobuf"
    service, number, n, prev = headers["aftercare-seq"].split("/")
    assert (service, int(number), int(prev)) == ("probe", lane, 0)
    assert headers["ce_id"] == f"probe/{lane}/{n}"


def test_records_without_identity_are_buried(loop):
    loop.start("probe")
    loop.send("ADD", headers={"ce_type": "ProbeCommand", "ce_source": "/t"})
    loop.send("ADD", headers={"ce_type": "ProbeCommand", "ce_id": "1"})
    loop.send("ADD", headers={"ce_type": "Nonsense", "ce_source": "/t", "ce_id": "1"})
    loop.send("ADD", headers={"ce_type": "ProbeCommand", "ce_source": "/t", "ce_id": "2", "ce_time": "yesterday"})
    loop.send("ADD", headers={"ce_type": "ProbeCommand", "ce_source": "/t", "ce_id": "3", "content-type": "text/plain"})
    loop.flush()
    loop.until(lambda: len(loop.letters()) == 5)
    said = sorted(headers["kafka_dlt-exception-message"].decode() for headers in loop.letters())
    wanted = ["ce_id: is missing", "ce_source: is missing", "ce_time: must be an RFC 3339 time",
              "ce_type: 'Nonsense' is not read from this topic", "content-type: must be application/protobuf"]
    assert all(sentence.startswith(start) for sentence, start in zip(said, wanted)), said


def test_graceful_stop_hands_over_without_suspicion(loop):
    first = loop.start("probe")
    loop.start("mirror")
    for key in keys(20) * 10:
        loop.add(key)
    loop.settle()
    assert first.stop() == 0
    assert loop.rows("SELECT lane FROM probe.ledger WHERE takings <> 0 OR suspect IS NOT NULL") == []
    loop.start("probe")
    for key in keys(20) * 10:
        loop.add(key)
    loop.settle()
    loop.check()
