# SPDX-License-Identifier: Apache-2.0
"""The loop as its operator sees it: starting, stopping, what /readyz and /metrics say, what it refuses and what it
never does by itself."""
import os
import signal
import subprocess
import uuid

import pytest
from loop import FACTS, PROBE, PROBE_NEXT, Loop, build_dir, messages


@pytest.fixture
def loop():
    with Loop() as loop:
        yield loop


def add_many(loop, count=200, keys=20):
    names = [str(uuid.uuid4()) for _ in range(keys)]
    for i in range(count):
        loop.add(names[i % keys])
    loop.flush()


def ends(loop, service, part):
    """It ends by itself, not well, and says why."""
    assert service.wait(60) == 1
    assert service.said(part), service.log.read_text()
    loop.services.remove(service)


# Starting.

def test_all_wrong_settings_are_named_at_once():
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": "mysql://x", "REDIS_URL": "redis://127.0.0.1", "WORKERS": "0",
           "BATCH_BYTES": "many", "SHUTDOWN_GRACE": "soon", "LOG_LEVEL": "loud"}
    done = subprocess.run([build_dir() / "tests/support/probe/probe"], env=env, capture_output=True, text=True, timeout=30,
                          check=False)
    assert done.returncode == 64
    for name in ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "WORKERS", "BATCH_BYTES", "SHUTDOWN_GRACE", "LOG_LEVEL"):
        assert f"{name}: " in done.stderr, done.stderr
    assert "REDIS_URL" not in done.stderr


def test_a_kafka_setting_that_guarantees_rest_on_is_fixed(loop):
    ends(loop, loop.start("probe", KAFKA_CONF_enable_idempotence="false"), "enable.idempotence is fixed")


def test_topics_of_different_sizes_are_refused():
    with Loop(uneven={PROBE_NEXT: 3}) as loop:
        ends(loop, loop.start("probe", PROBE_INPUTS=2), f"topic {PROBE_NEXT} has 3 partitions, {PROBE} has 4")
        loop.start("probe")  # does not read it
        add_many(loop, 20)
        loop.settle(mirror=False)
        loop.check(mirror=False)


def test_another_number_of_lanes_is_refused(loop):
    loop.rows("INSERT INTO probe.lanes (count) VALUES (7) RETURNING count")
    ends(loop, loop.start("probe"), "was made for 7 lanes")


def test_it_waits_for_its_surroundings(loop):
    with loop.db.cursor() as cursor:
        cursor.execute("DROP SCHEMA probe CASCADE")
    probe = loop.start("probe")
    loop.until_healthy(probe, "[-]postgres failing", "aftercare migrate")
    assert probe.get("/livez")[0] == 200
    assert probe.get("/readyz")[0] == 503
    assert "[-]startup failing" in probe.get("/readyz?verbose")[1]
    loop.migrate("probe", "schema")
    loop.until(lambda: probe.get("/readyz")[0] == 200, what="readiness")
    add_many(loop, 20)
    loop.settle(mirror=False)
    loop.check(mirror=False)


# Stopping.

def stop_backends(loop, number):
    for pid, in loop.rows("SELECT pid FROM pg_stat_activity WHERE application_name = 'probe'"):
        os.kill(pid, number)


def test_a_postgres_that_never_answers_does_not_hold_up_the_stop(loop):
    probe = loop.start("probe", SHUTDOWN_GRACE="3s")
    add_many(loop, 100)
    loop.settle(mirror=False)
    stop_backends(loop, signal.SIGSTOP)
    add_many(loop, 100)
    assert probe.stop(30) == 1
    assert probe.said("not stopped within SHUTDOWN_GRACE")
    loop.services.remove(probe)
    stop_backends(loop, signal.SIGCONT)
    loop.start("probe")
    loop.settle(mirror=False)
    loop.check(mirror=False)


def test_a_kafka_that_is_away_does_not_hold_up_the_stop(loop):
    probe = loop.start("probe", SHUTDOWN_GRACE="4s")
    loop.start("mirror")
    add_many(loop, 100)
    loop.settle()
    loop.stack.broker.control("errors Produce " + ",".join(["REQUEST_TIMED_OUT"] * 40))  # pending stays unconfirmed
    add_many_unchecked(loop)
    loop.stack.broker.freeze()
    probe.stop(30)  # well or not, but in time
    loop.services.remove(probe)
    loop.stack.broker.thaw()
    loop.flush()
    loop.start("probe")
    loop.settle(within_s=90)
    loop.check()


def add_many_unchecked(loop):
    key = str(uuid.uuid4())
    for _ in range(50):
        loop.add(key)


def test_a_stop_without_work_ends_well(loop):
    probe = loop.start("probe", WORKERS=3)
    loop.until_healthy(probe, "[+]postgres ok")
    assert probe.stop() == 0


# Looking.

@pytest.mark.threads
def test_what_it_says_of_itself(loop):
    probe = loop.start("probe", WORKERS=2)
    key = str(uuid.uuid4())
    add_many(loop, 60)
    loop.bury("REJECT")
    loop.send("ARM", key, 1)
    loop.settle(mirror=False)
    loop.until(lambda: probe.metric("aftercare_deadline_lateness_seconds_count") == 1, what="the deadline")
    loop.until_healthy(probe, "[+]kafka ok since ", "[+]postgres ok since ", "[+]redis ok since ", "[+]lanes ok since ",
                       "[+]facts ok since ", "worker 0 lanes held: ", "worker 1 lanes held: ", "[+]running")
    held = [line.partition("held: ")[2].partition(";")[0].split(",") for line in probe.health().splitlines()
            if "held: " in line]
    assert sorted(sum(held, [])) == ["0", "1", "2", "3"], held
    applied = {"type": "ProbeCommand", "outcome": "applied"}
    assert probe.metric("aftercare_events_processed_total", **applied) == 61
    assert probe.metric("aftercare_events_processed_total", outcome="buried") == 1
    assert probe.metric("aftercare_dlq_total", reason="invalid") == 1
    assert probe.metric("aftercare_event_processing_seconds_count") == 62
    loop.until(lambda: probe.metric("aftercare_lanes_held") == 4, what="the metrics")
    assert probe.metric("aftercare_rebalance_total") >= 2
    assert probe.metric("aftercare_build_info") == 1
    loop.until(lambda: (probe.metric("aftercare_ledger_bytes") or 0) > 0, what="the ledger's size")
    for name in ("aftercare_consumer_lag_seconds", "aftercare_pending", "aftercare_pending_oldest_age_seconds",
                 "aftercare_deadline_pending", "aftercare_deadline_overdue", "aftercare_deadline_rebuild_total",
                 "aftercare_oldest_snapshot_transactions", "aftercare_consumer_last_commit_timestamp_seconds",
                 "aftercare_redis_up", "aftercare_batches_total", "aftercare_batch_size_count"):
        assert probe.metric(name) is not None, name


@pytest.mark.threads
def test_lag_grows_while_postgres_is_away(loop):
    probe = loop.start("probe", WORKERS=2)
    add_many(loop, 40)
    loop.settle(mirror=False)
    loop.until(lambda: probe.metric("aftercare_consumer_lag_records", topic=PROBE) == 0, what="no lag")
    loop.db.close()
    loop.stack.postgres.kill()
    add_many(loop, 50)
    loop.until(lambda: probe.metric("aftercare_consumer_lag_records", topic=PROBE, group="aftercare-probe") == 50,
               what="the lag in records")
    loop.until(lambda: probe.metric("aftercare_consumer_lag_seconds", topic=PROBE) > 0, what="the lag in seconds")
    loop.until_healthy(probe, "[-]postgres failing since ")
    assert probe.get("/livez")[0] == 200 and probe.get("/readyz")[0] == 503
    loop.stack.postgres.start()
    loop.reconnect()
    loop.settle(mirror=False)
    loop.until(lambda: probe.metric("aftercare_consumer_lag_records", topic=PROBE) == 0, what="no lag")
    loop.until(lambda: probe.get("/readyz")[0] == 200, what="readiness")
    loop.check(mirror=False)


def test_a_kafka_that_is_away_is_said_and_does_not_make_it_unready(loop):
    probe = loop.start("probe")
    add_many(loop, 20)
    loop.settle(mirror=False)
    loop.stack.broker.control("down")
    loop.until_healthy(probe, "[-]kafka failing since ")
    assert probe.get("/readyz")[0] == 200
    loop.stack.broker.control("up")
    loop.until_healthy(probe, "[+]kafka ok since ")
    add_many(loop, 20)
    loop.settle(mirror=False)
    loop.check(mirror=False)


# What it never does by itself.

def test_an_offset_that_is_gone_is_an_operators_decision(loop):
    first = loop.start("probe")
    keys = [str(uuid.uuid4()) for _ in range(40)]
    for key in keys:
        loop.add(key)
    loop.settle(mirror=False)
    assert first.stop() == 0
    lane, kept = loop.rows("SELECT lane, offsets ->> %s FROM probe.ledger WHERE offsets ? %s LIMIT 1", PROBE, PROBE)[0]
    move = "UPDATE probe.ledger SET offsets = offsets || jsonb_build_object(%s::text, %s::int) WHERE lane = %s RETURNING lane"
    loop.rows(move, PROBE, 9000, lane)
    second = loop.start("probe")
    loop.until_healthy(second, "[-]lanes failing since ", "an offset of the ledger is gone")
    assert second.get("/readyz")[0] == 503 and second.metric("aftercare_lanes_stuck") == 1
    before = loop.one("SELECT sum(adds) FROM probe.counter")  # before there is anything new to count
    for key in keys:
        loop.add(key)
    loop.flush()
    there = loop.high(PROBE)[lane] - int(kept)
    assert there > 0, "no record for the lane that stands still"
    loop.until(lambda: loop.one("SELECT sum(adds) FROM probe.counter") == before + len(keys) - there,
               what="the other lanes")
    assert loop.one("SELECT (offsets ->> %s)::int FROM probe.ledger WHERE lane = %s", PROBE, lane) == 9000
    assert second.stop() == 0
    loop.rows(move, PROBE, int(kept), lane)
    loop.start("probe")
    loop.settle(mirror=False)
    loop.check(mirror=False)


def test_a_record_refused_for_good_ends_the_process_and_is_named(loop):
    key = str(uuid.uuid4())
    loop.add(key)
    loop.flush()
    loop.stack.broker.control("errors Produce " + ",".join(["MSG_SIZE_TOO_LARGE"] * 10))
    probe = loop.start("probe")
    loop.start("mirror")
    assert probe.wait(60) == 1
    [said] = probe.said("Kafka refuses a record for good")[:1]
    assert FACTS in said["error"] and key in said["error"] and "bytes" in said["error"]
    loop.services.remove(probe)
    loop.start("probe")  # the broker was changed meanwhile: what was pending comes now
    loop.add(key)
    loop.settle()
    loop.check()


def test_a_hole_that_stays_is_red_until_it_heals(loop):
    pb = messages()

    def state(n, prev):
        fact = pb.ProbeFact(case_id=str(uuid.uuid4()), counted=pb.Counted(id=f"ghost-{n}"))
        headers = {"ce_specversion": "1.0", "ce_type": "aftercare.probe.v1.Counted", "ce_source": "/aftercare/ghost",
                   "ce_id": f"ghost/0/{n}", "aftercare-seq": f"ghost/0/{n}/{prev}"}
        loop.producer.produce(FACTS, fact.SerializeToString(), partition=0, headers=list(headers.items()))
        loop.flush()

    def seen():
        return {id for id, in loop.rows("SELECT id FROM mirror.mirrored WHERE id LIKE %s", "ghost-%")}

    mirror = loop.start("mirror")
    state(5, 0)
    loop.until(lambda: seen() == {"ghost-5"}, what="the first")
    state(9, 8)
    loop.until_healthy(mirror, "[-]facts failing since ")
    assert mirror.get("/readyz")[0] == 503
    assert mirror.metric("aftercare_events_processed_total", outcome="held_back") == 1
    assert mirror.said("its predecessor does not arrive")
    state(8, 0)  # its writer publishes the whole batch again
    state(9, 8)
    loop.until_healthy(mirror, "[+]facts ok since ")
    assert seen() == {"ghost-5", "ghost-8", "ghost-9"}


def test_what_is_sent_again_comes_through_an_inbox_of_any_kind(loop):
    loop.start("probe")
    key = str(uuid.uuid4())
    ce_id = loop.add(key, topic="aftercare.probe.inbox.v1")
    loop.send("ADD", key, ce_id=ce_id, topic="aftercare.probe.inbox.v1")  # sent again twice: acts once
    unknown = str(uuid.uuid4())
    loop.bury("ADD", key, ce_id=unknown, topic="aftercare.probe.inbox.v1",
              headers={"ce_type": "aftercare.other.v1.ProbeCommand", "ce_source": "/tests", "ce_id": unknown})
    loop.settle(mirror=False)
    loop.check(mirror=False)
    assert loop.one("SELECT adds FROM probe.counter WHERE key = %s", key) == 1
