# SPDX-License-Identifier: Apache-2.0
"""The service of docs/adding-a-service.md does what the text says."""
import subprocess
import sys
import tempfile
import time
import uuid

import psycopg2
import pytest
from confluent_kafka import Producer
from loop import Service, build_dir
from servers import ROOT
from stack import Stack

TOPICS = ["aftercare.survey.v1", "aftercare.goodwill.v1", "aftercare.goodwill.inbox.v1", "aftercare.goodwill.dlq.v1"]


@pytest.fixture
def goodwill():
    with Stack(partitions=2) as stack:
        stack.create_topics(TOPICS)
        subprocess.run([build_dir() / "tests/support/probe/probe-migrate", stack.postgres.url(), "goodwill",
                        ROOT / "common/runtime/schema", ROOT / "docs/example-service/schema"],
                       check=True, capture_output=True)
        env = {"HTTP_LISTEN": "127.0.0.1:0", **stack.env(), "DATABASE_URL": stack.postgres.url(user="goodwill")}
        service = Service("goodwill", env, stack.directory, "tests/example-service/goodwill")
        yield stack
        assert service.stop() == 0


def survey_messages():
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["protoc", f"--python_out={directory}", f"-I{ROOT / 'proto'}", "survey.proto", "common.proto"],
                       check=True)
        sys.path.insert(0, directory)
        try:
            import survey_pb2
        finally:
            sys.path.remove(directory)
    return survey_pb2


def publish(stack, case_id, customer_id):
    fact = survey_messages().SurveyFact(case_id=case_id)
    fact.follow_up_requested.customer_id = customer_id
    producer = Producer({"bootstrap.servers": stack.bootstrap, "partitioner": "murmur2_random"})
    headers = {"ce_type": "aftercare.survey.v1.FollowUpRequested", "ce_source": "/tests", "ce_id": str(uuid.uuid4())}
    producer.produce("aftercare.survey.v1", fact.SerializeToString(), case_id, headers=list(headers.items()))
    assert producer.flush(20) == 0


def test_one_voucher_a_case(goodwill):
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    for case_id, customer_id in ((first, "c-1"), (first, "c-1"), (second, "c-2"), (str(uuid.uuid4()), "")):
        publish(goodwill, case_id, customer_id)
    with psycopg2.connect(goodwill.postgres.url()) as db:
        db.autocommit = True
        cursor = db.cursor()
        until = time.monotonic() + 40
        found = []
        while len(found) < 2 and time.monotonic() < until:
            time.sleep(0.1)
            cursor.execute("SELECT case_id::text, customer_id, amount FROM goodwill.voucher ORDER BY customer_id")
            found = cursor.fetchall()
        assert found == [(first, "c-1", 2000), (second, "c-2", 2000)]
        cursor.execute("SELECT count(*) FROM goodwill.deadline WHERE state = 'armed' AND due_at > now() + interval '29 days'")
        assert cursor.fetchone()[0] == 2
