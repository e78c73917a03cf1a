"""Gates on numbers of rows: all practitioners, each source's records, each state's practitioners, declared floors.

Comes in: a connection with the new file as `main` and the last one as `last`. Goes out: refusals.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from db.refusals import EVERY, Limits, Refusal, percent

# The registry is read in several ways that print the same rows under the same keys: they count as one.
BY_SOURCE = (
    "SELECT CASE kind WHEN 'registry' THEN 'registry' ELSE source END, count(*)"
    " FROM {file}.records LEFT JOIN (SELECT name AS source, kind FROM {file}.sources) USING (source) GROUP BY 1"
)
BY_STATE = "SELECT state, count(*) FROM {file}.practitioners WHERE state <> '' GROUP BY 1"
BELOW = (
    "SELECT name, new.rows, new.floor, last.rows FROM main.sources new JOIN last.sources last USING (name)"
    " WHERE new.rows < new.floor AND last.rows >= new.floor AND last.complete AND new.complete ORDER BY name"
)


def rows_of(connection: sqlite3.Connection, limits: Limits) -> Iterator[Refusal]:
    """Fewer practitioners, fewer records of a source, fewer practitioners of a state than the limits allow."""
    was, now = count(connection, "last"), count(connection, "main")
    limit = limits.of("practitioners", EVERY)
    if limit and now < was * limit.share:
        half = "half" if limit.share == 0.5 else percent(limit.share)
        yield Refusal(f"{now:,} practitioners, less than {half} of the {was:,} that are published now", "practitioners")
    yield from fewer(connection, limits, "source", BY_SOURCE, "{subject}: {now} records")
    yield from fewer(connection, limits, "state", BY_STATE, "{subject}: {now} practitioners")


def count(connection: sqlite3.Connection, file: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {file}.practitioners").fetchone()[0])


def fewer(connection: sqlite3.Connection, limits: Limits, gate: str, sql: str, words: str) -> Iterator[Refusal]:
    """Subjects of which too many rows are gone."""
    new = dict(connection.execute(sql.format(file="main")).fetchall())
    for subject, was in sorted(connection.execute(sql.format(file="last")).fetchall()):
        limit, now = limits.of(gate, subject), new.get(subject, 0)
        if limit and now < was * limit.share and was - now >= limit.least:
            said = words.format(subject=subject, now=f"{now:,}")
            yield Refusal(
                f"{said}, less than {percent(limit.share)} of the {was:,} that are published now", f"{gate}:{subject}"
            )


def floors(connection: sqlite3.Connection, limits: Limits) -> Iterator[Refusal]:
    """Sources that fell below their declared floor; a mirror or a sample that never reached it has none."""
    for name, now, floor, was in connection.execute(BELOW).fetchall():
        if limits.of("floor", name):
            said = f"{name}: {now:,} rows, below its floor of {floor:,}; the file that is published now has {was:,}"
            yield Refusal(said, f"floor:{name}")
