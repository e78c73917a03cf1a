"""Write the published tables into one new SQLite file, and say what is wrong with it.

Comes in: a path that does not exist yet and rows per table. Goes out: a complete file in rollback
journal mode, indexed, analyzed and vacuumed, or an exception that names the row's table.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db.keys import also_spelled, name_key, number_key
from db.schema import TABLES, Column, Table

# Texts of a row that people look for by their words.
ALSO_SPELLED = ("name", "other_names", "clinic", "city")

Rows = Mapping[str, Iterable[Mapping[str, Any]]]


class PublishFailed(Exception):
    """The file could not be written: disk full, read-only folder, another build running."""


class PublishedBut(Exception):
    """The file is published and shown; something that comes after could not be done."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"Published {path}; but {what}")
        self.path = path


class GateRefused(Exception):
    """The rows are not fit to be published; the sentence says what is wrong with them."""


def load(path: Path, tables: Rows) -> None:
    """Create every published table in a new file at `path`, in one transaction.

    Raises `GateRefused` for an unknown table or column and for rows that break a key.
    """
    refuse_unknown_tables(tables)
    database = Database(path)
    try:
        # The file is thrown away after a crash, so its own durability may wait for the final fsync.
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA journal_mode = MEMORY")
        with database.atomic():
            for name, table in TABLES.items():
                create_table(database, name, table)
                insert_rows(database, name, table, tables.get(name, ()))
                add_indexes(database, name, table)
            add_name_words(database)
        database.execute("ANALYZE")
        database.execute("VACUUM")
        database.execute("PRAGMA journal_mode = DELETE")
    finally:
        database.close()


def refuse_unknown_tables(tables: Rows) -> None:
    unknown = sorted(set(tables) - set(TABLES))
    if unknown:
        raise GateRefused(f"table {unknown[0]!r} is not one of the published tables ({', '.join(TABLES)})")


def create_table(database: Database, name: str, table: Table) -> None:
    """Create a table by hand: sqlite-utils refuses a foreign key whose table comes later."""
    references = {key.column: f" REFERENCES [{key.table}]([{key.other_column}])" for key in table.foreign_keys}
    lines = [column_line(c, c.name in table.pk) + references.get(c.name, "") for c in table.columns]
    if table.pk:
        lines.append(f"PRIMARY KEY ({', '.join(f'[{column}]' for column in table.pk)})")
    database.execute(f"CREATE TABLE [{name}] (\n  " + ",\n  ".join(lines) + "\n)")


def column_line(column: Column, in_key: bool) -> str:
    kind = "TEXT" if column.type == "JSON" else column.type
    return f"[{column.name}] {kind}{' NOT NULL' if in_key else ''}"


def insert_rows(database: Database, name: str, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    try:
        database.table(name).insert_all(complete_rows(name, table, rows))
    except sqlite3.IntegrityError as error:
        raise GateRefused(f"table {name}: {error}") from error
    except UnicodeEncodeError as error:
        raise GateRefused(f"table {name} holds text that is not valid Unicode: {error}") from error


def complete_rows(name: str, table: Table, rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield each row with every column, JSON as text and the search keys filled in."""
    known = frozenset(table.column_names)
    for row in rows:
        unknown = sorted(set(row) - known)
        if unknown:
            raise GateRefused(f"table {name} has no column {unknown[0]!r}")
        complete = {column.name: cell(column.type, row.get(column.name)) for column in table.columns}
        yield add_search_keys(complete)


def cell(kind: str, value: Any) -> Any:
    """Return a value as it is stored: JSON columns hold text, `[]` when nothing was given."""
    if kind != "JSON":
        return value
    if value is None or value == "":
        return "[]"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def add_search_keys(row: dict[str, Any]) -> dict[str, Any]:
    if "name_key" in row:
        row["name_key"] = name_key(row["name"] or "")
    if "also_spelled" in row:
        row["also_spelled"] = also_spelled(str(row.get(column) or "") for column in ALSO_SPELLED)
    if "number_key" in row:
        row["number_key"] = number_key(row["number"] or "")
    return row


def add_indexes(database: Database, name: str, table: Table) -> None:
    for columns in table.indexes:
        database.table(name).create_index(list(columns))
    if table.fts:
        database.table(name).enable_fts(list(table.fts), tokenize="unicode61 remove_diacritics 2")


def add_name_words(database: Database) -> None:
    """Write down every word of the full-text index of names: a question with a slip in it is compared with them."""
    database.execute("CREATE VIRTUAL TABLE temp.every_word USING fts5vocab(main, practitioners_fts, col)")
    names = "col IN ('name', 'other_names', 'also_spelled') GROUP BY term"
    database.execute(f"INSERT INTO name_words SELECT term, max(doc) FROM temp.every_word WHERE {names}")
    database.execute("DROP TABLE temp.every_word")


def problems(path: Path, floor: int) -> list[str]:
    """Return one sentence per reason why the file at `path` must not be published."""
    connection = sqlite3.connect(path)
    try:
        return [*integrity_problems(connection), *people_problems(connection, floor)]
    finally:
        connection.close()


def integrity_problems(connection: sqlite3.Connection) -> Iterator[str]:
    verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if verdict != "ok":
        yield f"the new file is damaged: {verdict}"
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    for table, parent in sorted({(row[0], row[2]) for row in broken}):
        count = sum(1 for row in broken if (row[0], row[2]) == (table, parent))
        yield f"{count} rows of {table} point at rows of {parent} that do not exist"


def people_problems(connection: sqlite3.Connection, floor: int) -> Iterator[str]:
    people = connection.execute("SELECT count(*) FROM practitioners").fetchone()[0]
    if people < floor:
        yield f"{people} practitioners, fewer than the floor of {floor}"
    bare = connection.execute(
        "SELECT count(*), min(id) FROM practitioners"
        " WHERE id NOT IN (SELECT practitioner_id FROM records WHERE practitioner_id IS NOT NULL)"
    ).fetchone()
    if bare[0]:
        yield f"{bare[0]} practitioners rest on no record, the first is {bare[1]}"
