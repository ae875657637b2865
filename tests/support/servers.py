# SPDX-License-Identifier: Apache-2.0
"""The servers a stack is made of: each in its own directory, on a free port of 127.0.0.1, as one process.

A Server is started, stopped (in good order), killed (SIGKILL), frozen (SIGSTOP) and thawed (SIGCONT). It keeps its
port and its directory over a restart. It knows its process by pid and start time, so that it can be found again from
another process and is never mixed up with a stranger that got the same pid.
"""
import ctypes
import glob
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class StackError(Exception):
    """What went wrong, in one sentence for the person who ran it."""


def find_program(name, package, *places):
    """The program's path. Servers in Debian are not always in PATH."""
    found = shutil.which(name)
    if found:
        return found
    for place in places:
        matches = sorted(glob.glob(f"{place}/{name}"), key=version_in)
        if matches:
            return matches[-1]
    raise StackError(f"{name} is missing: install the package {package}, or run tools/packages test")


def version_in(path):
    return [int(part) for part in path.split("/") if part.isdigit()]


def free_port():
    """Below the range that outgoing connections take theirs from, for the server binds it only later."""
    while True:
        port = random.randrange(18000, 32000)
        with socket.socket() as sock:
            try:
                sock.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def process_started(pid):
    """When the process started, in clock ticks; None if it does not run."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else int(fields[19])


class Server:
    """Base of all servers. A subclass says how to prepare its directory, what to run and when it is ready."""

    name = "server"
    ready_within_s = 30
    look_every_s = 0.02
    stop_signal = signal.SIGTERM
    orphan_signal = signal.SIGKILL  # what it gets when the thread that started it dies; only when not detached
    user = None  # run it as this user

    def __init__(self, directory, detached=False):
        self.directory = Path(directory)
        self.log = self.directory / f"{self.name}.log"
        self.detached = detached
        self.port = free_port()
        self.pid = None
        self.started = None
        self._process = None

    # What a subclass has to say.

    def prepare(self):
        """Before every start; makes what is not there yet."""

    def command(self):
        raise NotImplementedError

    def is_ready(self):
        raise NotImplementedError

    def environment(self):
        """None: the same as ours."""
        return None

    # What everybody does with it.

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def is_running(self):
        if self._process is not None:
            self._process.poll()
        return self.pid is not None and process_started(self.pid) == self.started

    def start(self):
        if self.launch():
            self.wait_until_ready()

    def launch(self):
        """The first half of start(), so that several can start at once. False: it runs already."""
        if self.is_running:
            return False
        self.directory.mkdir(parents=True, exist_ok=True)
        self.prepare()
        self._spawn()
        return True

    def wait_until_ready(self):
        try:
            self.wait_for(self.is_ready, f"{self.name} is not ready")
        except StackError:
            self.kill()
            raise

    def wait_for(self, condition, otherwise):
        """As long as it runs, and for as long as it may take to get ready; then raises, beginning with `otherwise`."""
        until = time.monotonic() + self.ready_within_s
        while not condition():
            if not self.is_running:
                raise StackError(f"{self.name} stopped while starting; end of {self.log}:\n{self.end_of_log()}")
            if time.monotonic() > until:
                raise StackError(f"{otherwise} after {self.ready_within_s} s; end of {self.log}:\n{self.end_of_log()}")
            time.sleep(self.look_every_s)

    def stop(self, within_s=20):
        """In good order; what does not obey in time is killed."""
        self.ask_to_stop()
        if not self._wait_until_gone(within_s):
            self.kill()

    def ask_to_stop(self):
        self.thaw()
        self._signal(self.stop_signal)

    def kill(self):
        """SIGKILL, and wait until it is gone."""
        self._signal(signal.SIGKILL)
        if not self._wait_until_gone(20):
            raise StackError(f"{self.name} (pid {self.pid}) does not die")

    def restart(self):
        self.stop()
        self.start()

    def freeze(self):
        self._signal(signal.SIGSTOP)

    def thaw(self):
        self._signal(signal.SIGCONT)

    def end_of_log(self, lines=20):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""

    def state(self):
        return {"directory": str(self.directory), "port": self.port, "pid": self.pid, "started": self.started}

    def adopt(self, state):
        """Takes over a process that an earlier program started."""
        self.port, self.pid, self.started = state["port"], state["pid"], state["started"]

    # How.

    def _spawn(self):
        account = {}
        if self.user:
            entry = pwd.getpwnam(self.user)
            account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

        def in_child():
            if not self.detached:
                LIBC.prctl(PR_SET_PDEATHSIG, self.orphan_signal)

        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                [str(word) for word in self.command()], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self.directory, env=self.environment(), start_new_session=True, preexec_fn=in_child, **account)
        self.pid = self._process.pid
        self.started = process_started(self.pid)

    def _wait_until_gone(self, within_s):
        until = time.monotonic() + within_s
        while self.is_running:
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        return True

    def _signal(self, number):
        if self.is_running:
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                pass


class Postgres(Server):
    """Trusts everybody on 127.0.0.1; database aftercare, superuser postgres. Never root: as root it is run as postgres.

    Survives SIGKILL as any Postgres does; it does not survive a power cut, for it does not fsync.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # fast: ends the sessions
    orphan_signal = signal.SIGQUIT
    settings = {"listen_addresses": "127.0.0.1", "fsync": "off", "full_page_writes": "off", "max_connections": "200",
                "shared_buffers": "64MB", "max_wal_size": "256MB", "timezone": "UTC", "log_timezone": "UTC"}

    def __init__(self, directory, detached=False):
        super().__init__(directory, detached)
        self.bin = Path(find_program("initdb", "postgresql", "/usr/lib/postgresql/*/bin")).resolve().parent
        self.data = self.directory / "data"
        self.user = "postgres" if os.geteuid() == 0 else None

    def prepare(self):
        if self.user:
            shutil.chown(self.directory, self.user)
        if (self.data / "PG_VERSION").exists():
            return
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                  "--no-sync")

    def command(self):
        words = [self.bin / "postgres", "-D", self.data, "-p", self.port, "-k", self.directory]
        for name, value in self.settings.items():
            words += ["-c", f"{name}={value}"]
        return words

    def is_ready(self):
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready" and lines[0] == str(self.pid)

    def launch(self):
        self._is_new = not self.data.exists()
        return super().launch()

    def wait_until_ready(self):
        super().wait_until_ready()
        if self._is_new:
            self.create_database("aftercare")
            self._is_new = False

    def create_database(self, name):
        self._run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres", name)
        return self.url(database=name)

    def url(self, user="postgres", database="aftercare"):
        return f"postgresql://{user}@{self.address}/{database}"

    def _run(self, program, *arguments):
        account = {}
        if self.user:
            entry = pwd.getpwnam(self.user)
            account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        done = subprocess.run([str(self.bin / program), *map(str, arguments)], stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.directory, **account)
        if done.returncode != 0:
            raise StackError(f"{program} failed:\n{done.stdout}")


class Redis(Server):
    """In memory only: stopping it empties it."""

    name = "redis"

    def __init__(self, directory, detached=False):
        super().__init__(directory, detached)
        self.program = find_program("redis-server", "redis-server", "/usr/bin")

    def command(self):
        return [self.program, "--bind", "127.0.0.1", "--port", self.port, "--dir", self.directory, "--save", "",
                "--appendonly", "no"]

    def is_ready(self):
        try:
            return self.ask("PING") == b"+PONG\r\n"
        except OSError:
            return False

    def ask(self, command):
        """Sends one inline command ("FLUSHALL"); the raw answer, at most 64 KiB."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as sock:
            sock.sendall(command.encode() + b"\r\n")
            return sock.recv(65536)

    def url(self):
        return f"redis://{self.address}"


class Devbroker(Server):
    """librdkafka's mock cluster. Stopping it empties it, and a new one has another port: to take it away for a while
    use control("down") and control("up"), or freeze() and thaw()."""

    name = "devbroker"

    def __init__(self, directory, detached=False, partitions=12, build_dir=None):
        super().__init__(directory, detached)
        build_dir = Path(build_dir or os.environ.get("AFTERCARE_BUILD_DIR") or ROOT / "build/test").resolve()
        self.program = build_dir / "deploy/local/devbroker"
        if not self.program.exists():
            raise StackError(f"{self.program} is not there: build it, or set AFTERCARE_BUILD_DIR")
        self.partitions = partitions
        self.topics = self.directory / "topics"
        self.socket = self.directory / "control"
        self.port_file = self.directory / "address"

    def prepare(self):
        self.port_file.unlink(missing_ok=True)
        self.topics.touch()

    def command(self):
        return [self.program, "--partitions", self.partitions, "--topics", self.topics, "--control", self.socket,
                "--port-file", self.port_file]

    def is_ready(self):
        if not self.port_file.exists():
            return False
        self.port = int(self.port_file.read_text().rpartition(":")[2])
        return True

    def stop(self, within_s=20):
        """Being our own program, it has to end well: a sanitizer's complaint shows in its exit code."""
        super().stop(within_s)
        code = self._process.returncode if self._process else 0
        if code not in (0, None, -signal.SIGKILL):
            raise StackError(f"devbroker ended with {code}; end of its log:\n{self.end_of_log()}")

    def create_topics(self, names, partitions=None):
        """Those that are there already stay as they are."""
        for name in names:
            self._obey(f"topic {name} {partitions or self.partitions}", "already exists")

    def control(self, command):
        """One command, see deploy/local/control.h. Raises unless it was obeyed."""
        return self._obey(command)

    def _obey(self, command, accepted_error=None):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(10)
            sock.connect(str(self.socket))
            sock.sendall(command.encode() + b"\n")
            sock.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: sock.recv(4096), b"")).decode().strip()
        if not answer.startswith("ok") and not (accepted_error and accepted_error in answer):
            raise StackError(f"devbroker was told '{command}' and answered '{answer}'")
        return answer
