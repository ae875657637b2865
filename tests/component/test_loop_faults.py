# SPDX-License-Identifier: Apache-2.0
"""The loop under faults: whatever dies, stops or goes away, the oracle of tests/support/loop.py holds afterwards."""
import re
import time
import uuid

import pytest
from loop import FACTS, PROBE, PROBE_NEXT, Loop


@pytest.fixture
def loop():
    with Loop() as loop:
        yield loop


def add_many(loop, count=200, keys=20):
    names = [str(uuid.uuid4()) for _ in range(keys)]
    for i in range(count):
        loop.add(names[i % keys])
    loop.flush()


def wait_dead(service, within_s=40):
    assert service.wait(within_s) == -9, service.log.read_text()[-2000:]


@pytest.mark.parametrize("point", ["before-save", "commit-sent", "after-commit", "half-published", "before-reports",
                                   "after-reports"])
def test_killed_at(loop, point):
    first = loop.start("probe", CRASH_AT=f"{point}:3", BATCH_RECORDS=20)
    loop.start("mirror")
    add_many(loop)
    wait_dead(first)
    loop.start("probe")
    add_many(loop)
    loop.settle()
    loop.check()


def test_zombie_is_fenced(loop):
    """The first stops inside its batch, after its last look at the clock; the second takes its lanes and commits."""
    first = loop.start("probe", FREEZE_AT="before-save:2", BATCH_RECORDS=10)
    loop.start("mirror")
    add_many(loop, 100)
    loop.until(lambda: first.process.poll() is None and "T" in state_of(first), what="the freeze")
    loop.start("probe")
    loop.settle()
    first.thaw()
    loop.until(lambda: first.said("lane has another owner") or first.said("batch failed"), what="the fence")
    add_many(loop, 100)
    loop.settle()
    loop.check()


def state_of(service):
    with open(f"/proc/{service.process.pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0]


def test_lanes_go_and_come_back(loop):
    """A lane leaves a worker that still holds records of it, is worked on elsewhere, and comes back."""
    first = loop.start("probe", BATCH_RECORDS=5)
    loop.start("mirror")
    add_many(loop, 300)
    loop.until(lambda: loop.one("SELECT coalesce(sum(adds), 0) FROM probe.counter") > 0)
    for _ in range(3):
        other = loop.start("probe", BATCH_RECORDS=5)
        add_many(loop, 100)
        time.sleep(4)
        assert other.stop() == 0
        add_many(loop, 100)
    assert first.is_running
    loop.settle()
    loop.check()


def test_broker_refuses_one_record_in_the_middle(loop):
    """The third record of what is pending. Sent beforehand: the error is for the next producer, whoever it is."""
    key = str(uuid.uuid4())
    for _ in range(30):
        loop.add(key)
    loop.flush()
    loop.stack.broker.control("errors Produce 0,0,MSG_SIZE_TOO_LARGE")
    probe = loop.start("probe", KAFKA_CONF_batch_num_messages=1)
    loop.start("mirror")
    loop.settle()
    loop.check()
    assert probe.said("publishing failed"), "nothing was refused"


def test_broker_frozen_longer_than_time_outs(loop):
    short = {"KAFKA_CONF_socket_timeout_ms": 2000}
    loop.start("probe", **short)
    loop.start("mirror", **short)
    add_many(loop)
    loop.settle()
    add_many(loop, 500)
    loop.stack.broker.freeze()
    time.sleep(9)
    loop.stack.broker.thaw()
    add_many(loop)
    loop.settle()
    loop.check()


def test_record_that_kills_the_process(loop):
    poison = str(uuid.uuid4())
    env = {"CRASH_AT": f"handle/{poison}"}
    current = loop.start("probe", **env)
    add_many(loop, 30)
    loop.bury("ADD", ce_id=poison)
    add_many(loop, 30)
    deaths = 0
    until = time.monotonic() + 120
    while not loop.letters() and time.monotonic() < until:
        if not current.is_running:
            deaths += 1
            current = loop.start("probe", **env)
        time.sleep(0.2)
    loop.settle(mirror=False)
    loop.check(mirror=False)
    assert deaths <= 4
    letter = loop.letters()[0]
    assert letter["kafka_dlt-exception-fqcn"] == b"crash"
    assert letter["kafka_dlt-original-topic"].decode() == PROBE


def test_postgres_killed_and_back(loop):
    first = loop.start("probe", WORKERS=2)
    loop.start("mirror")
    add_many(loop, 200)
    loop.settle()
    for _ in range(2):
        add_many(loop, 100)
        loop.db.close()
        loop.stack.postgres.kill()
        time.sleep(1)
        loop.stack.postgres.start()
        loop.reconnect()
        add_many(loop, 100)
    loop.settle()
    loop.check()
    assert first.is_running


def test_lanes_held_back_are_read_again_after_a_rebalance(loop):
    """While Postgres is away nothing is fetched; what the group takes away then and gives back is fetched again."""
    first = loop.start("probe")
    second = loop.start("probe")
    add_many(loop, 40)
    loop.settle(mirror=False)
    loop.until(lambda: any("held: 0,1;" in s.health() or "held: 2,3;" in s.health() for s in (first, second)), what="two owners")
    loop.db.close()
    loop.stack.postgres.kill()
    loop.until_healthy(first, "[-]postgres failing since ")
    revoked = len(first.said("lanes revoked"))
    second.kill()
    loop.until(lambda: len(first.said("lanes revoked")) > revoked, what="the group's new share-out")
    loop.stack.postgres.start()
    loop.reconnect()
    add_many(loop, 40)
    loop.settle(mirror=False)
    loop.check(mirror=False)


def test_connections_cut(loop):
    loop.start("probe", BATCH_RECORDS=10)
    loop.start("mirror")
    for _ in range(10):
        add_many(loop, 60)
        loop.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('probe', 'mirror')")
        time.sleep(0.2)
    loop.settle()
    loop.check()


def test_mixed_subscriptions(loop):
    """An old and a new version in one group: no lane has two owners, none is taken in part, all are taken at the end."""
    old = loop.start("probe")
    loop.start("mirror")
    add_many(loop, 50)
    loop.settle()
    new = loop.start("probe", PROBE_INPUTS=2)
    loop.until(lambda: re.search(r"left out: \d", old.health() + new.health()), what="lanes left out")
    assert (old.metric("aftercare_lanes_left_out") or 0) + (new.metric("aftercare_lanes_left_out") or 0) > 0
    assert old.get("/readyz")[0] == 200 and new.get("/readyz")[0] == 200, "red would stop the roll-out that ends it"
    add_many(loop, 100)
    assert old.stop() == 0
    for i in range(20):
        loop.add(str(uuid.uuid4()), topic=PROBE_NEXT)
    loop.settle()
    loop.check()
    assert new.is_running
    loop.until(lambda: "left out: none" in new.health(), what="no lane left out any more")
    assert sorted(lane for lane, in loop.rows("SELECT lane FROM probe.ledger")) == list(range(loop.partitions))


def test_dead_rows_of_the_ledger_are_reclaimed(loop):
    """The service's own role may VACUUM its ledger; another's VACUUM is skipped with a mere warning."""
    loop.start("probe", BATCH_RECORDS=1)
    with loop.db.cursor() as cursor:
        cursor.execute("ALTER TABLE probe.ledger SET (autovacuum_enabled = off, toast.autovacuum_enabled = off)")
    add_many(loop, 400)
    loop.settle(mirror=False)
    loop.until(lambda: loop.one("SELECT vacuum_count FROM pg_stat_all_tables WHERE schemaname = 'probe' AND"
                                " relname = 'ledger'") > 0, 60, "a VACUUM")


def test_facts_are_numbered_without_holes_for_a_reader(loop):
    loop.start("probe", BATCH_RECORDS=7)
    add_many(loop, 100)
    loop.settle(mirror=False)
    loop.until(lambda: len(loop.read(FACTS)) >= 100)
    seen = {}
    for message in loop.read(FACTS):
        service, lane, n, prev = dict(message.headers())["aftercare-seq"].decode().split("/")
        writer = (message.partition(), service, lane)
        assert int(prev) <= seen.get(writer, 0) < int(n)
        seen[writer] = int(n)
