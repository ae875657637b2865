# SPDX-License-Identifier: Apache-2.0
"""The five services on Apache Kafka and the world around them: a publisher, a reader of facts, the door, the databases.

    with World(hurry=True) as world:                   # hurry: what takes hours by policy takes seconds
        world.publisher.message("m-1", "c-1", "坏了")
        case_id = world.see("intake", "CaseOpened", conversation_id="c-1").case_id
        world.see("escalation", "CaseAssigned", case_id, agent_id="lin")
        world.settle()                                 # nothing is left to read, by every account
"""
import json
import shutil
import time

import psycopg2
from confluent_kafka import Consumer, TopicPartition
from fact_reader import FactReader
from publisher import Publisher
from servers import ROOT
from stack import Stack
from system import SERVICES, System

# What is replaced in a service's own policy files, so that hours become seconds.
HURRY = {
    "returns": {"returns.yaml": [("notice: 2h", "notice: 1s"), ("slot: 3h", "slot: 5s"), ("step: 1h", "step: 1s"),
                                 ('opens: "09:00"', 'opens: "00:00"'), ('closes: "19:00"', 'closes: "24:00"'),
                                 ("grace: 1h ", "grace: 3s ")]},
    "survey": {"survey.yaml": [("chat: 10m", "chat: 1s"), ("phone: 24h", "phone: 1s"), ("app: 24h", "app: 1s"),
                               ("api: 24h", "api: 1s")]},
}


def hurried(directory):
    """{service: directory of its policies}."""
    made = {}
    for service, files in HURRY.items():
        made[service] = directory / f"{service}-policies"
        shutil.copytree(ROOT / f"services/{service}/policies", made[service])
        for name, changes in files.items():
            text = (made[service] / name).read_text()
            for old, new in changes:
                assert old in text, f"{service}/{name} has no {old!r}"
                text = text.replace(old, new)
            (made[service] / name).write_text(text)
    return made


def found(fields, path):
    """fields["a"][1]["b"] for "a__1__b"; None when there is none."""
    for part in path.split("__"):
        if isinstance(fields, list):
            fields = fields[int(part)] if int(part) < len(fields) else None
        else:
            fields = (fields or {}).get(part)
    return fields


class World:
    def __init__(self, hurry=False, partitions=4, **options):
        """options: as System takes them."""
        self.partitions = partitions
        self.stack = Stack("kafka", partitions=partitions)
        self.hurry, self.options = hurry, options
        self.system = None

    def __enter__(self):
        self.stack.start()
        try:
            policies = hurried(self.stack.directory) if self.hurry else {}
            self.system = System(self.stack, policies=policies, **self.options)
            self.system.start()
            self.publisher = Publisher(self.stack.bootstrap)
            self.reader = FactReader(self.stack.bootstrap, self.partitions)
            self.db = psycopg2.connect(self.stack.postgres.url())
            self.db.autocommit = True
            self.firsts = self.ledgers()
        except BaseException as error:
            self.__exit__(type(error))
            raise
        return self

    def __exit__(self, kind=None, *_):
        try:
            if self.system:
                self.system.__exit__(kind)
        finally:
            self.stack.stop()

    # Waiting for facts.

    def see(self, service, name, case_id=None, within_s=60, **where):
        """The first fact of that name, of the case or of any, in which each path (a__0__b) has that value."""
        return self.see_all(1, service, name, case_id, within_s, **where)[0]

    def see_all(self, count, service, name, case_id=None, within_s=60, **where):
        self.publisher.flush()
        until = time.monotonic() + within_s
        while True:
            facts = [fact for fact in self.reader.facts if fact.service == service and fact.name == name and
                     case_id in (None, fact.case_id) and all(found(fact.fields, path) == value for path, value in where.items())]
            if len(facts) >= count:
                return facts
            assert time.monotonic() < until, f"{count} {service} {name} {case_id or ''} {where}: {len(facts)} in {within_s} s; " \
                f"of the case there is {[(fact.service, fact.name) for fact in self.reader.of(case_id)]}"
            self.reader.look(0.1)

    def told(self, service, case_id, template, *parts):
        """The notice, in whose text all parts occur."""
        notice = self.see(service, "CustomerNotified", case_id, notice__template=template).fields["notice"]
        assert all(part in notice["text"] for part in parts), notice
        return notice

    def act(self, case_id, kind, by=None, **fields):
        """Acts, and sees that it was applied."""
        action_id = self.publisher.act(case_id, kind, **fields)
        self.see(by or "returns", "ActionApplied", case_id, action_id=action_id)
        return action_id

    # Asking.

    def rows(self, sql, *values):
        with self.db.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def one(self, sql, *values):
        return self.rows(sql, *values)[0][0]

    def record(self, case_id, language="en"):
        status, _, text = self.system["intake"].get(f"/v1/cases/{case_id}?language={language}")
        assert status == 200, text
        return json.loads(text)

    def ledgers(self):
        """{(service, lane): number of the last record}."""
        return {(service, lane): n for service in SERVICES
                for lane, n in self.rows(f"SELECT lane, out_seq FROM {service}.ledger")}

    def lag(self):
        done = self.system.aftercare("lag", "--json", "--group")
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert said["unreachable"] == [], said
        assert {entry["service"] for entry in said["lag"]} == set(SERVICES), said
        return sum(entry["records"] for entry in said["lag"])

    def committed_lag(self):
        """The same by Kafka's own account: what each group committed against the ends of the topics it reads."""
        left = 0
        for service in SERVICES:
            topics = list(self.one(f"SELECT jsonb_object_agg(key, 0) FROM {service}.ledger, jsonb_each(offsets)"))
            consumer = Consumer({"bootstrap.servers": self.stack.bootstrap, "group.id": f"aftercare-{service}", "log_level": 0})
            try:
                places = [TopicPartition(topic, lane) for topic in topics for lane in range(self.partitions)]
                for place in consumer.committed(places, timeout=20):
                    low, high = consumer.get_watermark_offsets(TopicPartition(place.topic, place.partition), timeout=20)
                    left += high - (place.offset if place.offset >= 0 else low)
            finally:
                consumer.close()
        return left

    def settle(self, within_s=60):
        """Until every service has read all there is, and has told Kafka so; then the reader has it all, without a complaint."""
        self.publisher.flush()
        until = time.monotonic() + within_s
        while self.lag() > 0 or self.committed_lag() > 0:
            assert time.monotonic() < until, f"lag {self.lag()}, by Kafka {self.committed_lag()}"
            time.sleep(0.2)
        self.reader.catch_up()
        while self.complaints() and time.monotonic() < until:  # what was published again heals holes
            self.reader.look(0.5)
        assert self.complaints() == []
        return self

    def complaints(self):
        return self.reader.complaints({place: (self.firsts[place], last) for place, last in self.ledgers().items()})
