# SPDX-License-Identifier: Apache-2.0
"""The operator's command on a private Postgres and devbroker."""
import json
import os
import struct
import subprocess
import uuid

import psycopg2
import pytest
from confluent_kafka import Producer
from loop import build_dir
from servers import ROOT
from stack import catalogue

MESSAGES = "aftercare.inbound.messages.v1"
INTAKE = "aftercare.intake.v1"
DLQ = "aftercare.intake.dlq.v1"


class Cli:
    def __init__(self, stack):
        self.stack = stack
        url = stack.postgres.url()
        self.env = {"KAFKA_BOOTSTRAP_SERVERS": stack.bootstrap, "DATABASE_URL": url, "DATABASE_ADMIN_URL": url}
        self.db = psycopg2.connect(url)
        self.db.autocommit = True
        self.producer = Producer({"bootstrap.servers": stack.bootstrap, "partitioner": "murmur2_random"})

    def run(self, *words, given=None, expect=0, **env):
        base = {name: value for name, value in os.environ.items() if not name.startswith(("KAFKA_", "DATABASE_"))}
        done = subprocess.run([build_dir() / "cli/aftercare", *map(str, words)], input=given, text=True, timeout=60,
                              capture_output=True, env={**base, **self.env, **env})
        assert done.returncode == expect, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *words, **more):
        return json.loads(self.run(*words, "--json", **more).stdout)

    def lines(self, *words):
        return [json.loads(line) for line in self.run(*words, "--json").stdout.splitlines()]

    def rows(self, sql, *values):
        with self.db.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else None

    def produce(self, topic, value, key, headers, partition=None):
        placed = []
        more = {} if partition is None else {"partition": partition}
        self.producer.produce(topic, value, key, headers=headers, on_delivery=lambda _, message: placed.append(message),
                              **more)
        assert self.producer.flush(30) == 0
        assert placed[0].error() is None
        return placed[0].partition(), placed[0].offset()


@pytest.fixture(scope="module")
def cli(stack):
    stack.create_topics(catalogue())
    cli = Cli(stack)
    for service in ("intake", "escalation"):
        cli.rows(f"DROP SCHEMA IF EXISTS {service} CASCADE")
    yield cli
    for service in ("intake", "escalation"):
        cli.rows(f"DROP SCHEMA IF EXISTS {service} CASCADE")
    cli.db.close()


def message(**fields):
    return json.dumps({"messageId": "m-1", "shopId": "s-1", "channel": "CHANNEL_CHAT", "text": "坏了", **fields})


def test_every_verb_explains_itself(cli):
    overview = cli.run("--help").stdout
    for verb in ("topics", "migrate", "publish", "tail", "case", "lag", "dlq", "lane", "health"):
        assert f"  {verb} " in overview
        text = cli.run(verb, "--help").stdout
        assert text.startswith(f"Usage: aftercare {verb} ") and "Example" in text
    assert "no verb 'topic'" in cli.run("topic", expect=64).stderr
    assert "there is no such option" in cli.run("tail", INTAKE, "--form", "end", expect=64).stderr
    for verb in ("tail", "case", "dlq", "lane", "topics", "publish"):
        cli.run(verb, expect=64)


def test_settings_that_are_missing_are_named(cli):
    assert "KAFKA_BOOTSTRAP_SERVERS" in cli.run("topics", "list", expect=1, KAFKA_BOOTSTRAP_SERVERS="").stderr
    said = cli.run("lane", "list", expect=1, DATABASE_URL="", DATABASE_ADMIN_URL="").stderr
    assert "DATABASE_URL" in said and "DATABASE_ADMIN_URL" in said
    cli.run("dlq", "list", "intake", DATABASE_URL="", DATABASE_ADMIN_URL="")  # needs no database


def test_a_broker_that_is_away_is_said(cli):
    said = cli.run("topics", "list", expect=1, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9").stderr
    assert "Kafka" in said and "127.0.0.1:9" in said


def test_what_is_published_is_tailed(cli):
    key = str(uuid.uuid4())
    done = cli.run("publish", "inbound.messages", "--key", key, "--id", "id-1", given=message())
    place, ce_id = done.stdout.split()
    topic, partition, offset = place.rsplit("/", 2)
    assert (topic, ce_id) == (MESSAGES, "id-1")
    [found] = cli.lines("tail", MESSAGES, "--case", key)
    assert (found["partition"], found["offset"]) == (int(partition), int(offset))
    assert found["fact"] == "InboundMessage"
    assert found["value"] == json.loads(message())
    headers = found["headers"]
    assert headers["ce_type"] == "aftercare.inbound.v1.InboundMessage"
    assert (headers["ce_source"], headers["ce_id"]) == ("/aftercare/cli", "id-1")
    assert headers["ce_specversion"] == "1.0" and headers["content-type"] == "application/protobuf"
    plain = cli.run("tail", MESSAGES, "--case", key).stdout
    assert f" {MESSAGES}/{partition}/{offset} InboundMessage {key} {{" in plain
    assert cli.lines("tail", MESSAGES, "--partition", partition, "--from", offset, "--count", 1) == [found]
    assert cli.lines("tail", MESSAGES, "--from", "end") == []


def test_the_key_decides_the_partition_as_everywhere(cli):
    key = str(uuid.uuid4())
    expected, _ = cli.produce("aftercare.inbound.orders.v1", b"", key, [])
    done = cli.run("publish", MESSAGES, "--key", key, "--json", given=message())
    assert json.loads(done.stdout)["partition"] == expected


def test_facts_are_keyed_by_their_case(cli):
    case_id = str(uuid.uuid4())
    fact = {"caseId": case_id, "at": "2026-01-02T03:04:05Z", "caseOpened": {"shopId": "s-1"}}
    cli.run("publish", "intake", given=json.dumps(fact))
    [found] = cli.lines("tail", "intake", "--case", case_id)
    assert (found["fact"], found["key"], found["caseId"]) == ("CaseOpened", case_id, case_id)
    assert found["headers"]["ce_type"] == "aftercare.intake.v1.CaseOpened"
    assert found["value"] == fact
    said = cli.run("publish", "intake", "--type", "MessageReceived", given=json.dumps(fact), expect=1).stderr
    assert "--type" in said and "CaseOpened" in said
    assert "no fact is set" in cli.run("publish", "intake", given=json.dumps({"caseId": case_id}), expect=1).stderr
    assert "--key" in cli.run("publish", "intake", given='{"caseOpened": {}}', expect=1).stderr


def test_many_lines_are_many_messages(cli, tmp_path):
    key = str(uuid.uuid4())
    path = tmp_path / "messages.jsonl"
    path.write_text("\n".join(message(messageId=f"m-{i}") for i in range(1200)) + "\n")
    sent = cli.run("publish", MESSAGES, "--key", key, path).stdout.splitlines()
    assert len(sent) == 1200
    found = cli.lines("tail", MESSAGES, "--case", key)
    assert [record["value"]["messageId"] for record in found] == [f"m-{i}" for i in range(1200)]
    assert len({record["headers"]["ce_id"] for record in found}) == 1200


@pytest.mark.parametrize("text, sentence", [
    ('{"messageid": "m"}', "messageid"),
    ('{"messageId": 7}', "messageId"),
    (message(channel="CHANNEL_PIGEON"), "channel"),
    (message(attachments=[{}, {"name": 1}]), "attachments[1].name"),
    (message(text="a\u0000b"), "JSON"),
    ('{"shopId": "a", "shopId": "b"}', "given twice"),
    ('[1]', "JSON object"),
    ('{"shopId": ', "line 1"),
    ("", "no message"),
], ids=["unknown", "type", "enum", "path", "nul", "twice", "array", "cut", "empty"])
def test_bad_json_is_refused_by_name(cli, text, sentence):
    assert sentence in cli.run("publish", MESSAGES, given=text, expect=1).stderr


def test_a_message_that_is_too_large_is_refused(cli):
    assert "262144" in cli.run("publish", MESSAGES, given=message(text="x" * 300000), expect=1).stderr


def test_the_line_of_a_bad_message_is_named(cli):
    key = str(uuid.uuid4())
    said = cli.run("publish", MESSAGES, "--key", key, given=message() + "\n" + '{"shopId": []}\n' + message(), expect=1)
    assert "line 2: " in said.stderr and "shopId" in said.stderr
    assert len(said.stdout.splitlines()) == 1  # the one before it was sent
    assert len(cli.lines("tail", MESSAGES, "--case", key)) == 1
    assert "ce_id" in cli.run("publish", MESSAGES, "--id", "x" * 300, given=message(), expect=1).stderr
    assert "catalogue" in cli.run("publish", "other.v1", given=message(), expect=64).stderr


def test_a_refused_record_is_no_success(cli):
    cli.stack.broker.control("errors Produce TOPIC_AUTHORIZATION_FAILED")
    done = cli.run("publish", MESSAGES, given=message(), expect=1)
    assert done.stdout == "" and "not acknowledged" in done.stderr


def test_topics_are_compared(cli):
    assert "are as the catalogue says" in cli.run("topics", "check").stdout
    assert "no admin API" in cli.run("topics", "create").stderr
    wrong = cli.json("topics", "check", "--partitions", 7, expect=1)
    assert {difference["topic"] for difference in wrong} == set(catalogue())
    assert wrong[0]["difference"].endswith("has 12 partitions, not 7")
    listed = {topic["topic"]: topic for topic in cli.json("topics", "list")}
    assert set(listed) == set(catalogue())
    assert listed[INTAKE]["partitions"] == 12 and listed[INTAKE]["message"] == "aftercare.intake.v1.IntakeFact"


def migrate(cli):
    return cli.json("migrate", "--dir", ROOT, "intake", "escalation")


def test_migrating_twice_changes_nothing(cli):
    before = cli.json("migrate", "--status", "--dir", ROOT, "intake", expect=1)
    assert before[0]["own"] == 0
    first = {entry["service"]: entry["applied"] for entry in migrate(cli)}
    assert first["intake"] >= 2 and first["escalation"] >= 2
    assert [entry["applied"] for entry in migrate(cli)] == [0, 0]
    [after] = cli.json("migrate", "--status", "--dir", ROOT, "intake")
    assert after["own"] == after["ownFiles"] and after["runtime"] == after["runtimeFiles"]
    assert cli.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'intake' AND tablename = 'ledger'"
                    " AND tableowner = 'intake'") == [(1,)]
    assert "no_such" in cli.run("migrate", "--dir", ROOT, "no_such", expect=1).stderr
    assert "--dir" in cli.run("migrate", "--dir", "nowhere", expect=1).stderr


def write_ledger(cli, lanes=12):
    """A ledger as a worker leaves it: lane 0 has read two records less than there are, the others all."""
    cli.rows("DELETE FROM escalation.ledger")
    cli.rows("INSERT INTO escalation.lanes (count) VALUES (%s) ON CONFLICT DO NOTHING", lanes)
    ends = {lane: 0 for lane in range(lanes)}
    for record in cli.lines("tail", INTAKE):
        ends[record["partition"]] = record["offset"] + 1
    for _ in range(3):
        ends[0] = cli.produce(INTAKE, b"", "key", [], partition=0)[1] + 1
    for lane, end in ends.items():
        cli.rows("INSERT INTO escalation.ledger (lane, epoch, batch, owner, out_seq, offsets, pending)"
                 " VALUES (%s, 3, 9, %s, 1000, %s, %s)", lane, str(uuid.uuid4()),
                 json.dumps({INTAKE: end - 2 if lane == 0 else end}), b"12345")
    return ends


def test_lag_counts_from_the_ledger(cli):
    migrate(cli)
    ends = write_ledger(cli)
    found = cli.json("lag", "escalation")
    assert found["unreachable"] == []
    [topic] = found["lag"]
    assert (topic["service"], topic["topic"], topic["records"]) == ("escalation", INTAKE, 2)
    assert topic["seconds"] > 0
    assert [lane["lane"] for lane in topic["lanes"]] == list(range(12))
    assert topic["lanes"][0]["next"] == ends[0] - 2 and topic["lanes"][0]["end"] == ends[0]
    assert all(lane["records"] == 0 and lane["seconds"] == 0 for lane in topic["lanes"][1:])
    assert "escalation     aftercare.intake.v1" in cli.run("lag", "escalation", "--lanes").stdout
    assert cli.json("lag", "escalation", "--group")["lag"][0]["lanes"][0]["committed"] is None
    cli.rows("DELETE FROM escalation.ledger WHERE lane > 0")  # lanes nobody has taken yet count whole
    assert cli.json("lag", "escalation")["lag"][0]["records"] == 2 + sum(ends.values()) - ends[0]


def test_a_ledger_out_of_reach_is_named(cli):
    migrate(cli)
    cli.rows("DROP SCHEMA IF EXISTS returns CASCADE")
    done = cli.run("lag", "escalation", "returns", "--json", expect=1)
    assert [entry["service"] for entry in json.loads(done.stdout)["unreachable"]] == ["returns"]
    assert "returns" in done.stderr
    denied = cli.run("lane", "list", "escalation", expect=1, DATABASE_URL=cli.stack.postgres.url(user="intake")).stderr
    assert "escalation" in denied and "role" in denied


def test_lanes_are_listed_and_reset(cli):
    migrate(cli)
    write_ledger(cli)
    cli.rows("UPDATE escalation.ledger SET takings = 2, suspect = 'who what' WHERE lane = 5")
    lanes = {lane["lane"]: lane for lane in cli.json("lane", "list", "escalation")}
    assert len(lanes) == 12
    assert (lanes[5]["epoch"], lanes[5]["takings"], lanes[5]["suspect"], lanes[5]["pendingBytes"]) == (3, 2, "who what", 5)
    assert "escalation/5 owner " in cli.run("lane", "list", "escalation").stdout

    words = ("lane", "reset", "escalation", "5", "--topic", "intake", "--offset", "44")
    assert "--yes" in cli.run(*words, expect=64).stderr
    assert cli.rows("SELECT epoch FROM escalation.ledger WHERE lane = 5") == [(3,)]
    cli.run(*words, "--yes")
    assert cli.rows("SELECT epoch, takings, suspect, (offsets ->> %s)::int FROM escalation.ledger WHERE lane = 5",
                    INTAKE) == [(4, 0, None, 44)]
    assert "no such lane" in cli.run("lane", "reset", "escalation", "99", "--topic", "intake", "--offset", "1", "--yes",
                                     expect=1).stderr
    for wrong in (("5",), ("5", "--topic", "intake"), ("x", "--topic", "intake", "--offset", "1"),
                  ("5", "--topic", "other", "--offset", "1"), ("5", "--after-restore")):
        cli.run("lane", "reset", "escalation", *wrong, "--yes", expect=64)


def test_lanes_are_not_reset_under_a_worker(cli):
    migrate(cli)
    write_ledger(cli)
    worker = psycopg2.connect(cli.stack.postgres.url(user="escalation"), application_name="escalation")
    for words in (("5", "--topic", "intake", "--offset", "44"), ("--after-restore",)):
        said = cli.run("lane", "reset", "escalation", *words, "--yes", expect=1).stderr
        assert "stop them first" in said
    assert cli.rows("SELECT DISTINCT epoch, out_seq FROM escalation.ledger") == [(3, 1000)]
    worker.close()


def test_after_a_restore_numbers_go_on_from_the_time(cli):
    migrate(cli)
    write_ledger(cli)
    cli.rows("UPDATE escalation.ledger SET out_seq = 9000000000000000 WHERE lane = 1")
    cli.run("lane", "reset", "escalation", "--after-restore", "--yes")
    assert cli.rows("SELECT count(*) FROM escalation.ledger WHERE epoch = 4 AND out_seq > 1700000000000000") == [(12,)]
    assert cli.rows("SELECT out_seq FROM escalation.ledger WHERE lane = 1") == [(9000000000000000,)]


def test_a_case_tells_its_story(cli):
    migrate(cli)
    case_id = str(uuid.uuid4())
    cli.rows("INSERT INTO intake.case_record (case_id, status, language, messages) VALUES (%s, 'open', 'zh', 1)", case_id)
    for n, (fact, zh, en, words) in enumerate([("MessageReceived", "顾客来信", "The customer wrote", "坏了\x1b[2J"),
                                               ("CaseOpened", "立案", "A case was opened", None)]):
        cli.rows("INSERT INTO intake.timeline (case_id, source, lane, n, happened_at, service, fact, sentence_zh, sentence_en,"
                 " words) VALUES (%s, 'x', 0, %s, now() - %s * interval '1 hour', 'intake', %s, %s, %s, %s)",
                 case_id, n, n, fact, zh, en, words)
    plain = cli.run("case", case_id).stdout
    assert plain.startswith(f"case {case_id}: open\n")
    assert plain.index("立案") < plain.index("顾客来信") < plain.index("坏了?[2J")
    assert "A case was opened" in cli.run("case", case_id, "--language", "en").stdout
    story = cli.json("case", case_id)
    assert story["case"]["status"] == "open" and story["case"]["messages"] == 1
    assert [line["fact"] for line in story["timeline"]] == ["CaseOpened", "MessageReceived"]
    assert "no such case" in cli.run("case", uuid.uuid4(), expect=1).stderr
    cli.run("case", "not-a-uuid", expect=64)
    denied = cli.run("case", case_id, expect=1, DATABASE_URL=cli.stack.postgres.url(user="escalation")).stderr
    assert "role" in denied


def bury(cli, value, original=INTAKE, ce_type="aftercare.intake.v1.CaseOpened"):
    headers = [("ce_type", ce_type), ("kafka_dlt-original-topic", original),
               ("kafka_dlt-original-partition", struct.pack(">i", 3)), ("kafka_dlt-original-offset", struct.pack(">q", 17)),
               ("kafka_dlt-exception-fqcn", "invalid"), ("kafka_dlt-exception-message", "case_id: is missing\n"),
               ("__connect.errors.topic", original), ("__connect.errors.partition", "3"), ("__connect.errors.offset", "17"),
               ("aftercare-seq", "intake/3/1000/0")]
    return cli.produce(DLQ, value, "the-key", headers)


def test_dead_letters_are_shown_decoded(cli):
    case_id = str(uuid.uuid4())
    fact = {"caseId": case_id, "caseOpened": {"shopId": "s-9"}}
    cli.run("publish", "intake", given=json.dumps(fact))
    value = bytes([0x0a, 36]) + case_id.encode() + bytes([0x52, 0x05, 0x12, 0x03]) + b"s-9"
    partition, offset = bury(cli, value)
    shown = cli.json("dlq", "show", "intake", partition, offset)
    assert (shown["reason"], shown["original"]) == ("invalid", {"topic": INTAKE, "partition": 3, "offset": 17})
    assert shown["key"] == "the-key"
    assert shown["value"]["caseId"] == case_id and shown["fact"] == "CaseOpened"
    plain = cli.run("dlq", "show", "intake", partition, offset).stdout
    assert "kafka_dlt-original-partition: 00000003" in plain and case_id in plain
    listed = cli.run("dlq", "list", "intake").stdout
    assert f" {DLQ}/{partition}/{offset} invalid from {INTAKE}/3/17 key the-key: case_id: is missing?" in listed
    assert f"[invalid: case_id: is missing?; from {INTAKE}/3/17]" in cli.run("tail", "intake.dlq", "--case", case_id).stdout


def test_dead_letters_that_cannot_be_decoded_are_hex(cli):
    partition, offset = bury(cli, b"\x0a\xff\x1b")
    shown = cli.json("dlq", "show", "intake", partition, offset)
    assert shown["valueHex"] == "0aff1b" and shown["problem"]
    assert "3 bytes in hex" in cli.run("dlq", "show", "intake", partition, offset).stdout
    found = [json.loads(line) for line in cli.run("dlq", "list", "--json").stdout.splitlines()]
    assert (partition, offset) in [(record["partition"], record["offset"]) for record in found]
    assert "no record at offset" in cli.run("dlq", "show", "intake", partition, offset + 1000, expect=1).stderr
    assert "no service" in cli.run("dlq", "list", "nobody", expect=64).stderr
