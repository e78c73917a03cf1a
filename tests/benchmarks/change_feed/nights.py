"""Nights: the world lives, sources are read, the directory is built, the feed is compared; again and again.

In: people, nights, a seed, a data folder. Out: `Score`.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from db.opening import current, read_rows
from pipeline.commands.build import build_and_publish
from tests.benchmarks.change_feed.observer import Observer
from tests.benchmarks.change_feed.readings import FAULTS, Reading, fault_of, read_source
from tests.benchmarks.change_feed.score import Score
from tests.benchmarks.change_feed.world import EVENTS, World

ADDED_LATER, PARTIAL_FIRST, BEGINS = "aama", "board_ct", 3  # a source that is added, one that is read whole, only then
WHOLE = {"whole": 1.0}
Said = Callable[[str], None]


def live(
    data: Path,
    people: int,
    nights: int,
    seed: int,
    said: Said = print,
    events: dict[str, float] = EVENTS,
    faults: dict[str, float] = FAULTS,
) -> Score:
    """Night 0 is the first build; returns the score of all later nights."""
    world, observer, score = World(people, seed, events), Observer(), Score()
    rng, before = Random(f"{people} {seed} faults"), 0
    for night in range(nights + 1):
        if night:
            world.live_a_night()
        at = time_of(night, nights)
        readings, faulty = read_night(data, world, night, at, rng, faults if night else WHOLE)
        with contextlib.redirect_stderr(io.StringIO()):
            build_and_publish(data)
        expected = observer.night(readings, owners_of(data), world.same, world.excluded)
        feed = published(data, "changes")
        if night:
            score.add(night, feed[before:], expected, at[:10])
        said(f"night {night}: {len(feed) - before} changes, {len(expected)} expected; {faulty or 'all read'}")
        before = len(feed)
    said(f"events: {dict(world.happened)}")
    return score


def time_of(night: int, nights: int) -> str:
    """Days that are over, so that every reading is fresh."""
    return f"{datetime.now(UTC) - timedelta(days=nights - night + 2):%Y-%m-%d}T03:00:00Z"


def read_night(
    data: Path, world: World, night: int, at: str, rng: Random, faults: dict[str, float]
) -> tuple[list[Reading], str]:
    """Every source once; one is added on a later night, one is at first read in part."""
    sources = sorted({row.source for row in world.rows.values()})
    readings, told = [], []
    for source in sources:
        rows = [row for row in world.rows.values() if row.source == source]
        fault = fault_of(rng, faults)
        if source == ADDED_LATER and night < BEGINS:
            fault = "not_read"
        if source == PARTIAL_FIRST and night < BEGINS:
            fault = "partial"
        reading = read_source(data, source, rows, at, fault, rng)
        readings += [reading] if reading else []
        told += [f"{source} {fault}"] if fault != "whole" else []
    return readings, ", ".join(told)


def owners_of(data: Path) -> dict[str, str]:
    """Record id -> person, as published."""
    return {row["id"]: row["practitioner_id"] for row in published(data, "records") if row["practitioner_id"]}


def published(data: Path, table: str) -> list[dict[str, Any]]:
    path = current(data)
    assert path
    return read_rows(path, table)
