"""What a build goes on from: the published file before it, the readings, and a time that is not before either.

In: the data folder, the clock, what a person accepts (words of ``--accept``). Out: `GoesOn`, or Failed with what to do.
A file, a run or a clock that is wrong never makes anybody look gone, and never takes history away in silence.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.snapshots import EVERYTHING, good_runs, remember_misdated
from db.kept import AHEAD, CLOCK, build_facts, built_time, history_from, is_ahead, kept_files
from db.publish import read_rows
from pipeline.commands.environment import Failed, Wrong
from pipeline.gather import Reading
from pipeline.world import parsed

WORTH_SAYING = timedelta(minutes=1)  # two builds of small data in one second are no clock that went wrong


@dataclass(frozen=True)
class GoesOn:
    """`path`: the file that history goes on from (None for a first build); `at`: the time that the new one bears."""

    path: Path | None
    at: datetime
    notes: list[str]


def goes_on(data: Path, now: datetime, accepted: Collection[str]) -> GoesOn:
    """Raises DamagedFile where no kept file can be gone on from, Failed where the clock is far behind that file."""
    path, notes = history_from(data, accepted)
    built = build_facts(path).get("built_at", "") if path else ""
    newest = max([*([parsed(built)] if built else []), *named_times(data)], default=datetime.min.replace(tzinfo=UTC))
    behind = newest - now
    if behind > AHEAD:
        raise Failed(
            f"This machine's clock says {now:%Y-%m-%d %H:%M}, and the published file was built on {built}, "
            f"{behind.days} days later. Nothing was published. Set the clock (`timedatectl set-ntp true`); where it "
            f"was wrong then, `diplomate build --accept {CLOCK}` goes on from the newest file that is older than now."
        )
    at = now if newest < now.replace(microsecond=0) else newest + timedelta(seconds=1)
    if behind > WORTH_SAYING:
        said = f"This machine's clock is {behind} behind the published file; the new one is dated right after it."
        return GoesOn(path, at, [*notes, said])
    remember_wrong_dates(data, bool(built))
    return GoesOn(path, at, notes)


def named_times(data: Path) -> list[datetime]:
    """What the names of the kept files say, but for wrong clocks: no two files are to bear the same second."""
    return [built_time(path) for path in kept_files(data) if not is_ahead(path)]


def remember_wrong_dates(data: Path, clock_is_right: bool) -> None:
    """A run of a wrong clock counts for nothing on the day whose date it bears either."""
    folder = data / "snapshots"
    for path in folder.iterdir() if clock_is_right and folder.is_dir() else ():
        remember_misdated(data, path.name)


def refuse_no_reading(data: Path, readings: Mapping[str, Reading]) -> None:
    """Nothing was ever read well, or nothing of it counts any more."""
    if any(reading.last_good for reading in readings.values()):
        return
    aside = [said for reading in readings.values() for said in reading.set_aside]
    if aside:
        raise Failed(f"{' '.join(aside)} No other run in {data} is good; nothing was published.")
    raise Wrong(f"There is no good run in {data} yet. Begin with `diplomate crawl` or `diplomate import`.")


def refuse_lost_readings(
    data: Path, path: Path | None, readings: Mapping[str, Reading], accepted: Collection[str]
) -> None:
    """A reading the published file rests on must still be there: what is lost must never look gone.

    Of a reading that was set aside the one before it counts; where there is none, only who accepts it goes on.
    """
    for row in read_rows(path, "sources") if path else []:
        reading = readings.get(row["name"])
        if not reading or not row["last_good_read"] or reading.last_good >= row["last_good_read"]:
            continue
        if reading.set_aside and not reading.last_good and f"source:{row['name']}" not in accepted:
            how = f"where it may be left out: diplomate build --accept source:{row['name']}"
            raise Failed(f"{' '.join(reading.set_aside)} No reading before it is kept; nothing was published ({how}).")
        if not reading.set_aside:
            lost = f"{row['name']}: the published file rests on its reading of {row['last_good_read']}"
            where = data / "snapshots" / row["name"]
            raise Failed(f"{lost}, which is no longer in {where}. Restore it; nothing was published.")
    refuse_lost_parts(data, path, accepted)


def refuse_lost_parts(data: Path, path: Path | None, accepted: Collection[str]) -> None:
    """A run of some states that the published file may rest on must still be there, or be replaced by later ones."""
    known = read_rows(path, "runs") if path else []
    built = build_facts(path).get("built_at", "") if path else ""
    for row in known:
        lost = row["result"] == "good" and row["read_at"] <= built and not (data / "snapshots" / row["id"]).exists()
        if lost and f"source:{row['source']}" not in accepted and not is_replaced(row, data):
            raise Failed(
                f"{row['source']}: the published file rests on the run {row['id']}, read on {row['read_at']}, which is "
                f"no longer in {data / 'snapshots'}. Restore it; nothing was published (where it may be left out: "
                f"diplomate build --accept source:{row['source']})."
            )


def is_replaced(row: Mapping[str, str], data: Path) -> bool:
    """Whether later good runs read whole all that a run of the table `runs` had asked for, or one replayed it."""
    asked = set(json.loads(row["states"] or "[]"))
    later = [manifest for _, manifest in good_runs(data, row["source"]) if manifest.read_at >= row["read_at"]]
    if any(f"{manifest.source}/{manifest.replay_of}" == row["id"] for manifest in later):
        return True
    whole = {state for manifest in later for state, read in manifest.coverage.items() if read}
    all_of_it = any(manifest.complete and EVERYTHING in manifest.states for manifest in later)
    return all_of_it or EVERYTHING in whole or (bool(asked) and EVERYTHING not in asked and asked <= whole)
