"""An operator's year among faults, in small; and that its comparison knows a wrong history from a right one."""

from __future__ import annotations

import errno
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crawler.troubles import Unanswered, as_trouble
from tests.benchmarks.year.__main__ import is_found_out
from tests.benchmarks.year.clock import modules_that_ask, night_of, night_time
from tests.benchmarks.year.compared import Compared, compare
from tests.benchmarks.year.faults import DISKS, KILLS, WEB, Faults
from tests.benchmarks.year.ledger import Ledger, Said
from tests.benchmarks.year.pages import BOARDS
from tests.benchmarks.year.seen import Read
from tests.benchmarks.year.year import live

SHORT = 9
WA = ("board_wa", "WA")
WORD = "license WA AC1"


@pytest.mark.everything
def test_a_short_year_among_faults_ends_with_the_history_of_a_good_one(tmp_path: Path) -> None:
    year, report = live(tmp_path, people=60, nights=SHORT, seed=1, pace=6)
    assert report.wrong() == {}, report
    assert set(report.faults) == {*WEB, *KILLS, *DISKS}
    assert report.same_end == "compared" and report.compared.counts["late"] and report.compared.counts["on their night"]
    assert is_found_out(year, report)


def said(**values: str) -> Said:
    return {WORD if name == "word" else name: frozenset([value]) for name, value in values.items()}


def ledger_of(read: list[int], *editions: dict[str, Said]) -> Ledger:
    """One board that shows an edition a night, read well on these nights."""
    ledger = Ledger({})
    for night, records in enumerate(editions):
        ledger.states["board_wa"][night] = {"WA": records}
    for night in read:
        ledger.publish({WA: Read(night, night)})
    return ledger


def row(
    night: int, kind: str, old: str | None, new: str | None, field: str = WORD, record: str = "r"
) -> dict[str, Any]:
    at = f"{night_time(night):%Y-%m-%dT%H:%M:%SZ}"
    return {"at": at, "kind": kind, "old": old, "new": new, "field": field, "record_id": record, "source": "board_wa"}


ACTIVE, EXPIRED = {"r": said(word="Active")}, {"r": said(word="Expired")}
LAPSED = row(1, "lapsed", "Active", "Expired")


def compared(ledger: Ledger, whole: list[dict[str, Any]], lossy: list[dict[str, Any]]) -> Compared:
    return compare(ledger, whole, lossy)


def test_the_same_history_is_the_same() -> None:
    found = compared(ledger_of([0, 1], ACTIVE, EXPIRED), [LAPSED], [LAPSED])
    assert (found.missing, found.extra, found.counts["on their night"]) == ([], [], 1)


def test_a_change_is_told_when_the_source_is_read_again() -> None:
    ledger = ledger_of([0, 3], ACTIVE, EXPIRED, EXPIRED, EXPIRED)
    found = compared(ledger, [LAPSED], [row(3, "lapsed", "Active", "Expired")])
    assert (found.missing, found.extra, found.counts["late"]) == ([], [], 1)
    early = compared(ledger, [LAPSED], [row(2, "lapsed", "Active", "Expired")])
    assert len(early.missing) == len(early.extra) == 1


def test_a_departure_is_dated_by_the_oldest_answer_of_a_crawl_that_went_on() -> None:
    ledger = ledger_of([0], ACTIVE, ACTIVE, {})
    ledger.publish({WA: Read(2, 1)})
    gone = row(2, "no_longer_listed", "Active", None, "listing")
    assert len(compared(ledger, [gone], [gone]).missing) == 1
    assert compared(ledger, [gone], [row(1, "no_longer_listed", "Active", None, "listing")]).missing == []


def test_what_came_and_went_between_two_readings_is_told_by_nobody() -> None:
    ledger = ledger_of([0, 2], ACTIVE, EXPIRED, ACTIVE)
    whole = [LAPSED, row(2, "status_changed", "Expired", "Active")]
    assert compared(ledger, whole, []).counts["netted"] == 2
    assert len(compared(ledger, whole, whole[1:]).extra) == 1


def test_several_changes_between_two_readings_are_told_as_one() -> None:
    ledger = ledger_of([0, 2], ACTIVE, EXPIRED, {"r": said(word="Retired")})
    whole = [LAPSED, row(2, "status_changed", "Expired", "Retired")]
    assert compared(ledger, whole, [row(2, "status_changed", "Active", "Retired")]).missing == []
    assert len(compared(ledger, whole, [row(2, "status_changed", "Active", "Expired")]).missing) == 1


@pytest.mark.parametrize(
    "invented",
    [
        row(2, "no_longer_listed", "Active", None, "listing"),
        row(1, "lapsed", "Active", "Expired"),
        row(1, "lapsed", "Active", "Expired", record="another"),
        row(1, "new", None, "Somebody", "practitioner", "another"),
    ],
)
def test_an_invented_change_is_found_out(invented: dict[str, Any]) -> None:
    found = compared(ledger_of([0, 1, 2], ACTIVE, EXPIRED, EXPIRED), [LAPSED], [LAPSED, invented])
    assert len(found.extra) == 1 and found.missing == []


def test_a_change_that_was_never_told_is_found_out() -> None:
    assert len(compared(ledger_of([0, 1], ACTIVE, EXPIRED), [LAPSED], []).missing) == 1


BOTH = ACTIVE | {"registered": said(npi="1")}
NEW = row(1, "new", None, "Odalys", "practitioner")
CAME_LATER = row(2, "listed", None, "Odalys", "listing", "registered")


def two_lists(*readings: dict[str, Said]) -> Ledger:
    """One person in two rows that the source shows from night 1 on; the nights' readings are what is read of it."""
    ledger = ledger_of([], {}, *readings)
    ledger.people = {"r": 7, "registered": 7}
    for night in range(len(readings) + 1):
        ledger.publish({WA: Read(night, night)})
    ledger.states["board_wa"][1] = {"WA": BOTH}
    return ledger


def test_who_came_to_two_lists_at_once_and_was_read_there_on_two_nights_is_new_then_listed() -> None:
    found = compared(two_lists(ACTIVE, BOTH), [NEW], [NEW, CAME_LATER])
    assert (found.missing, found.extra) == ([], [])
    again = row(3, "listed", None, "Odalys", "listing", "registered")
    assert len(compared(two_lists(ACTIVE, BOTH, BOTH), [NEW], [NEW, CAME_LATER, again]).extra) == 1, "told twice"
    stranger = two_lists(ACTIVE, BOTH)
    stranger.people = {"r": 7, "registered": 8}
    assert len(compared(stranger, [NEW], [NEW, CAME_LATER]).extra) == 1, "another's listing"


def test_somebody_who_looks_gone_after_a_failed_night_is_found_out() -> None:
    """The failed run is no reading: the roster of night 0 must still stand."""
    ledger = ledger_of([0], ACTIVE, {})
    assert ledger.current() == ACTIVE and ledger.seen == {("r", WORD, "Active"): (0, 0)}


def test_a_claim_is_seen_on_nights_of_good_readings() -> None:
    ledger = ledger_of([0, 2, 4], ACTIVE, ACTIVE, ACTIVE, EXPIRED, EXPIRED)
    assert ledger.seen == {("r", WORD, "Active"): (0, 2), ("r", WORD, "Expired"): (4, 4)}


def test_a_short_year_meets_every_fault() -> None:
    faults, met = Faults(3, SHORT), Counter[str]()
    for night in range(SHORT):
        trouble = faults.tonight(night, list(BOARDS))
        met.update(trouble.kinds())
        assert not trouble.machine or len(trouble.web) < len(BOARDS), "something is to be built"
    assert set(met) == {*WEB, *KILLS, *DISKS}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EFBIG])
def test_a_full_disk_is_not_blamed_on_the_site(number: int) -> None:
    """The year's full disk was told as an address that "gave no whole answer"; the next run goes on as after that."""
    trouble = as_trouble(OSError(number, os.strerror(number)), "https://board.example/roster")
    assert "could not be kept" in str(trouble) and "this machine's disk" in str(trouble)
    assert isinstance(trouble, Unanswered)


def test_every_module_that_asks_the_time_is_known_to_the_simulated_clock() -> None:
    assert {"crawler.snapshots", "crawler.resume", "pipeline.commands.environment"} <= set(modules_that_ask())
    assert [night_of(f"{night_time(night):%Y-%m-%dT%H:%M:%SZ}") for night in (0, 1, 364)] == [0, 1, 364]
