# SPDX-License-Identifier: Apache-2.0
"""The five services on a stack, as an outside world sees them: the one piece of code that starts them.

    with Stack() as stack, System(stack) as system:          # topics, migrations, processes; all ready, every lane held
        system["intake"].get("/v1/cases/...")                # (status, headers, body); the API key goes along
        system["escalation"].kill(); system["escalation"].start()
        system.aftercare("lag", "--json")                    # the operator's command
        system.add("escalation")                             # one more process of it, told apart as "escalation-2"

    System(stack, services=["intake"], replicas={"intake": 2}, env={"WORKERS": 2},
           own_env={"survey": {"SURVEY_BASE_URL": "..."}}, policies={"survey": DIR})

A process is a Server (servers.py): start stop restart kill freeze thaw; it keeps its port over a restart. What a service
logged is in lines() and said(). Stopping the system raises when a service did not end well.
"""
import hashlib
import json
import os
import re
import secrets
import signal
import subprocess
from pathlib import Path

from contract import SERVICES
from page import fetch
from servers import ROOT, Server, StackError, free_port
from stack import catalogue


def build_directory(build_dir=None):
    return Path(build_dir or os.environ.get("AFTERCARE_BUILD_DIR") or ROOT / "build/test").resolve()


class ServiceProcess(Server):
    """One process of a service."""

    ready_within_s = 60
    look_every_s = 0.1

    def __init__(self, directory, service, program, env, api_key=None, name=None, detached=False):
        super().__init__(directory, detached)
        self.service, self.program, self.env, self.api_key = service, Path(program), env, api_key
        self.name = name or service
        self.log = self.directory / f"{self.name}.log"
        self.port = None  # its own choice at the first start
        self.port_file = self.directory / "port"

    def prepare(self):
        if not self.program.exists():
            raise StackError(f"{self.program} is not there: build it, or set AFTERCARE_BUILD_DIR")
        self.port_file.unlink(missing_ok=True)

    def command(self):
        return [self.program]

    def environment(self):
        own = {"HTTP_LISTEN": f"127.0.0.1:{self.port or 0}", "HTTP_PORT_FILE": str(self.port_file)}
        return {**os.environ, **own, **{name: str(value) for name, value in self.env.items()}}

    def is_ready(self):
        """Open and in its group, which says nothing yet of how many lanes it got."""
        if not self.port:
            text = self.port_file.read_text().strip() if self.port_file.exists() else ""
            if not text:
                return False
            self.port = int(text)
        return self.ready()[0]

    def ready(self):
        """Whether it calls itself ready, and why (/readyz?verbose)."""
        try:
            status, _, body = self.get("/readyz?verbose")
        except OSError as error:
            return False, str(error)
        return status == 200 and "[+]worker" in body, body

    def lanes(self):
        """The lanes it holds."""
        held = re.findall(r"lanes held: ([0-9,]*)", self.ready()[1])
        return {int(lane) for lanes in held for lane in lanes.split(",") if lane}

    def stop(self, within_s=40):
        """Being our own program, it has to end well: a sanitizer's complaint shows in its exit code."""
        super().stop(within_s)
        code = self._process.returncode if self._process else 0
        if code not in (0, None, -signal.SIGKILL):
            raise StackError(f"{self.name} ended with {code}; end of its log:\n{self.end_of_log()}")

    # HTTP.

    def url(self, path="/"):
        return f"http://{self.address}{path}"

    def get(self, path, **headers):
        return self.ask("GET", path, None, **headers)

    def post(self, path, body, **headers):
        """body: bytes as they are, a str or what becomes JSON."""
        return self.ask("POST", path, body, **headers)

    def ask(self, method, path, body=None, timeout_s=15, **headers):
        """(status, headers, text) whatever the status. Header names are written with underscores: Idempotency_Key="k"."""
        if self.api_key:
            headers.setdefault("Authorization", f"Bearer {self.api_key}")
        if body is not None and not isinstance(body, bytes):
            body = (body if isinstance(body, str) else json.dumps(body)).encode()
            headers.setdefault("Content_Type", "application/json")
        status, answered, text = fetch(self.url(path), body, timeout_s, method, **headers)
        return status, answered, text.decode(errors="replace")

    # The log.

    def lines(self):
        """The log, decoded; what is no JSON (a sanitizer's report) as it is."""
        found = []
        for line in self.log.read_text(errors="replace").splitlines() if self.log.exists() else []:
            try:
                found.append(json.loads(line))
            except ValueError:
                found.append({"msg": line})
        return found

    def said(self, part):
        return [line for line in self.lines() if part in line.get("msg", "") or part in line.get("error", "")]

    def state(self):
        return {**super().state(), "service": self.service, "name": self.name, "program": str(self.program),
                "env": {name: str(value) for name, value in self.env.items()}}


class System:
    def __init__(self, stack, services=None, replicas=None, env=None, own_env=None, policies=None, build_dir=None):
        """services: names, all five if not given. replicas: {name: processes}. env: for all; own_env: {name: {...}}.
        policies: {name: directory} instead of services/<name>/policies."""
        self.stack = stack
        self.services = list(SERVICES if services is None else services)
        self.build = build_directory(build_dir)
        self.env, self.own_env, self.policies = env or {}, own_env or {}, policies or {}
        self.directory = stack.directory / "services"
        self.api_key = secrets.token_hex(16)
        self.processes = {}  # by name: "intake", "intake-2"
        for service in self.services:
            for _ in range((replicas or {}).get(service, 1)):
                self._make(service)

    # Life.

    def start(self):
        """Topics, migrations, all processes; returns when everything is ready."""
        try:
            self.prepare()
            for process in self.processes.values():
                self.launch(process)
            self.wait_until_ready()
            self.save()
        except BaseException:
            self.stop(is_failing=True)
            raise
        return self

    def prepare(self):
        """Topics and migrations, and the files that hold secrets; may be done again."""
        self.directory.mkdir(exist_ok=True)
        self._write_secret("api-keys", f"local:{hashlib.sha256(self.api_key.encode()).hexdigest()}\n")
        self._write_secret("survey-key", secrets.token_hex(32))
        if self.stack.broker_kind == "kafka":
            self._operate("topics", "create", "--partitions", self.stack.broker.partitions)
        else:
            self.stack.create_topics(catalogue())
        self._operate("migrate", *self.services, "--dir", ROOT)

    def wait_until_ready(self):
        """Until every process is ready and each service's processes hold all lanes between them."""
        for process in self.processes.values():
            process.wait_until_ready()
        for service in self.services:
            self.wait_for_lanes(service)

    def launch(self, process):
        """The first half of a start: prepare() was before, process.wait_until_ready() comes after."""
        service = process.service
        env = {**self.stack.env(), "DATABASE_URL": self.stack.postgres.url(user=service),
               "POLICY_DIR": self.policies.get(service) or ROOT / f"services/{service}/policies",
               "API_KEYS_FILE": self.directory / "api-keys"}
        if service == "survey":
            env |= {"SURVEY_KEY_FILE": self.directory / "survey-key", "SURVEY_BASE_URL": self["survey"].url("")}
        process.env = {**env, **self.env, **self.own_env.get(service, {})}
        process.launch()

    def wait_for_lanes(self, service):
        """Until its processes hold all lanes between them."""
        processes = [process for process in self.processes.values() if process.service == service]
        wanted = set(range(self.stack.broker.partitions))

        def has_all():
            return set().union(*(process.lanes() for process in processes)) == wanted

        processes[0].wait_for(has_all, f"{service} holds not all {len(wanted)} lanes")

    def add(self, service):
        """One more process of a service that runs already."""
        process = self._make(service)
        self.launch(process)
        process.wait_until_ready()
        return process

    def stop(self, is_failing=False):
        """Stops all processes; then raises what went wrong, unless something has gone wrong already."""
        failures = []
        for process in self.processes.values():
            process.ask_to_stop()
        for process in self.processes.values():
            try:
                process.stop()
            except StackError as error:  # the others have to stop all the same
                failures.append(error)
        if failures and not is_failing:
            raise failures[0]

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        self.stop(is_failing=kind is not None)
        if kind is not None:
            for process in self.processes.values():
                print(f"--- {process.log}\n{process.end_of_log(30)}")

    def __getitem__(self, name):
        return self.processes[name]

    # The operator's command.

    def aftercare(self, *words, given=None, timeout_s=60):
        """Runs `aftercare WORDS`; the CompletedProcess, whatever its code."""
        program = self.build / "cli/aftercare"
        if not program.exists():
            raise StackError(f"{program} is not there: build it, or set AFTERCARE_BUILD_DIR")
        url = self.stack.postgres.url()
        env = {**os.environ, **self.stack.env(), "DATABASE_URL": url, "DATABASE_ADMIN_URL": url}
        return subprocess.run([str(program), *map(str, words)], input=given, text=True, capture_output=True, env=env,
                              timeout=timeout_s)

    def _operate(self, *words):
        done = self.aftercare(*words)
        if done.returncode != 0:
            raise StackError(f"aftercare {words[0]} failed:\n{done.stdout}{done.stderr}")

    # A detached system is found again by its stack.

    def save(self):
        state = {"build": str(self.build), "api_key": self.api_key, "services": self.services,
                 "processes": [process.state() for process in self.processes.values()]}
        path = self.directory / "system.json"
        draft = path.with_suffix(".new")
        draft.touch(0o600)
        draft.write_text(json.dumps(state, indent=2))
        draft.replace(path)

    @classmethod
    def find(cls, stack):
        """The system that was started on the stack, running or not. None when there never was one."""
        try:
            saved = json.loads((stack.directory / "services/system.json").read_text())
        except FileNotFoundError:
            return None
        system = cls(stack, services=[], build_dir=saved["build"])
        system.services, system.api_key = saved["services"], saved["api_key"]
        for state in saved["processes"]:
            process = ServiceProcess(state["directory"], state["service"], state["program"], state["env"],
                                     system.api_key, state["name"], detached=True)
            process.adopt(state)
            system.processes[process.name] = process
        return system

    # How.

    def _make(self, service):
        count = sum(process.service == service for process in self.processes.values())
        name = service if count == 0 else f"{service}-{count + 1}"
        process = ServiceProcess(self.directory / name, service, self.build / f"services/{service}/{service}",
                                 {}, self.api_key, name, self.stack.detached)
        if name == "survey":  # its address is in the links it sends
            process.port = free_port()
        self.processes[name] = process
        return process

    def _write_secret(self, name, text):
        path = self.directory / name
        path.touch(0o600)
        path.write_text(text)
