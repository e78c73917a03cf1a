"""What `check` must never say of somebody who is not confirmed, on the sample's people."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from db.answers import Question
from db.check import Checker
from db.name_agreement import name_agreement
from db.opening import connect
from db.publish import publish
from tests.conftest import run_diplomate
from tests.tiny_database import BUILT_AT, tiny_tables

HARMFUL = ("revoked", "suspended", "surrendered", "exclusion")


def check(data: Path, *question: str) -> tuple[dict[str, Any], str]:
    """The answer as JSON, and all of its text in small letters (the question and its own page's address apart)."""
    answer = json.loads(run_diplomate("check", *question, "--json", data=data).out)
    text = json.dumps(
        [answer["sentences"], answer["candidates"], answer["elsewhere"], answer["where_to_verify"]]
    ).lower()
    return answer, text.replace('"exclusion": null', "")


@pytest.mark.parametrize(
    "question",
    [
        ["Leopold Marchesini"],
        ["Leopold Marchesini", "--state", "FL"],
        ["Dorian Achterbosch", "--state", "WA"],
        ["Dorian Smith Achterbosch", "--state", "WA"],
        ["--license", "69035710", "--state", "WA"],
        ["Marisol Quintanares"],
    ],
)
def test_discipline_and_exclusion_are_not_shown_below_confirmed(sample_data: Path, question: list[str]) -> None:
    answer, text = check(sample_data, *question)
    assert answer["candidates"] and {c["match_level"] for c in answer["candidates"]} <= {"possible", "probable"}
    assert not [word for word in HARMFUL if word in text]


def test_a_number_with_its_name_or_an_npi_shows_what_the_board_says(sample_data: Path) -> None:
    """The known-good case: the same people, confirmed."""
    _, revoked = check(sample_data, "Dorian Achterbosch", "--license", "69035710", "--state", "WA")
    assert "revoked" in revoked
    answer, excluded = check(sample_data, "--npi", "1999259298")
    assert answer["candidates"][0]["match_level"] == "confirmed"
    assert "exclusions.oig.hhs.gov" in excluded


def test_other_letters_make_another_number(sample_data: Path) -> None:
    answer, text = check(sample_data, "--license", "MA69003571", "--state", "WA")
    assert answer["outcome"] == "several_candidates" and "only the digits agree" in text


@pytest.mark.parametrize("spelling", ["69003571", "AC69003571", "ac 69003571", "AC-69003571"])
def test_every_spelling_of_a_number_finds_it(sample_data: Path, spelling: str) -> None:
    answer, _ = check(sample_data, "Grace Lim", "--license", spelling, "--state", "WA")
    assert (answer["outcome"], answer["candidates"][0]["match_level"]) == ("found", "confirmed")


def test_two_numbers_must_lead_to_one_person(sample_data: Path) -> None:
    question = ["Grace Lim", "--npi", "1999104262", "--license", "AC69007142", "--state", "WA"]
    answer, text = check(sample_data, *question)
    assert answer["outcome"] == "several_candidates" and "do not lead to the same practitioner" in text
    answer, _ = check(sample_data, "Grace Lim", "--npi", "1234567893", "--license", "AC69003571", "--state", "WA")
    assert answer["candidates"][0]["match_level"] == "possible"


@pytest.mark.parametrize(
    ("asked", "known", "agrees"),
    [
        ("Odalys Winterhalter", "Odalys Mae Winterhalter", True),
        ("Winterhalter Odalys", "Odalys Winterhalter", True),
        ("O. Winterhalter", "Odalys Winterhalter", True),
        ("Odalys Winterhalter Jr", "Odalys Winterhalter", True),
        ("Mary Ann Jones", "Mary Ann Smith", False),
        ("Grace", "Grace Lim", False),
        ("Odalys Winterhalter", "Torben Winterhalter", False),
    ],
)
def test_a_name_agrees_by_family_and_given_name(asked: str, known: str, agrees: bool) -> None:
    assert (name_agreement(asked, [known]) == "the name") is agrees


@pytest.mark.parametrize("asked_before", [0, 10])
def test_a_number_with_letters_in_its_middle_is_found(tmp_path: Path, asked_before: int) -> None:
    """Both ways of looking: for a single question, and once a state is asked about often."""
    tables = tiny_tables()
    next(row for row in tables["licenses"] if row["practitioner_id"] == "p01")["number"] = "25MZ00084200"
    with closing(connect(publish(tables, tmp_path, BUILT_AT))) as connection:
        checker = Checker(connection)
        for _ in range(asked_before):
            checker.found(Question(state="WA", license="AC60000105"))
        found = checker.found(Question(state="WA", license="25mz 00084200"))
        assert [match.id for match in found.matches] == ["p01"] and found.outcome == "found"
        assert not checker.found(Question(state="WA", license="2500084200x")).matches
