"""What was shown on a day in the past."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from db.answer_lines import answer_lines
from db.check import Answer, BadQuestion, Checker, Question
from db.past import answer_as_of
from db.publish import connect, publish
from tests.tiny_database import BUILT_AT, READ_AT, Row, tiny_tables

FIRST = "2026-03-01"


def shown(id: str, person: str, kind: str, value: str, begin: str, end: str | None, **more: Any) -> Row:
    scope = "NCBAHM" if kind == "certification" else "WA"
    return {
        "id": id, "practitioner_id": person, "kind": kind, "scope": scope, "value": value, "rule": f"{kind}_{value}",
        "because": f"What was read by {begin}.", "claims": [], "as_of": f"{begin}T01:00:00Z", "needs_review": None,
        "shown_from": f"{begin}T02:00:00Z", "shown_until": end and f"{end}T02:00:00Z",
    } | more  # fmt: skip


HISTORY = [
    shown("1", "p05", "certification", "claimed", FIRST, "2026-06-10"),
    shown("2", "p05", "certification", "listed", "2026-06-10", None, changed="2026-06-10T01:00:00Z"),
    shown("3", "p05", "license", "active", FIRST, None, claims=["k-old"]),
    shown("4", "p06", "license", "active", FIRST, "2026-06-10"),
    shown("5", "p06", "license", "suspended", "2026-06-10", None),
    shown("6", "p00", "license", "expired", FIRST, "2026-06-10"),
    shown("7", "p01", "license", "active", "2026-06-10", None),
    shown("8", "left", "license", "active", FIRST, "2026-09-01"),
    shown("9", "p11", "license", "not_found", "2026-09-01", None),
]


def claim(id: str, person: str, field: str, value: str, first: str, last: str, current: int) -> Row:
    return {
        "id": id, "practitioner_id": person, "record_id": f"r-wa-{person}", "source": "board_wa", "source_key": "x",
        "field": field, "value": value, "first_seen": f"{first}T00:00:00Z", "last_seen": f"{last}T00:00:00Z",
        "current": current, "since": f"{first}T00:00:00Z",
    }  # fmt: skip


CLAIMS = [
    claim("k-old", "p05", "license WA AC60000105", "Active", "2026-02-01", "2026-02-20", 0),
    claim("k-gone", "p05", "phone", "206-555-0177", "2026-02-01", "2026-05-01", 0),
    claim("k-new", "p05", "city", "Yakima, WA", "2026-07-01", "2026-11-20", 1),
    claim("k-left", "left", "name", "Ottilie Farnsworthy", "2026-02-01", "2026-08-30", 0),
    claim("k-left-npi", "left", "npi", "1999999977", "2026-02-01", "2026-08-30", 0),
    claim("k-left-license", "left", "license WA AC60000177", "Active", "2026-02-01", "2026-08-30", 0),
    claim("k-left-city", "left", "city", "Walla Walla, WA", "2026-02-01", "2026-08-30", 0),
]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    tables = tiny_tables() | {"tag_history": HISTORY}
    tables["claims"] += CLAIMS
    connection = connect(publish(tables, tmp_path_factory.mktemp("data"), BUILT_AT))
    yield connection
    connection.close()


def as_of(people: sqlite3.Connection, day: str, *question: str, **named: str) -> Answer:
    return answer_as_of(Checker(people, BUILT_AT), Question(*question, **named), day)


def values(answer: Answer) -> list[str]:
    return [badge.value for badge in answer.candidates[0].profile.badges]


@pytest.mark.parametrize(
    ("day", "tags"),
    [
        (FIRST, ["claimed", "active"]),
        ("2026-06-09", ["claimed", "active"]),
        ("2026-06-10", ["listed", "active"]),
        ("2026-11-22", ["listed", "active"]),
    ],
)
def test_a_day_shows_what_stood_at_its_end(people: sqlite3.Connection, day: str, tags: list[str]) -> None:
    answer = as_of(people, day, "Orsolya Thistlewood")
    assert values(answer) == tags and answer.outcome == "found"
    assert answer.sentences[0].startswith(f"This is what was shown here on {day}, not what is known today.")
    assert answer.shown_on == day and answer.to_json()["shown_on"] == day
    assert day in "\n".join(answer_lines(answer))


@pytest.mark.parametrize("day", ["2026-02-28", "1999-01-01", "0001-01-01"])
def test_before_the_first_build_nothing_was_shown(people: sqlite3.Connection, day: str) -> None:
    answer = as_of(people, day, "Orsolya Thistlewood")
    assert answer.outcome == "nothing_shown_yet" and not answer.candidates
    assert f"Nothing was shown here on {day}: the first build whose tags are kept is of {FIRST}." in answer.sentences[0]


def test_a_file_without_history_says_so(tmp_path: Path) -> None:
    connection = connect(publish(tiny_tables(), tmp_path, BUILT_AT))
    answer = as_of(connection, "2026-11-22", "Orsolya Thistlewood")
    assert answer.outcome == "nothing_shown_yet" and "no build has kept its tags yet" in answer.sentences[0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-11-23", "2026-11-23 has not come yet"),
        ("9999-12-31", "has not come yet"),
        ("yesterday", "'yesterday' is no date; write it as 2026-01-31."),
        ("2026-02-30", "is no date"),
        ("31.01.2026", "is no date"),
        (" ", "'' is no date"),
    ],
)
def test_a_day_that_cannot_be_asked(people: sqlite3.Connection, text: str, sentence: str) -> None:
    with pytest.raises(BadQuestion, match=sentence):
        as_of(people, text, "Orsolya Thistlewood")


def test_a_question_that_cannot_be_asked_today_cannot_be_asked_of_the_past(people: sqlite3.Connection) -> None:
    with pytest.raises(BadQuestion, match="Give a name"):
        as_of(people, FIRST)


def test_somebody_first_shown_later_is_said_to_be(people: sqlite3.Connection) -> None:
    candidate = as_of(people, "2026-08-01", "Wilhelmina Applegarth").candidates[0]
    assert not candidate.profile.badges
    assert candidate.note == "No tag of this person was shown on 2026-08-01. The first was shown on 2026-09-01."


def test_a_former_id_speaks_for_its_person(people: sqlite3.Connection) -> None:
    assert values(as_of(people, "2026-05-01", npi="1999999901")) == ["expired"]
    assert values(as_of(people, "2026-07-01", npi="1999999901")) == ["active"]


def test_nobody_of_that_name_was_shown(people: sqlite3.Connection) -> None:
    answer = as_of(people, "2026-07-01", "Jane Nobody", "WA")
    assert answer.outcome == "nothing_found" and "says nothing about anybody" in answer.sentences[1]
    assert "https://lookup-wa.example/" in [link.url for link in answer.where_to_verify]


def test_somebody_gone_since_is_found_by_the_last_name_and_number(people: sqlite3.Connection) -> None:
    answer = as_of(people, "2026-07-01", "Ottilie Farnsworthy")
    assert values(answer) == ["active"] and answer.candidates[0].profile.place == "Walla Walla, WA"
    assert "no source shows this person any more" in answer.candidates[0].match_reason
    by_number = as_of(people, "2026-07-01", npi="1999999977").candidates[0]
    assert (by_number.profile.id, by_number.match_level) == ("left", "confirmed")
    numbers = {"npi": "1999999977", "state": "WA"}
    both = as_of(people, "2026-07-01", license="AC60000177", **numbers).candidates[0]
    assert (both.profile.id, both.match_level) == ("left", "confirmed")
    apart = as_of(people, "2026-07-01", license="AC60000199", **numbers).candidates[0]
    assert apart.match_level == "possible" and "does not lead here" in apart.match_reason and not apart.then
    named = as_of(people, "2026-07-01", "Ottilie Farnsworthy", "WA", "AC60000177").candidates[0]
    assert (named.profile.id, named.match_level) == ("left", "confirmed")
    later = answer_as_of(Checker(people, BUILT_AT + timedelta(days=60)), Question(npi="1999999977"), "2026-07-01")
    assert later.candidates[0].match_level == "probable"
    assert as_of(people, "2026-10-01", "Ottilie Farnsworthy").candidates[0].note.startswith("No tag of this person")


@pytest.mark.parametrize(
    ("day", "fields"),
    [
        ("2026-04-01", {"license WA AC60000105", "phone"}),
        ("2026-06-20", {"license WA AC60000105"}),
        ("2026-08-01", {"license WA AC60000105", "city"}),
    ],
)
def test_claims_of_that_day_are_told_of_a_confirmed_match(
    people: sqlite3.Connection, day: str, fields: set[str]
) -> None:
    """What a tag of that day rests on was shown; a claim gone by then was not."""
    own = {row["id"] for row in CLAIMS}
    candidate = as_of(people, day, npi="1999999905").candidates[0]
    then = candidate.to_json()["claims_then"]
    told = {row["field"] for row in then if row["source"] == "board_wa"}
    assert told == fields and own
    assert as_of(people, day, "Orsolya Thistlewood").candidates[0].then == ()


def test_discipline_of_the_past_is_veiled_as_today(people: sqlite3.Connection) -> None:
    by_name = as_of(people, "2026-07-01", "Peregrine Yamanote")
    text = "\n".join(answer_lines(by_name)).casefold()
    assert "suspend" not in text and by_name.candidates[0].withheld
    assert values(as_of(people, "2026-07-01", npi="1999999906")) == ["suspended"]
    assert values(as_of(people, "2026-05-01", "Peregrine Yamanote")) == ["active"]


def test_an_exclusion_is_not_told_of_a_day(people: sqlite3.Connection) -> None:
    candidate = as_of(people, "2026-07-01", npi="1999999906").candidates[0]
    assert candidate.to_json()["exclusion"] is None and "exclusions are not kept by day" in candidate.note
    assert READ_AT[:10] not in candidate.note
