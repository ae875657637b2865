# SPDX-License-Identifier: Apache-2.0
"""tools/proto-check lets additions through and nothing else; the real catalogue passes."""
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROTO = """syntax = "proto3";
package t.v1;
import "google/protobuf/timestamp.proto";

message PlayFact {
  string case_id = 1;
  google.protobuf.Timestamp at = 2;
  oneof fact {
    GameWon game_won = 10;
    GameLost game_lost = 11;
  }
}

enum How {
  HOW_UNSPECIFIED = 0;
  HOW_FAST = 1;
  HOW_SLOW = 2;
  reserved 5;
  reserved "HOW_NEVER";
}

message GameWon {
  reserved 7, 100 to 200;
  reserved "gone";
  int64 points = 1;
  repeated string players = 2;
  How how = 3;
  string place = 4;
  oneof prize { string cup = 5; }
}

message GameLost { string reason = 1; }
"""

README = """# Catalogue

## Topics

| topic | message | producer | key |
|---|---|---|---|
| `t.play.v1` | `t.v1.PlayFact` | play | case id |
| `t.play.dlq.v1` | `any` | play | as it came |

## Facts

| topic | fact | field | readers | meaning |
|---|---|---|---|---|
| `t.play.v1` | `GameWon` | 10 | all | . |
| `t.play.v1` | `GameLost` | 11 | play, others | . |
"""


class Catalogue:
    """A directory with one .proto file, its README and the lock of PROTO."""

    def __init__(self, directory):
        self.directory = directory
        self.write("play.proto", PROTO)
        self.write("README.md", README)
        accepted = self.run("proto-accept")
        assert accepted.returncode == 0, accepted.stderr

    def write(self, name, text):
        (self.directory / name).write_text(text)

    def run(self, tool):
        return subprocess.run([sys.executable, "-B", ROOT / "tools" / tool, self.directory], capture_output=True, text=True,
                              check=False)

    def change(self, old, new, name="play.proto"):
        text = (self.directory / name).read_text()
        assert text.count(old) == 1, old
        self.write(name, text.replace(old, new))


@pytest.fixture
def catalogue(tmp_path):
    return Catalogue(tmp_path)


def test_the_real_catalogue_passes():
    done = subprocess.run([ROOT / "tools/proto-check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_unchanged_passes(catalogue):
    assert catalogue.run("proto-check").returncode == 0


BREAKS = [
    ("  string place = 4;\n", "", "GameWon.place: field 4 is gone without"),
    ("  string place = 4;\n", "  reserved 4;\n", "GameWon.place: field 4 is gone without"),
    ("  string place = 4;\n", '  reserved "place";\n', "GameWon.place: field 4 is gone without"),
    ("string place = 4", "string place = 9", "GameWon.place: field 4 is gone without"),
    ("string place = 4", "string site = 4", "GameWon.place: field 4 is called site now"),
    ("string place = 4", "string place = 4 [json_name = \"site\"]", "GameWon.place: its JSON name was place and is site"),
    ("int64 points = 1", "int32 points = 1", "GameWon.points: its type was int64 and is int32"),
    ("int64 points = 1", "repeated int64 points = 1", "GameWon.points: it was optional and is repeated"),
    ("repeated string players", "string players", "GameWon.players: it was repeated and is optional"),
    ("How how = 3", "int32 how = 3", "GameWon.how: its type was t.v1.How and is int32"),
    ("string place = 4;\n  oneof prize { string cup = 5; }", "oneof prize { string place = 4; string cup = 5; }",
     "GameWon.place: it was in no oneof and is in oneof prize"),
    ("oneof prize { string cup = 5; }", "string cup = 5;", "GameWon.cup: it was in oneof prize and is in no oneof"),
    ("oneof prize {", "oneof award {", "GameWon.cup: it was in oneof prize and is in oneof award"),
    ("  reserved 7, 100 to 200;\n", "  reserved 100 to 200;\n", "GameWon: 7 is no longer reserved"),
    ("100 to 200", "100 to 150", "GameWon: 200 is no longer reserved"),
    ('  reserved "gone";\n', "", 'GameWon: "gone" is no longer reserved'),
    ("  HOW_SLOW = 2;\n", "", "How.HOW_SLOW: the value is gone without"),
    ("  HOW_SLOW = 2;\n", "  reserved 2;\n", "How.HOW_SLOW: the value is gone without"),
    ("HOW_SLOW = 2", "HOW_SLOW = 3", "How.HOW_SLOW: its number was 2 and is 3"),
    ("HOW_SLOW = 2", "HOW_LAZY = 2", "How.HOW_SLOW: 2 has another name now"),
    ("  reserved 5;\n", "", "How: 5 is no longer reserved"),
    ('  reserved "HOW_NEVER";\n', "", 'How: "HOW_NEVER" is no longer reserved'),
    ("package t.v1;", "package t.v2;", "t.v1.GameWon: the message is gone"),
]


@pytest.mark.parametrize("old, new, said", BREAKS, ids=[said.split(" without")[0] for _, _, said in BREAKS])
def test_a_break_is_named_and_never_accepted(catalogue, old, new, said):
    catalogue.change(old, new)
    checked, lock = catalogue.run("proto-check"), (catalogue.directory / "lock.binpb").read_bytes()
    assert checked.returncode == 1
    assert f"t.v1.{said}" in checked.stdout or said in checked.stdout
    assert catalogue.run("proto-accept").returncode == 1
    assert (catalogue.directory / "lock.binpb").read_bytes() == lock


def test_a_message_or_an_enum_never_goes(catalogue):
    catalogue.change("  How how = 3;\n", '  reserved 3;\n  reserved "how";\n')
    text = (catalogue.directory / "play.proto").read_text()
    begin = text.index("enum How")
    catalogue.write("play.proto", text[:begin] + text[text.index("message GameWon"):])
    assert "t.v1.How: the enum is gone" in catalogue.run("proto-check").stdout


ADDITIONS = [
    ("  string place = 4;\n", "  string place = 4;\n  string weather = 6;\n", "t.v1.GameWon.weather"),
    ("  string place = 4;\n", '  reserved 4;\n  reserved "place";\n', "t.v1.GameWon: reserved place"),
    ("HOW_SLOW = 2;", "HOW_SLOW = 2;\n  HOW_EASY = 3;", "t.v1.How.HOW_EASY"),
    ("message GameLost {", "message Ball { string colour = 1; }\nmessage GameLost { Ball ball = 2;", "t.v1.Ball"),
]


@pytest.mark.parametrize("old, new, place", ADDITIONS, ids=[place for _, _, place in ADDITIONS])
def test_an_addition_waits_to_be_accepted_and_then_stays(catalogue, old, new, place):
    catalogue.change(old, new)
    checked = catalogue.run("proto-check")
    assert checked.returncode == 1 and f"{place}: not in lock.binpb yet" in checked.stdout
    assert f"locked: {place}" in catalogue.run("proto-accept").stdout
    assert catalogue.run("proto-check").returncode == 0
    catalogue.write("play.proto", PROTO)
    assert catalogue.run("proto-check").returncode == 1


def test_a_field_that_has_gone_never_returns(catalogue):
    catalogue.change("  string place = 4;\n", '  reserved 4;\n  reserved "place";\n')
    assert catalogue.run("proto-accept").returncode == 0
    catalogue.write("play.proto", PROTO)
    assert "GameWon: 4 is no longer reserved" in catalogue.run("proto-check").stdout


FORBIDDEN = [
    ("string reason = 1;", "string reason = 1; map<string, string> words = 2;", "maps are not used"),
    ("string reason = 1;", "string reason = 1; optional int32 rank = 2;", "`optional` is not available"),
    ("string reason = 1;", "string reason = 1; GameLost before = 2;", "t.v1.GameLost: contains itself"),
    ('import "google/protobuf/timestamp.proto";', 'import "google/protobuf/timestamp.proto";\n'
     'import "google/protobuf/any.proto";\nmessage Sack { google.protobuf.Any any = 1; }', "Any is not used"),
    ("string case_id = 1;", "string case_id = 1;\n  string more = 3;", "beside its facts a wrapper has"),
    ("GameLost game_lost = 11;", "GameLost game_lost = 11;\n    GameWon won_again = 12;", "is named for its message"),
]


@pytest.mark.parametrize("old, new, said", FORBIDDEN, ids=[said for _, _, said in FORBIDDEN])
def test_what_is_not_used(catalogue, old, new, said):
    catalogue.change(old, new)
    assert said in catalogue.run("proto-check").stdout


DIFFERENCES = [
    ("| `t.play.v1` | `GameLost` | 11 | play, others | . |\n", "", "t.play.v1: GameLost = 11 is missing"),
    ("`GameLost` | 11", "`GameLost` | 12", "t.play.v1: GameLost = 12 is not in t.v1.PlayFact"),
    ("`GameLost` | 11", "`GameDrawn` | 11", "t.play.v1: GameDrawn = 11 is not in t.v1.PlayFact"),
    ("| `t.play.v1` | `GameLost`", "| `t.work.v1` | `GameLost`", "t.work.v1 is not a topic of facts"),
    ("play, others", "referee", "GameLost: there is no reader referee"),
    ("`t.v1.PlayFact`", "`t.v1.WorkFact`", "there is no message t.v1.WorkFact"),
    ("| `t.play.v1` | `t.v1.PlayFact` | play | case id |\n", "", "no topic carries t.v1.PlayFact"),
]


@pytest.mark.parametrize("old, new, said", DIFFERENCES, ids=[said for _, _, said in DIFFERENCES])
def test_the_tables_say_what_the_files_say(catalogue, old, new, said):
    catalogue.change(old, new, "README.md")
    checked = catalogue.run("proto-check")
    assert checked.returncode == 1 and said in checked.stdout


def test_what_protoc_refuses_is_passed_on(catalogue):
    catalogue.change("string reason = 1;", "string reason = ;")
    checked = catalogue.run("proto-check")
    assert checked.returncode == 1 and "play.proto:" in checked.stderr
