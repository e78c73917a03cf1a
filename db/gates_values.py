"""Gates on how well columns are filled.

Comes in: a connection with the new file as `main` and the last one as `last`. Goes out: refusals: columns that every
row must fill, and columns that far fewer rows fill than last time. People who come without a telephone do not empty the
column: only where fewer rows than last time carry a value is a falling share a loss.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from db.refusals import Limit, Limits, Refusal, percent


def unfilled(connection: sqlite3.Connection, limits: Limits) -> Iterator[Refusal]:
    """Columns without which a row cannot be published at all."""
    for limit in limits.named("filled"):
        table, column = limit.subject.split(".")
        filled, rows = filling(connection, "main", table, column)
        if rows and filled < rows * limit.share:
            yield Refusal(f"{rows - filled:,} of {rows:,} rows of {table} have no {column}, which every row must have")


def emptied(connection: sqlite3.Connection, limits: Limits) -> Iterator[Refusal]:
    for limit in limits.named("fill"):
        refusal = lost(connection, limit)
        if refusal:
            yield refusal


def lost(connection: sqlite3.Connection, limit: Limit) -> Refusal | None:
    table, column = limit.subject.split(".")
    if column not in {row[1] for row in connection.execute(f"PRAGMA last.table_info([{table}])")}:
        return None
    (was, rows_then), (now, rows) = (filling(connection, file, table, column) for file in ("last", "main"))
    share_then, share = was / max(rows_then, 1), now / max(rows, 1)
    if share >= share_then * limit.share or was - now < limit.least:
        return None
    said = f"{limit.subject} is filled in {now:,} of {rows:,} rows ({percent(share)})"
    return Refusal(f"{said}, {percent(share_then)} in the file that is published now", f"fill:{limit.subject}")


def filling(connection: sqlite3.Connection, file: str, table: str, column: str) -> tuple[int, int]:
    """How many rows carry a value, and how many there are."""
    sql = f"SELECT count(nullif(nullif([{column}], ''), '[]')), count(*) FROM {file}.[{table}]"
    filled, rows = connection.execute(sql).fetchone()
    return int(filled), int(rows)
