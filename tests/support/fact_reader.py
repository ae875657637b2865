# SPDX-License-Identifier: Apache-2.0
"""A reader of facts outside the system: it knows Kafka, proto/ and the rules of aftercare-seq in proto/README.md, nothing else.

    reader = FactReader(stack.bootstrap, partitions=4)
    reader.catch_up()                      # all that is there now
    reader.facts                           # [Fact], what a consumer applies: each once
    reader.letters                         # dead letters, the same way
    reader.complaints(ledgers)             # duplicates, holes, disorder; [] when all is well

One partition, as a consumer sees it, keeps a number per writer (service and lane): what is not above it is a repeat, what
names a predecessor above it came too early and has to come again.
"""
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass

from confluent_kafka import Consumer, TopicPartition
from contract import SERVICES, unwrap
from google.protobuf.json_format import MessageToDict


@dataclass
class Fact:
    service: str
    name: str
    case_id: str
    fields: dict  # as proto/ names them; enums by name
    position: tuple  # topic, partition, offset


@dataclass
class Letter:
    service: str
    headers: dict
    value: bytes
    key: bytes


class FactReader:
    def __init__(self, bootstrap, partitions, services=SERVICES):
        self.consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": f"outside-{uuid.uuid4()}", "enable.auto.commit": False,
                                  "fetch.wait.max.ms": 50, "log_level": 0})
        self.places = [TopicPartition(f"aftercare.{service}.{kind}", lane, 0)
                       for service in services for kind in ("v1", "dlq.v1") for lane in range(partitions)]
        self.consumer.assign(self.places)
        self.reset()

    def reset(self):
        """Knows of nothing yet."""
        self.next = defaultdict(int)  # (topic, partition): offset
        self.facts, self.letters = [], []
        self.records = self.repeats = 0
        self.seen = {}  # (topic, partition, writer): the last number applied
        self.early = {}  # (writer, n): where, of records whose predecessor was missing
        self.numbers = defaultdict(dict)  # writer: {n: (ce_id, place)}
        self.ids = {}  # ce_id: where it was applied
        self.wrong = []

    def close(self):
        self.consumer.close()

    def look(self, seconds):
        """Takes in what comes within that time; how many records that were."""
        until, before = time.monotonic() + seconds, self.records
        while True:
            batch = self.consumer.consume(500, max(0.0, until - time.monotonic()))
            for record in batch:
                assert record.error() is None, record.error()
                self.take(record)
            if time.monotonic() >= until:
                return self.records - before

    def catch_up(self, within_s=60):
        """Everything that is in the topics now."""
        ends = {(place.topic, place.partition): self.consumer.get_watermark_offsets(place, timeout=10)[1] for place in self.places}
        until = time.monotonic() + within_s
        while any(self.next[place] < end for place, end in ends.items()):
            assert time.monotonic() < until, "the reader does not come to the ends of its topics"
            self.look(0.05)
        return self

    def of(self, case_id, service=None, name=None):
        return [fact for fact in self.facts if fact.case_id == case_id and service in (None, fact.service) and name in (None, fact.name)]

    def complaints(self, ledgers=None):
        """ledgers: {(service, lane): (number before the first record, number of the last)} as Postgres has them: then every
        number in between must have come, in whichever topic it was."""
        found = list(self.wrong)
        found += [f"{writer} {n} came only before its predecessor: {place}" for (writer, n), place in self.early.items()]
        for (service, lane), (first, last) in (ledgers or {}).items():
            missing = set(range(first + 1, last + 1)) - set(self.numbers[f"{service}/{lane}"])
            if missing:
                found.append(f"{service}/{lane}: {len(missing)} of {last - first} numbers never came, such as {sorted(missing)[:3]}")
        return found

    def take(self, record):
        """One record as it comes from Kafka."""
        place = (record.topic(), record.partition())
        self.next[place] = record.offset() + 1
        self.records += 1
        headers = dict(record.headers() or [])
        where = (*place, record.offset())
        service, lane, n, prev = headers["aftercare-seq"].decode().split("/")
        writer, n, prev = f"{service}/{lane}", int(n), int(prev)
        seen = self.seen.get((*place, writer), 0)
        ce_id = headers.get("ce_id")
        if n <= seen:
            self.repeats += 1
            if self.numbers[writer].get(n) != (ce_id, place):
                self.wrong.append(f"{writer} {n} at {where} is another record under a known number")
            return
        if prev > seen:
            self.early[(writer, n)] = where
            return
        self.early.pop((writer, n), None)
        self.seen[(*place, writer)] = n
        if n in self.numbers[writer]:
            self.wrong.append(f"{writer} {n} at {where} was applied before, from {self.numbers[writer][n][1]}")
        self.numbers[writer][n] = (ce_id, place)
        if not record.topic().endswith(".dlq.v1"):  # a dead letter keeps the id it came with
            if ce_id in self.ids:
                self.wrong.append(f"{writer} {n} at {where} has the id {ce_id} of {self.ids[ce_id]}")
            self.ids[ce_id] = where
        self._apply(record, headers, where)

    # How.

    def _apply(self, record, headers, where):
        service = record.topic().split(".")[1]
        if record.topic().endswith(".dlq.v1"):
            self.letters.append(Letter(service, {name: value.decode(errors="replace") for name, value in headers.items()},
                                       record.value(), record.key()))
            return
        name, fact, wrapper = unwrap(service, record.value())
        if headers["ce_type"].decode() != f"aftercare.{service}.v1.{name}":
            self.wrong.append(f"{where}: ce_type {headers['ce_type']} for a {name}")
        self.facts.append(Fact(service, name, wrapper.case_id, MessageToDict(fact, preserving_proto_field_name=True), where))
