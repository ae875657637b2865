# SPDX-License-Identifier: Apache-2.0
"""The world outside: publishes to topics with its own producer, calls the HTTP door, opens the survey's page, reads the facts."""
import json
import time
import uuid
from dataclasses import dataclass

from confluent_kafka import Consumer, Producer, TopicPartition
from contract import SERVICES, inbound, unwrap
from google.protobuf.json_format import MessageToDict, MessageToJson, ParseDict
from page import Page
from servers import StackError


@dataclass
class Fact:
    service: str
    name: str
    case_id: str
    fields: dict  # proto names; enums by name
    is_taken: bool = False  # by an expectation


class Outside:
    def __init__(self, stack, system):
        self.system, self.facts, self._seen = system, [], set()
        common = {"bootstrap.servers": stack.bootstrap, "log_level": 0}
        self.producer = Producer({**common, "linger.ms": 5})
        self.consumer = Consumer({**common, "group.id": "demo", "enable.auto.commit": False, "fetch.wait.max.ms": 50})
        self.consumer.assign([TopicPartition(f"aftercare.{service}.v1", lane, 0)
                              for service in SERVICES for lane in range(stack.broker.partitions)])

    def close(self):
        self.consumer.close()

    # Doing.

    def publish(self, kind, fields):
        message = ParseDict(fields, inbound(kind)())
        headers = {"ce_specversion": "1.0", "ce_type": message.DESCRIPTOR.full_name, "ce_source": "/demo",
                   "ce_id": str(uuid.uuid4()), "content-type": "application/protobuf"}
        failures = []
        self.producer.produce(f"aftercare.inbound.{kind}.v1", message.SerializeToString(), headers=list(headers.items()),
                              on_delivery=lambda error, _: failures.append(error) if error else None)
        if self.producer.flush(20) or failures:
            raise StackError(f"Kafka did not take a record for {kind}: {failures}")

    def post(self, kind, fields):
        """The answer's JSON."""
        message = ParseDict(fields, inbound("actions" if kind == "agent-actions" else kind)())
        status, _, text = self.system["intake"].post(f"/v1/{kind}", MessageToJson(message))
        if status != 202:
            raise StackError(f"POST /v1/{kind} was answered with {status}: {text}")
        return json.loads(text)

    def fill_in(self, link, fields):
        page = Page.get(link)
        if page.status != 200:
            raise StackError(f"the survey's page answers {page.status}: {page.text}")
        after = page.send(**fields)
        if after.status != 200:
            raise StackError(f"the survey's page answers {after.status} to its form: {after.text}")

    # Looking.

    def look(self, seconds):
        """Takes in the facts that come within that time, each once, however often it was published."""
        until = time.monotonic() + seconds
        while True:
            message = self.consumer.poll(max(0.0, until - time.monotonic()))
            if message is None:
                return
            if message.error():
                raise StackError(f"reading the facts: {message.error()}")
            headers = dict(message.headers())
            if headers["ce_id"] in self._seen:
                continue
            self._seen.add(headers["ce_id"])
            service = message.topic().split(".")[1]
            name, fact, wrapper = unwrap(service, message.value())
            self.facts.append(Fact(service, name, wrapper.case_id, MessageToDict(fact, preserving_proto_field_name=True)))

    def record(self, case_id):
        """GET /v1/cases/{id}: the case as it is recorded so far, its timeline in its own language."""
        status, _, text = self.system["intake"].get(f"/v1/cases/{case_id}")
        if status == 404:  # accepted, not read yet
            return {"status": "accepted", "timeline": []}
        if status != 200:
            raise StackError(f"GET /v1/cases/{case_id} was answered with {status}: {text}")
        return json.loads(text)
