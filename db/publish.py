"""Publish: build a new file beside the old one, check it, rename it, then move the link.

Comes in: rows for the published tables and the data folder. Goes out: the path of a finished,
read-only file that `data/current` now resolves to. A published file is never written again, and
whatever goes wrong before the last step leaves the previous file current and no leftovers.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from db.load import GateRefused, PublishFailed, load, problems
from db.opening import NAME, PUBLISHED, DamagedFile, connect, current, latest, named_damage, read_rows
from db.whole_files import remove_files_without_database

__all__ = ["DamagedFile", "GateRefused", "PublishFailed", "connect", "current", "latest", "publish", "read_rows"]

UNFINISHED = "*.building*"
LARGEST_DROP = 0.5  # of the practitioners of the current file


def publish(
    tables: Mapping[str, Iterable[dict[str, Any]]],
    data: Path,
    built_at: datetime,
    floor: int = 1,
    keep: int = 5,
    accept_smaller: bool = False,
    beside: Callable[[Path], object] | None = None,
) -> Path:
    """Build, check and publish one file; return its path.

    `tables` maps table names to rows (JSON columns as lists or as JSON text), `floor` is the least
    number of practitioners, `keep` how many published files stay on disk. A file with less than half the
    practitioners of the current one is refused unless `accept_smaller` says that this is meant. `beside`
    makes what belongs to the finished file (its downloads) before anybody is led to it.
    Raises `GateRefused` when the rows are not fit, `PublishFailed` when the disk, the folder or another
    running build prevents it, `DamagedFile` when the current file cannot be compared with; each carries
    one plain sentence.
    """
    folder = data / PUBLISHED
    with plain_failures(), only_one_build(data, folder):
        clear_leftovers(data, folder)
        final = folder / file_name(built_at)
        building = final.with_name(final.name + ".building")
        try:
            load(building, with_build_info(tables, built_at))
            refuse_problems(building, floor)
            if not accept_smaller:
                refuse_shrinking(building, data)
            seal(building, final)
            if beside:
                make_beside(beside, final)
            point_current_at(final, data)
        finally:
            clear_leftovers(data, folder)
        remove_old_files(folder, final, keep)
        remove_files_without_database(data, {path.stem for path in folder.glob(NAME)})
        return final


def file_name(built_at: datetime) -> str:
    """Name a build by its UTC time; the random end keeps two builds of one second apart."""
    return f"diplomate-{built_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}.db"


@contextmanager
def plain_failures() -> Iterator[None]:
    """Turn what the disk and SQLite raise into one sentence."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise PublishFailed(f"the new database could not be written: {error}") from error


@contextmanager
def only_one_build(data: Path, folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (data / "publish.lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PublishFailed(f"another build is running in {data}") from error
        yield


def clear_leftovers(data: Path, folder: Path) -> None:
    """Remove what a killed build left behind: half-built files, their journals, a half-made link."""
    for leftover in (*folder.glob(UNFINISHED), data / "current.new"):
        leftover.unlink(missing_ok=True)


def with_build_info(
    tables: Mapping[str, Iterable[dict[str, Any]]], built_at: datetime
) -> dict[str, Iterable[dict[str, Any]]]:
    """Add the build's own time unless the caller gave one: every page shows it."""
    rows = {row["key"]: row for row in tables.get("build_info", ())}
    rows.setdefault("built_at", {"key": "built_at", "value": f"{built_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"})
    return {**tables, "build_info": list(rows.values())}


def refuse_problems(building: Path, floor: int) -> None:
    found = problems(building, floor)
    if found:
        raise GateRefused("; ".join(found))


def refuse_shrinking(building: Path, data: Path) -> None:
    """A directory that halves overnight has lost a source, not its people."""
    before = latest(data)
    if before is None:
        return
    was, now = count_people(before), count_people(building)
    if now < was * LARGEST_DROP:
        raise GateRefused(f"{now} practitioners, less than half of the {was} that are published now")


def count_people(path: Path) -> int:
    with closing(connect(path)) as connection, named_damage(path):
        return int(connection.execute("SELECT count(*) FROM practitioners").fetchone()[0])


def seal(building: Path, final: Path) -> None:
    """Make the bytes durable and read-only before the name says that they are finished."""
    sync(building)
    building.chmod(0o444)
    building.rename(final)
    sync(final.parent)


def make_beside(beside: Callable[[Path], object], final: Path) -> None:
    """A file whose downloads could not be made is not published."""
    try:
        beside(final)
    except BaseException:
        final.unlink()
        raise


def sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def point_current_at(final: Path, data: Path) -> None:
    link = data / "current.new"
    try:
        link.symlink_to(final.relative_to(data))
        link.replace(data / "current")
    except OSError:
        final.unlink()
        raise
    sync(data)


def remove_old_files(folder: Path, final: Path, keep: int) -> None:
    files = sorted(folder.glob(NAME), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in files[max(keep, 1) :]:
        if old != final:
            old.unlink()
