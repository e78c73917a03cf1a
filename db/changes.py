"""What changed about practitioners since a date.

Comes in: a connection, a date, states. Goes out: rows of `changes` with the person's name and state,
newest first. A change is recorded only from a read that succeeded. People who are gone have no name or
state any more, so their changes show only when no state is asked for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from db.ages import moment
from db.rows import Row, marks, select


def changes_since(
    connection: sqlite3.Connection, since: str | None, state: Sequence[str] = (), most: int = -1
) -> list[Row]:
    """Return changes at or after `since` (YYYY-MM-DD or a time; None for all), newest first.

    `most` limits the rows; -1 means all. Raises `ValueError` for a date that cannot be read.
    """
    if since and moment(since) is None:
        raise ValueError(f"{since!r} is no date; write it as 2026-11-22")
    states = [code.strip().upper() for code in state if code.strip()]
    where = f" AND p.state IN ({marks(states)})" if states else ""
    sql = (
        "SELECT c.id, c.at, c.practitioner_id, p.name, p.city, p.state, c.field, c.old, c.new, c.record_id"
        " FROM changes c LEFT JOIN practitioners p ON p.id = c.practitioner_id"
        f" WHERE c.at >= ?{where} ORDER BY c.at DESC, c.id LIMIT ?"
    )
    return select(connection, sql, [(since or "").strip(), *states, most])
