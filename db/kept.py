"""The published files that are kept: which there are, which runs they know, and going back to one of them.

Comes in: the data folder. Goes out: the kept files, newest first; the ids of the runs any of them rests on; a line in
`data/rollbacks.jsonl` when one is gone back to. No published file is written, none is removed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from collections.abc import Collection
from contextlib import closing, redirect_stderr, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

from db.opening import NAME, PUBLISHED, DamagedFile, connect, current, leads_nowhere, named_damage, read_rows

ROLLBACKS = "rollbacks.jsonl"
AHEAD = timedelta(days=1)  # a file dated further in the future was made by a wrong clock
ANEW, CLOCK = "history", "clock"  # what a person accepts: to begin history anew; to pass over files of the future


class NoHistory(DamagedFile):
    """No kept file that history could go on from; the message says how to go on all the same."""


class NoSuchBuild(Exception):
    """There is no kept file to go back to, or none of that name."""


@dataclass(frozen=True)
class Kept:
    """One kept file; `people` and `built_at` are empty where it cannot be read (`trouble` says why)."""

    path: Path
    is_current: bool
    people: int | None
    built_at: str
    trouble: str = ""


def kept_files(data: Path) -> list[Path]:
    """Every published file that is kept, the newest first: their names begin with their time.

    One that a wrong clock dated in the future is the newest of none.
    """
    folder = data / PUBLISHED
    return sorted(folder.glob(NAME), key=in_time, reverse=True) if folder.is_dir() else []


def in_time(path: Path) -> tuple[bool, str]:
    return not is_ahead(path), path.name


def is_ahead(path: Path) -> bool:
    """Whether the name of a file says a time that is still to come."""
    return built(path.name) > f"diplomate-{datetime.now(UTC) + AHEAD:%Y%m%dT%H%M%SZ}"


def history_from(data: Path, accepted: Collection[str] = ()) -> tuple[Path | None, list[str]]:
    """The file that history goes on from (None for the first build), and a sentence where it is not the current one.

    Raises NoHistory where files are kept and none can be gone on from, unless a person accepts what is lost by it.
    """
    shown, left = current(data), gone_back_from(data)
    troubles = [said] if (said := leads_nowhere(data)) else []
    if shown is None and not troubles and kept_files(data):
        troubles = [f"The link {data / 'current'} is missing."]
    others = [path.resolve() for path in kept_files(data) if built(path.name) not in left and path.resolve() != shown]
    for path in [*([shown] if shown else []), *others]:
        trouble = damage(path) or of_the_future(path, accepted)
        if not trouble:
            return path, [*troubles, f"So history goes on from {path.name}."] if path != shown else []
        troubles.append(trouble)
    if troubles and ANEW not in accepted:
        how = f"where the dates and changes told so far may be lost: diplomate build --accept {ANEW}"
        raise NoHistory(f"{' '.join(troubles)} No kept file can be gone on from. Restore one from a copy ({how}).")
    return None, [*troubles, "History begins anew with this file."] if troubles else []


def damage(path: Path) -> str:
    """A sentence where a file cannot be read from end to end, or ""."""
    try:
        read_through(path)
    except DamagedFile as error:
        return f"{path.name} cannot be read ({error.__cause__})."
    return ""


def read_through(path: Path) -> None:
    """Read a file from end to end; raises DamagedFile."""
    with closing(connect(path)) as connection, named_damage(path):
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError(" ".join(verdict.split()))
        from db.whole_files import was_changed  # what writes downloads is loaded only for this

        if was_changed(path):
            raise sqlite3.DatabaseError("it was changed after it was published")


def of_the_future(path: Path, accepted: Collection[str]) -> str:
    """A sentence for a file that was built in the future, where a person accepts that it is passed over."""
    at = build_facts(path).get("built_at", "")
    if CLOCK in accepted and at > f"{datetime.now(UTC) + AHEAD:%Y-%m-%dT%H:%M:%SZ}":
        return f"{path.name} says that it was built on {at}, which is still to come; it is passed over."
    return ""


def kept(data: Path) -> list[Kept]:
    """Every kept file with what a person wants to know before going back to it."""
    now = current(data)
    return [described(path, path.resolve() == now) for path in kept_files(data)]


def described(path: Path, is_current: bool) -> Kept:
    try:
        with closing(connect(path)) as connection, named_damage(path):
            people = connection.execute("SELECT count(*) FROM practitioners").fetchone()[0]
            built = connection.execute("SELECT value FROM build_info WHERE key = 'built_at'").fetchone()
    except DamagedFile as error:
        return Kept(path, is_current, None, "", str(error))
    return Kept(path, is_current, people, built[0] if built else "")


def known_runs(data: Path) -> set[str]:
    """Ids (`source/run`) of the runs that any kept file knows.

    After going back, what the newer files had read counts as known: else the next night would publish again what was
    just taken back. A damaged file knows nothing.
    """
    found: set[str] = set()
    for path in shown_files(data):
        try:
            found |= {row["id"] for row in read_rows(path, "runs")}
        except DamagedFile:
            continue
    return found


def build_facts(path: Path) -> dict[str, str]:
    """What a kept file says of itself; a damaged one says nothing."""
    try:
        return {row["key"]: row["value"] or "" for row in read_rows(path, "build_info")}
    except DamagedFile:
        return {}


def shown_files(data: Path) -> list[Path]:
    """The kept files but for one that a build finished and was killed before anybody was led to it."""
    now = current(data)
    newest = max(gone_back_from(data) | {built(now.name)} if now else (), default="")
    return [path for path in kept_files(data) if built(path.name) <= newest]


def built(name: str) -> str:
    """The part of a file's name that says when: a cleaned copy has the same."""
    return name.rpartition("-")[0]


def built_time(path: Path) -> datetime:
    """The time that a file's name says; the beginning of all where it says none."""
    with suppress(ValueError):
        return datetime.strptime(built(path.name), "diplomate-%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return datetime.min.replace(tzinfo=UTC)


def earlier(data: Path) -> Path:
    """The kept file before the current one that nobody went back from; the newest where nothing is current."""
    now, left = current(data), gone_back_from(data)
    before = [
        path for path in kept_files(data) if now is None or (path.name < now.name and built(path.name) not in left)
    ]
    if not before:
        raise NoSuchBuild(f"No file older than {now.name if now else 'the current one'} is kept in {data / PUBLISHED}.")
    return before[0]


def gone_back_from(data: Path) -> set[str]:
    """Files that were taken back and not shown again since, as `built` names them: a cleaned copy is one too.

    A line that cannot be read says nothing.
    """
    found: set[str] = set()
    path = data / ROLLBACKS
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n") if path.exists() else ():
        with suppress(ValueError, KeyError, TypeError):
            told = json.loads(line)
            found = (found | {built(str(told["from"]))}) - {built(str(told["to"])), ""}
    return found


def named(data: Path, name: str) -> Path:
    """The kept file of this name, with or without `.db`."""
    found = [path for path in kept_files(data) if name in {path.name, path.stem}]
    if not found:
        there = ", ".join(path.stem for path in kept_files(data)) or "none"
        raise NoSuchBuild(f"'{name}' is not kept in {data / PUBLISHED}; the kept files are: {there}.")
    return found[0]


def refuse_unshowable(path: Path) -> None:
    """Read the whole file once and make its main pages: one goes back in trouble, and not to the next.

    A file that an older diplomate made may lack what today's pages show.
    """
    read_through(path)
    from db.serving_worker import Worker  # the whole site is loaded only for this

    try:
        with redirect_stderr(StringIO()):
            asyncio.run(Worker(path, strict=True).start())
    except Exception as error:
        raise NoSuchBuild(f"{path.name} cannot be shown by this diplomate: {error}.") from error


def write_down(data: Path, was: Path | None, now: Path, at: datetime) -> None:
    """Add a line to the list of rollbacks; it is on disk before the link moves."""
    line = {"at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "from": was.name if was else "", "to": now.name}
    path = data / ROLLBACKS
    torn = path.exists() and not path.read_bytes().endswith(b"\n")  # by a kill or a full disk
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" * torn + json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
