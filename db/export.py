"""Export one published table to a file, whole or not at all.

Comes in: a published file, a table name, an output path, states. Goes out: a .csv, .csv.gz,
.parquet or .json file written beside its name and renamed when complete, and the number of rows in it.
Text is kept as text: a ZIP keeps its zeros. Cells can be made safe for spreadsheets, which would
run text that begins like a formula; the raw file stays the default.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, cast

from db.opening import connect
from db.rows import marks
from db.schema import TABLES, Table

BATCH = 10_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
KINDS = (".csv", ".csv.gz", ".parquet", ".json")
STATE_COLUMNS = {"practitioners": "state", "licenses": "state", "states": "code"}


class ExportError(ValueError):
    """The export cannot be made this way; the sentence says why."""


def export(path: Path, table: str, out: Path, states: Sequence[str] = (), for_spreadsheets: bool = False) -> int:
    """Write `table` of the published file `path` to `out`; return the number of rows.

    Rows are limited to people of `states` when given. Raises `ExportError` for an unknown table,
    an unknown kind of file, states asked of a table that has none, or a file that cannot be written.
    """
    check_request(table, out, states)
    try:
        return write_table(path, table, out, [code.strip().upper() for code in states], for_spreadsheets)
    except OSError as error:
        raise ExportError(f"{out} could not be written: {error.strerror or error}") from error


def write_table(path: Path, table: str, out: Path, states: list[str], for_spreadsheets: bool) -> int:
    where, parameters = state_filter(table, states)
    connection = connect(path)
    try:
        order = ", ".join(f"[{column}]" for column in TABLES[table].pk) or "rowid"
        rows = select_whole(connection, table, f"{where} ORDER BY {order}", parameters)
        with written_beside(out) as part:
            if out.name.endswith(".parquet"):
                return write_parquet(part, TABLES[table], rows)
            if out.name.endswith(".json"):
                return write_json(part, TABLES[table], rows)
            return write_csv(part, out.name.endswith(".gz"), TABLES[table], rows, for_spreadsheets)
    finally:
        connection.close()


def select_whole(connection: sqlite3.Connection, table: str, rest: str, parameters: list[str]) -> sqlite3.Cursor:
    """Every row with the columns by name: a file of another version must not shift them."""
    columns = ", ".join(f"[{name}]" for name in TABLES[table].column_names)
    try:
        return connection.execute(f"SELECT {columns} FROM [{table}]{rest}", parameters)
    except sqlite3.OperationalError as error:
        raise ExportError(
            f"the published file was made by another version of diplomate ({error}): run `diplomate build`"
        ) from error


def check_request(table: str, out: Path, states: Sequence[str]) -> None:
    if table not in TABLES:
        raise ExportError(f"no table {table!r}; the tables are {', '.join(TABLES)}")
    if not out.name.endswith(KINDS):
        raise ExportError(f"{out.name!r} ends in none of {', '.join(KINDS)}")
    if states and table not in STATE_COLUMNS and "practitioner_id" not in TABLES[table].column_names:
        raise ExportError(f"table {table!r} has no state to choose by")


def state_filter(table: str, states: list[str]) -> tuple[str, list[str]]:
    """Return the WHERE clause that keeps rows of a state, or of people who practice in it."""
    if not states:
        return "", []
    if table in STATE_COLUMNS:
        return f" WHERE [{STATE_COLUMNS[table]}] IN ({marks(states)})", states
    people = f"SELECT id FROM practitioners WHERE state IN ({marks(states)})"
    return f" WHERE practitioner_id IN ({people})", states


@contextmanager
def written_beside(out: Path) -> Iterator[Path]:
    """Give a temporary name in the same folder; rename it when the block ends well, else remove it."""
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def write_csv(part: Path, packed: bool, table: Table, rows: sqlite3.Cursor, for_spreadsheets: bool) -> int:
    with open_text(part, packed) as text:
        writer = csv.writer(text)
        writer.writerow(table.column_names)
        count = 0
        for row in rows:
            writer.writerow(safe_cells(row) if for_spreadsheets else row)
            count += 1
        return count


def write_json(part: Path, table: Table, rows: sqlite3.Cursor) -> int:
    """Write one array, a row a line, so that a table of any length needs the memory of one row."""
    names, count = table.column_names, 0
    with part.open("w", encoding="utf-8") as text:
        text.write("[")
        for row in rows:
            text.write(",\n" if count else "\n")
            text.write(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False))
            count += 1
        text.write("\n]\n")
    return count


def open_text(part: Path, packed: bool) -> TextIO:
    if packed:
        return cast(TextIO, gzip.open(part, "wt", encoding="utf-8", newline=""))
    return part.open("w", encoding="utf-8", newline="")


def safe_cells(row: Iterable[Any]) -> list[Any]:
    """Return cells that no spreadsheet takes for a formula; numbers stay numbers."""
    return [safe_cell(cell) for cell in row]


def safe_cell(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def write_parquet(part: Path, table: Table, rows: sqlite3.Cursor) -> int:
    """Write in batches, so that a table of any length needs the memory of one batch."""
    import pyarrow
    import pyarrow.parquet

    kinds = {"INTEGER": pyarrow.int64(), "REAL": pyarrow.float64()}
    schema = pyarrow.schema([(c.name, kinds.get(c.type, pyarrow.string())) for c in table.columns])
    count = 0
    with pyarrow.parquet.ParquetWriter(part, schema) as writer:
        while batch := rows.fetchmany(BATCH):
            columns = zip(*batch, strict=True)
            arrays = [pyarrow.array(cells, kind) for cells, kind in zip(columns, schema.types, strict=True)]
            writer.write_batch(pyarrow.RecordBatch.from_arrays(arrays, schema=schema))
            count += len(batch)
    return count
