# SPDX-License-Identifier: Apache-2.0
"""The piece that starts services for tests and for deploy/local, with the service that asks the least."""
import json

import psycopg2
import pytest
from servers import StackError
from stack import Stack
from system import System


def test_processes_share_the_lanes_and_come_back_on_their_port():
    with Stack(partitions=4) as stack, System(stack, ["escalation"], env={"WORKERS": 2}) as system:
        first = system["escalation"]
        assert first.lanes() == {0, 1, 2, 3}
        assert len(first.get("/readyz?verbose")[2].split("[+]worker")) == 3
        second = system.add("escalation")
        assert second.name == "escalation-2" and second.port != first.port
        second.wait_for(lambda: len(first.lanes()) == len(second.lanes()) == 2, "no equal shares")
        told = system.aftercare("health", first.address)
        assert told.returncode == 0 and "[+]postgres ok" in told.stdout
        port = first.port
        first.kill()
        told = system.aftercare("health", f"127.0.0.1:{port}")
        assert told.returncode == 1 and "Connection refused" in told.stderr
        first.start()
        assert first.port == port
        system.wait_until_ready()
        assert first.said("started")[-1]["http_port"] == port
        lag = json.loads(system.aftercare("lag", "escalation", "--json").stdout)
        assert lag["unreachable"] == [] and sum(row["records"] for row in lag["lag"]) == 0


def test_a_detached_system_is_found_again():
    stack = Stack(detached=True, partitions=4)
    system = System(stack, ["escalation"])
    try:
        stack.start()
        system.start()
        again = System.find(Stack.find(stack.directory))
        assert list(again.processes) == ["escalation"]
        assert again["escalation"].is_running and again["escalation"].lanes() == {0, 1, 2, 3}
        assert again.api_key == system.api_key
        again.stop()
        assert not system["escalation"].is_running
    finally:
        system.stop(is_failing=True)
        stack.stop()


def test_what_does_not_start_is_named_with_the_end_of_its_log():
    with Stack(partitions=4) as stack:
        system = System(stack, ["escalation"], own_env={"escalation": {"WORKERS": "many"}})
        with pytest.raises(StackError, match="escalation stopped while starting[^$]*WORKERS"):
            system.start()
        with psycopg2.connect(stack.postgres.url(user="escalation")) as db, db.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("escalation",)
