"""The change feed against the truth of a small nation that lives four nights; and that the check knows a wrong feed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.change_feed.nights import live
from tests.benchmarks.change_feed.observer import Expected, differences
from tests.benchmarks.change_feed.score import Score
from tests.benchmarks.change_feed.world import EVENTS

LIVELY = {name: share * 3 for name, share in EVENTS.items()} | {"add_exclusion": 12.0, "lifted": 6.0}
NIGHT = "2026-11-05"
TRUE: set[Expected] = {("lapsed", "r1", "word"), ("new", "p1", "record"), ("renewed", "r2", "expires")}
FEED = [
    {"at": f"{NIGHT}T03:00:00Z", "kind": "lapsed", "field": "license WA AC1", "record_id": "r1"},
    {"at": f"{NIGHT}T03:00:00Z", "kind": "new", "field": "practitioner", "record_id": "r9", "practitioner_id": "p1"},
    {"at": f"{NIGHT}T03:00:00Z", "kind": "renewed", "field": "license WA AC2 expires", "record_id": "r2"},
]  # fmt: skip


def test_the_feed_of_four_nights_is_the_truth(tmp_path: Path) -> None:
    score = live(tmp_path, people=200, nights=4, seed=1, events=LIVELY)
    assert (score.wrong, score.missing) == ([], [])
    assert score.count("all") >= 50 and len(score.kinds()) >= 8


def scored(feed: list[dict[str, str]]) -> Score:
    score = Score()
    score.add(1, feed, TRUE, NIGHT)
    return score


def test_a_right_feed_is_right() -> None:
    assert (scored(FEED).precision(), scored(FEED).recall()) == (1.0, 1.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "lapsed", "field": "license WA AC3", "record_id": "r3"},
        {"kind": "status_changed", "field": "license WA AC1", "record_id": "r1"},
        {"kind": "lapsed", "field": "license WA AC1", "record_id": "r1"},
        {"kind": "renewed", "field": "license WA AC2 expires", "record_id": "r2", "at": "2026-11-06T03:00:00Z"},
        {"kind": "no_longer_listed", "field": "listing", "record_id": "r2"},
        {"kind": "new", "field": "practitioner", "record_id": "r9", "practitioner_id": "p2"},
    ],
)
def test_a_feed_with_one_row_too_many_is_found_out(wrong: dict[str, str]) -> None:
    score = scored([*FEED, {"at": f"{NIGHT}T03:00:00Z"} | wrong])
    assert score.precision() == 0.75 and score.recall() == 1.0 and len(score.wrong) == 1


def test_a_feed_with_one_row_too_few_is_found_out() -> None:
    assert scored(FEED[1:]).recall() == pytest.approx(2 / 3) and scored(FEED[1:]).missing


def test_the_observers_notes_tell_a_lapse_from_another_word() -> None:
    notes = {"name": 0, "city": 0, "phone": 0, "acted": 0, "word": "live"}
    assert differences("r", notes, notes | {"word": "lapsed"}) == {("lapsed", "r", "word")}
    assert differences("r", notes | {"word": "lapsed"}, notes) == {("status_changed", "r", "word")}
    assert differences("r", notes, dict(notes)) == set()
