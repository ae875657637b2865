# SPDX-License-Identifier: Apache-2.0
"""Two processes of every service on Apache Kafka, one of each killed with -9 in the middle and a new one started: it ends as a run
without a kill ends, and a reader outside has nothing twice, nothing missing and nothing out of order."""
import random
import time

import pytest
from system import SERVICES
from world import World

CASES = 240
AGENTS = 12
CAPACITY = 5
# (text, type or None: as it may, whether a person has to have it)
WORDS = [("扫地机器人充不进电了，充电座的灯也不亮", "REPAIR", True), ("我要投诉！吸尘器修了两次还是坏的，客服态度太差", None, True),
         ("my robot vacuum does not charge any more", "REPAIR", True), ("转人工", None, True), ("在哪里开电子发票", "INQUIRY", False)]


class Told:
    """What was said to the system, as the model has it: by conversation, and what each needs at the end."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.cases = {}  # conversation: (words, messages, order_no or None)
        for number in range(CASES):
            order_no = f"O-{number}" if number % 3 else None
            self.cases[f"c-{number}"] = (WORDS[number % len(WORDS)], 1 + number % 2, order_no)

    def begin(self, publisher):
        for number in range(AGENTS):
            publisher.agent(f"agent-{number}", capacity=CAPACITY)
        for conversation in list(self.cases)[::7]:  # a case has the tier that was known when it was opened
            publisher.customer(f"u-{conversation}", tier="CUSTOMER_TIER_VIP")

    def say(self, publisher, conversations, pause=0.0):
        """Orders come before or after the message that names them; everything has a key of its own."""
        for number, conversation in enumerate(conversations):
            words, messages, order_no = self.cases[conversation]
            customer = f"u-{conversation}"
            saying = [lambda: publisher.message(f"{conversation}-0", conversation, words[0], customer_id=customer, order_no=order_no or "")]
            if order_no:
                saying.append(lambda: publisher.order(order_no, customer))
            self.random.shuffle(saying)
            for say in saying:
                say()
            if messages > 1:
                publisher.message(f"{conversation}-1", conversation, words[0], customer_id=customer)
            if number % 10 == 9:
                publisher.flush()
                time.sleep(pause)
        publisher.flush()


def outcome(world):
    """{conversation: what the model can foresee of its case}, from the tables that answer GET /v1/cases."""
    rows = world.rows("""SELECT c.external_id, r.type, r.label, r.decision, r.is_complaint, r.in_warranty, r.order_no, r.messages,
                                r.customer_id, e.tier, e.priority, e.weight > 0 OR e.queued_at IS NOT NULL
                         FROM intake.conversation c JOIN intake.case_record r USING (case_id)
                         JOIN escalation.cases e USING (case_id) WHERE c.external_id LIKE 'c-%%'""")
    return {row[0]: row[1:] for row in rows}


def check_against(told, world):
    found = outcome(world)
    assert set(found) == set(told.cases)
    for conversation, (words, messages, order_no) in told.cases.items():
        kind, label, decision, _, _, order, count, customer, _, priority, is_with_somebody = found[conversation]
        text, wanted_kind, needs_person = words
        assert count == messages and customer == f"u-{conversation}" and order == order_no, (conversation, found[conversation])
        assert kind and label and 1 <= priority <= 4, (conversation, found[conversation])
        assert wanted_kind in (None, kind), (text, kind, label)
        if needs_person:
            assert decision != "AUTO" and is_with_somebody, (text, found[conversation])
        else:
            assert decision == "AUTO" or is_with_somebody, (text, found[conversation])
    assert world.one("SELECT count(*) FROM intake.case_record") == len(told.cases)
    assert world.one("SELECT count(DISTINCT case_id) FROM intake.case_record") == len(told.cases)
    # Every place of every agent is taken, by exactly the cases that say so.
    assert world.one("SELECT sum(load) FROM escalation.agents") == AGENTS * CAPACITY * 100
    assert world.one("SELECT count(*) FROM escalation.agents a WHERE load > capacity OR load <> (SELECT sum(weight) "
                     "FROM escalation.cases c WHERE c.agent_id = a.agent_id)") == 0
    # Whether a person has what could be answered without one depends on whether classification was away for seconds.
    return {conversation: row[:-1] for conversation, row in found.items()}


def check_facts(told, world):
    """The same by the facts alone."""
    by_name = {}
    for fact in world.reader.facts:
        by_name.setdefault((fact.service, fact.name), []).append(fact)
    opened = by_name["intake", "CaseOpened"]
    assert len(opened) == len({fact.case_id for fact in opened}) == len(told.cases)
    heard = by_name["intake", "MessageReceived"]
    assert len(heard) == len({fact.fields["message_id"] for fact in heard}) == sum(messages for _, messages, _ in told.cases.values())
    for service, name in (("classification", "CaseClassified"), ("escalation", "CasePrioritised")):
        assert {fact.case_id for fact in by_name[service, name]} == {fact.case_id for fact in opened}
    assert world.reader.letters == []


@pytest.fixture(scope="module")
def calm():
    """How it ends when nobody is killed."""
    told = Told(7)
    with World() as world:
        told.begin(world.publisher)
        world.see_all(AGENTS, "intake", "AgentRecorded")
        world.see_all(len(list(told.cases)[::7]), "intake", "CustomerRecorded")
        told.say(world.publisher, list(told.cases))
        settle(told, world)
        return check_against(told, world)


def settle(told, world):
    world.see_all(len(told.cases), "escalation", "CasePrioritised", within_s=90)
    # Classified cases have found their agents, or know that there is none.
    until = time.monotonic() + 60
    while world.one("SELECT count(*) FROM escalation.cases WHERE classified_at IS NULL") or \
            world.one("SELECT sum(load) FROM escalation.agents") < AGENTS * CAPACITY * 100:
        assert time.monotonic() < until, "agents with free places, and cases in the queue"
        time.sleep(0.2)
    world.settle()


def test_one_of_two_killed_in_the_middle_changes_nothing(calm):
    told = Told(8)
    with World(partitions=4, replicas={service: 2 for service in SERVICES}) as world:
        told.begin(world.publisher)
        world.see_all(AGENTS, "intake", "AgentRecorded")
        world.see_all(len(list(told.cases)[::7]), "intake", "CustomerRecorded")
        conversations = list(told.cases)
        told.random.shuffle(conversations)
        third = len(conversations) // 3
        told.say(world.publisher, conversations[:third])
        # While the first third is on its way: each service loses one process, and none of them had read everything.
        held = {service: world.system[service].lanes() for service in SERVICES}
        for service in SERVICES:
            world.system[service].kill()
        assert all(held.values()) and world.lag() > 0, (held, "everything was done before the kill: it was none in the middle")
        told.say(world.publisher, conversations[third:2 * third], pause=0.05)
        for service in SERVICES:
            world.system[service].start()
        told.say(world.publisher, conversations[2 * third:])
        settle(told, world)
        assert check_against(told, world) == calm
        check_facts(told, world)
        assert all(world.system[name].is_running for name in world.system.processes)
