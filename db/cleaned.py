"""Clean a kept file: a copy without people who are not to be shown, in the place of the file that shows them.

Comes in: a kept file, ids of practitioners and records, words that must be gone. Goes out: the new file, published as
any other and with downloads of its own; the old one is removed. A published file is never written: the copy has another
name. What a copy cannot be freed of (a name in a sentence about somebody else) is removed with the file.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from db.export import ExportError
from db.gates_traces import traces
from db.load import GateRefused, add_name_words, integrity_problems
from db.opening import current
from db.publish import clear_leftovers, move_link, only_one_build, plain_failures, seal
from db.whole_files import files_of, write_whole_files

# Every column that names a person or a record.
IDS = frozenset(
    (
        *("practitioner_id", "practitioner_a", "practitioner_b", "old_id", "new_id", "old", "new"),
        *("record_id", "other_record_id", "record_a", "record_b"),
    )
)
OWN_IDS = frozenset(("practitioners", "records"))
MARK, COUNTED = "left_out", ("practitioners", "records", "licenses", "certifications", "claims", "changes")
ENDING = re.compile(r"-[0-9a-f]+\.db$")


def clean(data: Path, path: Path, gone: Collection[str], forbidden: Collection[str], mark: str) -> Path | None:
    """Put a cleaned copy in the place of a kept file; None where the file had to be removed.

    Raises `PublishFailed` when the disk does not allow it or a build is running. The current file is followed by its
    copy, and is never removed without one: then `GateRefused` is raised.
    """
    with plain_failures("the kept file could not be cleaned"), only_one_build(data, path.parent):
        final = path.with_name(ENDING.sub(f"-{secrets.token_hex(3)}.db", path.name))
        building = final.with_name(final.name + ".building")
        is_current = current(data) == path.resolve()
        try:
            shutil.copyfile(path, building)
            building.chmod(0o600)
            found = [*written(building, gone, mark), *traces(building, [*gone, *forbidden])]
            found = found or put(building, final, path)
            if found and is_current:
                raise GateRefused("; ".join(found))
            if not found and is_current:
                move_link(final, data)
        finally:
            clear_leftovers(data, path.parent)
        remove(path)
        return None if found else final


def put(building: Path, final: Path, path: Path) -> list[str]:
    """The copy under its name, as old as the file it stands for, with downloads where that file had some; returns why
    it could not be made, as of a file that an older diplomate wrote."""
    seal(building, final)
    was = path.stat()
    os.utime(final, ns=(was.st_atime_ns, was.st_mtime_ns))
    try:
        if files_of(path).is_dir():
            write_whole_files(final)
    except ExportError as error:
        final.unlink()
        return [str(error)]
    except BaseException:
        final.unlink()
        raise
    return []


def remove(path: Path) -> None:
    path.unlink()
    shutil.rmtree(files_of(path), ignore_errors=True)


def written(building: Path, gone: Collection[str], mark: str) -> list[str]:
    """Delete, index and count anew, write every page anew; returns what is wrong then."""
    with closing(sqlite3.connect(building, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("CREATE TEMP TABLE gone (id TEXT PRIMARY KEY)")
        connection.executemany("INSERT OR IGNORE INTO temp.gone VALUES (?)", [(id,) for id in gone])
        connection.execute("BEGIN")
        for table, column in columns_of_ids(connection):
            connection.execute(f"DELETE FROM main.[{table}] WHERE [{column}] IN (SELECT id FROM temp.gone)")
        index_anew(connection)
        count_anew(connection, mark)
        connection.execute("COMMIT")
        connection.execute("DROP TABLE temp.gone")
        connection.execute("ANALYZE")
        connection.execute("VACUUM")
        return list(integrity_problems(connection))


def columns_of_ids(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Table and column of everything that names a person or a record."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    for (table,) in names.fetchall():
        for _, column, *_ in connection.execute(f"PRAGMA table_info([{table}])").fetchall():
            if column in IDS or (column == "id" and table in OWN_IDS):
                yield table, column


def index_anew(connection: sqlite3.Connection) -> None:
    """The full-text indexes, and the words of names that searches with a slip in them are compared with."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%USING FTS%'")
    for (table,) in names.fetchall():
        connection.execute(f"INSERT INTO [{table}]([{table}]) VALUES ('rebuild')")
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'name_words'").fetchone():
        connection.execute("DELETE FROM name_words")
        add_name_words(Database(connection))


def count_anew(connection: sqlite3.Connection, mark: str) -> None:
    """What the file says of itself."""
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for name in there & set(COUNTED):
        count = connection.execute(f"SELECT count(*) FROM [{name}]").fetchone()[0]
        connection.execute("UPDATE build_info SET value = ? WHERE key = ?", [str(count), name])
    connection.execute("INSERT OR REPLACE INTO build_info (key, value) VALUES (?, ?)", [MARK, mark])


def mark_of(connection: sqlite3.Connection) -> str:
    """Which suppressions a file was made with, or ""."""
    row = connection.execute("SELECT value FROM build_info WHERE key = ?", [MARK]).fetchone()
    return row[0] or "" if row else ""


def listed(value: str) -> list[str]:
    """The texts of a JSON column."""
    found = json.loads(value or "[]")
    return [str(item) for item in found] if isinstance(found, list) else []
