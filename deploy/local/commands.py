# SPDX-License-Identifier: Apache-2.0
"""deploy/local/up, down, status and logs. The directory of what runs is the target of <build>/stack."""
import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from servers import StackError  # noqa: E402
from stack import Stack  # noqa: E402
from system import System  # noqa: E402

BUILD = Path(os.environ.get("AFTERCARE_BUILD_DIR") or ROOT / "build/local").resolve()
LINK = BUILD / "stack"
# A conversation's first case has the same id everywhere; this is that of conversation c-1 of shop s-1.
FIRST_CASE = "ad03152e-040a-58d2-a2de-392cb130694a"


def find():
    """The stack and the system that run, or were started and have died; None, None without."""
    stack = Stack.find(LINK) if LINK.exists() else None
    return stack, stack and System.find(stack)


def parts(stack, system):
    return {**stack.servers, **(system.processes if system else {})}


def up(kafka):
    stack, system = find()
    if stack:
        dead = [name for name, part in parts(stack, system).items() if not part.is_running]
        if dead:
            raise StackError(f"it was started, but {', '.join(dead)} stopped: see deploy/local/logs, then deploy/local/down")
        print("it runs already")
        tell(stack, system)
        return
    began = time.monotonic()
    stack = Stack("kafka" if kafka else "devbroker", detached=True)
    system = System(stack, build_dir=BUILD)
    try:
        print(f"starting Postgres, Redis and {'Apache Kafka' if kafka else 'devbroker'} in {stack.directory}", flush=True)
        stack.start()
        print("making topics and schemas, starting the services", flush=True)
        system.start()
        write_environment(stack, system)
        LINK.unlink(missing_ok=True)
        LINK.symlink_to(stack.directory)
    except BaseException:
        system.stop(is_failing=True)
        stack.stop()
        raise
    print(f"ready after {time.monotonic() - began:.1f} s")
    tell(stack, system)


def write_environment(stack, system):
    """For a shell in which `aftercare` shall find everything."""
    url = stack.postgres.url()
    lines = [f"export KAFKA_BOOTSTRAP_SERVERS={stack.bootstrap}", f"export DATABASE_URL={url}", f"export DATABASE_ADMIN_URL={url}",
             f"export REDIS_URL={stack.redis.url()}", f"export AFTERCARE_API_KEY={system.api_key}",
             f"export PATH={BUILD}/cli:$PATH"]
    path = stack.directory / "env"
    path.touch(0o600)
    path.write_text("\n".join(lines) + "\n")


def tell(stack, system):
    env = Path(os.path.relpath(LINK)) / "env"
    print()
    for name, process in system.processes.items():
        print(f"  {name:15} {process.url('')}")
    print(f"  {'Kafka':15} {stack.bootstrap}" + ("" if stack.broker_kind == "kafka" else "   (devbroker: in memory, for trying out)"))
    print(f"  {'Postgres':15} {stack.postgres.url()}")
    print(f"  {'Redis':15} {stack.redis.url()}")
    intake = f'curl -s -H "Authorization: Bearer $AFTERCARE_API_KEY" {system["intake"].url("")}'
    print(f"""
Try:
  . {env}
  {intake}/v1/messages -H 'Content-Type: application/json' \\
    -d '{{"messageId": "m-1", "conversationId": "c-1", "shopId": "s-1", "channel": "CHANNEL_CHAT", "text": "我的扫地机器人充不进电"}}'
  {intake}/v1/cases/{FIRST_CASE}
  curl -s '{system["escalation"].url("/readyz?verbose")}'
  aftercare tail escalation        # all facts of a service; aftercare --help
deploy/local/status, logs and down do what they say.""")


def status():
    stack, system = find()
    if not stack:
        print("it does not run: deploy/local/up starts it")
        return 3
    code = 0
    for name, part in parts(stack, system).items():
        state = "runs" if part.is_running else "stopped"
        if part.is_running and hasattr(part, "ready"):
            is_ready, why = part.ready()
            state = f"ready, {len(part.lanes())} lanes" if is_ready else "not ready: " + " ".join(why.split())
            code |= not is_ready
        code |= not part.is_running
        print(f"{name:15} {state:18} {part.address:16} pid {part.pid:<8} {memory(part.pid) if part.is_running else ''}")
    return int(code)


def memory(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return f"{int(line.split()[1]) // 1024} MB"
    return ""


def logs(names, follow):
    stack, system = find()
    if not stack:
        print("it does not run: deploy/local/up starts it")
        return 3
    known = parts(stack, system)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise StackError(f"there is no {unknown[0]}, only: {', '.join(known)}")
    files = [str(known[name].log) for name in names or known if known[name].log.exists()]
    how = ["-n", "+1"] if names else ["-n", "10"]
    return subprocess.call(["tail", *how, *(["-F"] if follow else []), *files])


def down():
    stack, system = find()
    if not stack:
        print("it does not run")
        LINK.unlink(missing_ok=True)
        return
    directory = LINK.resolve()
    try:
        if system:
            system.stop()
    finally:  # a service that ended badly is told of, and leaves nothing running
        stack.stop()
        LINK.unlink()
        shutil.rmtree(directory)
    print("stopped")


def main():
    parser = argparse.ArgumentParser(prog="deploy/local")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("up").add_argument("--kafka", action="store_true")
    verbs.add_parser("down")
    verbs.add_parser("status")
    verb = verbs.add_parser("logs")
    verb.add_argument("names", nargs="*", metavar="SERVICE")
    verb.add_argument("-f", "--follow", action="store_true")
    chosen = vars(parser.parse_args())
    try:
        return {"up": up, "down": down, "status": status, "logs": logs}[chosen.pop("verb")](**chosen)
    except StackError as error:
        print(f"deploy/local: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
