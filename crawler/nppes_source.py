"""What the weekly and the monthly NPPES file have in common: where CMS lists them, and how one is opened and read.

In: the page on which CMS lists its files, and the ZIP archives it names (or an unpacked `npidata_pfile_*.csv` that a
person has). Out: records as `npi_registry` makes them, for the same register. A ZIP is read where it lies, one member
of it: the files of further practice locations, of other names of firms and of endpoints, and the list of deactivated
numbers (a spreadsheet that repeats what the main file says) are not needed.

File names, as listed in 2024-2026: `NPPES_Data_Dissemination_October_2026_V2.zip`,
`NPPES_Data_Dissemination_110226_110826_Weekly_V2.zip`; version 1 had no `_V2` and ended in March 2026.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.answers import text_of
from crawler.archives import open_member
from crawler.challenges import refused
from crawler.nppes_columns import FLAT, IGNORED, KNOWN, REQUIRED
from crawler.nppes_people import BadValue, deactivated_on, is_acupuncturist, is_person, read_person, state_of
from crawler.nppes_rows import Row, RowFile
from crawler.records import Record
from crawler.source import ALL_STATES, Source
from crawler.troubles import SourceTrouble

INDEX = "https://download.cms.gov/nppes/NPI_Files.html"
MEMBER = re.compile(r"(^|/)npidata_pfile_\d{8}-\d{8}\.csv$", re.IGNORECASE)
PERIOD = re.compile(r"npidata_(?:pfile_)?(?P<begins>\d{8})-(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)", re.IGNORECASE)
FIRST_DAY = "20050523"  # since when NPIs are given out: a file that begins then holds all of them
LOOKED_AT_BYTES = 400_000
BLOCK_BYTES = 512 * 1024
MOST_BYTES = 40 * 1024**3  # of the unpacked file; it had 10 GB in 2026


class NppesSource(Source):
    """A subclass says which of the listed files are its own, and what is done with a row."""

    kind = "registry"
    publisher = "Centers for Medicare & Medicaid Services"
    register = "npi_registry"
    homepage = INDEX
    terms = "Public under FOIA; corrected by the provider at the registry itself."
    columns = FLAT
    ignored = IGNORED
    required = frozenset(REQUIRED)
    request_ceiling = 30
    partitions = ALL_STATES
    file_name: ClassVar[re.Pattern[str]]
    full: ClassVar[bool]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = ""  # up to which the file being read speaks, where its name says so
        self.full_file = False

    def first_requests(self) -> Iterator[Request]:
        yield self.ask(INDEX, self.read_index)

    def read_index(self, response: Response) -> Iterator[Request]:
        """Ask for the files of this source; none on the page is a trouble, or a challenge in its place."""
        listed = self.listed(response)
        if not listed:
            raise refused(response, f"{response.url} lists no file named like {self.file_name.pattern}.")
        for number, url in enumerate(self.chosen(listed)):
            yield self.ask(url, self.parse, meta={"big": True}, priority=-number)

    def listed(self, response: Response) -> dict[date, str]:
        """The day up to which each listed file speaks -> its address; version 2 before version 1."""
        found: dict[date, tuple[bool, str]] = {}
        for link in Selector(text=text_of(response)).css("a::attr(href)").getall():
            url = urljoin(response.url, link.strip())
            name = self.file_name.fullmatch(urlsplit(url).path.rpartition("/")[2])
            if name and urlsplit(url).netloc == urlsplit(INDEX).netloc and (day := self.day_of(name)):
                found[day] = max(found.get(day, (False, "")), (bool(name["version"]), url))
        return {day: url for day, (_, url) in sorted(found.items())}

    def day_of(self, name: re.Match[str]) -> date | None:
        """The day a file's name speaks of; None for a name that holds no date."""
        raise NotImplementedError

    def chosen(self, listed: dict[date, str]) -> list[str]:
        """Which of the listed files are read, in which order."""
        raise NotImplementedError

    def saved_requests(self) -> Iterator[Request]:
        for request in super().saved_requests():
            request.meta["big"] = True
            yield request

    def parse(self, response: Response, **where: Any) -> Iterator[Record]:
        """Rows of a file, with its address in whatever is wrong with it."""
        try:
            yield from self.read_page(response)
        except SourceTrouble as trouble:
            raise type(trouble)(f"{response.url}: {trouble}") from trouble

    @contextmanager
    def open_rows(self, response: Response) -> Iterator[RowFile]:
        """The main file of an answer, its header checked; rows that could not be read become alarms in the end."""
        with open_main_file(response) as (name, next_block):
            self.note_day(name)
            rows = RowFile(iter(next_block, b""))
            rows.take(KNOWN, REQUIRED)
            self.note_columns(rows.header)
            yield rows
        self.alarms += [f"{self.name}: {sentence} It was left out." for sentence in rows.broken]

    def note_day(self, name: str) -> None:
        """Remember up to when the newest file speaks; raises SourceTrouble for the file of another source."""
        period = PERIOD.search(name)
        if period and (period["begins"] == FIRST_DAY) != self.full:
            other = "nppes_weekly" if self.full else "nppes_monthly"
            raise SourceTrouble(f"{name} is a file of {other}, not of {self.name}.")
        self.full_file = bool(period) and self.full
        if period:
            self.day = "-".join(period.group("year", "month", "day"))
            self.as_of = max(self.as_of, f"{self.day}T00:00:00Z")

    def note_columns(self, header: list[str]) -> None:
        """A new column is said aloud and left out; columns are read by name, so it cannot move the others."""
        self.audit.note(set(header) & KNOWN)
        self.alarms += [
            f"{self.name}: the column {column!r} was never seen before and was left out; "
            "name it in crawler/nppes_columns.py."
            for column in sorted(set(header) - KNOWN)
        ]

    def read_rows(self, response: Response, rows: RowFile, held: bytes) -> Iterator[Record]:
        """A record for each acupuncturist in force among the rows that hold these bytes; others are counted."""
        for row in rows.rows(held):
            try:
                reason = left_out(row)
                record = self.left(response, row) if reason else self.person(response, row)
            except BadValue as error:
                rows.leave_out(f"A row cannot be used: {error}.")
                continue
            if reason:
                self.skip(reason)
            if record is not None:
                yield record

    def person(self, response: Response, row: Row) -> Record | None:
        """The record of an acupuncturist, None where only other states are asked for."""
        fields = read_person(row)
        state = state_of(fields)
        if self.states and state not in self.states:
            self.skip("practicing in a state that was not asked for")
            return None
        return self.record(response, fields["npi"], address_of(fields["npi"]), fields, fields.get("updated", ""), state)

    def left(self, response: Response, row: Row) -> Record | None:
        """What is to be said of a row that is no acupuncturist's; nothing unless a subclass knows the number."""
        return None


def left_out(row: Row) -> str:
    """Why a row is none of ours, or ""."""
    if deactivated_on(row):
        return "deactivated"
    if not is_person(row):
        return "organizations"
    return "" if is_acupuncturist(row) else "not acupuncturists by taxonomy"


def address_of(npi: str) -> str:
    """Where a person sees this number."""
    return f"https://npiregistry.cms.hhs.gov/provider-view/{npi}"


@contextmanager
def open_main_file(response: Response) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The name of the main file and a function that gives its next block, out of the ZIP or as it lies there."""
    if "path" not in response.meta:
        raise refused(response, f"It gave no file (status {response.status}).")
    path: Path = response.meta["path"]
    with path.open("rb") as file:
        start = file.read(LOOKED_AT_BYTES)
        file.seek(0)
        if start.startswith(b"PK"):
            with open_member(path, MEMBER, MOST_BYTES, called="The archive") as member:
                yield member.name, lambda: member.read1(BLOCK_BYTES)  # type: ignore[attr-defined]
        elif start.removeprefix(codecs.BOM_UTF8).startswith((b'"NPI"', b"NPI,")):
            yield response.meta["snapshot"].saved_as, lambda: file.read(BLOCK_BYTES)
        else:
            said = "neither a ZIP archive nor a file of NPPES rows"
            raise refused(response.replace(body=start), f"It is {said}; it begins {start[:60]!r}.")
