# SPDX-License-Identifier: Apache-2.0
"""One service on a stack of its own, fed with the records that others would write to its topics.

    with Stack(partitions=4) as stack:
        system = System(stack, "escalation", WORKERS="2")
        case_id = str(uuid.uuid4())
        system.tell("intake", "CaseOpened", case_id, channel="CHANNEL_CHAT")     # a fact, as its service states it
        system.say("messages", message_id="m-1", shop_id="s-1", ...)             # an inbound message
        system.flush()
        system.until("SELECT count(*) = 1 FROM escalation.cases")
        system.facts(case_id)                                                    # [(name, message)] it has stated
        system.stop()

Records carry an id of their own, so that none is taken for a repeat, unless ce_id says which.
"""
import json
import subprocess
import time
import urllib.error
import urllib.request
import uuid

import psycopg2
from confluent_kafka import Consumer, Producer, TopicPartition
from contract import inbound, messages, snake, unwrap
from loop import Service, build_dir
from servers import ROOT
from stack import catalogue


def decoded(answer):
    body = answer.read()
    return json.loads(body) if "json" in answer.headers.get("Content-Type", "") else body.decode()


class System:
    def __init__(self, stack, name, **env):
        self.stack, self.name, self.pb = stack, name, messages()
        stack.create_topics(catalogue())
        subprocess.run([build_dir() / "tests/support/probe/probe-migrate", stack.postgres.url(), name,
                        ROOT / "common/runtime/schema", ROOT / "services" / name / "schema"], check=True, capture_output=True)
        self.port_file = stack.directory / f"{name}.port"
        self.env = {"HTTP_LISTEN": "127.0.0.1:0", "HTTP_PORT_FILE": str(self.port_file), **stack.env(), "DATABASE_URL": stack.postgres.url(user=name),
                    "POLICY_DIR": str(ROOT / "services" / name / "policies"), **env}
        self.start()
        self.producer = Producer({"bootstrap.servers": stack.bootstrap, "partitioner": "murmur2_random", "linger.ms": 5})
        self.connect()

    def connect(self):
        self.db = psycopg2.connect(self.stack.postgres.url())
        self.db.autocommit = True

    def start(self):
        self.port_file.unlink(missing_ok=True)
        self.service = Service(self.name, self.env, self.stack.directory, f"services/{self.name}/{self.name}")

    def stop(self):
        assert self.service.stop() == 0, self.log[-3000:]

    @property
    def log(self):
        return self.service.log.read_text(errors="replace")

    # Saying.

    def send(self, topic, value, key=None, partition=None, **headers):
        """headers: ce_type and what else differs from /tests and an id of its own; None leaves one out."""
        headers = {"ce_source": "/tests", "ce_id": str(uuid.uuid4()), **headers}
        self.producer.produce(topic, value, key, headers=[(k, v) for k, v in headers.items() if v is not None],
                              **({} if partition is None else {"partition": partition}))
        self.producer.poll(0)
        return headers["ce_id"]

    def say(self, kind, /, key=None, partition=None, ce_id=None, ce_time=None, **fields):
        """An inbound message, as a system outside publishes it."""
        message = inbound(kind)(**fields)
        return self.send(f"aftercare.inbound.{kind}.v1", message.SerializeToString(), key, partition, ce_time=ce_time,
                         ce_type=f"aftercare.inbound.v1.{type(message).__name__}", **({"ce_id": ce_id} if ce_id else {}))

    def tell(self, topic, fact, key=None, value=None, partition=None, **fields):
        """States a fact as its service would; fields go into the fact's message."""
        if value is None:
            wrapper = getattr(self.pb[topic], f"{topic.capitalize()}Fact")(case_id=key if "-" in key else "")
            wrapper.at.GetCurrentTime()
            getattr(wrapper, snake(fact)).CopyFrom(getattr(self.pb[topic], fact)(**fields))
            value = wrapper.SerializeToString()
        return self.send(f"aftercare.{topic}.v1", value, key, partition, ce_type=f"aftercare.{topic}.v1.{fact}")

    def flush(self):
        assert self.producer.flush(30) == 0

    # Asking.

    def http(self, method, path, body=None, key=None, **headers):
        """(status, headers, body, decoded if it is JSON); body: bytes as they are, anything else as JSON. X_y=... is header X-y."""
        self.wait_for(self.port_file.exists, "the HTTP port")
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        if key:
            headers["X-Api-Key"] = key
        request = urllib.request.Request(f"http://127.0.0.1:{self.port_file.read_text().strip()}{path}", body, headers,
                                         method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, decoded(answer)
        except urllib.error.HTTPError as answer:
            return answer.status, answer.headers, decoded(answer)

    # Looking.

    def rows(self, sql, *values):
        with self.db.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def one(self, sql, *values):
        return self.rows(sql, *values)[0][0]

    def wait_for(self, condition, what, within_s=40):
        end = time.monotonic() + within_s
        while True:
            found = condition()
            if found:
                return found
            assert self.service.is_running, self.log[-3000:]
            assert time.monotonic() < end, f"{what}: not within {within_s} s; {self.log[-2000:]}"
            time.sleep(0.05)

    def until(self, sql, *values, within_s=40):
        self.wait_for(lambda: self.one(sql, *values), sql, within_s)

    def read(self, topic=None):
        """All records of a topic, its own by default, as it is now."""
        topic = topic or f"aftercare.{self.name}.v1"
        consumer = Consumer({"bootstrap.servers": self.stack.bootstrap, "group.id": str(uuid.uuid4())})
        lanes = range(self.stack.broker.partitions)
        ends = [consumer.get_watermark_offsets(TopicPartition(topic, lane), timeout=10)[1] for lane in lanes]
        consumer.assign([TopicPartition(topic, lane, 0) for lane in lanes])
        found, left = [], {lane for lane in lanes if ends[lane] > 0}
        while left:
            message = consumer.poll(10)
            assert message is not None and message.error() is None
            lane, offset = message.partition(), message.offset()
            if offset < ends[lane]:
                found.append(message)
            if offset + 1 >= ends[lane]:
                left.discard(lane)
        consumer.close()
        return sorted(found, key=lambda message: (message.partition(), message.offset()))

    def facts(self, key=None):
        """(name, message) of all that it has stated, of one key or of all; what was published twice comes once."""
        found, seen = [], set()
        for message in self.read():
            ce_id = dict(message.headers())["ce_id"]
            if (key is not None and message.key().decode() != key) or ce_id in seen:
                continue
            seen.add(ce_id)
            found.append(unwrap(self.name, message.value())[:2])
        return found

    def letters(self):
        """Headers of its dead letters, decoded where they are text."""
        found = {}
        for message in self.read(f"aftercare.{self.name}.dlq.v1"):
            headers = {name: value.decode(errors="replace") for name, value in message.headers()}
            found[headers["aftercare-seq"]] = headers
        return list(found.values())
