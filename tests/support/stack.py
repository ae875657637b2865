#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Postgres, Redis and a broker of one's own, in a temporary directory and on free ports.

    with Stack() as stack:                       # or Stack(broker="kafka")
        stack.create_topics(catalogue())         # or a list of names
        subprocess.Popen([...], env={**os.environ, **stack.env()})
        stack.redis.kill(); stack.redis.start()  # each server: start stop restart kill freeze thaw
        stack.broker.control("errors Produce MSG_SIZE_TOO_LARGE")   # devbroker only, see deploy/local/control.h

Everything it started is gone afterwards, whatever happens: at the end of the with, on exceptions and SIGTERM, and when
this process is killed. Only a detached stack stays, until somebody calls Stack.find(directory).stop().

As a program it runs a command with the stack's addresses in the environment:

    tests/support/stack.py [--kafka] [--topics NAME,...] COMMAND...     # without --topics: the catalogue's
"""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from kafka_server import Kafka
from servers import ROOT, Devbroker, Postgres, Redis, StackError

BROKERS = {"devbroker": Devbroker, "kafka": Kafka}


class Stack:
    def __init__(self, broker="devbroker", directory=None, detached=False, keep=False, partitions=12, build_dir=None):
        """directory: where everything lives; made in the temporary directory, and removed by stop(), if none is given.
        keep: stop() leaves the directory. detached: the servers outlive this process."""
        self.is_own_directory = directory is None
        self.directory = Path(directory or tempfile.mkdtemp(prefix="aftercare-")).resolve()
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o711)  # the user postgres has to pass
        self.keep = keep
        self.broker_kind = broker
        options = {"partitions": partitions}
        if broker == "devbroker":
            options["build_dir"] = build_dir
        try:
            self.postgres = Postgres(self.directory / "postgres", detached)
            self.redis = Redis(self.directory / "redis", detached)
            self.broker = BROKERS[broker](self.directory / broker, detached, **options)
        except BaseException:
            self._remove_directory()
            raise
        self.servers = {"postgres": self.postgres, "redis": self.redis, "broker": self.broker}
        self.detached = detached
        self._handlers = {}

    # Life.

    def start(self):
        self._catch_signals()
        try:
            launched = [server for server in self.servers.values() if server.launch()]
            for server in launched:
                server.wait_until_ready()
            self.save()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        """Stops all servers, whatever state they are in, and removes the directory; then raises what went wrong."""
        failures = []
        for server in self.servers.values():
            server.ask_to_stop()
        for server in reversed(list(self.servers.values())):
            try:
                server.stop()
            except Exception as error:  # the others have to stop all the same
                failures.append(error)
        self._remove_directory()
        self._release_signals()
        if failures:
            raise failures[0]

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    # What is where.

    @property
    def bootstrap(self):
        return self.broker.address

    def env(self):
        """What a service needs to know, as environment variables."""
        found = {"KAFKA_BOOTSTRAP_SERVERS": self.bootstrap, "DATABASE_URL": self.postgres.url(),
                 "REDIS_URL": self.redis.url()}
        if self.broker_kind == "devbroker":
            found["DEVBROKER_CONTROL"] = str(self.broker.socket)
        return found

    def create_topics(self, names, partitions=None):
        self.broker.create_topics(names, partitions)

    # A detached stack is found again by its directory.

    def save(self):
        state = {name: server.state() for name, server in self.servers.items()}
        draft = self.directory / "stack.json.new"
        draft.write_text(json.dumps({"broker": self.broker_kind, "servers": state}, indent=2))
        draft.replace(self.directory / "stack.json")

    @classmethod
    def find(cls, directory):
        """The stack that was started there, running or not. None when there never was one."""
        try:
            saved = json.loads((Path(directory) / "stack.json").read_text())
        except FileNotFoundError:
            return None
        stack = cls(saved["broker"], directory, detached=True)
        for name, state in saved["servers"].items():
            stack.servers[name].adopt(state)
        return stack

    # How.

    def _remove_directory(self):
        if self.is_own_directory and not self.keep:
            shutil.rmtree(self.directory, ignore_errors=True)

    def _catch_signals(self):
        """SIGTERM and SIGHUP end the program as an exception does, so that every with is left."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) == signal.SIG_DFL:
                self._handlers[number] = signal.signal(number, leave)

    def _release_signals(self):
        while self._handlers:
            signal.signal(*self._handlers.popitem())


def catalogue():
    """The names of all topics, as proto/README.md lists them."""
    table = ROOT / "proto/README.md"
    text = table.read_text() if table.exists() else ""
    names = re.findall(r"^\| `(aftercare\.[a-z0-9.-]+)`", text, re.MULTILINE)
    if not names:
        raise StackError("proto/README.md lists no topics")
    return list(dict.fromkeys(names))  # further tables name them again


def leave(number, _frame):
    sys.exit(128 + number)


def main():
    parser = argparse.ArgumentParser(description="Runs a command beside Postgres, Redis and a broker of its own.")
    parser.add_argument("--kafka", action="store_true", help="Apache Kafka instead of devbroker")
    parser.add_argument("--topics", help="topics to make, with commas between them (all of the catalogue)")
    parser.add_argument("--partitions", type=int, default=12)
    parser.add_argument("--keep", action="store_true", help="leave the directory with the logs")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    chosen = parser.parse_args()
    if not chosen.command:
        parser.error("which command?")
    try:
        with Stack("kafka" if chosen.kafka else "devbroker", keep=chosen.keep, partitions=chosen.partitions) as stack:
            stack.create_topics(catalogue() if chosen.topics is None else filter(None, chosen.topics.split(",")))
            if chosen.keep:
                print(f"stack: {stack.directory}", file=sys.stderr)
            return subprocess.call(chosen.command, env={**os.environ, **stack.env()})
    except StackError as error:
        print(f"stack: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
