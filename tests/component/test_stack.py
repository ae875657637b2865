# SPDX-License-Identifier: Apache-2.0
"""The stack does what tests rely on: it starts, faults happen when ordered, and nothing is left over."""
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
from confluent_kafka import Consumer, KafkaError, Producer
from servers import StackError, process_started
from stack import Stack, catalogue

SUPPORT = Path(__file__).parents[1] / "support"


@pytest.fixture(scope="module")
def own():
    with Stack() as stack:
        stack.create_topics(["first.v1", "second.v1"])
        yield stack


def produce(stack, topic, value, **settings):
    """The error of the delivery report, None if the record was taken."""
    reports = []
    producer = Producer({"bootstrap.servers": stack.bootstrap, "reconnect.backoff.max.ms": 200, **settings})
    producer.produce(topic, value, partition=0, on_delivery=lambda error, _: reports.append(error))
    assert producer.flush(20) == 0
    return reports[0]


def consume(stack, topic, count):
    consumer = Consumer({"bootstrap.servers": stack.bootstrap, "group.id": f"g{time.monotonic_ns()}",
                         "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    values, until = [], time.monotonic() + 20
    while len(values) < count and time.monotonic() < until:
        message = consumer.poll(0.2)
        if message is not None and message.error() is None:
            values.append(message.value())
    consumer.close()
    return values


def query(stack, statement):
    connection = psycopg2.connect(stack.postgres.url())
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def test_devbroker_keeps_records_and_partitions(own):
    assert produce(own, "first.v1", b"one") is None
    assert consume(own, "first.v1", 1) == [b"one"]
    topics = Producer({"bootstrap.servers": own.bootstrap}).list_topics(timeout=10).topics
    assert len(topics["first.v1"].partitions) == 12


def test_both_ways_to_the_catalogue_agree(own, tmp_path):
    """devbroker has it compiled in, the stack reads it."""
    address = tmp_path / "address"
    with subprocess.Popen([own.broker.program, "--port-file", address], stdout=subprocess.DEVNULL) as alone:
        while not address.exists() and alone.poll() is None:
            time.sleep(0.01)
        topics = Producer({"bootstrap.servers": address.read_text().strip()}).list_topics(timeout=10).topics
        alone.terminate()
    assert alone.returncode == 0
    assert sorted(topics) == sorted(catalogue())


def test_devbroker_refuses_what_it_was_told_to_refuse(own):
    own.broker.control("errors Produce 0,MSG_SIZE_TOO_LARGE")
    assert produce(own, "second.v1", b"one") is None
    assert produce(own, "second.v1", b"two").code() == KafkaError.MSG_SIZE_TOO_LARGE
    assert produce(own, "second.v1", b"three") is None
    assert consume(own, "second.v1", 2) == [b"one", b"three"]


def test_devbroker_loses_an_answer_but_keeps_the_record(own):
    own.create_topics(["third.v1"])
    own.broker.control("errors Produce 0:60000")
    assert produce(own, "third.v1", b"once", **{"message.timeout.ms": 1500}) is not None
    own.broker.control("down")
    own.broker.control("up")
    assert consume(own, "third.v1", 1) == [b"once"]


@pytest.mark.parametrize("command", ["", "fly", "topic only-a-name", "errors Produce NO_SUCH_ERROR", "errors Nothing 0",
                                     "rtt -1", "leader first.v1 0 7", "topic many 100000", "a b c d e f g h i j"])
def test_devbroker_says_what_it_does_not_understand(own, command):
    with pytest.raises(StackError, match="answered 'error: "):
        own.broker.control(command)
    assert own.broker.control("ping") == "ok"


def test_frozen_devbroker_answers_after_thawing(own):
    own.broker.freeze()
    assert produce(own, "first.v1", b"lost", **{"message.timeout.ms": 500}) is not None
    own.broker.thaw()
    assert produce(own, "first.v1", b"kept") is None


def test_killed_postgres_keeps_what_was_committed(own):
    query(own, "CREATE TABLE kept AS SELECT 7 AS n")
    own.postgres.kill()
    with pytest.raises(psycopg2.OperationalError):
        query(own, "SELECT 1")
    own.postgres.start()
    assert query(own, "SELECT n FROM kept") == [(7,)]


def test_restarted_redis_is_empty(own):
    assert own.redis.ask("SET k v") == b"+OK\r\n"
    own.redis.restart()
    assert own.redis.ask("GET k") == b"$-1\r\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_survives_the_program(number):
    """Not the servers, and after SIGTERM not the directory either."""
    program = subprocess.Popen([sys.executable, SUPPORT / "stack.py", "--topics", "a.v1", sys.executable, "-c",
                                "import os, time; print(os.environ['DEVBROKER_CONTROL'], flush=True); time.sleep(60)"],
                               stdout=subprocess.PIPE, text=True)
    directory = Path(program.stdout.readline().strip()).parents[1]
    stack = Stack.find(directory)
    pids = [server.pid for server in stack.servers.values()]
    assert all(process_started(pid) for pid in pids)
    program.send_signal(number)
    program.wait(30)
    until = time.monotonic() + 20
    while any(process_started(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(process_started(pid) for pid in pids)
    assert directory.exists() == (number == signal.SIGKILL)
    shutil.rmtree(directory, ignore_errors=True)


def test_detached_stack_is_found_again():
    started = Stack(detached=True)
    started.start()
    found = Stack.find(started.directory)
    assert all(server.is_running for server in found.servers.values())
    assert found.env() == started.env()
    found.stop()
    assert not any(server.is_running for server in started.servers.values())
    started.stop()
    assert not started.directory.exists()


def test_missing_build_is_named(tmp_path):
    with pytest.raises(StackError, match="devbroker is not there"):
        Stack(build_dir=tmp_path)
