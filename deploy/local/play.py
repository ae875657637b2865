# SPDX-License-Identifier: Apache-2.0
"""Plays the stories side by side: does what is to be done, waits for each expected fact, shows what is recorded."""
import collections
import time
from datetime import datetime, timedelta, timezone

from stories import Ago, Do, Holds


class Missing(Exception):
    """An expected fact did not come."""


class Play:
    """One story on its way."""

    def __init__(self, story, outside, screen, patience_s, dropped_scan=None):
        self.story, self.outside, self.screen = story, outside, screen
        self.patience_s, self.dropped_scan = patience_s, dropped_scan
        self.values = dict(story.values)
        self.place, self.waits_since = 0, time.monotonic()

    @property
    def is_over(self):
        return self.place == len(self.story.steps)

    @property
    def cases(self):
        return [self.values[name] for name in ("case_id", "follow_up") if name in self.values]

    def go_on(self):
        """As far as it can; raises Missing when the fact it waits for is overdue."""
        while not self.is_over:
            step = self.story.steps[self.place]
            if isinstance(step, Do):
                self.do(step)
            elif not self.take(step):
                if time.monotonic() - self.waits_since > self.patience_s:
                    raise Missing(f"{step.service} did not state {step.fact}{shown(step.where)} in the story '{self.story.name}'")
                return
            self.place, self.waits_since = self.place + 1, time.monotonic()

    def do(self, step):
        fields = self.filled(step.fields)
        if step.kind == "parcels" and fields["status"] == f"PARCEL_STATUS_{self.dropped_scan}":
            self.screen.note(step.who, "the scan is dropped", self.story.name)
            return
        self.screen.note(step.who, step.what, self.story.name)
        if step.by == "topic":
            self.outside.publish(step.kind, fields)
        elif step.by == "page":
            self.outside.fill_in(self.filled(step.kind), fields)
        else:
            answer = self.outside.post(step.kind, fields)
            if "case_id" in answer:
                self.values.setdefault("case_id", answer["case_id"])

    def take(self, step):
        """True: a fact that nobody has taken yet fits."""
        case_id = None if step.of == "*" else self.values[step.of]
        where = self.filled(step.where)
        for fact in self.outside.facts:
            if fact.is_taken or (fact.service, fact.name) != (step.service, step.fact):
                continue
            if case_id in (None, fact.case_id) and all(fits(look_up(fact.fields, path), wanted) for path, wanted in where.items()):
                fact.is_taken = True
                for name, path in step.keep.items():
                    self.values[name] = fact.case_id if path == "@case" else look_up(fact.fields, path)
                return True
        return False

    def filled(self, thing):
        """The same with its values put in."""
        if isinstance(thing, str):
            return thing.format_map(self.values)
        if isinstance(thing, Ago):
            return (datetime.now(timezone.utc) - timedelta(seconds=thing.seconds)).isoformat()
        if isinstance(thing, Holds):
            return Holds(self.filled(thing.part))
        if isinstance(thing, dict):
            return {name: self.filled(value) for name, value in thing.items()}
        return [self.filled(item) for item in thing] if isinstance(thing, list) else thing


def look_up(fields, path):
    """fields["a"][0]["b"] for "a.0.b"; None where there is none."""
    for word in path.split("."):
        if isinstance(fields, list):
            fields = fields[int(word)] if int(word) < len(fields) else None
        else:
            fields = fields.get(word) if isinstance(fields, dict) else None
    return fields


def fits(found, wanted):
    return found is not None and wanted.part in found if isinstance(wanted, Holds) else found == wanted


def shown(where):
    said = [f"{path} {'holds ' + wanted.part if isinstance(wanted, Holds) else wanted}" for path, wanted in where.items()]
    return f" ({', '.join(said)})" if said else ""


class Screen:
    """A line for each thing done and each fact recorded: seconds, who, what, one sentence."""

    def __init__(self):
        self.began, self.began_at = time.monotonic(), datetime.now(timezone.utc)
        self._shown = {}

    def line(self, seconds, who, what, story, text):
        print(f"{seconds:6.1f} s  {who:15}{what:22}{story:12}{text}", flush=True)

    def note(self, who, text, story):
        self.line(time.monotonic() - self.began, who, "→", story, text)

    def show(self, plays, outside):
        """What the cases' timelines have more than the last time."""
        news = []
        for play in plays:
            for case_id in play.cases:
                lines = [tuple(line.get(name) or "" for name in ("at", "service", "fact", "sentence", "words"))
                         for line in outside.record(case_id)["timeline"]]
                old = self._shown.get(case_id, collections.Counter())
                self._shown[case_id] = collections.Counter(lines)
                for line in lines:
                    old[line] -= 1
                    if old[line] < 0:
                        news.append((*line, play.story.name))
        for at, service, fact, sentence, words, story in sorted(news, key=lambda line: line[0]):
            seconds = (datetime.fromisoformat(at.replace("Z", "+00:00")) - self.began_at).total_seconds()
            text = sentence if not words or words in sentence else f"{sentence}：「{' '.join(words.split())}」"
            self.line(seconds, service, fact, story, text)


def play(stories, outside, screen, patience_s, dropped_scan=None):
    """All of them side by side. Raises Missing for the first fact that did not come."""
    plays = [Play(story, outside, screen, patience_s, dropped_scan) for story in stories]
    shown_at = time.monotonic()
    while not all(each.is_over for each in plays):
        for each in plays:
            each.go_on()
        outside.look(0.05)
        if time.monotonic() - shown_at > 0.3:
            screen.show(plays, outside)
            shown_at = time.monotonic()
    return plays
