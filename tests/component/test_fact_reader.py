# SPDX-License-Identifier: Apache-2.0
"""The outside reader notices what integration tests rely on it to notice. Fed with records by hand: needs no broker."""
import pytest
from fact_reader import FactReader
from contract import messages


class Record:
    def __init__(self, offset, n, prev, ce_id=None, partition=0, topic="aftercare.survey.v1"):
        self.seq, self.at = (n, prev), (topic, partition, offset)
        self.ce_id = ce_id or f"id-{n}"

    def topic(self):
        return self.at[0]

    def partition(self):
        return self.at[1]

    def offset(self):
        return self.at[2]

    def key(self):
        return b"key"

    def value(self):
        pb = messages()["survey"]
        return pb.SurveyFact(case_id="c", survey_sent=pb.SurveySent(survey_id=self.ce_id)).SerializeToString()

    def headers(self):
        n, prev = self.seq
        return [("aftercare-seq", f"survey/3/{n}/{prev}".encode()), ("ce_id", self.ce_id.encode()),
                ("ce_type", b"aftercare.survey.v1.SurveySent")]


@pytest.fixture
def reader():
    reader = FactReader.__new__(FactReader)
    reader.reset()
    return reader


def read(reader, *records):
    for record in records:
        reader.take(record)
    return [fact.fields["survey_id"] for fact in reader.facts]


LEDGER = {("survey", 3): (10, 13)}


def test_a_batch_that_comes_twice_is_applied_once(reader):
    batch = [(11, 0), (12, 11), (13, 12)]
    first = [Record(offset, n, prev) for offset, (n, prev) in enumerate(batch)]
    again = [Record(offset + 3, n, prev) for offset, (n, prev) in enumerate(batch)]
    assert read(reader, *first, *again) == ["id-11", "id-12", "id-13"]
    assert reader.repeats == 3 and reader.complaints(LEDGER) == []


def test_a_hole_is_a_complaint_until_it_has_healed(reader):
    assert read(reader, Record(0, 11, 0), Record(1, 13, 12)) == ["id-11"]
    assert len(reader.complaints()) == 1 and len(reader.complaints(LEDGER)) == 2
    assert read(reader, Record(2, 11, 0), Record(3, 12, 11), Record(4, 13, 12)) == ["id-11", "id-12", "id-13"]
    assert reader.complaints(LEDGER) == []


def test_a_number_that_never_comes_is_missed_even_without_a_successor(reader):
    read(reader, Record(0, 11, 0), Record(1, 12, 11))
    assert reader.complaints() == []
    assert "1 of 3 numbers" in reader.complaints(LEDGER)[0]


def test_another_record_under_a_known_number_is_a_complaint(reader):
    read(reader, Record(0, 11, 0), Record(1, 11, 0, ce_id="other"))
    assert "another record" in reader.complaints()[0]


def test_a_number_applied_in_two_places_is_a_complaint(reader):
    read(reader, Record(0, 11, 0), Record(0, 11, 0, partition=1))
    assert "applied before" in reader.complaints()[0]


def test_an_id_under_two_numbers_is_a_complaint(reader):
    read(reader, Record(0, 11, 0), Record(1, 12, 0, ce_id="id-11"))
    assert "id-11" in reader.complaints()[0]
