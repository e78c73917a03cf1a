"""Socrata: the open-data platform many boards publish on. A board is then about a dozen lines of facts.

In: a data set's JSON. Out: records. The source is asked first which types of license it holds and how many rows
of each; those whose name matches `type_patterns` are read in pages ordered by ``:id`` (paging without an order
repeats and loses rows), and fewer or more rows than counted fail the run. Columns are selected by name, so what
we do not want (a birth year) is never sent.

A subclass states `host`, `dataset`, `type_column`, `key_column` and the facts of `crawler.source.Source`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from scrapy import Request
from scrapy.http import Response

from crawler.answers import csv_rows, json_of, json_rows
from crawler.columns import as_text
from crawler.records import Record
from crawler.source import Source
from crawler.troubles import SourceTrouble

PAGE_ROWS = 1000
TYPE_PATTERN = re.compile(r"acupunct|east(ern)? asian med|eastern med|oriental med", re.IGNORECASE)


class SocrataSource(Source):
    """A board's roster on a Socrata host."""

    kind = "board"
    host: ClassVar[str]
    dataset: ClassVar[str]
    type_column: ClassVar[str]
    key_column: ClassVar[str]
    date_column: ClassVar[str] = ""
    type_pattern: ClassVar[re.Pattern[str]] = TYPE_PATTERN

    @property
    def state(self) -> str:
        return self.covers[0]

    def address(self, query: dict[str, str]) -> str:
        return f"https://{self.host}/resource/{self.dataset}.json?{urlencode(query, quote_via=quote)}"

    def first_requests(self) -> Iterator[Request]:
        """Ask which license types there are, and how many rows of each."""
        column = self.type_column
        query = {"$select": f"{column},count(*)", "$group": column, "$order": column, "$limit": "50000"}
        yield self.ask(self.address(query), self.read_types)

    def read_types(self, response: Response) -> Iterator[Request]:
        """Choose the types that are acupuncture; a pattern that matches nothing is a failed run."""
        counts = {as_text(row.get(self.type_column)): count_in(row, response) for row in socrata_rows(response)}
        matched = {name: count for name, count in counts.items() if self.type_pattern.search(name)}
        if not matched:
            raise SourceTrouble(f"{self.name}: none of the {len(counts)} license types of {self.host} is acupuncture.")
        for name in matched:
            self.skip(f"read type: {name}")
        self.expect(self.state, sum(matched.values()))
        yield self.ask_rows(sorted(matched), 0)

    def ask_rows(self, types: list[str], offset: int) -> Request:
        """One page of rows of the chosen types."""
        names = ",".join("'" + name.replace("'", "''") + "'" for name in types)
        query = {
            "$select": ",".join(self.columns),
            "$where": f"{self.type_column} in({names})",
            "$order": ":id",
            "$limit": str(PAGE_ROWS),
            "$offset": str(offset),
        }
        return self.ask(self.address(query), self.parse, cb_kwargs={"types": types, "offset": offset})

    def parse(self, response: Response, **where: Any) -> Iterator[Record | Request]:
        rows = socrata_rows(response)
        self.note_page(self.state, [as_text(row.get(self.key_column)) for row in rows])
        yield from self.read_rows(response, rows)
        if len(rows) == PAGE_ROWS:
            yield self.ask_rows(where["types"], where["offset"] + PAGE_ROWS)

    def read_page(self, response: Response) -> Iterator[Record]:
        """A saved export: JSON as the API gives it, or the CSV a person downloads (its headings in any case)."""
        if response.body.lstrip()[:1] in (b"[", b"{"):
            rows: Iterator[dict[str, Any]] = iter(socrata_rows(response))
        else:
            rows = (
                {name.lower().replace(" ", ""): value for name, value in row.items()}
                for row in csv_rows(response, frozenset())
            )
        yield from self.read_rows(response, rows)

    def read_rows(self, response: Response, rows: Any) -> Iterator[Record]:
        """Rows of acupuncture licenses; other professions are counted and left out."""
        for row in rows:
            fields = self.audit.read(row)
            if not self.type_pattern.search(as_text(row.get(self.type_column))):
                self.skip("other professions")
            elif not as_text(row.get(self.key_column)):
                raise SourceTrouble(f"{self.name}: a row has no {self.key_column}: {sorted(row)} ({response.url}).")
            else:
                key = as_text(row.get(self.key_column))
                yield self.record(response, key, self.row_address(key), fields, partition=self.state)

    def row_address(self, key: str) -> str:
        """Where a person sees this row as the source gives it today."""
        return self.address({self.key_column: key})


def socrata_rows(response: Response) -> list[dict[str, Any]]:
    """The rows of an answer; Socrata's own error object is raised with its words."""
    answer = json_of(response)
    if isinstance(answer, dict):
        said = str(answer.get("message") or answer.get("error") or answer)[:200]
        raise SourceTrouble(f"{response.url} answered with an error: {said}.")
    return json_rows(response, of="")


def count_in(row: dict[str, Any], response: Response) -> int:
    """The count column of a grouped answer (`count`, `count_1`, ... by backend)."""
    for name, value in row.items():
        if name.startswith("count") and str(value).isdigit():
            return int(value)
    raise SourceTrouble(f"{response.url} gave no count beside {sorted(row)}.")
