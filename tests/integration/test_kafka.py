# SPDX-License-Identifier: Apache-2.0
"""The Kafka that integration tests run on: it starts, and keeps over a SIGKILL what it has acknowledged."""
import time

from confluent_kafka import Consumer, Producer
from stack import Stack


def produce(stack, topic, count):
    errors = []
    producer = Producer({"bootstrap.servers": stack.bootstrap, "enable.idempotence": True,
                         "reconnect.backoff.max.ms": 1000})
    for number in range(count):
        producer.produce(topic, str(number), key=f"case-{number % 10}",
                         on_delivery=lambda error, _: errors.append(error) if error else None)
    assert producer.flush(60) == 0
    assert errors == []


def consume(stack, topic, count):
    consumer = Consumer({"bootstrap.servers": stack.bootstrap, "group.id": f"g{time.monotonic_ns()}",
                         "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    numbers, until = [], time.monotonic() + 60
    while len(numbers) < count and time.monotonic() < until:
        message = consumer.poll(0.2)
        if message is not None and message.error() is None:
            numbers.append(int(message.value()))
    consumer.close()
    return sorted(numbers)


def test_kafka_keeps_what_it_acknowledged():
    with Stack("kafka") as stack:
        stack.create_topics(["kept.v1"])
        stack.create_topics(["kept.v1"])
        produce(stack, "kept.v1", 200)
        assert consume(stack, "kept.v1", 200) == list(range(200))
        stack.broker.kill()
        stack.broker.start()
        assert consume(stack, "kept.v1", 200) == list(range(200))
