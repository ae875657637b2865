# SPDX-License-Identifier: Apache-2.0
"""Survey on a broker, Postgres and Redis of its own: asked by its clock, answered by page and by chat."""
import base64
import hashlib
import hmac
import os
import struct
import subprocess
import time
import urllib.parse
import uuid

import pytest
from facts import System
from loop import build_dir
from page import Page, fetch
from servers import ROOT
from stack import Stack

KEY, OLD_KEY = "k" * 40, "o" * 40
BASE = "https://shop.example/care"
FORM = "application/x-www-form-urlencoded"


class Survey(System):
    def __init__(self, stack, directory, changes=(), **env):
        for name in ("survey", "messages", "forms"):
            text = (ROOT / f"services/survey/policies/{name}.yaml").read_text()
            for old, new in (("chat: 10m", "chat: 200ms"), *changes):
                text = text.replace(old, new)
            (directory / f"{name}.yaml").write_text(text)
        super().__init__(stack, "survey", WORKERS="2", POLICY_DIR=str(directory),
                         SURVEY_BASE_URL=BASE + "/", SURVEY_KEY=KEY, SURVEY_KEY_PREVIOUS=OLD_KEY, **env)

    def page(self, token, **headers):
        return Page.get(self.address(token), **headers)

    def address(self, token):
        self.wait_for(self.port_file.exists, "the port")
        return f"http://127.0.0.1:{self.port_file.read_text().strip()}/s/{token}"

    def open_case(self, **fields):
        case_id = str(uuid.uuid4())
        self.tell("intake", "CaseOpened", case_id, **{"channel": "CHANNEL_CHAT", "shop_id": "s-1", "language": "LANGUAGE_EN",
                                                      "customer_id": f"c-{case_id}", **fields})
        return case_id

    def resolve(self, case_id, version=7):
        self.tell("escalation", "CaseResolved", case_id, resolution="repaired", version=version)
        self.flush()

    def ask(self, **fields):
        """(case id, token of the link) of a case that is resolved and asked about."""
        case_id = self.open_case(**fields)
        self.flush()
        self.until("SELECT count(*) = 1 FROM survey.cases WHERE case_id = %s", case_id)
        self.resolve(case_id)
        self.until("SELECT count(*) = 1 FROM survey.surveys WHERE case_id = %s AND sent_at IS NOT NULL", case_id)
        notice = self.fact(case_id, "CustomerNotified").notice
        assert len(notice.references) == 1 and notice.references[0] in notice.text
        assert notice.references[0].startswith(BASE + "/s/")
        return case_id, notice.references[0].removeprefix(BASE + "/s/")

    def fact(self, case_id, name, count=1):
        """The last of `count` facts of that name."""
        def look():
            found = [fact for kind, fact in self.facts(case_id) if kind == name]
            return found[-1] if len(found) >= count else None
        return self.wait_for(look, f"{count} {name}")

    def names(self, case_id):
        return [name for name, _ in self.facts(case_id)]

    def write(self, case_id, text, author="ACTOR_ROLE_CUSTOMER"):
        self.tell("intake", "MessageReceived", case_id, message_id=str(uuid.uuid4()), channel="CHANNEL_CHAT", author=author,
                  text=text)
        self.flush()


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    with Stack(partitions=4) as stack:
        system = Survey(stack, tmp_path_factory.mktemp("policies"))
        yield system
        system.stop()


def make_token(case_id, survey_id, expires_at, key=KEY, language=2):
    signed = bytes([1, language]) + uuid.UUID(case_id).bytes + uuid.UUID(survey_id).bytes + struct.pack(">Q", int(expires_at))
    signature = hmac.new(key.encode(), signed, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(signed + signature).rstrip(b"=").decode()


def answers(system, case_id):
    return system.rows("""SELECT a.edition, a.score, a.is_solved, a.comment FROM survey.answers a JOIN survey.surveys s USING (survey_id)
                          WHERE s.case_id = %s ORDER BY 1""", case_id)


def test_five_stars_on_the_page(system):
    case_id, token = system.ask()
    page = system.page(token)
    assert page.status == 200 and page.language == "en" and page.form["method"] == "post"
    assert sorted(page.choices["score"]) == list("12345") and page.required == {"score", "solved"}
    assert not [tag for tag, attrs in page.tags if tag in ("script", "link", "img", "iframe") or "src" in attrs]
    policy = page.headers["Content-Security-Policy"]
    style = page.html.split("<style>")[1].split("</style>")[0]
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in policy
    assert "default-src 'none'" in policy and "form-action 'self'" in policy
    for name, value in (("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff")):
        assert page.headers[name] == value
    for _ in range(3):
        assert system.page(token).status == 200
    assert answers(system, case_id) == []  # reading it answers nothing
    thanks = page.send(score="5", solved="yes", comment="great <b>work</b>\r\ncard 4111111111111111")
    assert thanks.status == 200 and "Thank you" in thanks.title and thanks.links == [page.url]
    said = system.fact(case_id, "SurveyAnswered")
    assert (said.score, said.is_solved, said.by, said.edition) == (5, True, 1, 1)
    assert said.comment == "great <b>work</b>\ncard ************1111"
    names = system.names(case_id)
    assert names == ["SurveyScheduled", "SurveySent", "CustomerNotified", "SurveyAnswered"]
    sent = [fact for name, fact in system.facts(case_id) if name == "SurveySent"]
    assert said.survey_id == sent[0].survey_id


def test_a_double_click_counts_once_and_an_answer_may_be_changed(system):
    case_id, token = system.ask(language="LANGUAGE_ZH_CN")
    page = system.page(token)
    assert page.language == "zh-CN" and "满意" in page.text
    for _ in range(3):
        assert page.send(score="4", solved="yes").status == 200
    system.fact(case_id, "SurveyAnswered")
    again = system.page(token)
    assert "抱歉" in again.send(score="2", solved="no", comment="又坏了").text
    assert system.fact(case_id, "SurveyAnswered", 2).edition == 2
    assert system.page(token).send(score="1", solved="no", comment="又坏了").status == 200
    assert system.fact(case_id, "SurveyAnswered", 3).edition == 3
    assert answers(system, case_id) == [(1, 4, True, ""), (2, 2, False, "又坏了"), (3, 1, False, "又坏了")]
    # A low score asks for a follow-up, once.
    follow_up = system.fact(case_id, "FollowUpRequested")
    assert follow_up.customer_id == f"c-{case_id}" and follow_up.shop_id == "s-1" and follow_up.reason == "not solved, score 2"
    assert system.names(case_id).count("FollowUpRequested") == 1


def test_a_bare_score_by_chat_is_the_answer(system):
    case_id, _ = system.ask()
    system.write(case_id, "5", author="ACTOR_ROLE_AGENT")
    system.write(case_id, "thank you")
    system.write(case_id, " Very satisfied! ")
    said = system.fact(case_id, "SurveyAnswered")
    assert (said.score, said.is_solved, said.by) == (5, True, 2)
    system.write(case_id, "１")
    assert system.fact(case_id, "SurveyAnswered", 2).score == 1
    assert system.fact(case_id, "FollowUpRequested").reason == "not solved, score 1"
    assert system.fact(case_id, "CustomerNotified", 3).notice.template == "sorry"
    # Whoever goes on talking is not scoring any more.
    system.write(case_id, "how many lights should blink?")
    system.write(case_id, "3")
    other, _ = system.ask()
    system.write(other, "5")
    system.fact(other, "SurveyAnswered")
    system.until("SELECT chat_until IS NOT NULL FROM survey.surveys WHERE case_id = %s", case_id)
    assert [answer[1] for answer in answers(system, case_id)] == [5, 1]


def test_who_is_not_asked(system):
    silent = system.open_case(no_surveys=True)
    system.resolve(silent)
    assert system.fact(silent, "SurveySuppressed").reason == "opt-out"
    assert system.names(silent) == ["SurveySuppressed"]
    # Two surveys a week, over all of a customer's cases, whichever lanes they are on.
    cases = [system.open_case(customer_id="busy") for _ in range(8)]
    for case_id in cases:
        system.resolve(case_id)
    system.until("SELECT count(*) = 8 FROM survey.surveys WHERE case_id::text = ANY(%s) AND status IN (3, 6)", cases)
    assert system.one("SELECT count(*) FROM survey.surveys WHERE case_id::text = ANY(%s) AND status = 3", cases) == 2
    reasons = system.rows("SELECT DISTINCT reason FROM survey.surveys WHERE case_id::text = ANY(%s) AND status = 6", cases)
    assert reasons == [("budget",)]


def test_reopened_and_resolved_again_in_any_order(system):
    # The resolution before the case.
    case_id = str(uuid.uuid4())
    system.resolve(case_id, 3)
    system.until("SELECT count(*) = 1 FROM survey.surveys WHERE case_id = %s AND status = 1", case_id)
    system.tell("intake", "CaseOpened", case_id, channel="CHANNEL_CHAT", customer_id=f"c-{case_id}")
    first = system.fact(case_id, "SurveySent").survey_id
    token = system.fact(case_id, "CustomerNotified").notice.references[0].rpartition("/")[2]
    page = system.page(token, Accept_Language="de, en-GB;q=0.7, zh;q=0.3")
    assert page.language == "en"  # the case's is not known
    system.tell("escalation", "CaseReopened", case_id, reason="it stopped", version=4)
    system.flush()
    assert system.fact(case_id, "SurveyExpired").survey_id == first
    assert page.send(score="3", solved="yes").status == 200  # all the same
    assert system.fact(case_id, "SurveyAnswered").survey_id == first
    system.resolve(case_id, 5)
    second = system.fact(case_id, "SurveySent", 2).survey_id
    assert second != first
    system.write(case_id, "满意")
    said = system.fact(case_id, "SurveyAnswered", 2)
    assert (said.survey_id, said.score) == (second, 4)
    # A third time is too often, by policy.
    system.tell("escalation", "CaseReopened", case_id, reason="again", version=6)
    system.resolve(case_id, 7)
    assert system.fact(case_id, "SurveySuppressed").reason == "asked-already"


def test_links_that_are_none(system):
    case_id, token = system.ask()
    survey_id = system.fact(case_id, "SurveySent").survey_id
    later, before = time.time() + 3600, time.time() - 1
    assert system.page(make_token(case_id, survey_id, later)).status == 200
    assert system.page(make_token(case_id, survey_id, later, OLD_KEY)).status == 200  # while the key is changed
    expired = system.page(make_token(case_id, survey_id, before))
    assert expired.status == 410 and "ended" in expired.title
    assert expired.post(b"score=5&solved=yes").status == 410
    flipped = ("A" if token[40] != "A" else "B").join((token[:40], token[41:]))
    for forged in (flipped, token[:-1], token + "A", "x", "%E4%BD%A0", "..", make_token(case_id, survey_id, later, "z" * 40)):
        page = system.page(forged, Accept_Language="zh-CN,zh;q=0.9")
        assert page.status == 404 and page.language == "zh-CN" and page.form is None, forged
        assert page.post(b"score=5&solved=yes").status == 404
    assert answers(system, case_id) == []


def test_hostile_forms(system):
    case_id, token = system.ask()
    page = system.page(token)
    for body, status, words in (
            (b"", 400, "choose a score"),
            (b"score=6&solved=yes", 400, "choose a score"),
            (b"score=5", 400, "whether your problem"),
            (b"score=5&solved=maybe", 400, "whether your problem"),
            (b"score=5&solved=yes&score=1", 400, "could not read"),
            (b"score=5&solved=yes&comment=%00", 400, "could not read"),
            (b"score=5&solved=yes&comment=\xff\xfe", 400, "could not read"),
            (b"score=5&solved=yes&comment=%C3%28", 400, "could not read"),
            (b"\x00" * 100, 400, "could not read"),
            (b"score=5&solved=yes&comment=" + b"%E5%A5%BD" * 2001, 400, "too long"),
            (b"a" * 40000, 413, "too long")):
        answer = page.post(body)
        assert answer.status == status and words in answer.text and answer.form is not None, (body[:60], answer.status)
    assert page.post(b'{"score": 5}', "application/json").status == 415
    # What was filled in is shown again, as text.
    hostile = "</textarea><script>alert(1)</script>\n\"'&"
    again = page.post(urllib.parse.urlencode({"score": "2", "comment": hostile, "form": '"><script>x</script>'}).encode())
    assert again.status == 400 and again.fields["comment"] == hostile and again.fields["score"] == "2"
    assert not [tag for tag, _ in again.tags if tag == "script"]
    # Far too much is cut off, at the latest while it is sent.
    try:
        status = fetch(system.address(token), b"a" * (10 << 20), Content_Type=FORM)[0]
    except OSError:
        status = 413
    assert status == 413
    assert answers(system, case_id) == []
    assert page.send(score="3", solved="yes", comment="好" * 2000).status == 200
    assert system.fact(case_id, "SurveyAnswered").comment == "好" * 2000


def test_what_breaks_the_contract_goes_to_the_dead_letters(system):
    case_id, _ = system.ask()
    submitted = system.pb["survey"].SurveyAnswerSubmitted

    def submit(key=case_id, **fields):
        value = submitted(**{"case_id": case_id, "survey_id": str(uuid.uuid4()), "score": 5, **fields}).SerializeToString()
        return system.send("aftercare.survey.inbox.v1", value, key, ce_type="aftercare.survey.v1.SurveyAnswerSubmitted")
    wrong = {submit(): "survey_id: no survey", submit(survey_id="7"): "survey_id: not a UUID", submit(score=0): "score: must be",
             submit(comment="x" * 2001): "comment: longer", submit(key=str(uuid.uuid4())): "not the record's key",
             system.tell("intake", "CaseOpened", str(uuid.uuid4())): "case_opened.channel",
             system.tell("escalation", "CaseResolved", case_id): "case_resolved.version"}
    system.flush()

    def letters():
        found = {letter["ce_id"]: str(letter) for letter in system.letters() if letter.get("ce_id") in wrong}
        return found if len(found) == len(wrong) else None
    found = system.wait_for(letters, "the dead letters")
    for ce_id, reason in wrong.items():
        assert reason in found[ce_id]


def test_expiry_and_an_unknown_case(tmp_path):
    with Stack(partitions=2) as stack:
        system = Survey(stack, tmp_path, [("open_for: 7d", "open_for: 2s"), ("await_opening: 1h", "await_opening: 1s")])
        case_id, token = system.ask()
        unknown = str(uuid.uuid4())
        system.resolve(unknown)
        assert system.fact(case_id, "SurveyExpired").survey_id == system.fact(case_id, "SurveySent").survey_id
        assert system.page(token).status == 410
        system.write(case_id, "5")
        assert system.fact(unknown, "SurveySuppressed").reason == "unknown-case"
        assert "SurveyAnswered" not in system.names(case_id)
        system.stop()


def test_without_kafka_the_page_asks_to_try_again(tmp_path):
    with Stack(partitions=2) as stack:
        system = Survey(stack, tmp_path)
        case_id, token = system.ask()
        page = system.page(token)
        stack.broker.control("down")
        sorry = page.send(score="5", solved="yes")
        assert sorry.status == 503 and sorry.headers["Retry-After"] and "go back" in sorry.text
        assert system.page(token).status == 200
        stack.broker.control("up")
        system.wait_for(lambda: page.send(score="5", solved="yes").status == 200, "Kafka is back")
        assert page.send(score="5", solved="yes").status == 200
        assert system.fact(case_id, "SurveyAnswered").edition == 1
        assert len(answers(system, case_id)) == 1
        system.stop()


def test_a_key_that_is_too_short_is_refused():
    env = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "DATABASE_URL": "postgres://survey@127.0.0.1:1/none",
           "REDIS_URL": "redis://127.0.0.1:1", "HTTP_LISTEN": "127.0.0.1:0", "POLICY_DIR": str(ROOT / "services/survey/policies"),
           "SURVEY_BASE_URL": BASE, "SURVEY_KEY": KEY}
    for name in ("SURVEY_KEY", "SURVEY_KEY_PREVIOUS"):
        done = subprocess.run([build_dir() / "services/survey/survey"], env={**env, name: "secret-but-short"}, text=True,
                              capture_output=True, timeout=60)
        said = done.stdout + done.stderr
        assert done.returncode == 1 and f"{name}: shorter than 32 bytes" in said and "secret-but-short" not in said
