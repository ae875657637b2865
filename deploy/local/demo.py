# SPDX-License-Identifier: Apache-2.0
"""deploy/local/demo: a system of its own, three stories played from outside, and what became of them."""
import argparse
import json
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
import overlay  # noqa: E402
from contract import SERVICES  # noqa: E402
from outside import Outside  # noqa: E402
from play import Missing, Screen, play  # noqa: E402
from servers import StackError  # noqa: E402
from stack import Stack  # noqa: E402
from stories import BEFORE, STORIES  # noqa: E402
from system import System  # noqa: E402

SCANS = ["PICKED_UP", "DELIVERED"]
SETTLE_S = 15


def settle(plays, outside, screen, system):
    """Until everything is read to its end, so that the case records are complete. {service: (records, seconds) behind}."""
    until = time.monotonic() + SETTLE_S
    while True:
        outside.look(0.3)
        screen.show(plays, outside)
        told = system.aftercare("lag", "--json")
        lag = {}
        for row in json.loads(told.stdout)["lag"]:
            records, seconds = lag.get(row["service"], (0, 0))
            lag[row["service"]] = (records + row["records"], max(seconds, row["seconds"]))
        if told.returncode == 0 and not any(records for records, _ in lag.values()):
            return lag
        if time.monotonic() > until:
            raise Missing(f"the services are still behind {SETTLE_S} s after the last fact: {lag} {told.stderr}")


def tell_deadlines(plays, outside):
    cases = {case_id: each.story.name for each in plays for case_id in each.cases}
    ends = {"DeadlineMet": "kept", "DeadlineBreached": "MISSED"}
    states = {}
    for fact in outside.facts:
        if fact.name in ("DeadlineSet", *ends) and fact.case_id in cases:
            clock = fact.fields["clock"].removeprefix("CLOCK_KIND_").lower().replace("_", " ")
            states[fact.case_id, clock] = ends.get(fact.name) or states.get((fact.case_id, clock), "runs")
    for (case_id, clock), state in states.items():
        print(f"  {state:7} {clock:15} of case {case_id[:8]}, {cases[case_id]}")
    if "MISSED" in states.values():
        raise Missing("a deadline was missed: escalation stated DeadlineBreached")


def tell_end(plays, outside, screen, system):
    lag = settle(plays, outside, screen, system)
    print(f"\n{plays[0].story.title}\n")
    print(system.aftercare("case", plays[0].cases[0]).stdout)
    print("Cases\n")
    for each in plays:
        for case_id in each.cases:
            record = outside.record(case_id)
            print(f"  {record['status']:8} {case_id}  {each.story.title}" + (" (the follow-up)" if "follow_up_of" in record else ""))
    print("\nLag of each service\n")
    for service, (records, seconds) in lag.items():
        print(f"  {service:15} {records} records, {seconds:.1f} s")
    print("\nDeadlines\n")
    tell_deadlines(plays, outside)
    letters = system.aftercare("dlq", "list").stdout.strip()
    if letters:
        raise Missing(f"nothing should be in the dead letters, but there is:\n{letters}")


def run(chosen):
    print("starting Postgres, Redis, devbroker and the five services", flush=True)
    began = time.monotonic()
    with Stack(build_dir=os.environ["AFTERCARE_BUILD_DIR"]) as stack:
        with System(stack, policies=overlay.make(stack.directory / "policies")) as system:
            print(f"ready after {time.monotonic() - began:.1f} s\n", flush=True)
            if chosen.without_service:
                system[chosen.without_service].stop()
            outside, screen = Outside(stack, system), Screen()
            try:
                play([BEFORE], outside, screen, chosen.patience)
                plays = play(STORIES, outside, screen, chosen.patience, chosen.drop_scan)
                tell_end(plays, outside, screen, system)
            finally:
                outside.close()
            count = sum(not hasattr(step, "who") for story in STORIES for step in story.steps)
            print(f"\nall {count} expected facts were seen, within {time.monotonic() - began:.0f} s")


def main():
    parser = argparse.ArgumentParser(prog="deploy/local/demo", description="Plays three stories on a system of its own.")
    parser.add_argument("--patience", type=float, default=20, help="seconds to wait for a fact (20)")
    # For the demo's own test.
    parser.add_argument("--without-service", choices=SERVICES, help=argparse.SUPPRESS)
    parser.add_argument("--drop-scan", choices=SCANS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    try:
        run(chosen)
    except Missing as missing:
        print(f"\nmissing: {missing}", file=sys.stderr)
        return 1
    except StackError as error:
        print(f"deploy/local/demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
