"""Kept files are freed of people who are left out: cleaned copies in their place, so that none can be gone back to.

In: the data folder, its suppressions. Out: what was cleaned or removed, in sentences without names. A file says with
which suppressions it was made; one that was made with those of today is not looked at again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from db.cleaned import clean, mark_of, remove
from db.kept import kept_files
from db.load import PublishFailed
from db.opening import DamagedFile, connect, current, named_damage
from pipeline.commands.environment import Failed
from pipeline.commands.published_people import Shown, records_of, shown_people, words_gone
from pipeline.rules import RuleError
from pipeline.suppression_keys import NAMED, Key, digest
from pipeline.suppressions import Suppressions, read_suppressions

HISTORY = (
    ("records", "id", "record"),
    ("changes", "practitioner_id", "person"),
    ("changes", "record_id", "record"),
    ("tag_history", "practitioner_id", "person"),
    ("redirects", "old_id", "person"),
    ("redirects", "new_id", "person"),
)


def clean_kept(data: Path, now: datetime, with_current: bool = False) -> list[str]:
    """Clean every kept file that needs it; the current one only where that is wanted.

    Raises RuleError for a file of suppressions that is wrong, PublishFailed where the disk does not allow it.
    """
    book = read_suppressions(data, now)
    if not book.lines:
        return []
    return [said for path in to_be_seen(data, book, with_current) for said in clean_one(data, path, book)]


def freed(data: Path, name: str, now: datetime) -> str:
    """Clean every kept file before one of them is gone back to; returns what the named one is called now.

    Raises Failed where that cannot be done: nobody is shown again by going back.
    """
    wanted = name.removesuffix(".db")
    there = {path.stem for path in kept_files(data)}
    try:
        for said in clean_kept(data, now):
            click.echo(said, err=True)
    except (PublishFailed, RuleError) as error:
        raise Failed(f"Nothing was changed: {error}") from error
    copies = [path.stem for path in kept_files(data) if path.stem not in there]
    same = [stem for stem in copies if wanted in there and stem.rpartition("-")[0] == wanted.rpartition("-")[0]]
    return same[0] if same and wanted not in {path.stem for path in kept_files(data)} else name


def to_be_seen(data: Path, book: Suppressions, with_current: bool) -> Iterator[Path]:
    shown = current(data)
    for path in kept_files(data):
        if with_current or path.resolve() != shown:
            yield path


def clean_one(data: Path, path: Path, book: Suppressions) -> list[str]:
    """Look through one file; one that cannot be looked through can be shown to nobody, and goes."""
    try:
        with closing(connect(path)) as connection, named_damage(path):
            if mark_of(connection) == book.mark:
                return []
            people = shown_people(connection)
            loose = named_elsewhere(connection, book)
    except DamagedFile as error:
        if path.resolve() == current(data):
            return [str(error)]
        if not is_broken(error):
            raise PublishFailed(
                f"{path.name} could not be looked through ({error.__cause__}); it is tried again"
            ) from error
        remove(path)
        return [f"{path.stem} could not be looked through for people who are left out; it was removed."]
    gone = {id for id, shown in people.items() if is_left_out(shown, book)}
    ids = gone | loose | records_of(people, gone)
    if not ids:
        return []
    made = clean(data, path, ids, words_gone(people, gone), book.mark)
    became = f"replaced by {made.stem}" if made else "removed, for it could not be cleaned whole"
    return [f"{path.stem} held people who are left out; it was {became}."]


def is_broken(error: DamagedFile) -> bool:
    """Whether the file itself is no whole database; a full disk or a failed read passes."""
    code = getattr(error.__cause__, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_left_out(shown: Shown, book: Suppressions) -> bool:
    """As in a build: strong keys alone, the others unless the NPI is another."""
    if book.of(key for key in shown.keys):
        return True
    named = book.of(key for key in shown.all_keys if key.kind in NAMED)
    return any(not is_another(shown, number, book) for number in named)


def is_another(shown: Shown, number: int, book: Suppressions) -> bool:
    known = {line.key_hash for line in book.lines if line.number == number and line.kind == "npi"}
    mine = {digest(book.salt, key) for key in shown.keys if key.kind == "npi"}
    return bool(known and mine) and known.isdisjoint(mine)


def named_elsewhere(connection: sqlite3.Connection, book: Suppressions) -> set[str]:
    """Ids of records tied to nobody, and of those that only the history speaks of any more."""
    found: set[str] = set()
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table, column, kind in (row for row in HISTORY if row[0] in there):
        sql = f"SELECT DISTINCT [{column}] FROM [{table}] WHERE [{column}] IS NOT NULL"
        found |= {row[0] for row in connection.execute(sql) if book.of([Key(kind, row[0])])}
    return found
