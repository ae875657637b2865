# SPDX-License-Identifier: Apache-2.0
"""deploy/local/demo, as a new user runs it: it must see everything, and must fail when something is missing."""
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from servers import ROOT
from system import build_directory

DEMO = ROOT / "deploy/local/demo"


@pytest.fixture
def place():
    """Where the demo makes its private directory."""
    directory = Path(tempfile.mkdtemp(prefix="demo-"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory)


def environment(place):
    return {**os.environ, "AFTERCARE_BUILD_DIR": str(build_directory()), "TMPDIR": str(place)}


def demo(place, *words):
    return subprocess.run([DEMO, *words], env=environment(place), text=True, capture_output=True, timeout=240)


def left_over(place):
    """What still runs in there, and what still lies there."""
    running = []
    for process in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if process.resolve().is_relative_to(place):
                running.append(process.parent.name)
        except OSError:
            pass
    return running, [path.name for path in place.iterdir()]


def test_every_expected_fact_is_seen(place):
    done = demo(place)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    for part in ("PickupRebooked", "FollowUpRequested", "CaseClosed", "更换充电座", "We are sorry, the courier did not come",
                 "\nall ", " expected facts were seen"):
        assert part in done.stdout, part
    assert "MISSED" not in done.stdout
    assert left_over(place) == ([], [])


@pytest.mark.parametrize("option, value, missing", [
    ("--without-service", "survey", "missing: survey did not state SurveyScheduled in the story 'unsatisfied'"),
    ("--drop-scan", "DELIVERED", "missing: intake did not state ParcelScanned (scan.status PARCEL_STATUS_DELIVERED) in the story 'repair'"),
])
def test_what_is_missing_is_named(place, option, value, missing):
    done = demo(place, option, value, "--patience", "12")
    assert done.returncode == 1, done.stdout[-4000:] + done.stderr[-2000:]
    assert missing in done.stderr
    assert "expected facts were seen" not in done.stdout
    assert left_over(place) == ([], [])


def test_interrupted_it_stops_everything(place):
    with subprocess.Popen([DEMO], env=environment(place), text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        for line in process.stdout:
            if "CaseOpened" in line:
                break
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait(60) == 130
    time.sleep(0.1)
    assert left_over(place) == ([], [])
