"""Socrata: the open-data platform many boards publish on. A board is then about a dozen lines of facts.

In: a data set's JSON. Out: records. The source is asked first which types of license it holds and how many rows of
each; those whose name matches `type_pattern`, or whose code is in `type_codes`, are read, ordered by ``:id``, and
fewer or more rows than counted fail the run (crawler/data_sets.py). Columns are selected by name, so what we do not
want (a birth date) is never sent; for the same reason a new column goes unseen on a crawl, and only a saved export is
audited for it. A renamed column is an error of Socrata's, which is passed on in its words.

A new board::

    class BoardXX(SocrataSource):
        # a docstring says what a reader must know about this roster
        name, title, publisher = "board_xx", "XX acupuncturists", "XX Department of Health"
        covers, cadence_days, floor, ceiling = ("XX",), 1, 100, 3_000
        homepage, terms = "https://example.gov/lookup", "Open data."
        host, dataset = "data.example.gov", "abcd-1234"
        type_column, key_columns = "licensetype", ("licensenumber",)  # together the key columns name one license
        columns = columns_from("licensenumber=license_number licensetype=license_type licensestatus=status"
                               " lastname=family_name firstname=given_name city state zip")  # asked for, and kept
        ignored = frozenset({"birthyear"})                                                   # never asked for
        required = frozenset({"licensenumber", "lastname", "licensestatus"})
        words = {"status": "license_status:board_xx"}  # and its words in pipeline/rules/status_words.csv

Further facts: `type_codes` (exact codes of a board that spells no types out), `asked_only` (columns that decide
something and are not kept; a required one stands in `ignored` too), `firm_column` (where a board that licenses firms
prints the name of one) and `date_column` (the board's own date of the row). A column mapped to
``discipline_cases.action`` (or ``case_number``, ``reason``, ``effective``, ``completed``) is part of one discipline
case; a license printed once for each of its cases becomes one record with the list of them.
What is odd about a board is a small method: `is_firm`, `fields_of`, `row_address`. Then one sample:
`crawler/sample/board_xx/types.json` and `rows.json` with invented people, two rows of `crawler/sample/pages.csv`, and
`pytest tests/test_spiders.py`, which writes the expected records, to be read by you.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from scrapy import Request
from scrapy.http import Response

from crawler.columns import ColumnAudit, as_text
from crawler.data_sets import DataSet, Row, saved_rows, type_of
from crawler.records import Fields, Record, key_of_row, plain_word
from crawler.source import Source
from crawler.troubles import SourceTrouble

TYPE_PATTERN = re.compile(r"acupunct|east(ern)? asian med|eastern med|oriental med", re.IGNORECASE)
# Certified to put needles into the ear against addiction; no acupuncturist's license.
OTHER_TYPES = re.compile(r"detox", re.IGNORECASE)
# Counting millions of rows by type takes Socrata up to two minutes; its refusals are answers to be read.
PATIENCE = {"download_timeout": 180, "handle_httpstatus_list": [400, 404]}
CASE = "discipline_cases"
NO_CASE = frozenset({"none", "n/a", "na", "no", "n", "0"})
GENERATIONS = frozenset("jr sr i ii iii iv v 2nd 3rd 4th".split())
MASKED = re.compile(r"[*?]|x{3}", re.IGNORECASE)
NAMES = ("name", "family_name", "given_name")
NAMELESS = "rows without a name"


class SocrataSource(Source):
    """A board's roster on a Socrata host."""

    kind = "board"
    host: ClassVar[str]
    dataset: ClassVar[str]
    type_column: ClassVar[str]
    key_columns: ClassVar[tuple[str, ...]]
    asked_only: ClassVar[tuple[str, ...]] = ()
    firm_column: ClassVar[str] = ""
    date_column: ClassVar[str] = ""
    type_pattern: ClassVar[re.Pattern[str]] = TYPE_PATTERN
    type_codes: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = (*self.columns, *self.asked_only, *self.key_columns)
        wanted += (self.firm_column, self.type_column, self.date_column)
        select = tuple(dict.fromkeys(filter(None, wanted)))
        self.audit = ColumnAudit(self.columns, self.ignored | (set(select) - set(self.columns)), self.required)
        self.roster = DataSet(f"{self.name} {self.state}", self.dataset, self.type_column, select)
        self.holders: dict[str, tuple[str, ...]] = {}

    @property
    def state(self) -> str:
        return self.covers[0]

    def address(self, dataset: str, query: dict[str, str]) -> str:
        return f"https://{self.host}/resource/{dataset}.json?{urlencode(query, quote_via=quote)}"

    def first_requests(self) -> Iterator[Request]:
        yield self.ask_types(self.roster)

    def ask_types(self, table: DataSet) -> Request:
        url = self.address(table.id, table.type_question())
        return self.ask(url, self.read_types, cb_kwargs={"table": table}, meta=dict(PATIENCE))

    def ask_rows(self, table: DataSet) -> Request:
        url = self.address(table.id, table.row_question())
        return self.ask(url, self.parse, cb_kwargs={"table": table}, meta=dict(PATIENCE))

    def read_types(self, response: Response, table: DataSet) -> Iterator[Request]:
        """Choose the types that are acupuncture, and note in the manifest which they were."""
        counts = table.type_counts(response)
        table.types = tuple(sorted(name for name in counts if self.is_wanted(name)))
        table.counted = sum(counts[name] for name in table.types)
        for name in filter(lambda name: name in table.types or self.type_pattern.search(name), counts):
            self.skipped[f"rows {'read' if name in table.types else 'left out'} of the type {name}"] = counts[name]
        yield from self.begin(table, len(counts))

    def is_wanted(self, name: str) -> bool:
        """Whether a type of license makes an acupuncturist."""
        wanted = name.strip() in self.type_codes or self.type_pattern.search(name)
        return bool(wanted) and not OTHER_TYPES.search(name)

    def begin(self, table: DataSet, found: int) -> Iterator[Request]:
        """Go on from types to rows; a pattern that matches nothing is a failed run, not an empty one."""
        if not table.types:
            raise SourceTrouble(f"{self.name}: none of the {found} license types of {self.host} is acupuncture.")
        if table is self.roster:
            self.expect(self.state, table.counted)
        yield self.ask_rows(table)

    def parse(self, response: Response, **where: Any) -> Iterator[Record | Request]:
        table: DataSet = where["table"]
        yield from self.read_table(response, table, table.take(response))
        if table.whole:
            yield from self.after(table)
        else:
            yield self.ask_rows(table)

    def read_table(self, response: Response, table: DataSet, rows: list[Row]) -> Iterator[Record]:
        """Rows of one of the board's data sets; most have but one."""
        yield from self.read_rows(response, rows)

    def after(self, table: DataSet) -> Iterator[Request]:
        """What is asked when a data set was read whole."""
        yield from ()

    def read_page(self, response: Response) -> Iterator[Record]:
        """A saved export, of which other professions are left out."""
        known = frozenset(self.audit.columns) | self.audit.ignored
        for row in saved_rows(response, known):
            self.audit.note(row)
            if self.is_wanted(type_of(row, self.type_column)):
                yield from self.read_rows(response, [row])
            else:
                self.skip("other professions")

    def read_rows(self, response: Response, rows: Iterable[Row]) -> Iterator[Record]:
        """Rows of acupuncture licenses; firms are counted and left out, and so is a row without any name."""
        for row in rows:
            fields = self.fields_of(row)
            if self.is_firm(row):
                self.skip("firms")
                continue
            if is_nameless(row, self.columns):
                self.skip(NAMELESS)
                continue
            key, date = self.own_key(self.key_of(response, row, fields), fields), day_in(row, self.date_column)
            yield self.record(response, key, self.row_address(row), fields, date, self.state)

    def fields_of(self, row: Row) -> Fields:
        """What is kept of a row, under our names."""
        return with_case(with_suffix(self.audit.read(row)))

    def is_firm(self, row: Row) -> bool:
        """Whether the row is a firm's: it names no person, and it names a firm."""
        return bool(as_text(row.get(self.firm_column))) and is_nameless(row, self.columns)

    def key_of(self, response: Response, row: Row, fields: Fields) -> str:
        """The license as the board numbers it; a masked number is many people's, so it is no key."""
        parts = [as_text(row.get(column)) for column in self.key_columns]
        if not all(parts):
            missing = self.key_columns[parts.index("")]
            raise SourceTrouble(f"{self.name}: a row has no {missing}: {sorted(row)} ({response.url}).")
        if MASKED.search(parts[-1]):
            self.skip("kept without a key: the number is masked")
            lasting = (*NAMES, "middle_name", "license_number", "license_type", "first_issued")
            return key_of_row({name: fields[name] for name in lasting if name in fields})
        return " ".join(parts)

    def own_key(self, key: str, fields: Fields) -> str:
        """The key, with the name behind it where the board prints one number beside two names or two statuses."""
        holder = tuple(plain_word(str(fields.get(name, ""))) for name in (*NAMES, "status"))
        if self.holders.setdefault(key, holder) == holder:
            return key
        self.alarms.append(f"{self.name}: the license {key} is printed with different names or statuses; see the rows.")
        return f"{key}#{' '.join(filter(None, holder))}"

    def row_address(self, row: Row) -> str:
        """Where a person sees this row as the source gives it today."""
        return self.address(self.dataset, {column: as_text(row.get(column)) for column in self.key_columns})

    def coverage(self) -> dict[str, bool]:
        """The state was read whole when the rows were read that were counted, firms and repeated licenses too.

        Not where a row names nobody: it may be the row of somebody who would look no longer listed.
        """
        read = super().coverage() if self.saved else {self.state: self.roster.whole} if self.expected else {}
        return {state: whole and not self.skipped[NAMELESS] for state, whole in read.items()}

    def last_alarms(self) -> Iterator[str]:
        if nameless := self.skipped[NAMELESS]:
            yield f"{self.name}: {nameless} rows name nobody; until they do, nobody counts as missing from this roster."


def is_nameless(row: Row, columns: Mapping[str, str]) -> bool:
    """Whether no column of a name says anything."""
    return not any(as_text(row.get(column)) for column, name in columns.items() if name in NAMES)


def columns_from(text: str) -> dict[str, str]:
    """`theirs=ours` pairs as columns; a name alone is ours too."""
    pairs = (word.partition("=") for word in text.split())
    return {theirs: ours or theirs for theirs, _, ours in pairs}


def with_case(fields: Fields) -> Fields:
    """The fields with the parts of a discipline case as one case; a case of which nothing is said is none."""
    parts = {name: value for name, value in fields.items() if name.startswith(CASE + ".")}
    rest = {name: value for name, value in fields.items() if name not in parts}
    case = {name.partition(".")[2]: value for name, value in parts.items() if plain_word(value) not in NO_CASE}
    return rest | {CASE: [case]} if case else rest


def with_suffix(fields: Fields) -> Fields:
    """Degrees that a board prints in its column for Jr. and Sr. are credentials."""
    suffix = fields.get("suffix", "")
    if not suffix or plain_word(suffix).strip(".") in GENERATIONS:
        return fields
    credential = ", ".join(filter(None, [suffix, fields.get("credential", "")]))
    return {name: value for name, value in fields.items() if name != "suffix"} | {"credential": credential}


def day_in(row: Row, column: str) -> str:
    """`YYYY-MM-DD` of a date as Socrata sends it or as its download prints it, else ""."""
    text = as_text(row.get(column))
    if found := re.match(r"(\d{2})/(\d{2})/(\d{4})", text):
        return f"{found[3]}-{found[1]}-{found[2]}"
    return text[:10] if re.match(r"\d{4}-\d{2}-\d{2}", text) else ""
