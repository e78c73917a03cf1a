"""Gate on people who asked not to be shown: nothing of them in any table, index or byte of the new file.

Comes in: a file and the words that must not be in it (ids, NPIs, license numbers, names as printed). Goes out: one
sentence a place where one was found; the sentence says where and how often, never what.
"""

from __future__ import annotations

import json
import mmap
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

SURE = 7  # letters; a shorter word also stands inside others, so that only a whole cell or list entry is a trace
LONG_ROW = 900  # letters of a row from which SQLite may cut it in pieces, so that its bytes are not in one place
ANY = f"EXISTS (SELECT 1 FROM temp.forbidden f WHERE length(f.word) >= {SURE} AND instr({{text}}, f.word))"
LISTED = "EXISTS (SELECT 1 FROM temp.forbidden f WHERE instr({text}, f.listed))"


def traces(path: Path, forbidden: Collection[str]) -> list[str]:
    """Where forbidden words stand in a file, in sentences; none where there are none."""
    words = {word.strip() for word in forbidden if word.strip()}
    if not words:
        return []
    long = {word for word in words if len(word) >= SURE}
    left = in_bytes(path, long)
    with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)) as connection:
        connection.execute("CREATE TEMP TABLE forbidden (word TEXT PRIMARY KEY, listed TEXT)")
        found = [*in_columns(connection, words - long | left), *in_long_rows(connection, long - left)]
    if left and not found:
        found = [f"{len(left):,} words of people who are not to be shown are still in the bytes of the file"]
    return found


def in_bytes(path: Path, words: set[str]) -> set[str]:
    """The words that stand anywhere in the file: in tables, indexes, pages that nothing uses any more."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return {word for word in words if content.find(word.encode()) >= 0}


def in_columns(connection: sqlite3.Connection, words: set[str]) -> Iterator[str]:
    """Cells that are a word, lists that hold one, texts in which a long one stands."""
    for table, columns in tables_for(connection, words):
        for column in columns:
            text = f"t.[{column}]"
            listed = f"substr({text}, 1, 1) IN ('[', '{{') AND {LISTED.format(text=text)}"
            where = f"{text} IN (SELECT word FROM temp.forbidden) OR ({listed}) OR {ANY.format(text=text)}"
            yield from counted(connection, table, where, column)


def in_long_rows(connection: sqlite3.Connection, words: set[str]) -> Iterator[str]:
    """Rows that are cut in pieces: a word may stand where two pieces meet."""
    for table, columns in tables_for(connection, words):
        cells = [f"coalesce(t.[{column}], '')" for column in columns]
        text, letters = " || char(10) || ".join(cells), " + ".join(f"length({cell})" for cell in cells)
        yield from counted(connection, table, f"{letters} > {LONG_ROW} AND {ANY.format(text=text)}", "a long row")


def counted(connection: sqlite3.Connection, table: str, where: str, place: str) -> Iterator[str]:
    number = connection.execute(f"SELECT count(*) FROM main.[{table}] t WHERE {where}").fetchone()[0]
    if number:
        yield f"{number:,} rows of {table} show somebody who is not to be shown, in {place}"


def tables_for(connection: sqlite3.Connection, words: set[str]) -> list[tuple[str, list[str]]]:
    """Every table with its columns of text, those behind the full-text search too, once the words are written down."""
    if not words:
        return []
    connection.execute("DELETE FROM forbidden")
    rows = [(word, json.dumps(word, ensure_ascii=False)) for word in words]
    connection.executemany("INSERT INTO forbidden VALUES (?, ?)", rows)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    found = [(name, text_columns(connection, name)) for name in names]
    return [(name, columns) for name, columns in found if columns]


def text_columns(connection: sqlite3.Connection, table: str) -> list[str]:
    described = connection.execute(f"PRAGMA table_info([{table}])").fetchall()
    return [column[1] for column in described if column[2] not in {"INTEGER", "REAL", "BLOB"}]
