"""DataSet: one table on a Socrata host, what is asked of it, and whether all of it came.

In: answers. Out: questions, checked rows, or a SourceTrouble. The rows are counted before they are read, so the
reading goes on until that number is reached, however few rows a server gives at a time, and no page is asked for
that cannot hold a row. The last page is asked with room for one row more than was counted: a surplus shows itself.

What Socrata does (its documentation and kept answers, 2026-11): `$limit` is 1,000 unless stated, at most 50,000 on
old endpoints; pages overlap and leave gaps without an `$order`; an empty cell is left out of the row; an error is an
object with `message` and `errorCode` or `code`; every answer is dated by ``X-SODA2-Truth-Last-Modified``, the last
change of the whole data set.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scrapy.http import Response

from crawler.answers import csv_rows, json_of, json_rows
from crawler.troubles import SourceTrouble

Row = dict[str, Any]
PAGE_ROWS = 10_000  # a whole board in one answer: what is sent at once cannot shift between two pages
CHANGED = "x-soda2-truth-last-modified"
_JSON_STARTS = (b"[", b"{")


@dataclass
class DataSet:
    """A table `id`; `label` names it in sentences; `select` are the columns asked for, by their API names."""

    label: str
    id: str
    type_column: str
    select: tuple[str, ...]
    types: tuple[str, ...] = ()
    counted: int = 0
    read: int = 0
    changed: str = ""
    seen: set[str] = field(default_factory=set)

    @property
    def whole(self) -> bool:
        """Whether exactly the counted rows were read."""
        return bool(self.types) and self.read == self.counted

    def type_question(self) -> dict[str, str]:
        """Which types there are, and how many rows of each."""
        column = self.type_column
        return {"$select": f"{column},count(*)", "$group": column, "$order": column, "$limit": "50000"}

    def row_question(self) -> dict[str, str]:
        """The next rows of the chosen types."""
        names = ",".join("'" + name.replace("'", "''") + "'" for name in self.types)
        missing = self.counted - self.read
        return {
            "$select": ",".join(self.select),
            "$where": f"{self.type_column} in({names})",
            "$order": ":id",
            "$limit": str(missing + 1 if missing <= PAGE_ROWS else PAGE_ROWS),
            "$offset": str(self.read),
        }

    def type_counts(self, response: Response) -> dict[str, int]:
        """Type, to the letter as the data set spells it -> rows."""
        return {type_of(row, self.type_column): count_in(row, response) for row in socrata_rows(response)}

    def take(self, response: Response) -> list[Row]:
        """The rows of the next page, proven to be the next ones; raises SourceTrouble where any could be lost."""
        rows = socrata_rows(response)
        digests = {json.dumps(row, sort_keys=True) for row in rows}
        fault = self.fault(rows, digests) or self.fault_of_time(response)
        if fault:
            raise SourceTrouble(f"{self.label}: {fault}.")
        self.read += len(rows)
        self.seen |= digests
        return rows

    def fault(self, rows: list[Row], digests: set[str]) -> str:
        """What is wrong with a page, in words."""
        short = f"{self.read} of {self.counted} rows could be read; the page from row {self.read + 1} on"
        if not rows:
            return f"{short} is empty"
        if again := len(digests & self.seen):
            return f"{short} shows {again} rows of an earlier page again"
        if strangers := {type_of(row, self.type_column) for row in rows} - set(self.types):
            return f"{short} holds rows of the type {min(strangers)!r}, which was not asked for"
        if (total := self.read + len(rows)) > self.counted:
            return f"at least {total} rows were sent where {self.counted} were counted just before"
        return ""

    def fault_of_time(self, response: Response) -> str:
        """Between two pages the data set must stand still: a row added or removed would shift all after it."""
        before, self.changed = self.changed, (response.headers.get(CHANGED) or b"").decode("latin-1")
        if before and self.changed and before != self.changed:
            return f"the data set was changed while it was read ({before}, then {self.changed}); read it again"
        return ""


def type_of(row: Row, column: str) -> str:
    """The type of a row, untouched: a blank at its end belongs to it."""
    return str(row.get(column) or "")


def socrata_rows(response: Response) -> list[Row]:
    """The rows of an answer; Socrata's own error object is raised with its words."""
    address = response.url.partition("?")[0]
    if response.status >= 400 and not response.body.lstrip().startswith(_JSON_STARTS):
        raise SourceTrouble(f"{address} answered with status {response.status}.")
    answer = json_of(response)
    if isinstance(answer, dict):
        said = str(answer.get("message") or answer.get("error") or answer)[:300].rstrip(".")
        raise SourceTrouble(f"{address} answered with an error: {said}.")
    if response.status >= 400:
        raise SourceTrouble(f"{address} answered with status {response.status}.")
    return [flat(row) for row in json_rows(response, of="")]


def flat(row: Row) -> Row:
    """The row with a link as its address: Socrata sends a link as an object, with or without a text."""
    return {name: value.get("url") if is_link(value) else value for name, value in row.items()}


def is_link(value: Any) -> bool:
    return isinstance(value, dict) and set(value) <= {"url", "description"}


def count_in(row: Row, response: Response) -> int:
    """The count column of a grouped answer (`count`, `count_1`, ... by backend)."""
    for name, value in row.items():
        if name.startswith("count") and str(value).isdigit():
            return int(value)
    raise SourceTrouble(f"{response.url} gave no count beside {sorted(row)}.")


def saved_rows(response: Response, known: frozenset[str]) -> Iterator[Row]:
    """Rows of a saved export: JSON as the API gives it, or the CSV or TSV a person downloads.

    A download's headings are written for people (`Credential Number`): they are read as the `known` API name with
    the same letters and digits.
    """
    if response.body.lstrip().startswith(_JSON_STARTS):
        yield from socrata_rows(response)
        return
    names = {letters(name): name for name in known}
    tab = b"\t" in response.body.partition(b"\n")[0]
    for row in csv_rows(response, frozenset(), "\t" if tab else ","):
        yield {names.get(letters(heading), heading.lower()): value for heading, value in row.items()}


def letters(heading: str) -> str:
    return re.sub(r"[^a-z0-9]", "", heading.lower())
