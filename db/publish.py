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
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from db.gates import Accepted, refusals, sentence
from db.gates_traces import traces
from db.kept import NoSuchBuild, earlier, kept, known_runs, named, refuse_unshowable, write_down
from db.load import GateRefused, PublishedBut, PublishFailed, load, problems
from db.opening import NAME, PUBLISHED, DamagedFile, connect, current, latest, read_rows
from db.whole_files import remove_files_without_database

__all__ = [
    "KEPT",
    "Accepted",
    "DamagedFile",
    "GateRefused",
    "NoSuchBuild",
    "PublishFailed",
    "PublishedBut",
    "connect",
    "current",
    "kept",
    "known_runs",
    "latest",
    "publish",
    "read_rows",
    "roll_back",
]

KEPT = 5  # published files that stay on disk, to go back to
UNFINISHED = "*.building*"
NOTHING = Accepted()


def publish(
    tables: Mapping[str, Iterable[dict[str, Any]]],
    data: Path,
    built_at: datetime,
    floor: int = 1,
    keep: int = KEPT,
    accepted: Accepted = NOTHING,
    forbidden: Collection[str] = (),
    beside: Callable[[Path, Path], object] | None = None,
    last: Path | None = None,
    anew: bool = False,
) -> Path:
    """Build, check and publish one file; return its path.

    `tables` maps table names to rows (JSON columns as lists or as JSON text), `floor` is the least
    number of practitioners, `keep` how many published files stay on disk. What the gates (`db.gates`) refuse may be
    `accepted` on purpose; a `forbidden` word (of somebody who is not to be shown) in the file never. `beside` makes
    what belongs to the finished file (its downloads), of its name and its rows, before it has its name: a file that is
    kept is kept with them. `last`: the file that history went on from, where it is not the current one; `anew`: on
    none, so that nothing is compared.
    Raises `GateRefused` when the rows are not fit, `PublishFailed` when the disk, the folder or another
    running build prevents it, `DamagedFile` when the current file cannot be compared with, `PublishedBut` when only
    what comes after failed; each carries one plain sentence.
    """
    folder = data / PUBLISHED
    with plain_failures(), only_one_build(data, folder):
        clear_leftovers(data, folder)
        final = folder / file_name(built_at)
        building = final.with_name(final.name + ".building")
        try:
            load(building, with_build_info(tables, built_at))
            refuse_unfit(building, None if anew else last or latest(data), floor, accepted, forbidden)
            if beside:
                beside(final, building)
            seal(building, final)
            point_current_at(final, data)
        finally:
            clear_leftovers(data, folder)
        try:
            remove_old_files(folder, final, keep)
            remove_files_without_database(data, {path.stem for path in folder.glob(NAME)})
        except OSError as error:
            raise PublishedBut(final, f"an older file could not be removed ({error})") from error
        return final


def roll_back(data: Path, at: datetime, to: str = "") -> Path:
    """Point `data/current` at an older kept file, or at the one named; return its path.

    Raises `NoSuchBuild` when it is not kept, `DamagedFile` when it cannot be read, `PublishFailed` when a build is
    running or the folder cannot be written. History goes on from the file that is current then.
    """
    with plain_failures("the link could not be moved"), only_one_build(data, data / PUBLISHED):
        was, path = current(data), named(data, to) if to else earlier(data)
        if path.resolve() != was:
            refuse_unshowable(path)
            write_down(data, was, path, at)
            move_link(path, data)
        return path


def file_name(built_at: datetime) -> str:
    """Name a build by its UTC time; the random end keeps two builds of one second apart."""
    return f"diplomate-{built_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}.db"


@contextmanager
def plain_failures(what: str = "the new database could not be written") -> Iterator[None]:
    """Turn what the disk and SQLite raise into one sentence."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise PublishFailed(f"{what}: {error}") from error


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


def refuse_unfit(building: Path, last: Path | None, floor: int, accepted: Accepted, forbidden: Collection[str]) -> None:
    """Every gate; what is broken in itself is said before anything is compared."""
    if broken := [*problems(building, floor), *traces(building, forbidden)]:
        raise GateRefused("; ".join(broken))
    found = [refusal for refusal in refusals(building, last) if not accepted.accepts(refusal)]
    if found:
        raise GateRefused(sentence(found))


def seal(building: Path, final: Path) -> None:
    """Make the bytes durable and read-only before the name says that they are finished."""
    sync(building)
    building.chmod(0o444)
    building.rename(final)
    sync(final.parent)


def sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def point_current_at(final: Path, data: Path) -> None:
    try:
        move_link(final, data)
    except OSError:
        if current(data) == final.resolve():  # it moved, and only the folder could not be flushed
            return
        final.unlink()
        raise


def move_link(path: Path, data: Path) -> None:
    """Let `data/current` lead to a file, in one step that is on disk when it returns."""
    link = data / "current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(path.relative_to(data))
    link.replace(data / "current")
    sync(data)


def remove_old_files(folder: Path, final: Path, keep: int) -> None:
    files = sorted(folder.glob(NAME), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in files[max(keep, 1) :]:
        if old != final:
            old.unlink()
