"""Facts that somebody disputes: what a page says of them, and that nobody is called absent because of one.

Comes in: a connection. Goes out: sentences about a practitioner's disputes, and whether a number asked for is hidden.
No value of a disputed fact is in the file.
"""

from __future__ import annotations

import sqlite3

from db.keys import number_digits, number_key
from db.rows import Row, select

HIDDEN_NUMBER = (
    "What the board's list says under this number is disputed, and is hidden until that list is read again."
    " Ask the board itself."
)
SHOWN = ("hidden", "repeated")


def disputes_of(connection: sqlite3.Connection, id: str) -> list[str]:
    """One sentence for each dispute about a practitioner that still matters."""
    sql = "SELECT about, disputed_on, read_on, outcome FROM disputes WHERE practitioner_id = ? ORDER BY number"
    rows = select(connection, sql, [id]) if has_disputes(connection) else []
    return list(dict.fromkeys(sentence(row) for row in rows if row["outcome"] in SHOWN))


def sentence(row: Row) -> str:
    said = f"{row['about']} was disputed on {row['disputed_on'][:10]}"
    said = said[:1].upper() + said[1:]
    if row["outcome"] == "repeated":
        return f"{said}; its source was read again on {(row['read_on'] or '')[:10]} and says the same."
    return f"{said} and is hidden until its source is read again."


def is_hidden_number(connection: sqlite3.Connection, state: str, number: str) -> bool:
    """Whether a board's record under this number has its license hidden."""
    if not (state and number and has_disputes(connection)):
        return False
    sql = (
        "SELECT r.source_key FROM disputes d JOIN records r ON r.id = d.record_id"
        " WHERE d.outcome = 'hidden' AND d.about = ?"
    )
    keys = [row["source_key"] for row in select(connection, sql, [f"license {state}"])]
    return any(form(key) == form(number) != "" for key in keys for form in (number_key, number_digits))


def has_disputes(connection: sqlite3.Connection) -> bool:
    """Whether the file is of a version that knows disputes."""
    sql = "SELECT 1 FROM sqlite_master WHERE name = 'disputes'"
    return connection.execute(sql).fetchone() is not None
