"""When a source is due, and how it is doing, from its manifests alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.snapshots import Manifest, Run
from pipeline.facts import SourceFacts
from pipeline.overview import is_due, reading_of, source_row

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DETAILS = {"access": "open", "cadence_days": 7, "homepage": "https://board.example/"}
BOARD = SourceFacts("board_xx", "board", "Roster", "Board", ("WA",), DETAILS)
LISTING = SourceFacts("listing", "certifier", "List", "Certifier", (), DETAILS | {"access": "gated"}, ("WA", "OR"))


def ended(data: Path, source: str, days_ago: int, result: str = "good", **facts: object) -> None:
    """A run that ended so many days ago."""
    run = Run.create(data, source)
    at = (NOW - timedelta(days=days_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    (run.folder / "records.jsonl").write_text("")
    base = {"kind": "crawl", "read_at": at, "read_from": at, "result": result, "coverage": {"WA": True}}
    run.finish(Manifest(source, run.name, started=at, **(base | facts)))  # type: ignore[arg-type]


def test_a_source_is_due_when_its_cadence_has_passed_since_a_good_crawl(tmp_path: Path) -> None:
    assert is_due(tmp_path, BOARD, NOW)
    ended(tmp_path, "board_xx", 8)
    assert is_due(tmp_path, BOARD, NOW)
    ended(tmp_path, "board_xx", 1, "failed")
    assert is_due(tmp_path, BOARD, NOW), "a failed crawl is tried again"
    ended(tmp_path, "board_xx", 2)
    assert not is_due(tmp_path, BOARD, NOW)


def test_a_gate_is_not_knocked_at_every_night(tmp_path: Path) -> None:
    ended(tmp_path, "listing", 1, "blocked", coverage={})
    assert not is_due(tmp_path, LISTING, NOW)
    assert is_due(tmp_path, LISTING, NOW + timedelta(days=7))


def test_a_crawl_of_one_state_counts_for_that_state_only(tmp_path: Path) -> None:
    ended(tmp_path, "listing", 1, states=["WA"])
    assert not is_due(tmp_path, LISTING, NOW, ("WA",))
    assert is_due(tmp_path, LISTING, NOW, ("OR",))
    assert is_due(tmp_path, LISTING, NOW)


@pytest.mark.parametrize(
    ("days_ago", "result", "health"),
    [(1, "good", "good"), (91, "good", "stale"), (1, "failed", "failed"), (1, "blocked", "blocked")],
)
def test_health_in_a_word(tmp_path: Path, days_ago: int, result: str, health: str) -> None:
    ended(tmp_path, "board_xx", days_ago, result)
    assert source_row(tmp_path, BOARD, reading_of(tmp_path, "board_xx"), NOW)["health"] == health


def test_a_failure_after_a_good_reading_keeps_the_reading_and_its_age(tmp_path: Path) -> None:
    ended(tmp_path, "board_xx", 5)
    ended(tmp_path, "board_xx", 1, "failed", troubles=["It broke."])
    row = source_row(tmp_path, BOARD, reading_of(tmp_path, "board_xx"), NOW)
    assert (row["health"], row["message"], row["last_good_read"][:10]) == ("failed", "It broke.", "2026-11-17")
