"""The published file that history goes on from, read as the pipeline wants it.

In: the published file. Out: `Before`. Small tables come as rows, large ones as frames of the
columns that history needs.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd

from db.opening import connect, named_damage, read_rows
from pipeline.before import Before
from pipeline.history import CHANGE_COLUMNS, CLAIM_COLUMNS
from pipeline.tag_history import HISTORY_COLUMNS

ROWS = ("records", "redirects", "renamed_records", "exclusions", "sources", "build_info")
FRAMES = {
    "claims": CLAIM_COLUMNS,
    "changes": CHANGE_COLUMNS,
    "licenses": ["record_id", "state", "number", "status"],
    "certifications": ["record_id", "issuer", "designation", "status"],
    "tag_history": HISTORY_COLUMNS,
}


def before(path: Path | None) -> Before:
    """The tables that history goes on from; none for a first build."""
    if path is None:
        return Before()
    read: dict[str, Any] = {table: read_rows(path, table) for table in ROWS}
    read |= {table: read_frame(path, table, columns) for table, columns in FRAMES.items()}
    return Before(**read)


def read_frame(path: Path, table: str, columns: list[str]) -> pd.DataFrame:
    """Columns of a published table in the order it was written; what an older file lacks is empty."""
    with closing(connect(path)) as connection, named_damage(path):
        connection.row_factory = None
        there = {name for _, name, *_ in connection.execute(f"PRAGMA table_info([{table}])")}
        wanted = [column for column in columns if column in there]
        if not wanted:
            return pd.DataFrame(columns=columns)
        found = connection.execute(f"SELECT {', '.join(wanted)} FROM [{table}] ORDER BY rowid")
        frame = pd.DataFrame.from_records(found.fetchall(), columns=wanted)
    return frame.reindex(columns=columns)
