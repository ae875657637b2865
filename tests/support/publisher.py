# SPDX-License-Identifier: Apache-2.0
"""A system outside that publishes to aftercare.inbound.*: with keys of its own and its library's default partitioner.

    publisher = Publisher(stack.bootstrap)
    publisher.order("o-1", customer_id="u-1")          # one method for each kind; keyword arguments are the message's fields
    publisher.message("m-1", "c-1", "它充不上电了")
    publisher.flush()                                  # raises unless Kafka has acknowledged everything
    publisher.accepted["messages"]                     # how many it took
"""
import time
import uuid
from collections import Counter

from confluent_kafka import Producer
from contract import inbound
from google.protobuf.json_format import ParseDict

DAY = 86400
SOURCE = "/outside"


def moment(seconds_ago=0.0):
    at = time.time() - seconds_ago
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1e6):06d}Z"


def yuan(minor):
    return {"minor": minor, "currency": "CNY"}


class Publisher:
    def __init__(self, bootstrap):
        self.producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 5, "message.max.bytes": 4 << 20, "log_level": 0})
        self.accepted, self.failures = Counter(), []

    def send(self, topic, value, key, headers):
        """Bytes as they are."""
        def report(error, _):
            if error:
                self.failures.append((topic, error))
            else:
                self.accepted[topic.split(".")[2]] += 1
        while True:
            try:
                self.producer.produce(topic, value, key, headers=headers, on_delivery=report)
                break
            except BufferError:
                self.producer.poll(0.1)
        self.producer.poll(0)

    def envelope(self, kind, ce_id=None):
        return {"ce_specversion": "1.0", "ce_type": inbound(kind).DESCRIPTOR.full_name, "ce_source": SOURCE,
                "ce_id": ce_id or str(uuid.uuid4()), "ce_time": moment(), "content-type": "application/protobuf"}

    def publish(self, kind, /, key=None, ce_id=None, **fields):
        message = ParseDict(fields, inbound(kind)())
        self.send(f"aftercare.inbound.{kind}.v1", message.SerializeToString(), key, list(self.envelope(kind, ce_id).items()))

    def flush(self):
        assert self.producer.flush(60) == 0 and self.failures == [], self.failures

    # What people and systems say.

    def order(self, order_no, customer_id="u-1", product="扫地机器人", price=159900, days=90, **fields):
        """Delivered that many days ago, under warranty for two years."""
        ago = days * DAY
        self.publish("orders", key=order_no, order={
            "order_no": order_no, "shop_id": "s-1", "customer_id": customer_id, "business_model": "BUSINESS_MODEL_B2C",
            "lines": [{"line_no": 1, "sku": "rv-100", "product": product, "model": "RV-100", "quantity": 1, "price": yuan(price),
                       "warranty_months": 24, "goods_kind": "GOODS_KIND_PHYSICAL"}],
            "paid": yuan(price), "placed_at": moment(ago + 3 * DAY), "paid_at": moment(ago + 3 * DAY),
            "shipped_at": moment(ago + 2 * DAY), "delivered_at": moment(ago), "waybill": f"W-{order_no}", "carrier": "SF Express",
            "updated_at": moment(ago), **fields})

    def customer(self, customer_id, **fields):
        self.publish("customers", key=customer_id, customer_id=customer_id,
                     **{"updated_at": moment(), "tier": "CUSTOMER_TIER_STANDARD", **fields})

    def agent(self, agent_id, **fields):
        self.publish("agents", key=agent_id, agent_id=agent_id, **{
            "updated_at": moment(), "presence": "PRESENCE_ONLINE", "capacity": 5, "level": 1, "languages": ["LANGUAGE_ZH_CN", "LANGUAGE_EN"], **fields})

    def message(self, message_id, conversation_id, text, key=None, **fields):
        self.publish("messages", key=key or fields.get("customer_id"), ce_id=message_id, message_id=message_id,
                     conversation_id=conversation_id, text=text, **{"channel": "CHANNEL_CHAT", "shop_id": "s-1", **fields})

    def call(self, call_id, words, **fields):
        self.publish("calls", key=call_id, ce_id=call_id, call_id=call_id, words=words, **{
            "shop_id": "s-1", "rang_at": moment(70), "answered_at": moment(62), "hung_up_at": moment(2), **fields})

    def one_click(self, request_id, order_no, lines, **fields):
        self.publish("returns", key=order_no, ce_id=request_id, request_id=request_id, order_no=order_no, lines=lines,
                     **{"shop_id": "s-1", "customer_id": "u-1", **fields})

    def scan(self, status, **fields):
        self.publish("parcels", key=fields.get("waybill"), status=f"PARCEL_STATUS_{status}",
                     **{"carrier": "SF Express", "scanned_at": moment(), "place": "上海", **fields})

    def refund(self, intent_id, outcome, ce_id=None, **fields):
        self.publish("payments", key=intent_id, ce_id=ce_id, intent_id=intent_id, outcome=f"REFUND_OUTCOME_{outcome}",
                     **{"settled_at": moment(), **fields})

    def act(self, case_id, kind, actor_id="lin", role="AGENT", **fields):
        """The action's id."""
        action_id = f"{kind.lower()}-{uuid.uuid4()}"
        self.publish("actions", key=actor_id, ce_id=action_id, action_id=action_id, case_id=case_id, kind=f"ACTION_KIND_{kind}",
                     actor_id=actor_id, actor_role=f"ACTOR_ROLE_{role}", **fields)
        return action_id
