# SPDX-License-Identifier: Apache-2.0
"""What may become of the messages in proto/: the rules behind tools/proto-check and tools/proto-accept.

Three questions, each answered with sentences that name the place and the rule; no sentence means that all is well:
`breaks` (is everything that was ever locked still there, unchanged?), `house_rules` (what protobuf-c and our readers
cannot do) and `catalogue_differences` (does README.md say what the files say?). Descriptors are those of protoc.
"""
import re
import subprocess
from pathlib import Path

from google.protobuf import descriptor_pb2

Field = descriptor_pb2.FieldDescriptorProto
LOCK = "lock.binpb"


def load(directory):
    """The FileDescriptorSet of all .proto files of a directory; SystemExit with protoc's words when it has any."""
    files = sorted(path.name for path in Path(directory).glob("*.proto"))
    if not files:
        raise SystemExit(f"{directory}: there are no .proto files")
    done = subprocess.run(["protoc", f"-I{directory}", "--descriptor_set_out=/dev/stdout", *files],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr.decode())
    return descriptor_pb2.FileDescriptorSet.FromString(done.stdout)


def load_lock(directory):
    """What was accepted last; an empty set when nothing ever was."""
    path = Path(directory) / LOCK
    return descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes() if path.exists() else b"")


def save_lock(directory, files):
    (Path(directory) / LOCK).write_bytes(files.SerializeToString(deterministic=True))


def messages_of(files):
    """Every message by its full name, nested ones too."""
    found = {}

    def walk(prefix, message):
        found[f"{prefix}.{message.name}"] = message
        for nested in message.nested_type:
            walk(f"{prefix}.{message.name}", nested)

    for file in files.file:
        for message in file.message_type:
            walk(file.package, message)
    return found


def enums_of(files):
    found = {f"{file.package}.{enum.name}": enum for file in files.file for enum in file.enum_type}
    for name, message in messages_of(files).items():
        found.update({f"{name}.{enum.name}": enum for enum in message.enum_type})
    return found


# Additions only.

def breaks(locked, files):
    """What a reader or a record of the locked version would not survive."""
    said = []
    now = messages_of(files)
    for name, message in messages_of(locked).items():
        if name in now:
            said += message_breaks(name, message, now[name])
        else:
            said.append(f"{name}: the message is gone; it may be emptied, with `reserved`, and stays")
    now = enums_of(files)
    for name, enum in enums_of(locked).items():
        if name in now:
            said += enum_breaks(name, enum, now[name])
        else:
            said.append(f"{name}: the enum is gone; it stays")
    return said


def message_breaks(name, old, new):
    said = []
    numbers = {field.number: field for field in new.field}
    for field in old.field:
        place = f"{name}.{field.name}"
        if field.number in numbers:
            said += field_breaks(place, old, field, new, numbers[field.number])
        elif not is_reserved(new, field.number, field_end) or field.name not in new.reserved_name:
            said.append(f"{place}: field {field.number} is gone without `reserved {field.number};` and "
                        f"`reserved \"{field.name}\";`")
    return said + reservation_breaks(name, old, new, field_end)


def field_breaks(place, old_message, old, new_message, new):
    said = []
    if old.name != new.name:
        said.append(f"{place}: field {old.number} is called {new.name} now; names are what JSON is read by")
    elif old.json_name != new.json_name:
        said.append(f"{place}: its JSON name was {old.json_name} and is {new.json_name}")
    if (old.type, old.type_name) != (new.type, new.type_name):
        said.append(f"{place}: its type was {type_text(old)} and is {type_text(new)}")
    if old.label != new.label:
        said.append(f"{place}: it was {label_text(old)} and is {label_text(new)}")
    if old.options.packed != new.options.packed:
        said.append(f"{place}: [packed] has changed")
    before, after = oneof_text(old_message, old), oneof_text(new_message, new)
    if before != after:
        said.append(f"{place}: it was in {before} and is in {after}")
    return said


def enum_breaks(name, old, new):
    said = []
    names = {value.name: value.number for value in new.value}
    numbers = {value.number for value in new.value}
    for value in old.value:
        place = f"{name}.{value.name}"
        if value.name in names:
            if names[value.name] != value.number:
                said.append(f"{place}: its number was {value.number} and is {names[value.name]}")
        elif value.number in numbers:
            said.append(f"{place}: {value.number} has another name now; names are what JSON is read by")
        elif not is_reserved(new, value.number, enum_end) or value.name not in new.reserved_name:
            said.append(f"{place}: the value is gone without `reserved {value.number};` and "
                        f"`reserved \"{value.name}\";`")
    return said + reservation_breaks(name, old, new, enum_end)


def reservation_breaks(name, old, new, end):
    """A reservation is for ever: records of the version that had the field are still about."""
    said = []
    for span in old.reserved_range:
        for number in range(span.start, min(end(span), span.start + 1000)):
            if not is_reserved(new, number, end):
                said.append(f"{name}: {number} is no longer reserved")
    return said + [f"{name}: \"{word}\" is no longer reserved" for word in old.reserved_name
                   if word not in new.reserved_name]


def field_end(span):
    return span.end  # exclusive


def enum_end(span):
    return span.end + 1  # inclusive


def is_reserved(message, number, end):
    return any(span.start <= number < end(span) for span in message.reserved_range)


def type_text(field):
    return field.type_name.lstrip(".") or Field.Type.Name(field.type).removeprefix("TYPE_").lower()


def label_text(field):
    return Field.Label.Name(field.label).removeprefix("LABEL_").lower()


def oneof_text(message, field):
    return f"oneof {message.oneof_decl[field.oneof_index].name}" if field.HasField("oneof_index") else "no oneof"


def additions(locked, files):
    """What the lock does not know yet: names of messages, fields, enums and values."""
    def places(of):
        found = set()
        for name, message in messages_of(of).items():
            found |= {name} | {f"{name}.{field.name}" for field in message.field}
            found |= {f"{name}: reserved {word}" for word in message.reserved_name}
        for name, enum in enums_of(of).items():
            found |= {name} | {f"{name}.{value.name}" for value in enum.value}
            found |= {f"{name}: reserved {word}" for word in enum.reserved_name}
        return found
    return sorted(places(files) - places(locked))


# What we do not use.

def house_rules(files):
    """No maps, no recursion, no Any, no proto3 `optional`, no proto2; an enum begins with 0."""
    said = [f"{file.name}: must say syntax = \"proto3\"" for file in files.file if file.syntax != "proto3"]
    messages = messages_of(files)
    for name, message in messages.items():
        if message.options.map_entry:
            said.append(f"{name}: maps are not used; their order is not stable")
        for field in message.field:
            if field.proto3_optional:
                said.append(f"{name}.{field.name}: `optional` is not available in protobuf-c 1.4; use a message or a oneof")
            if field.type_name == ".google.protobuf.Any":
                said.append(f"{name}.{field.name}: Any is not used")
        if name in reached_from(messages, name):
            said.append(f"{name}: contains itself; what is read has a bounded depth")
    return said


def reached_from(messages, name):
    found, waiting = set(), [name]
    while waiting:
        message = messages.get(waiting.pop())
        for field in message.field if message else ():
            inner = field.type_name.lstrip(".")
            if field.type == Field.TYPE_MESSAGE and inner not in found:
                found.add(inner)
                waiting.append(inner)
    return found


# The catalogue.

def table(text, heading):
    """The rows of the first table under a heading, without its head."""
    section = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", text, re.M | re.S)
    rows = [line for line in (section.group(1) if section else "").splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows[2:]]


def catalogue_differences(readme, files):
    """Topics name messages that exist; facts and numbers are those of each wrapper's oneof `fact`, in order."""
    text = Path(readme).read_text()
    messages, said, topics = messages_of(files), [], {}
    for topic, message, producer, *_ in table(text, "Topics"):
        if message != "any" and message not in messages:
            said.append(f"README.md: {topic}: there is no message {message}")
        elif message.endswith("Fact"):
            topics[topic] = (message, producer)
    services = {producer for _, producer in topics.values()}
    listed = {topic: [] for topic in topics}
    for topic, fact, number, readers, *_ in table(text, "Facts"):
        if topic not in topics:
            said.append(f"README.md: {fact}: {topic} is not a topic of facts")
            continue
        listed[topic].append((fact, int(number) if number.isdigit() else number))
        strange = set(readers.split(", ")) - services - {"all", "others"}
        said += [f"README.md: {fact}: there is no reader {reader}" for reader in sorted(strange)]
    for topic, (message, _) in topics.items():
        said += wrapper_differences(topic, message, messages, listed[topic])
    wrappers = {name for name in messages if name.endswith("Fact")} - {message for message, _ in topics.values()}
    return said + [f"README.md: no topic carries {name}" for name in sorted(wrappers)]


def wrapper_differences(topic, name, messages, listed):
    wrapper, package = messages[name], name.rpartition(".")[0]
    stated = []
    said = []
    for field in wrapper.field:
        if oneof_text(wrapper, field) == "oneof fact":
            fact = field.type_name.rpartition(".")[2]
            stated.append((fact, field.number))
            if field.type_name != f".{package}.{fact}" or snake(fact) != field.name:
                said.append(f"{name}.{field.name}: a member of `fact` is named for its message, of the same package")
    if [(field.name, field.number) for field in wrapper.field if not field.HasField("oneof_index")] != \
            [("case_id", 1), ("at", 2)]:
        said.append(f"{name}: beside its facts a wrapper has case_id = 1 and at = 2")
    said += [f"README.md: {topic}: {fact} = {number} is missing" for fact, number in stated if (fact, number) not in listed]
    said += [f"README.md: {topic}: {fact} = {number} is not in {name}" for fact, number in listed
             if (fact, number) not in stated]
    if not said and listed != stated:
        said.append(f"README.md: {topic}: the facts stand in another order than in {name}")
    return said


def snake(camel):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", camel).lower()
