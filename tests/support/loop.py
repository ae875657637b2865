# SPDX-License-Identifier: Apache-2.0
"""The loop under test: the throw-away services `probe` and `mirror` (tests/support/probe) on a stack of their own.

    with Loop() as loop:
        probe = loop.start("probe"); loop.start("mirror")
        loop.add(key, 5); loop.flush()
        loop.settle()            # everything sent is applied, and mirrored
        loop.check()             # ... exactly once: the oracle

What was sent is remembered here, so that check() can say what must be in Postgres, whatever happened in between.
"""
import collections
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import psycopg2
from confluent_kafka import Consumer, Producer, TopicPartition
from servers import ROOT
from stack import Stack

PROBE = "aftercare.inbound.probe.v1"
PROBE_NEXT = "aftercare.inbound.probe2.v1"
FACTS = "aftercare.probe.v1"
TOPICS = [PROBE, PROBE_NEXT, FACTS, "aftercare.probe.inbox.v1", "aftercare.probe.dlq.v1", "aftercare.mirror.v1",
          "aftercare.mirror.dlq.v1"]


def build_dir():
    return Path(os.environ.get("AFTERCARE_BUILD_DIR") or ROOT / "build/test").resolve()


def messages():
    """The module protoc makes from probe.proto."""
    if "probe_pb2" not in sys.modules:
        with tempfile.TemporaryDirectory() as directory:
            source = ROOT / "tests/support/probe"
            subprocess.run(["protoc", f"--python_out={directory}", f"-I{source}", "probe.proto"], check=True)
            sys.path.insert(0, directory)
            __import__("probe_pb2")
            sys.path.remove(directory)
    return sys.modules["probe_pb2"]


class Service:
    """One process of a service."""

    def __init__(self, name, env, directory, program=None):
        """program: its path in the build directory; a probe's, if none is given."""
        self.name = name
        self.port_file = Path(env.get("HTTP_PORT_FILE", "/dev/null"))
        self.log = Path(tempfile.mkstemp(prefix=f"{name}-", suffix=".log", dir=directory)[1])
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(build_dir() / (program or f"tests/support/probe/{name}"))], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env={**os.environ, **env})

    @property
    def is_running(self):
        return self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, within_s=30):
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        return self.process.wait(within_s)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def wait(self, within_s=30):
        return self.process.wait(within_s)

    def get(self, path):
        """(status, text) of its HTTP; (0, "") while nobody listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port_file.read_text().strip()}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (OSError, ValueError):
            return 0, ""

    def health(self):
        return self.get("/readyz?verbose")[1]

    def metric(self, name, **labels):
        """The sum over all series of that name which have these labels; None when there is none."""
        found = None
        for line in self.get("/metrics")[1].splitlines():
            series, _, value = line.rpartition(" ")
            if re.split("[{ ]", series)[0] == name and all(f'{key}="{want}"' in series for key, want in labels.items()):
                found = (found or 0) + float(value)
        return found

    def lines(self):
        """The log, decoded; what is no JSON (a sanitizer's report) as it is."""
        found = []
        for line in self.log.read_text(errors="replace").splitlines():
            try:
                found.append(json.loads(line, object_pairs_hook=fields_of))
            except ValueError:
                found.append({"msg": line})
        return found

    def said(self, part):
        return [line for line in self.lines() if part in line.get("msg", "") or part in line.get("error", "")]


def fields_of(pairs):
    assert len(dict(pairs)) == len(pairs), f"a field stands twice in a line of the log: {pairs}"
    return dict(pairs)


class Loop:
    def __init__(self, partitions=4, uneven=None):
        """uneven: {topic: another number of partitions}"""
        self.partitions = partitions
        self.uneven = uneven or {}
        self.stack = Stack(partitions=partitions)
        self.services = []
        self.sent = collections.OrderedDict()  # ce_id -> (key, amount): additions that must happen once
        self.refused = []  # what the broker said of records sent here
        self.bad = set()  # ce_ids that must be in the DLQ once

    def __enter__(self):
        self.stack.start()
        try:
            for topic, number in self.uneven.items():
                self.stack.broker.create_topics([topic], number)
            self.stack.create_topics(TOPICS)
            for schema, directory in (("probe", "schema"), ("mirror", "mirror_schema")):
                self.migrate(schema, directory)
            self.producer = Producer({"bootstrap.servers": self.stack.bootstrap, "partitioner": "murmur2_random",
                                      "linger.ms": 1})
            self.reconnect()
        except BaseException:
            self.stack.stop()
            raise
        return self

    def __exit__(self, kind, *_):
        for service in self.services:
            if service.is_running:
                service.kill()
            if kind is not None:
                print(f"--- {service.name}\n{service.log.read_text(errors='replace')[-6000:]}", file=sys.stderr)
        self.stack.stop()

    def reconnect(self):
        self.db = psycopg2.connect(self.stack.postgres.url())
        self.db.autocommit = True

    def migrate(self, schema, directory):
        subprocess.run([build_dir() / "tests/support/probe/probe-migrate", self.stack.postgres.url(), schema,
                        ROOT / "common/runtime/schema", ROOT / "tests/support/probe" / directory],
                       check=True, capture_output=True)

    def start(self, name, **env):
        port_file = self.stack.directory / f"{name}-{len(self.services)}.port"
        env = {"HTTP_LISTEN": "127.0.0.1:0", "HTTP_PORT_FILE": port_file, **self.stack.env(), "DATABASE_URL": self.stack.postgres.url(user=name), **env}
        service = Service(name, {k: str(v) for k, v in env.items()}, self.stack.directory)
        self.services.append(service)
        return service

    # Sending.

    def send(self, order, key=None, amount=0, ce_id=None, topic=PROBE, value=None, headers=None):
        pb = messages()
        key = key or str(uuid.uuid4())
        ce_id = ce_id or str(uuid.uuid4())
        if value is None:
            value = pb.ProbeCommand(key=key, order=pb.Order.Value("ORDER_" + order), amount=amount).SerializeToString()
        if headers is None:
            headers = {"ce_type": "aftercare.probe.v1.ProbeCommand", "ce_source": "/tests", "ce_id": ce_id}
        self.producer.produce(topic, value, key, headers=list(headers.items()), on_delivery=self.on_delivery)
        self.producer.poll(0)
        return ce_id

    def add(self, key, amount=1, **more):
        ce_id = self.send("ADD", key, amount, **more)
        self.sent[ce_id] = (key, amount)
        return ce_id

    def bury(self, order, key=None, amount=0, **more):
        """Something that must end in the DLQ."""
        ce_id = self.send(order, key, amount, **more)
        self.bad.add(ce_id)
        return ce_id

    def on_delivery(self, error, _):
        if error is not None:
            self.refused.append(error)

    def flush(self):
        assert self.producer.flush(30) == 0
        assert self.refused == [], "the test's own records did not get through"

    # Looking.

    def rows(self, sql, *values):
        with self.db.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def one(self, sql, *values):
        return self.rows(sql, *values)[0][0]

    def until(self, condition, within_s=60, what="the condition"):
        end = time.monotonic() + within_s
        while not condition():
            for service in self.services:
                code = service.process.poll()
                if code not in (None, 0, -signal.SIGKILL, -signal.SIGTERM):
                    raise AssertionError(f"{service.name} ended with {code}: {service.log.read_text()[-3000:]}")
            if time.monotonic() > end:
                logs = "".join(f"\n--- {service.name}\n{service.log.read_text(errors='replace')[-4000:]}"
                               for service in self.services)
                raise AssertionError(f"{what} did not come within {within_s} s; sent {len(self.sent)}\n{self.where()}{logs}")
            time.sleep(0.05)

    def where(self):
        """How far each lane is, for whoever has to find out why something did not come."""
        try:
            lines = [f"applied {self.one('SELECT coalesce(sum(adds), 0) FROM probe.counter')}; {PROBE} ends at {self.high(PROBE)}"]
            lines += [f"lane {row[0]}: {row[1:]}" for row in
                      self.rows("SELECT lane, epoch, batch, takings, offsets, octet_length(pending) FROM probe.ledger ORDER BY lane")]
        except Exception as error:  # the servers may be what is wrong
            lines = [f"where it is cannot be told: {error}"]
        return "\n".join(lines + [f"{service.name} {service.health()}" for service in self.services if service.is_running])

    def until_healthy(self, service, *parts, within_s=60):
        """Until /readyz?verbose says all of these, well or ill."""
        self.until(lambda: all(part in service.health() for part in parts), within_s, f"{parts} in /readyz?verbose")

    def settle(self, within_s=60, mirror=True):
        """Until all that was sent is applied, buried and, if a mirror runs, mirrored."""
        self.flush()
        self.until(lambda: self.one("SELECT coalesce(sum(adds), 0) FROM probe.counter") >= len(self.sent), within_s,
                   "every addition")
        self.until(lambda: len(self.letters()) >= len(self.bad), within_s, "every dead letter")
        if mirror:
            self.until(lambda: self.one("SELECT count(*) FROM mirror.mirrored WHERE id <> '-'") >= len(self.sent), within_s,
                       "every fact")

    def read(self, topic):
        """All records of a topic, from the beginning to the end as it is now."""
        consumer = Consumer({"bootstrap.servers": self.stack.bootstrap, "group.id": f"read-{uuid.uuid4()}",
                             "enable.auto.commit": False})
        found, ends = [], {}
        for partition in range(self.partitions):
            low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=10)
            if high > low:
                ends[partition] = high
        consumer.assign([TopicPartition(topic, partition, 0) for partition in ends])
        while ends:
            message = consumer.poll(5)
            assert message is not None and message.error() is None, f"{topic}: {message and message.error()}"
            found.append(message)
            if message.offset() + 1 >= ends.get(message.partition(), 0):
                ends.pop(message.partition(), None)
        consumer.close()
        return found

    def letters(self):
        """DLQ records by the number our loop gave them: repeats by publishing again count once."""
        found = {}
        for message in self.read("aftercare.probe.dlq.v1"):
            headers = dict(message.headers())
            found[headers["aftercare-seq"].decode()] = headers
        return list(found.values())

    def high(self, topic):
        consumer = Consumer({"bootstrap.servers": self.stack.bootstrap, "group.id": "high"})
        ends = [consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=10)[1] for p in range(self.partitions)]
        consumer.close()
        return ends

    # The oracle.

    def check(self, mirror=True):
        """Everything sent has had its effect exactly once, and every fact about it was read exactly once."""
        totals, adds = collections.Counter(), collections.Counter()
        for key, amount in self.sent.values():
            totals[key] += amount
            adds[key] += 1
        found = {str(key): (total, count) for key, total, count in
                 self.rows("SELECT key::text, total, adds FROM probe.counter WHERE adds > 0")}
        assert found == {key: (totals[key], adds[key]) for key in adds}
        letters = [headers["ce_id"].decode() for headers in self.letters() if "ce_id" in headers]
        assert sorted(letters) == sorted(self.bad)
        if mirror:
            counted = [row[0] for row in self.rows("SELECT id FROM mirror.mirrored WHERE id <> '-'")]
            assert sorted(counted) == sorted(self.sent), "facts read are not the facts stated"
        for schema, topic in (("probe", PROBE),) + ((("mirror", FACTS),) if mirror else ()):
            read = dict(self.rows(f"SELECT lane, (offsets ->> %s)::bigint FROM {schema}.ledger", topic))
            for lane, end in enumerate(self.high(topic)):
                assert (read.get(lane) or 0) == end, f"{schema}: lane {lane} of {topic} is not read to its end"
