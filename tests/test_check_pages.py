"""`/check` and `/practitioner/ID` as a visitor meets them: slips, dates, many people, no name in a cache."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.answer_lines import answer_lines
from db.answers import OUTCOMES, Question
from db.check import Checker
from db.publish import connect, publish
from db.site import Site, make_datasette
from tests.tiny_database import BUILT_AT, tiny_tables


class Visitor:
    """Asks pages of one site, one after the other, without a network."""

    def __init__(self, path: Path) -> None:
        self.runner = asyncio.Runner()
        self.site: Site = make_datasette(path)

    def get(self, path: str) -> Any:
        return self.runner.run(self.site.client.get(path))


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    tables = tiny_tables()
    person, record = tables["practitioners"][0], tables["records"][0]
    for number in range(30):
        tables["practitioners"].append(person | {"id": f"m{number:02}", "npi": None, "name": "Many Namesakes"})
        tables["records"].append(record | {"id": f"rm{number}", "practitioner_id": f"m{number:02}"})
    visitor = Visitor(publish(tables, tmp_path_factory.mktemp("data"), BUILT_AT))
    yield visitor
    visitor.runner.close()


def test_a_slip_is_forgiven_on_the_page_too(visitor: Visitor) -> None:
    for _ in range(2):
        page = visitor.get("/check?name=Orsola+Thistelwood").text
        assert "Orsolya Thistlewood" in page and "Orsola is one slip of a letter from Orsolya" in page
    assert visitor.site.held.names.near, "what was read for the first question is held for the next"


def test_page_json_and_heading_are_one_answer(visitor: Visitor) -> None:
    for question in ("name=Imelda+Quackenbush", "npi=1999999906", "name=Jane+Nobody&state=OR"):
        document = visitor.get(f"/check.json?{question}").json()
        page = visitor.get(f"/check?{question}")
        assert OUTCOMES[document["outcome"]].replace("'", "&#39;") in page.text
        assert document["format"] == 1 and "no-store" in page.headers["cache-control"]


def test_more_than_are_shown_is_said(visitor: Visitor) -> None:
    page = visitor.get("/check?name=Many+Namesakes").text
    assert "More than 25 practitioners match." in page and page.count("card person") == 25


def test_other_names_and_dates_are_shown(visitor: Visitor) -> None:
    page = visitor.get("/check?npi=1999999901").text
    assert "Also named Imelda Rosenkrantz by a source." in page and "Dates: read" in " ".join(page.split())


@pytest.mark.parametrize("field", ["name", "state", "license", "npi"])
def test_a_question_too_long_is_400(visitor: Visitor, field: str) -> None:
    assert visitor.get(f"/check?{field}={'1' * 300}").status_code in (400, 414)


def test_a_stated_number_that_the_board_shows_under_another_name_says_so(tmp_path: Path) -> None:
    tables = tiny_tables()
    stated = next(row for row in tables["licenses"] if row["practitioner_id"] == "p09")
    stated |= {"source_kind": "self_reported", "status": "claimed", "under_other_name": 1}
    path = publish(tables, tmp_path, BUILT_AT)
    said = "The board's roster shows this number under another name: ask the board whose it is."
    answer = Checker(connect(path), BUILT_AT).answer(Question(npi="1999999909"))
    assert said in " ".join("\n".join(answer_lines(answer)).split())
    assert said in Visitor(path).get("/practitioner/p09").text
