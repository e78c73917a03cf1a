"""Find the published file and open it read-only; asking needs nothing of what building needs.

Comes in: the data folder, or the path of a published file. Goes out: a path, a connection, or rows as stored.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from db.schema import TABLES

PUBLISHED = "published"
NAME = "diplomate-*.db"


class DamagedFile(Exception):
    """A published file cannot be read any more; the message names it and says what to do."""


def current(data: Path) -> Path | None:
    """Return the newest published file, links resolved, or None where nothing was published yet."""
    link = data / "current"
    return link.resolve() if link.exists() else None


def leads_nowhere(data: Path) -> str:
    """A sentence where the link to the published file leads to none, or ""."""
    link = data / "current"
    if not link.is_symlink() or link.exists():
        return ""
    how = "`diplomate rollback --to NAME` leads to a kept file (--list), `diplomate build` goes on from the newest"
    return f"The link {link} leads to {link.readlink().name}, which is gone. {how}."


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
        advice = (
            "Restore it from a copy, or show another kept file: `diplomate rollback --to NAME` (--list names them)."
        )
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
