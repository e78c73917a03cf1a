"""The JSON of an answer and docs/check.md: every name in one stands in the other."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from db.answers import FORMAT, OUTCOMES
from db.check import Checker, Question
from db.past import answer_as_of
from db.publish import connect, publish
from pipeline.rules import read_rule_table
from tests.tiny_database import BUILT_AT, Row, tiny_tables

DOCS = (Path(__file__).parent.parent / "docs" / "check.md").read_text(encoding="utf-8")
# Rows of other tables stand in an answer as they are: metadata.json describes their columns.
ROWS_OF_TABLES = ("candidates[].exclusion.rows[]", "candidates[].evidence[].links[]")
LIKE = {"elsewhere[]": "candidates[]", "unjoined[]": "candidates[].evidence[]"}
QUESTIONS = [
    Question("Imelda Quackenbush"),
    Question(npi="1999999901"),
    Question(npi="1999999906"),
    Question("Calliope Brandywine", "WA"),
    Question("Nobody Joined", "WA"),
    Question("Peregrine Yamanote"),
    Question("Jane Nobody"),
    Question("Imelda"),
]


def documented() -> set[str]:
    rows = re.findall(r"^\| `([a-z0-9_.\[\]]+)` \|", DOCS.partition("## The JSON document")[2], re.MULTILINE)
    return {name for name in rows if name not in OUTCOMES}


def paths(value: Any, at: str = "") -> Iterator[str]:
    """Every name of a document, as docs/check.md writes it."""
    if at in ROWS_OF_TABLES:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            here = f"{at}.{name}".lstrip(".")
            yield from named(inner, here)
    elif isinstance(value, list):
        for item in value:
            yield from paths(item, at)


def named(value: Any, here: str) -> Iterator[str]:
    if isinstance(value, list):
        here = f"{here}[]"
    here = LIKE.get(here, here)
    if not (isinstance(value, dict) and here in ("question",)):
        yield here
    yield from paths(value, here)


def history_row(id: str, **columns: Any) -> Row:
    tag = next(row for row in tiny_tables()["tags"] if row["id"] == id)
    return tag | {"shown_from": "2026-10-01T00:00:00Z", "shown_until": None} | columns


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    tables = tiny_tables() | {"tag_history": [history_row("t-p01-c"), history_row("t-p01-l")]}
    connection: sqlite3.Connection = connect(publish(tables, tmp_path_factory.mktemp("data"), BUILT_AT))
    checker = Checker(connection, BUILT_AT)
    answers = [checker.answer(question) for question in QUESTIONS]
    answers.append(Checker(connection, BUILT_AT + timedelta(days=200)).answer(Question(npi="1999999901")))
    answers.append(answer_as_of(checker, Question(npi="1999999901"), "2026-11-21"))
    return [answer.to_json() for answer in answers]


def test_every_name_that_is_emitted_is_documented_and_the_other_way_round(documents: list[dict[str, Any]]) -> None:
    emitted = {path for document in documents for path in paths(document)}
    known = documented()
    lists = {name for name in known if f"{name}[]" in emitted}  # null at times: `claims_then`
    assert emitted - known <= {name.removesuffix("[]") for name in known}
    assert known - emitted - lists == set(LIKE)


def test_the_walk_would_find_a_name_that_nobody_documented(documents: list[dict[str, Any]]) -> None:
    """The known-bad case."""
    document = documents[0] | {"verdict": "good"}
    assert "verdict" in set(paths(document)) and "verdict" not in documented()


def test_what_is_documented_of_values_is_what_there_is(documents: list[dict[str, Any]]) -> None:
    headings = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|`]+) \|$", DOCS, re.MULTILINE))
    assert {name: headings.get(name) for name in OUTCOMES} == OUTCOMES
    for kind in ("certification", "license"):
        line = next(line for line in DOCS.splitlines() if line.startswith(f"| {kind} | `"))
        said = re.findall(r"`([a-z_]+)`", line)
        assert said == [row["tag"] for row in read_rule_table("tag_words") if row["kind"] == kind]
    assert {document["outcome"] for document in documents} <= set(OUTCOMES)
    assert {document["format"] for document in documents} == {FORMAT} == {1}


def test_the_example_has_the_names_that_are_documented() -> None:
    example = json.loads(re.search(r"```json\n(.*)```", DOCS, re.DOTALL)[1])  # type: ignore[index]
    assert set(paths(example)) <= documented() | {name.removesuffix("[]") for name in documented()}
    assert example["sentences"][0].startswith("Everybody here is invented")


def test_a_document_survives_json_and_holds_no_tuple(documents: list[dict[str, Any]]) -> None:
    for document in documents:
        assert json.loads(json.dumps(document)) == document


def test_what_there_is_none_of_is_null(documents: list[dict[str, Any]]) -> None:
    tag = documents[1]["candidates"][0]["tags"][0]
    assert tag["warning"] is None and tag["value_then"] is None and tag["changed"] is None
    assert documents[6]["shown_on"] is None and documents[-1]["shown_on"] == "2026-11-21"
