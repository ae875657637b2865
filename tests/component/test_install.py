# SPDX-License-Identifier: Apache-2.0
"""What `cmake --install` puts in place is all that is needed: nothing of the source tree."""
import os
import subprocess

import pytest
from contract import SERVICES
from system import build_directory


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    directory = tmp_path_factory.mktemp("installed")
    subprocess.run(["cmake", "--install", build_directory(), "--prefix", directory], check=True, capture_output=True)
    return directory


def run(prefix, program, *words, **env):
    given = {name: value for name, value in os.environ.items() if name != "POLICY_DIR" and not name.startswith("DATABASE_")}
    return subprocess.run([prefix / "bin" / program, *words], env={**given, **env}, text=True, capture_output=True, timeout=60)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_finds_its_policies(prefix, service):
    done = run(prefix, service, "--check")
    assert (done.returncode, done.stdout[:3]) == (0, "ok,"), done.stderr
    (prefix / "share/aftercare" / service / "policies").rename(prefix / "share/aftercare" / service / "elsewhere")
    done = run(prefix, service, "--check")
    assert done.returncode == 64 and "no policies are installed beside this program" in done.stderr
    done = run(prefix, service, "--check", POLICY_DIR=str(prefix / "share/aftercare" / service / "elsewhere"))
    assert done.returncode == 0, done.stderr


def test_migrate_finds_the_migrations_of_all_services(prefix, stack):
    url = stack.postgres.create_database("installed")
    done = run(prefix, "aftercare", "migrate", DATABASE_ADMIN_URL=url)
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == SERVICES and "migrations applied" in done.stdout
    status = run(prefix, "aftercare", "migrate", "--status", DATABASE_URL=url)
    assert status.returncode == 0, status.stdout
