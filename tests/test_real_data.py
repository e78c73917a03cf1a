"""Real files of the real sources give a directory of exactly the people in them. Counts only, no name."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from db.check import Question, check
from db.publish import connect, current, read_rows
from tests.conftest import Outcome, run_diplomate

LIST_PAGES = [f"ncbahm/ncbahm_search_{name}_live.html" for name in ("wa", "ca", "hi", "hi_p2")]


@pytest.fixture(scope="module")
def imported(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Outcome]]:
    """A data folder with everything imported and built, and what each command said."""
    data = tmp_path_factory.mktemp("real")
    files = {
        "npi_registry": ["npi_api/hoboken_nj_npi1_part.json"],
        "ncbahm": LIST_PAGES,
        "aama": ["aama/aama_results_page_1.json"],
        "leie": [f"leie/{path.name}" for path in sorted((real_data / "leie").glob("16*.csv"))],
    }
    said = {
        source: run_diplomate("import", source, *[str(real_data / name) for name in names], data=data)
        for source, names in files.items()
    }
    said["build"] = run_diplomate("build", data=data)
    return data, said


@pytest.fixture(scope="module")
def tables(imported: tuple[Path, dict[str, Outcome]]) -> dict[str, list[dict[str, Any]]]:
    path = current(imported[0])
    assert path, imported[1]["build"].err
    return {
        name: read_rows(path, name) for name in ("practitioners", "records", "certifications", "exclusions", "tags")
    }


def test_every_import_and_the_build_succeed(imported: tuple[Path, dict[str, Outcome]]) -> None:
    codes = {name: outcome.code for name, outcome in imported[1].items()}
    assert codes == {"npi_registry": 0, "ncbahm": 1, "aama": 0, "leie": 0, "build": 0}, "ncbahm rings the alarm below"


def test_a_page_that_repeats_an_earlier_one_is_an_alarm(imported: tuple[Path, dict[str, Outcome]]) -> None:
    assert "shows the same 20 rows as an earlier page" in imported[1]["ncbahm"].err


def test_exactly_the_acupuncturists_and_the_physicians(tables: dict[str, Any]) -> None:
    sources = Counter(source for person in tables["practitioners"] for source in json.loads(person["sources"]))
    assert sources == {"npi_registry": 9, "ncbahm": 60, "aama": 10}
    assert len(tables["practitioners"]) == 79
    assert Counter(person["kind"] for person in tables["practitioners"]) == {"acupuncturist": 69, "physician": 10}


def test_no_counselor_became_a_practitioner(imported: tuple[Path, dict[str, Outcome]], tables: dict[str, Any]) -> None:
    taxonomies = [
        json.loads(row["fields"])["taxonomies"] for row in tables["records"] if row["source"] == "npi_registry"
    ]
    assert all(any(entry["code"] == "171100000X" for entry in entries) for entries in taxonomies)


def test_the_certifiers_list_gives_twenty_people_a_state(tables: dict[str, Any]) -> None:
    listed = [person for person in tables["practitioners"] if "ncbahm" in person["sources"]]
    assert Counter(person["state"] for person in listed) == {"WA": 20, "CA": 20, "HI": 20}
    assert {person["certification"] for person in listed} == {"listed"}


def test_a_part_of_a_list_says_nothing_of_those_who_are_not_on_it(tables: dict[str, Any]) -> None:
    values = {person["certification"] for person in tables["practitioners"] if "ncbahm" not in person["sources"]}
    assert values == {"not_checked"}


def test_no_exclusion_without_an_npi_match(tables: dict[str, Any]) -> None:
    assert tables["exclusions"] == []


def test_names_are_clean_and_nothing_private_is_published(tables: dict[str, Any]) -> None:
    for person in tables["practitioners"]:
        assert not any(mark in person["name"] for mark in (",", "L.Ac", " MD", "Dacm", "--"))
        assert not person["name"].isupper()
        assert "npi_registry" not in person["sources"] or person["street"] is None
    text = json.dumps(tables)
    assert '\\"sex\\"' not in text and "DOB" not in text


def test_profiles_and_name_searches_of_the_older_site_are_read(real_data: Path, tmp_path: Path) -> None:
    pages = [str(real_data / "ncbahm" / name) for name in ("nccaom_profile.html", "nccaom_search_name.html")]
    assert run_diplomate("import", "ncbahm", *pages, data=tmp_path).code == 0
    assert run_diplomate("build", data=tmp_path).code == 0
    rows = read_rows(current(tmp_path) or Path(), "certifications")
    assert [row["designation"] for row in rows] == ["Dipl. Ac.", "Dipl. Ac."]


def test_older_answers_of_the_registry_are_read_without_complaint(real_data: Path, tmp_path: Path) -> None:
    """None of these answers of 2019-2022 holds an acupuncturist: that is said, and no column of theirs is unknown."""
    for path in sorted((real_data / "npi_api").glob("ropensci*")):
        done = run_diplomate("import", "npi_registry", str(path), data=tmp_path)
        assert done.code == 1
        assert "no acupuncturist was found" in done.err or "answered with an error" in done.err, path.name
        assert "never seen before" not in done.err


def test_everybody_is_found_by_name_number_and_npi(imported: tuple[Path, dict[str, Outcome]]) -> None:
    connection = connect(current(imported[0]) or Path())
    people = [
        dict(row) for row in connection.execute("SELECT id, name, given_name, family_name, npi FROM practitioners")
    ]
    for person in people:
        spellings = [person["name"], person["name"].upper()]
        if len(person["given_name"]) > 1:  # with an initial alone several may be meant, and the answer says so
            spellings.append(f"{person['family_name']}, {person['given_name']}")
        questions = [Question(name, "", "", "") for name in spellings]
        questions += [Question("", "", "", person["npi"])] if person["npi"] else []
        assert {first_found(connection, question) for question in questions} == {person["id"]}
    for row in connection.execute("SELECT practitioner_id, state, number FROM licenses").fetchall():
        assert first_found(connection, Question("", row["state"], row["number"], "")) == row["practitioner_id"]


def first_found(connection: sqlite3.Connection, question: Question) -> str:
    answer = check(connection, question)
    return answer.candidates[0].profile.id if answer.outcome == "found" else answer.outcome
