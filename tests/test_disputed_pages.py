"""A disputed fact is said to be disputed: its number is never called absent, its page never silent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.answers import Question
from db.check import check
from db.opening import connect
from db.publish import publish
from db.site import make_datasette
from tests.tiny_database import BUILT_AT, tiny_tables


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The license of p12 is disputed and hidden; a phone of p01 was, and is repeated."""
    tables = tiny_tables()
    license = next(row for row in tables["licenses"] if row["practitioner_id"] == "p12")
    tables["licenses"].remove(license)
    dispute = {"record_id": license["record_id"], "practitioner_id": "p12", "about": "license WA", "claim_id": None}
    record = next(row for row in tables["records"] if row["id"] == license["record_id"])
    record["source_key"] = license["number"]
    tables["disputes"] = [
        {"number": 1, "disputed_on": "2026-11-21T08:00:00Z", "read_on": None, "outcome": "hidden"} | dispute,
        {
            "number": 2, "record_id": "r01", "practitioner_id": "p01", "about": "phone", "claim_id": None,
            "disputed_on": "2026-11-01T08:00:00Z", "read_on": "2026-11-20T09:00:00Z", "outcome": "repeated",
        },
    ]  # fmt: skip
    yield publish(tables, tmp_path_factory.mktemp("data"), BUILT_AT)


def test_a_number_that_is_hidden_is_never_called_absent(path: Path) -> None:
    with closing(connect(path)) as connection:
        hidden = check(connection, Question(state="WA", license="AC60000112"), BUILT_AT)
        absent = check(connection, Question(state="WA", license="AC60999999"), BUILT_AT)
    assert hidden.outcome == "source_failed" and "is disputed" in " ".join(hidden.sentences)
    assert absent.outcome == "read_and_absent"  # the known-other case: nothing of it is disputed


def test_the_page_says_what_is_disputed_and_what_was_read_again(path: Path) -> None:
    site = make_datasette(path)
    with asyncio.Runner() as runner:
        hidden, repeated, other = (
            runner.run(site.client.get(f"/practitioner/{id}")).text for id in ("p12", "p01", "p05")
        )
    assert "License WA was disputed on 2026-11-21 and is hidden until its source is read again." in hidden
    assert "its source was read again on 2026-11-20 and says the same" in repeated
    assert "disputed on" not in other
