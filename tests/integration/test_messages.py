# SPDX-License-Identifier: Apache-2.0
"""2,000 messages of real customers become cases that are classified, prioritised, timed and assigned; nothing is lost.

The words are not part of the project: they are read from ../shared/data/jddc. Without them the test makes up its own, and
warns. AFTERCARE_TEN_CASES=FILE writes ten of the cases with what was decided and why.
"""
import collections
import os
import random
import time
import warnings
from pathlib import Path

import pytest
import shop_day
import ten_cases
from world import World

COUNT, REPEATED, BAD = 2000, 150, 20


@pytest.fixture(scope="module")
def world():
    with World() as world:
        yield world


class Day:
    """What was published, and the facts that followed: {case id: its facts}, in the order of each service."""

    def __init__(self, world):
        if not shop_day.words(1)[1]:
            warnings.warn("NO REAL MESSAGES: ../shared/data/jddc is not there, so all 2,000 are made up by the test")
        made = shop_day.day(COUNT, agents=40, capacity=60)
        self.messages = {message["message_id"]: message for message in made["messages"]}
        self.conversations = {message["conversation_id"] for message in made["messages"]}
        self.orders = {update["order"]["order_no"] for update in made["orders"]}
        self.publish(world.publisher, made)
        self.wait(world)
        self.cases = collections.defaultdict(list)
        for fact in world.reader.facts:
            if fact.case_id:
                self.cases[fact.case_id].append(fact)

    def publish(self, publisher, made):
        chance = random.Random(5)
        bad = [{**message, "message_id": f"{message['message_id']}-bad", "shop_id": ""} for message in made["messages"][:BAD]]
        said = [("messages", message, f"{message['message_id']}/1") for message in made["messages"] + bad]
        for update in made["orders"]:  # before, while and after people write
            said.insert(chance.randrange(len(said)), ("orders", update, f"{update['order']['order_no']}/1"))
        for kind in ("agents", "customers"):
            for fields in made[kind]:
                publisher.publish(kind, **fields)
        for kind, fields, ce_id in said + chance.sample(said, REPEATED):  # a publisher that is not sure says it again
            publisher.publish(kind, key=fields.get("customer_id"), ce_id=ce_id, **fields)
        publisher.flush()

    def wait(self, world):
        """Until every case has an agent or its answer, and no answer waits for an order's facts."""
        until = time.monotonic() + 150
        while (world.one("SELECT count(*) FROM escalation.cases WHERE classified_at IS NOT NULL AND (weight > 0 OR decision = 1)")
               < len(self.conversations) or world.lag() > 0
               or world.one("SELECT count(*) FROM classification.deadline WHERE kind = 'order-facts' AND state = 'armed'")):
            assert time.monotonic() < until, world.rows("SELECT decision, queued_at, weight, tries FROM escalation.cases "
                                                        "WHERE weight = 0 AND decision <> 1 LIMIT 5")
            world.reader.look(0.2)
        world.settle()


@pytest.fixture(scope="module")
def day(world):
    return Day(world)


def named(facts, name):
    return [fact.fields for fact in facts if fact.name == name]


def test_every_message_is_once_in_its_conversations_case_or_in_the_dead_letters(day, world):
    opened = {case_id: named(facts, "CaseOpened") for case_id, facts in day.cases.items()}
    assert all(len(facts) == 1 for facts in opened.values())
    assert sorted(facts[0]["conversation_id"] for facts in opened.values()) == sorted(day.conversations)
    received = []
    for case_id, facts in day.cases.items():
        for message in named(facts, "MessageReceived"):
            said = day.messages[message["message_id"]]
            assert said["conversation_id"] == opened[case_id][0]["conversation_id"]
            assert said["text"] == message["text"] or "*" in message["text"], message["message_id"]
            received.append(message["message_id"])
    assert sorted(received) == sorted(day.messages)
    reasons = [letter.headers["kafka_dlt-exception-message"] for letter in world.reader.letters]
    assert len(reasons) == BAD and all(reason.startswith("shop_id: ") for reason in reasons), reasons
    again = world.publisher.accepted["messages"] + world.publisher.accepted["orders"] - COUNT - BAD - len(day.orders)
    assert again == REPEATED
    assert world.one("SELECT sum(messages) FROM intake.case_record") == COUNT
    assert world.one("SELECT count(*) FROM intake.subject WHERE kind = 'order' AND record IS NOT NULL") == len(day.orders)


def test_every_case_is_classified_prioritised_timed_and_assigned_or_answered(day, world):
    for case_id, facts in day.cases.items():
        said = ten_cases.last_of(facts)
        served = "AnswerGiven" if said["CaseClassified"]["decision"] == "DECISION_AUTO" else "CaseAssigned"
        assert {"CasePrioritised", "DeadlineSet", served} <= set(said), (case_id, sorted(said))
        clocks = {fields["clock"] for fields in named(facts, "DeadlineSet")}
        assert clocks == {"CLOCK_KIND_FIRST_RESPONSE", "CLOCK_KIND_RESOLUTION"}, (case_id, clocks)
        understood = said["CaseClassified"]
        assert understood["type"] and (understood.get("reasons") or understood["label"] == "other"), (case_id, understood)
    assert world.one("SELECT count(*) FROM escalation.cases WHERE queued_at IS NOT NULL") == 0
    assert world.one("SELECT count(*) FROM escalation.agents a WHERE load > capacity OR load <> (SELECT coalesce(sum(weight), 0) "
                     "FROM escalation.cases c WHERE c.agent_id = a.agent_id)") == 0
    types = collections.Counter(ten_cases.last_of(facts)["CaseClassified"]["type"] for facts in day.cases.values())
    assert len(types) == 4, types


def test_the_record_tells_what_the_facts_say(day, world):
    for case_id in random.Random(6).sample(sorted(day.cases), 40):
        said, record = ten_cases.last_of(day.cases[case_id]), world.record(case_id)
        assert f"CASE_TYPE_{record['type']}" == said["CaseClassified"]["type"]
        assert record["label"] == said["CaseClassified"]["label"]
        assert f"PRIORITY_{record['priority']}" == said["CasePrioritised"]["priority"]
        assert record.get("assignee") == said.get("CaseAssigned", {}).get("agent_id")
        assert record["messages"] == len(named(day.cases[case_id], "MessageReceived"))
        assert record["facts"] == len(record["timeline"]) == len(day.cases[case_id])
    if os.environ.get("AFTERCARE_TEN_CASES"):
        Path(os.environ["AFTERCARE_TEN_CASES"]).write_text(ten_cases.tell(day.cases, world.record))
