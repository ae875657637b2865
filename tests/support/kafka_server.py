# SPDX-License-Identifier: Apache-2.0
"""Apache Kafka, one KRaft node, from its Maven artefacts (tools/kafka-fetch) with the system's Java."""
import base64
import fcntl
import os
import shutil
import socket
import subprocess
import uuid
from pathlib import Path

from servers import ROOT, Server, StackError, find_program, free_port

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
num.partitions={partitions}
default.replication.factor=1
min.insync.replicas=1
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# A group is formed at once; tests may use short sessions.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
# After a SIGKILL the broker may register again only when its old session has ended: 1 s, not 9.
broker.session.timeout.ms=1000
broker.heartbeat.interval.ms=200
num.network.threads=2
num.io.threads=2
num.recovery.threads.per.data.dir=1
background.threads=2
log.cleaner.dedupe.buffer.size=16777216
log.segment.bytes=67108864
"""
LOG4J = """\
status=error
appender.c.type=Console
appender.c.name=C
appender.c.layout.type=PatternLayout
appender.c.layout.pattern=[%d] %p %m (%c)%n
rootLogger.level=info
rootLogger.appenderRef.c.ref=C
"""


class Kafka(Server):
    """Keeps what it was given over stop, kill and restart."""

    name = "kafka"
    ready_within_s = 90

    def __init__(self, directory, detached=False, partitions=12):
        super().__init__(directory, detached)
        self.partitions = partitions
        self.controller = free_port()
        self.data = self.directory / "data"
        self.properties = self.directory / "server.properties"
        self.java = find_program("java", "default-jre-headless")
        self.jars = None

    def prepare(self):
        self.jars = fetch_jars()
        if self.data.exists():
            return
        self.properties.write_text(PROPERTIES.format(port=self.port, controller=self.controller, data=self.data,
                                                     partitions=self.partitions))
        (self.directory / "log4j2.properties").write_text(LOG4J)
        # An id that begins with "-" would be taken for an option.
        cluster = "A" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]
        try:
            self._run("kafka.tools.StorageTool", "format", "--standalone", "-t", cluster, "-c", self.properties)
        except StackError:
            shutil.rmtree(self.data, ignore_errors=True)
            raise

    def command(self):
        return [self.java, "-Xms128m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                f"-Dlog4j2.configurationFile={self.directory}/log4j2.properties", "-cp", f"{self.jars}/*",
                "kafka.Kafka", self.properties]

    def is_ready(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return "Kafka Server started" in self._log_since_start()
        except OSError:
            return False

    def create_topics(self, names, partitions=None):
        """Those that are there already stay as they are."""
        try:
            from confluent_kafka import KafkaException
            from confluent_kafka.admin import AdminClient, NewTopic
        except ImportError as error:
            raise StackError("python3-confluent-kafka is missing for this Python: install the package "
                             "and use /usr/bin/python3") from error
        admin = AdminClient({"bootstrap.servers": self.address})
        wanted = [NewTopic(name, num_partitions=partitions or self.partitions, replication_factor=1)
                  for name in names]
        for name, future in (admin.create_topics(wanted, request_timeout=30) if wanted else {}).items():
            try:
                future.result()
            except KafkaException as error:
                if error.args[0].name() != "TOPIC_ALREADY_EXISTS":
                    raise StackError(f"topic {name}: {error}") from error

    def adopt(self, state):
        super().adopt(state)
        self.jars = fetch_jars()

    def _spawn(self):
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        super()._spawn()

    def _log_since_start(self):
        with open(self.log, "rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def _run(self, main, *arguments):
        done = subprocess.run([self.java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", f"{self.jars}/*",
                               main, *map(str, arguments)], stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.directory)
        if done.returncode != 0:
            raise StackError(f"{main} failed:\n{done.stdout}")


def fetch_jars():
    """The directory of Kafka's jars, fetched at the first time."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aftercare"
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "lock", "w") as lock:  # two stacks may start at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run([str(ROOT / "tools/kafka-fetch")], stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise StackError(f"tools/kafka-fetch failed:\n{done.stderr}")
    return done.stdout.strip()
