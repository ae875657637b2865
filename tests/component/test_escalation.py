# SPDX-License-Identifier: Apache-2.0
"""Escalation on a broker, Postgres and Redis of its own, fed with the facts of the other services."""
import collections
import time
import uuid

import facts
import pytest
from servers import ROOT
from stack import Stack

PARTITIONS = 4


class System(facts.System):
    def __init__(self, stack, **env):
        super().__init__(stack, "escalation", **env)

    def open_case(self, channel="CHANNEL_CHAT"):
        case_id = str(uuid.uuid4())
        opened = self.pb["intake"].CaseOpened(channel=channel, language="LANGUAGE_EN", shop_id="s-1")
        opened.received_at.GetCurrentTime()
        self.tell("intake", "CaseOpened", case_id, **{f.name: v for f, v in opened.ListFields()})
        return case_id

    def agent(self, agent_id, capacity=3, skills=("repair",), presence="PRESENCE_ONLINE"):
        agent = self.pb["inbound"].AgentUpdate(agent_id=agent_id, presence=presence, capacity=capacity, skills=skills, level=1)
        agent.updated_at.GetCurrentTime()
        self.tell("intake", "AgentRecorded", agent_id, agent=agent)

    def act(self, case_id, kind, version=0, **fields):
        action_id = str(uuid.uuid4())
        action = self.pb["inbound"].ActionRequest(action_id=action_id, case_id=case_id, kind=f"ACTION_KIND_{kind}",
                                                  actor_id="lin", actor_role="ACTOR_ROLE_AGENT",
                                                  expected_version=version, **fields)
        self.tell("intake", "ActionRequested", case_id, action=action)
        return action_id

    def status(self, case_id, number):
        self.producer.flush(20)
        self.until("SELECT coalesce((SELECT status = %s FROM escalation.cases WHERE case_id = %s), false)", number, case_id)

    def held(self, assignments):
        """How many cases each agent has, as the facts tell it once that many assignments were stated."""
        end = time.monotonic() + 20
        while True:
            owners, given, seen = {}, 0, set()
            for message in self.read():
                headers = dict(message.headers())
                if headers["ce_id"] in seen:
                    continue
                seen.add(headers["ce_id"])
                fact, case_id = headers["ce_type"].decode().split(".")[-1], message.key()
                if fact == "CaseAssigned":
                    assert case_id not in owners, f"{case_id} was given to a second agent, and not taken from the first"
                    owners[case_id] = self.pb["escalation"].EscalationFact.FromString(message.value()).case_assigned.agent_id
                    given += 1
                elif fact in ("CaseUnassigned", "CaseResolved", "CaseClosed"):
                    owners.pop(case_id, None)
            if given >= assignments or time.monotonic() > end:  # facts are published after COMMIT
                assert given == assignments
                return dict(collections.Counter(owners.values()))
            time.sleep(0.1)


@pytest.fixture
def system():
    with Stack(partitions=PARTITIONS) as stack:
        system = System(stack, WORKERS="2")
        yield system
        system.stop()


def test_the_repair_from_call_to_five_stars(system):
    system.agent("lin")
    system.producer.flush(20)
    system.until("SELECT count(*) = 1 FROM escalation.agents")
    case_id = system.open_case("CHANNEL_PHONE")
    system.tell("classification", "CaseClassified", case_id, type="CASE_TYPE_REPAIR", label="charging-fault", urgency=2,
                decision="DECISION_HUMAN")
    system.producer.flush(20)
    system.until("SELECT count(*) = 1 FROM escalation.cases WHERE weight > 0")
    reply = system.act(case_id, "REPLY", text="Did you try another socket?")
    stale = system.act(case_id, "RESOLVE", version=1, resolution="no")
    for fact in ("ReturnOpened", "OptionChosen", "GoodsReceived", "GoodsShippedBack"):
        system.tell("returns", fact, case_id, return_id="r-1")
    system.tell("returns", "ReturnClosed", case_id, return_id="r-1", outcome="RETURN_OUTCOME_REPAIRED")
    system.status(case_id, 2)
    system.tell("survey", "SurveyAnswered", case_id, survey_id="v-1", score=5, is_solved=True)
    system.status(case_id, 3)
    system.until("SELECT load = 0 FROM escalation.agents")
    # Facts are published after COMMIT.
    end = time.monotonic() + 20
    while "CaseClosed" not in dict(system.facts(case_id)) and time.monotonic() < end:
        time.sleep(0.1)
    facts = system.facts(case_id)
    names = [name for name, _ in facts]
    for name in ("CasePrioritised", "DeadlineSet", "CaseQueued", "CaseAssigned", "DeadlineMet", "CustomerNotified", "ActionApplied",
                 "CommandRefused", "CaseWaiting", "CaseResolved", "CaseClosed"):
        assert name in names, names
    said = dict(facts)
    assert said["ActionApplied"].action_id == reply
    assert said["CommandRefused"].action_id == stale and "RESOLVE" in said["CommandRefused"].legal_moves
    assert said["CustomerNotified"].notice.text == "Did you try another socket?"
    assert said["CaseResolved"].resolution == "repaired"
    assert said["CaseClosed"].how == 1
    changes = ("CasePrioritised", "CaseQueued", "CaseAssigned", "CaseWaiting", "CaseResolved", "CaseClosed", "ActionApplied")
    versions = [fact.version for name, fact in facts if name in changes]
    assert versions == list(range(1, len(versions) + 1)), facts


def test_deadlines_warn_breach_and_escalate(tmp_path):
    for name in ("sla", "routing", "messages"):
        text = (ROOT / f"services/escalation/policies/{name}.yaml").read_text()
        (tmp_path / f"{name}.yaml").write_text(text.replace("{channel: chat, first_response: 30s}",
                                                            "{channel: chat, first_response: 2s}"))
    with Stack(partitions=PARTITIONS) as stack:
        system = System(stack, POLICY_DIR=str(tmp_path))
        case_id = system.open_case()
        system.producer.flush(20)
        system.until("SELECT coalesce((SELECT level = 2 AND first_marks = 3 FROM escalation.cases WHERE case_id = %s), false)", case_id)
        lateness = system.rows("SELECT extract(epoch FROM done_at - due_at) FROM escalation.deadline WHERE kind = 'first-response'")
        assert 0 <= lateness[0][0] < 5
        system.stop()
        names = [name for name, _ in system.facts(case_id)]
        assert names.index("DeadlineWarned") < names.index("DeadlineBreached") < names.index("CaseEscalated")


def test_nobody_is_ever_above_capacity(system):
    cases, agents, capacity = 1000, 20, 3
    for i in range(agents):
        system.agent(f"agent-{i}", capacity)
    system.producer.flush(20)
    system.until("SELECT count(*) = %s FROM escalation.agents", agents)
    ids = []
    for _ in range(cases):
        ids.append(system.open_case())
        system.tell("classification", "CaseClassified", ids[-1], type="CASE_TYPE_REPAIR", decision="DECISION_HUMAN")
    wrong = """SELECT count(*) FROM escalation.agents a WHERE load > capacity OR load <>
               (SELECT coalesce(sum(weight), 0) FROM escalation.cases c WHERE c.agent_id = a.agent_id)"""

    def watch(condition, *values):
        end = time.monotonic() + 60
        while not system.rows(condition, *values)[0][0]:
            assert system.rows(wrong)[0][0] == 0
            assert time.monotonic() < end, condition
    system.producer.flush(20)
    watch("SELECT count(*) = %s FROM escalation.cases WHERE opened_at IS NOT NULL AND classified_at IS NOT NULL", cases)
    watch("SELECT sum(load) = %s FROM escalation.agents", agents * capacity * 100)
    assert system.rows("SELECT count(*) FROM escalation.cases WHERE queued_at IS NOT NULL")[0][0] == cases - agents * capacity
    full = {f"agent-{i}": capacity for i in range(agents)}
    assert system.held(agents * capacity) == full
    # Those who become free get others.
    busy = [row[0] for row in system.rows("SELECT case_id::text FROM escalation.cases WHERE weight > 0")]
    for case_id in busy:
        system.act(case_id, "RESOLVE", resolution="done")
    system.producer.flush(20)
    watch("SELECT count(*) = %s FROM escalation.cases WHERE status = 2", len(busy))
    watch("SELECT sum(load) = %s FROM escalation.agents", agents * capacity * 100)
    assert system.held(2 * agents * capacity) == full


def test_what_breaks_the_contract_goes_to_the_dead_letters(system):
    good = system.open_case()
    system.tell("intake", "AgentRecorded", "zhao", agent=system.pb["inbound"].AgentUpdate(agent_id="zhao"))
    system.tell("intake", "CaseOpened", str(uuid.uuid4()), value=b"\xff\xff\xff")
    system.tell("survey", "SurveyAnswered", good, survey_id="v", score=9)
    system.status(good, 1)
    letters = system.wait_for(lambda: len(system.letters()) >= 3 and system.letters(), "three dead letters")
    reasons = sorted(letter["kafka_dlt-exception-message"] for letter in letters)
    assert len(letters) == 3, reasons
    assert any("presence" in reason for reason in reasons)
    assert any("survey_answered.score" in reason for reason in reasons)
