# SPDX-License-Identifier: Apache-2.0
"""Intake on a broker, Postgres and Redis of its own, fed by topic as other systems feed it."""
import pytest
from facts import System
from stack import Stack

PARTITIONS = 4


@pytest.fixture(scope="module")
def system():
    with Stack(partitions=PARTITIONS) as stack:
        system = System(stack, "intake", WORKERS="2")
        yield system
        system.stop()


def message(system, message_id, partition=None, **fields):
    return system.say("messages", partition=partition,
                      **{"message_id": message_id, "shop_id": "s-1", "channel": "CHANNEL_CHAT", "text": "它充不上电了",
                         "conversation_id": "c-1", **fields})


def case_of(system, conversation):
    system.flush()
    system.until("SELECT count(*) = 1 FROM intake.conversation WHERE external_id = %s AND cycle > 0", conversation)
    return system.one("SELECT case_id::text FROM intake.conversation WHERE external_id = %s", conversation)


def test_a_conversation_is_a_case(system):
    message(system, "m-1", 0, conversation_id="first")
    case_id = case_of(system, "first")
    message(system, "m-2", 1, conversation_id="first")
    system.flush()
    system.until("SELECT count(*) = 1 FROM intake.case_record WHERE case_id = %s AND messages = 2", case_id)
    names = [name for name, _ in system.facts(case_id)]
    assert sorted(names) == ["CaseOpened", "CustomerNotified", "MessageReceived", "MessageReceived"]
    assert system.one("SELECT count(*) FROM intake.timeline WHERE case_id = %s", case_id) == 4
