"""When a source is due, and how it is doing, from its manifests alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.snapshots import Manifest, Run, runs
from pipeline.facts import SourceFacts
from pipeline.overview import asked_again, due_at, is_due, reading_of, source_row

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


def test_a_source_that_fails_is_left_alone_for_longer_each_time(tmp_path: Path) -> None:
    """Asked each night for forty nights, a monthly file that fails its verdict is read six times."""
    monthly = replace(BOARD, details=DETAILS | {"cadence_days": 30})
    asked = []
    for day in range(40, -1, -1):
        if is_due(tmp_path, monthly, NOW - timedelta(days=day, hours=1)):
            ended(tmp_path, "board_xx", day, "failed")
            asked.append(40 - day)
    assert asked == [0, 1, 3, 7, 15, 31]
    assert asked_again(monthly, [m for _, m in runs(tmp_path, "board_xx")], NOW) == "on 2026-12-13"


@pytest.mark.parametrize("cadence", [1, 7])
def test_a_source_that_fails_waits_at_most_its_cadence(tmp_path: Path, cadence: int) -> None:
    source = replace(BOARD, details=DETAILS | {"cadence_days": cadence})
    for day in range(30, 0, -1):
        ended(tmp_path, "board_xx", day, "failed")
    assert due_at(tmp_path, source, NOW) == max(NOW, NOW + timedelta(days=cadence - 1, hours=-6))


def test_an_interruption_is_no_failure_and_a_replay_ends_the_waiting(tmp_path: Path) -> None:
    for day in (5, 4, 3, 2, 1):
        ended(tmp_path, "board_xx", day, "failed", cut_off=True)
    assert is_due(tmp_path, BOARD, NOW), "it is gone on with"
    for day in (4, 3, 2, 1):
        ended(tmp_path, "board_xx", day, "failed")
    assert not is_due(tmp_path, BOARD, NOW)
    ended(tmp_path, "board_xx", 1, kind="replay")
    assert is_due(tmp_path, BOARD, NOW), "its spider was mended: what failed was read well since"


def test_a_failure_for_one_state_or_of_the_future_keeps_nothing_from_being_read(tmp_path: Path) -> None:
    open_listing = replace(LISTING, details=DETAILS)
    for day in (3, 2, 1, -900):
        ended(tmp_path, "listing", day, "failed", states=["WA"])
    assert not is_due(tmp_path, open_listing, NOW, ("WA",))
    assert is_due(tmp_path, open_listing, NOW, ("OR",)) and is_due(tmp_path, open_listing, NOW)


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
