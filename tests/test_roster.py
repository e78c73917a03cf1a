"""A roster's answers: one row each, in order, in words, and nothing of another person's."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.answers import OUTCOMES, Question
from db.check import Checker
from db.export import FORMULA_STARTS
from db.opening import connect
from db.roster import RESULT_COLUMNS, RosterRow, answer_row, open_roster
from db.roster_answer import NOT_READABLE
from db.roster_out import write_answers
from tests.tiny_database import BUILT_AT, publish_tiny

Answers = dict[str, str]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    connection = connect(publish_tiny(tmp_path_factory.mktemp("data")))
    yield connection
    connection.close()


def ask(people: sqlite3.Connection, days: int, **asked: str) -> Answers:
    row = RosterRow(2, (), Question(**asked), "")
    answer = answer_row(Checker(people, BUILT_AT + timedelta(days=days)), row)
    assert tuple(answer) == RESULT_COLUMNS
    return {name.removeprefix("diplomate_"): value for name, value in answer.items()}


def answered(people: sqlite3.Connection, path: Path, text: str) -> list[dict[str, str]]:
    path.write_text(text, encoding="utf-8", newline="")
    write_answers(Checker(people, BUILT_AT), open_roster(path), path.with_name("out.csv"))
    with path.with_name("out.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


OF_A_DAY_IN_THE_PAST = {"nothing_shown_yet"}
OUTCOME_OF = [
    ({"name": "Orsolya Thistlewood", "state": "WA", "license": "AC60000105"}, "found"),
    ({"npi": "1999999901"}, "found"),
    ({"name": "Imelda Quackenbush"}, "several_candidates"),
    ({"name": "Jane Nobody", "state": "WA"}, "read_and_absent"),
    ({"name": "Jane Nobody", "state": "CA"}, "state_not_covered"),
    ({"name": "Jane Nobody", "state": "OR"}, "source_failed"),
    ({"name": "Jane Nobody", "state": "AL"}, "state_does_not_license"),
    ({"name": "Jane Nobody"}, "nothing_found"),
    ({"name": "x" * 300}, NOT_READABLE),
]


@pytest.mark.parametrize(("asked", "outcome"), OUTCOME_OF)
def test_every_outcome(people: sqlite3.Connection, asked: dict[str, str], outcome: str) -> None:
    answer = ask(people, 0, **asked)
    assert answer["outcome"] == outcome
    assert answer["says"] and "pre-check" in answer["note"] and "below" not in answer["says"]
    assert answer["checked_at"] == "2026-11-22T12:00:00Z"


def test_all_outcomes_are_met_above() -> None:
    assert {outcome for _, outcome in OUTCOME_OF} == {*OUTCOMES, NOT_READABLE} - OF_A_DAY_IN_THE_PAST


def test_a_confirmed_person_has_numbers_dates_ages_and_links(people: sqlite3.Connection) -> None:
    answer = ask(people, 0, name="Imelda Quackenbush", state="WA", license="60000101")
    expected = {
        "match_level": "confirmed", "practitioner_id": "p01", "name": "Imelda Quackenbush", "candidates": "1",
        "certification": "listed", "certification_as_of": "2026-11-20", "certification_age_days": "2",
        "designations": "Dipl. Ac.", "license_state": "WA", "license_status": "active",
        "license_number": "AC60000101", "license_expires": "2027-03-04", "license_as_of": "2026-11-20",
        "license_age_days": "2", "npi": "1999999901", "page": "/practitioner/p01",
        "exclusion": "", "trouble": "", "row": "2",
    }  # fmt: skip
    assert {name: answer[name] for name in expected} == expected
    assert "https://board-wa.example/AC60000101" in answer["evidence"].split()
    assert "https://lookup-wa.example/" in answer["verify_at"].split()


def test_an_exclusion_is_a_possible_match_to_verify(people: sqlite3.Connection) -> None:
    answer = ask(people, 0, npi="1999999906")
    assert answer["match_level"] == "confirmed" and answer["license_status"] == "suspended"
    assert answer["exclusion"].startswith("Possible match on the federal exclusion list: verify")


@pytest.mark.parametrize("asked", [{"name": "Peregrine Yamanote"}, {"name": "Peregrin Yamanote", "state": "WA"}])
def test_below_confirmed_nothing_is_said_of_discipline(people: sqlite3.Connection, asked: dict[str, str]) -> None:
    answer = ask(people, 0, **asked)
    assert answer["practitioner_id"] == "p06" and answer["match_level"] != "confirmed"
    assert answer["exclusion"] == "" and answer["license_status"] == "" and answer["license_number"] == ""
    said = " ".join(value for name, value in answer.items() if name != "says").lower()
    assert not any(word in said for word in ("suspend", "exclu", "discipl", "leie"))


def test_where_several_could_be_meant_nothing_of_one_is_told(people: sqlite3.Connection) -> None:
    answer = ask(people, 0, name="Imelda Quackenbush")
    assert (answer["candidates"], answer["practitioner_id"]) == ("2", "p01; p02")
    assert answer["page"] == "/practitioner/p01 /practitioner/p02"
    of_one = ("certification", "license_status", "license_number", "npi", "exclusion", "designations", "evidence")
    assert not any(answer[name] for name in of_one)


def test_a_license_of_another_state_is_said_to_be_one(people: sqlite3.Connection) -> None:
    answer = ask(people, 0, npi="1999999901", state="OR")
    assert answer["license_state"] == "WA" and "The license told is of Washington." in answer["says"]


def test_an_old_file_speaks_of_then(people: sqlite3.Connection) -> None:
    """Past 90 days the tag is no current one; past 120 days nothing is confirmed."""
    asked = {"name": "Imelda Quackenbush", "state": "WA", "license": "AC60000101"}
    answer = ask(people, 100, **asked)
    assert answer["license_status"] == "source_failed" and answer["license_age_days"] == "102"
    assert "too old to speak for today" in answer["says"]
    assert ask(people, 150, **asked)["match_level"] == "probable"


ROSTER = (
    "Staff ID,Name,St,Lic #,NPI,Note\n"
    "1,Orsolya Thistlewood,WA,AC60000105,,=1+1\n"
    "2,Jane Nobody,WA,,,\n"
    "\n"
    "4,,,AC60000101,,no state\n"
    "5,Imelda Quackenbush,Ontario,AC60000101,,@x\n"
)


def test_same_rows_same_order_own_columns_first(people: sqlite3.Connection, tmp_path: Path) -> None:
    rows = answered(people, tmp_path / "staff.csv", ROSTER)
    assert list(rows[0]) == ["Staff ID", "Name", "St", "Lic #", "NPI", "Note", *RESULT_COLUMNS]
    assert [row["Staff ID"] for row in rows] == ["1", "2", "", "4", "5"]
    assert [row["Note"] for row in rows] == ["=1+1", "", "", "no state", "@x"], "the user's own cells are theirs"
    assert [row["diplomate_row"] for row in rows] == ["2", "3", "4", "5", "6"]
    outcomes = ["found", "read_and_absent", NOT_READABLE, NOT_READABLE, "several_candidates"]
    assert [row["diplomate_outcome"] for row in rows] == outcomes
    assert rows[3]["diplomate_trouble"] == "row 5: license number has no state"
    assert rows[4]["diplomate_trouble"] == "row 6: “Ontario” is no state known here; license number has no state"


def test_an_answer_can_be_asked_again(people: sqlite3.Connection, tmp_path: Path) -> None:
    """Its own columns are kept, those of the earlier answer are replaced."""
    once = answered(people, tmp_path / "staff.csv", ROSTER)
    text = (tmp_path / "out.csv").read_text()
    assert answered(people, tmp_path / "again.csv", text) == once


any_cell = st.one_of(
    st.text(max_size=15),
    st.sampled_from(["Imelda Quackenbush", "WA", "=1+1", "+1", "@a", "-2", "\t=x", "AC60000101", "1999999901", "\x00"]),
).map(lambda text: text.encode("utf-8", "replace").decode())


@given(st.lists(st.tuples(any_cell, any_cell, any_cell, any_cell), max_size=6))
def test_any_text_in_any_cell(
    people: sqlite3.Connection, tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    """The same rows in the same order, no crash, and no cell of ours that a spreadsheet would run."""
    path = tmp_path_factory.mktemp("any") / "staff.csv"
    with path.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([("Name", "State", "License", "NPI"), *rows])
    write_answers(Checker(people, BUILT_AT), open_roster(path), path.with_name("out.csv"))
    with path.with_name("out.csv").open(encoding="utf-8", newline="") as lines:
        back = list(csv.reader(lines))[1:]
    assert [tuple(row[:4]) for row in back] == rows
    assert all(len(row) == 4 + len(RESULT_COLUMNS) for row in back)
    assert not any(cell.startswith(FORMULA_STARTS) for row in back for cell in row[4:])
    assert {row[5] for row in back} <= {*OUTCOMES, NOT_READABLE}
