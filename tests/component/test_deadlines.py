# SPDX-License-Identifier: Apache-2.0
"""Deadlines: each acts once and never early; none is lost when Redis is flushed, stopped, or comes back."""
import time
import uuid

import pytest
from loop import Loop, messages


@pytest.fixture
def loop():
    with Loop() as loop:
        yield loop


def rings(loop):
    return {str(key): count for key, count in loop.rows("SELECT key::text, rings FROM probe.counter WHERE rings > 0")}


def arm(loop, count, in_ms):
    keys = [str(uuid.uuid4()) for _ in range(count)]
    for key in keys:
        loop.send("ARM", key, in_ms)
    loop.flush()
    loop.until(lambda: loop.one("SELECT count(*) FROM probe.deadline WHERE subject_id = ANY(%s::uuid[])", keys) == count)
    return keys


def facts(loop):
    """The deadlines that were stated, as (key, generation, lateness in µs)."""
    pb, found = messages(), {}
    for message in loop.read("aftercare.probe.v1"):
        headers = dict(message.headers())
        fact = pb.ProbeFact.FromString(message.value())
        if fact.WhichOneof("fact") == "rang":
            found[headers["aftercare-seq"]] = (message.key().decode(), fact.rang.generation, fact.rang.late_us)
    return list(found.values())


def check_rung(loop, keys, within_s=30):
    loop.until(lambda: set(keys) <= set(rings(loop)), within_s, "every ring")
    time.sleep(1)
    assert rings(loop) == {key: 1 for key in keys}
    assert all(late_us >= 0 for _, _, late_us in facts(loop)), "one acted before its time"
    assert sorted(key for key, _, _ in facts(loop)) == sorted(keys)


@pytest.mark.threads
def test_each_acts_once_and_not_early(loop):
    loop.start("probe", WORKERS=2)
    check_rung(loop, arm(loop, 300, 1500))
    assert loop.stack.redis.ask("KEYS *") == b"*0\r\n", "members must leave Redis"


def test_moved_and_cancelled(loop):
    loop.start("probe")
    moved, cancelled = arm(loop, 20, 2000), arm(loop, 20, 2000)
    for key in moved:
        loop.send("ARM", key, 4000)
    for key in cancelled:
        loop.send("CANCEL", key)
    loop.flush()
    time.sleep(2.5)
    assert rings(loop) == {}
    loop.until(lambda: len(rings(loop)) == 20)
    assert rings(loop) == {key: 1 for key in moved}
    assert {generation for _, generation, _ in facts(loop)} == {2}
    states = dict(loop.rows("SELECT state, count(*) FROM probe.deadline GROUP BY state"))
    assert states == {"fired": 20, "cancelled": 20}


def test_redis_flushed(loop):
    loop.start("probe")
    keys = arm(loop, 50, 3000)
    loop.stack.redis.ask("FLUSHALL")
    check_rung(loop, keys)


def test_redis_stopped_and_back(loop):
    loop.start("probe")
    loop.stack.redis.stop()
    first = arm(loop, 30, 1000)
    loop.until(lambda: set(first) <= set(rings(loop)), what="every ring without Redis")
    second = arm(loop, 30, 4000)
    loop.stack.redis.start()
    check_rung(loop, first + second)


def test_redis_frozen(loop):
    loop.start("probe")
    loop.stack.redis.freeze()
    keys = arm(loop, 30, 1000)
    loop.until(lambda: set(keys) <= set(rings(loop)), what="every ring while Redis hangs")
    loop.stack.redis.thaw()
    check_rung(loop, keys)


def test_owner_killed_with_deadlines_due(loop):
    first = loop.start("probe")
    keys = arm(loop, 100, 1500)
    first.kill()
    time.sleep(2)
    loop.stack.redis.ask("FLUSHALL")
    loop.start("probe")
    check_rung(loop, keys, 60)


def test_strange_members_do_not_stand_in_the_way(loop):
    loop.start("probe")
    for lane in range(loop.partitions):
        for i in range(300):
            loop.stack.redis.ask(f"ZADD aftercare:{{probe:{lane}}}:due {i} nonsense-{i}")
    check_rung(loop, arm(loop, 20, 500))


def test_stale_members_are_forgotten(loop):
    """Redis may name what Postgres no longer knows."""
    loop.start("probe")
    for lane in range(loop.partitions):
        loop.stack.redis.ask(f"ZADD aftercare:{{probe:{lane}}}:due 1 {uuid.uuid4()}|ring|7")
    check_rung(loop, arm(loop, 20, 500))
    loop.until(lambda: loop.stack.redis.ask("KEYS *") == b"*0\r\n", what="empty keys")
