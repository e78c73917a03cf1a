"""The review list: every pair a person should judge, beside the database and never served.

In: rows that a build made. Out: `review.csv` in the data folder, replaced as a whole. The published table `candidates`
leaves out whoever has discipline in his or her records; an operator must see those pairs too, so they stand here, in a
file that only its owner may read.
"""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

from pipeline.frames import Rows

FILE = "review.csv"
COLUMNS = (
    *("rank record_a record_b practitioner_a practitioner_b states level rule score probability namesakes".split()),
    *("agreed disagreed empty reason model_version withheld".split()),
)
LISTS = ("states", "agreed", "disagreed", "empty")
NUMBERS = ("score", "probability", "namesakes")


def write_review(data: Path, rows: Rows) -> None:
    """Replace the list: whoever reads it sees the old one or the new one, whole."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    replace_file(data / FILE, text.getvalue().encode())


def read_review(data: Path) -> Rows | None:
    """The pairs in order, or None where no build has written a list yet."""
    path = data / FILE
    if not path.exists():
        return None
    with path.open(encoding="utf-8", newline="") as file:
        return [read_row(row) for row in csv.DictReader(file)]


def read_row(row: dict[str, str]) -> dict[str, Any]:
    lists = {name: json.loads(row[name]) for name in LISTS}
    return row | {name: float(row[name]) for name in NUMBERS} | lists | {"rank": int(row["rank"])}


def replace_file(path: Path, content: bytes) -> None:
    """Put the whole content in the place of the file, on the disk before this returns. For its owner's eyes only."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
