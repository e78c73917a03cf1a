"""Boards that publish one text file of everybody they licensed: what California's and Florida's spiders share.

In: a file, as an answer of the web or as a person saved it. Out: rows by column name, and a sentence for everything
in the file that was left out or had to be guessed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import IO, Any, ClassVar

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.delimited import TOLERATED_ROWS, TOLERATED_SHARE, DelimitedFile, Layout
from crawler.records import Fields
from crawler.source import Source
from crawler.troubles import SourceTrouble, as_trouble

DAY = re.compile(r"(?P<m>\d{1,2})(?P<s>[-/])(?P<d>\d{1,2})(?P=s)(?P<y>\d{4})|(?P<Y>\d{4})-(?P<M>\d{2})-(?P<D>\d{2})")
NO_DAY = re.compile(r"[0\W]*")
DATES = ("first_issued", "expires", "status_since")
SHOWN = 3
CITIES_WITH_NUMBERS = frozenset({"29 palms", "1000 oaks"})


class BoardFile(Source):
    """A board whose roster is a delimited text file. A subclass states `layout` and `by_hand`, what a person can do."""

    kind = "board"
    layout: ClassVar[Layout]
    by_hand: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unreadable_dates: list[str] = []
        self.damaged_rows = 0

    @property
    def state(self) -> str:
        return self.covers[0]

    def unanswered(self, failure: Failure) -> None:
        """The usual sentence, and what a person can do."""
        request: Request = failure.request  # type: ignore[attr-defined]
        trouble = as_trouble(failure.value, request.url)
        self.note_trouble(type(trouble)(f"{trouble} {self.by_hand}"), request.url)

    def rows_of(
        self, file: IO[bytes], response: Response, wanted: Callable[[bytes], bool] | None = None
    ) -> Iterator[dict[str, str]]:
        """Rows of one file (see `DelimitedFile.rows`), and an alarm for what was damaged in it."""
        table = DelimitedFile(file, self.layout)
        self.audit.note(table.header)
        yield from table.rows(wanted)
        self.note_damage(table, where(response))

    def note_damage(self, table: DelimitedFile, name: str) -> None:
        """Say which rows were left out; rows that could not have been ours are only counted."""
        damage = table.damage
        self.damaged_rows += damage.broken
        self.skipped["rows in the files read"] += damage.rows
        if damage.broken_wanted:
            self.alarms.append(f"{self.name}: {name}: {table.said_of(damage.broken_wanted)}; they were left out.")
        if damage.broken > damage.broken_wanted:
            self.skipped["damaged rows of other professions"] += damage.broken - damage.broken_wanted
        if damage.windows_lines:
            lines = f"{damage.windows_lines} rows are not UTF-8 text and were read as Windows-1252"
            self.alarms.append(f"{self.name}: {name}: {lines}; look at the names in them.")

    def with_days(self, fields: Fields, key: str) -> Fields:
        """The fields without days that no calendar has; each is said, for an expiry that is lost misleads."""
        for name in DATES:
            text = fields.get(name, "")
            if text and not is_day(text):
                del fields[name]
                if not NO_DAY.fullmatch(text):
                    self.unreadable_dates.append(f"{text[:20]!r} as {name} of {key}")
        return fields

    def closed(self, reason: str) -> None:
        """At the end: a few unreadable dates are an alarm, more are a trouble."""
        found = len(self.unreadable_dates)
        if not found:
            return
        said = f"{self.name}: {found} dates could not be read ({', '.join(self.unreadable_dates[:SHOWN])})"
        if found > max(TOLERATED_ROWS, int(len(self.keys) * TOLERATED_SHARE)):
            self.troubles.append(SourceTrouble(f"{said}; nothing was used."))
        else:
            self.alarms.append(f"{said}; they were left out.")


def where(response: Response) -> str:
    """What people call this answer: the name of the file they saved, or its address."""
    saved = response.meta.get("saved")
    return saved.saved_as if saved else response.url


def opened(response: Response) -> IO[bytes]:
    """The body as a stream, from disk where it is a big file."""
    path = response.meta.get("path")
    return path.open("rb") if path else io.BytesIO(response.body)


def is_day(text: str) -> bool:
    """Whether this is a day of the calendar, month first or year first."""
    found = DAY.fullmatch(text)
    if found is None:
        return False
    year, month, day = (int(found[name] or found[name.upper()]) for name in "ymd")
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_a_street(city: str) -> bool:
    """Whether a street stands where a city belongs: it may be a home and must not be shown."""
    return bool(re.search(r"\d", city)) and city.casefold() not in CITIES_WITH_NUMBERS
