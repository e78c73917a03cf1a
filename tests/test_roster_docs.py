"""docs/roster.md says what is so: columns, outcomes, headings, and its example."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from db.answers import OUTCOMES
from db.roster import RESULT_COLUMNS
from db.roster_answer import NOT_READABLE
from db.roster_columns import OURS, ours_of
from tests.conftest import REPO, run_diplomate
from tests.tiny_database import publish_tiny

PAGE = (REPO / "docs" / "roster.md").read_text(encoding="utf-8")
OF_A_DAY_IN_THE_PAST = {"nothing_shown_yet"}


def rows(heading: str) -> list[list[str]]:
    """The rows of the table whose first heading is this."""
    body = PAGE.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in body]


def test_every_column_is_described_in_order() -> None:
    assert [row[0] for row in rows("column")] == list(RESULT_COLUMNS)


def test_every_outcome_is_described() -> None:
    assert {row[0] for row in rows("outcome")} == {*OUTCOMES, NOT_READABLE} - OF_A_DAY_IN_THE_PAST


def test_the_headings_named_are_known() -> None:
    assert [row[0] for row in rows("ours")] == list(OURS)
    for ours, _, headings in rows("ours"):
        for heading in headings.split(", "):
            found = ours_of(heading)
            assert found and found[0] == ours, heading


def test_the_example_is_what_comes_out(tmp_path: Path) -> None:
    roster, said = re.findall(r"(?:^    .+\n)+", PAGE.split("## An example")[1], re.MULTILINE)
    publish_tiny(tmp_path / "data")
    (tmp_path / "staff.csv").write_text(roster.replace("\n    ", "\n").strip() + "\n")
    call = ["check", "--roster", str(tmp_path / "staff.csv"), "--out", str(tmp_path / "answers.csv")]
    done = run_diplomate(*call, data=tmp_path / "data")
    assert done.code == 1
    assert done.err.replace(f"{tmp_path}/", "") == said.replace("\n    ", "\n")[4:]
    shown = ("row", "outcome", "match_level", "license_status", "trouble")
    with (tmp_path / "answers.csv").open(encoding="utf-8", newline="") as lines:
        answers = [[row[f"diplomate_{name}"] for name in shown] for row in csv.DictReader(lines)]
    assert answers == rows("diplomate_row")
