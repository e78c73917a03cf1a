"""Whether two folders that did the same tell the same: the one whose commands were killed, and its twin.

In: two data folders. Out: a sentence for each row that one has and the other has not, or that stands twice. When
something was read, and ids made from that, differ rightly and are not compared.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from db.opening import connect, current

# Tables, and their columns that say when a source was read or the file was made.
TIMES = {
    "practitioners": ("first_seen", "last_seen", "last_changed"),
    "records": ("fetched_at",),
    "claims": ("first_seen", "last_seen", "since"),
    "changes": ("id", "at"),
}
ONCE = {"claims": ("record_id", "field", "value"), "changes": ("at", "practitioner_id", "record_id", "field", "new")}


def differences(killed: Path, twin: Path) -> list[str]:
    """What the killed folder lost, made up or says twice."""
    found = []
    for table, times in TIMES.items():
        ours, theirs = contents(killed, table, times), contents(twin, table, times)
        found += [f"lost from {table}: {dict(row)}" for row in (theirs - ours).elements()]
        found += [f"only in {table} of the killed: {dict(row)}" for row in (ours - theirs).elements()]
    return found + said_twice(killed)


def contents(data: Path, table: str, left_out: tuple[str, ...] = ()) -> Counter[tuple[tuple[str, Any], ...]]:
    """Rows of the current file, each as pairs of column and value."""
    path = current(data)
    assert path, f"nothing is published in {data}"
    with closing(connect(path)) as database:
        found = database.execute(f"select * from {table}")
        names = [column[0] for column in found.description]
        rows = [tuple(pair for pair in zip(names, row, strict=True) if pair[0] not in left_out) for row in found]
    return Counter(rows)


def said_twice(data: Path) -> list[str]:
    """Claims and changes that stand more than once."""
    found = []
    for table, columns in ONCE.items():
        rows = contents(data, table).elements()
        counted = Counter(tuple(dict(row)[column] for column in columns) for row in rows)
        found += [f"{times} times in {table}: {row}" for row, times in counted.items() if times > 1]
    return found
