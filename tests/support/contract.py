# SPDX-License-Identifier: Apache-2.0
"""proto/ for Python: what systems outside, tests and the demo say and read."""
import subprocess
import sys
import tempfile
from functools import cache

from servers import ROOT

SERVICES = ["intake", "classification", "escalation", "returns", "survey"]
INBOUND = {"messages": "InboundMessage", "calls": "CallRecord", "orders": "OrderUpdate", "customers": "CustomerUpdate",
           "parcels": "ParcelScan", "payments": "RefundResult", "agents": "AgentUpdate", "actions": "ActionRequest",
           "returns": "ReturnRequest"}


@cache
def messages():
    """The modules protoc makes from proto/, by the names of their files."""
    files = SERVICES + ["common", "inbound"]
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["protoc", f"--python_out={directory}", f"-I{ROOT / 'proto'}"] + [f"{name}.proto" for name in files],
                       check=True)
        sys.path.insert(0, directory)
        try:
            return {name: __import__(f"{name}_pb2") for name in files}
        finally:
            sys.path.remove(directory)


def inbound(kind):
    """The message type of aftercare.inbound.<kind>.v1."""
    return getattr(messages()["inbound"], INBOUND[kind])


def unwrap(service, value):
    """(name of the fact, the fact, its wrapper) from a record of aftercare.<service>.v1."""
    wrapper = getattr(messages()[service], f"{service.capitalize()}Fact").FromString(value)
    fact = getattr(wrapper, wrapper.WhichOneof("fact"))
    return type(fact).__name__, fact, wrapper


def snake(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")
