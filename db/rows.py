"""Rows of the published file as dictionaries, with the JSON columns read.

Comes in: a connection and SQL with bound parameters. Goes out: dictionaries whose JSON columns are
lists or dictionaries. The one place that knows how a published cell becomes a Python value.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from db.schema import TABLES

Row = dict[str, Any]
JSON_COLUMNS = frozenset(column.name for table in TABLES.values() for column in table.columns if column.type == "JSON")


def select(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
    """Return every row of a query; columns named like a JSON column of the schema are read as JSON."""
    cursor = connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    for name in JSON_COLUMNS.intersection(names):
        for row in rows:
            row[name] = value(name, row[name])
    return rows


def value(name: str, cell: Any) -> Any:
    return read_json(cell) if name in JSON_COLUMNS and isinstance(cell, str) else cell


def read_json(text: str) -> Any:
    """Read JSON; text that is none is returned as a list of itself, so that a page can show it."""
    try:
        return json.loads(text or "[]")
    except ValueError:
        return [text]


def one(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
    found = select(connection, sql, parameters)
    return found[0] if found else None


def count(connection: sqlite3.Connection, sql: str, parameters: Sequence[Any] = ()) -> int:
    return int(connection.execute(sql, parameters).fetchone()[0])


def marks(values: Sequence[Any]) -> str:
    """Return `?, ?, ?` for an SQL IN list."""
    return ", ".join("?" * len(values))
