"""Distinct: columns that are worked out once for each distinct value they are made from.

In: keys, one a record, each with what its rows are made of. Out: an Arrow table with the rows of every key, in the
order they were asked for. A register prints one city, one name or one kind of license thousands of times.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable
from typing import Any

import pyarrow as pa

CHUNK = 20_000  # rows that wait as Python objects
MOST_KNOWN = 200_000  # keys kept; a key that was forgotten is worked out again

Row = tuple[Any, ...]


class Codes(dict[str, int]):
    """A number for each text, given at first sight."""

    def __missing__(self, text: str) -> int:
        self[text] = len(self)
        return self[text]

    def of(self, texts: Iterable[str]) -> list[int]:
        """The numbers of the texts that are not empty, each once."""
        found = [self[text] for text in texts if text]
        return found if len(found) < 2 else list(dict.fromkeys(found))


class Distinct:
    """`rows` makes the rows of what is new; memory holds each distinct row once and a number for each asked for."""

    def __init__(self, schema: pa.Schema, rows: Callable[[Any], Iterable[Row]]) -> None:
        self.schema = schema
        self.rows = rows
        self.known: dict[Hashable, range] = {}
        self.waiting: list[Row] = []
        self.tables = [schema.empty_table()]
        self.count = 0
        self.taken = array("i")

    def add(self, key: Hashable, made_of: Any) -> int:
        """Put down the rows of a key once more; how many they are."""
        found = self.known.get(key)
        if found is None:
            found = self.learned(key, made_of)
        self.taken.extend(found)
        return len(found)

    def learned(self, key: Hashable, made_of: Any) -> range:
        rows = list(self.rows(made_of))
        found = range(self.count, self.count + len(rows))
        self.waiting += rows
        self.count = found.stop
        if len(self.waiting) >= CHUNK:
            self.flush()
        if len(self.known) >= MOST_KNOWN:
            self.known.clear()
        self.known[key] = found
        return found

    def flush(self) -> None:
        self.tables.append(table(self.waiting, self.schema))
        self.waiting = []

    def whole(self) -> pa.Table:
        """The rows in the order they were asked for."""
        self.flush()
        return pa.concat_tables(self.tables).combine_chunks().take(pa.array(self.taken, pa.int32()))


class Lists:
    """A column of lists of what is mostly another in every record; they are put down one behind another."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.ends = array("i", [0])

    def add(self, values: Iterable[Any]) -> None:
        self.values.extend(values)
        self.ends.append(len(self.values))

    def column(self, kind: pa.DataType) -> pa.Array:
        return pa.ListArray.from_arrays(pa.array(self.ends, pa.int32()), pa.array(self.values, kind))


def table(rows: list[Row], schema: pa.Schema) -> pa.Table:
    """Rows as an Arrow table."""
    if not rows:
        return schema.empty_table()
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
