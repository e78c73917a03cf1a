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
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from db.load import GateRefused, PublishFailed, load, problems
from db.schema import TABLES

__all__ = ["DamagedFile", "GateRefused", "PublishFailed", "connect", "current", "latest", "publish", "read_rows"]

PUBLISHED = "published"
NAME = "diplomate-*.db"
UNFINISHED = "*.building*"
LARGEST_DROP = 0.5  # of the practitioners of the current file


class DamagedFile(Exception):
    """A published file cannot be read any more; the message names it and says what to do."""


def publish(
    tables: Mapping[str, Iterable[dict[str, Any]]],
    data: Path,
    built_at: datetime,
    floor: int = 1,
    keep: int = 5,
    accept_smaller: bool = False,
) -> Path:
    """Build, check and publish one file; return its path.

    `tables` maps table names to rows (JSON columns as lists or as JSON text), `floor` is the least
    number of practitioners, `keep` how many published files stay on disk. A file with less than half the
    practitioners of the current one is refused unless `accept_smaller` says that this is meant.
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
            point_current_at(final, data)
        finally:
            clear_leftovers(data, folder)
        remove_old_files(folder, final, keep)
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


def current(data: Path) -> Path | None:
    """Return the newest published file, links resolved, or None where nothing was published yet."""
    link = data / "current"
    return link.resolve() if link.exists() else None


def latest(data: Path) -> Path | None:
    """Return the current file or, where its link is missing, the newest published one: history goes on from it."""
    files = sorted((data / PUBLISHED).glob(NAME)) if (data / PUBLISHED).is_dir() else []
    return current(data) or (files[-1] if files else None)


def connect(path: Path) -> sqlite3.Connection:
    """Open a published file read-only; it never changes, so no locks are taken.

    Raises `DamagedFile` for a file that is missing, cut short, or no published database any more.
    """
    uri = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    with named_damage(path):
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        try:
            refuse_damage(connection, path)
        except sqlite3.DatabaseError:
            connection.close()
            raise
    connection.row_factory = sqlite3.Row
    return connection


def refuse_damage(connection: sqlite3.Connection, path: Path) -> None:
    """See what costs nothing to see: the main table, and whether the file is as long as it says."""
    connection.execute("SELECT 1 FROM practitioners LIMIT 1").fetchone()
    pages, size = (connection.execute(f"PRAGMA {word}").fetchone()[0] for word in ("page_count", "page_size"))
    if path.stat().st_size != pages * size:
        raise sqlite3.DatabaseError(f"it is {path.stat().st_size} bytes long instead of {pages * size}")


@contextmanager
def named_damage(path: Path) -> Iterator[None]:
    """Turn what SQLite says of a broken file into a sentence that names it."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        advice = "Restore it from a copy, or let the link 'current' point at an older file in the folder 'published'."
        raise DamagedFile(f"The database {path} cannot be read ({error}). {advice}") from error


def read_rows(path: Path, table: str) -> list[dict[str, Any]]:
    """Return every row of one table as stored (JSON columns are text), in the order they were written.

    A file that was published before the table was known holds no rows of it. Raises `KeyError` for a table that is
    not published and `DamagedFile` for a file that cannot be read.
    """
    if table not in TABLES:
        raise KeyError(f"{table!r} is not one of the published tables ({', '.join(TABLES)})")
    with closing(connect(path)) as connection, named_damage(path):
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [table]).fetchone():
            return []
        return [dict(row) for row in connection.execute(f"SELECT * FROM [{table}] ORDER BY rowid")]
