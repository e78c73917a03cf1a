"""NPPES, the full file: every provider of the country, once a month; the acupuncturists among them are read.

In: the ZIP of about 1 GB that CMS puts out on the second Monday of a month (10 GB unpacked, never unpacked to disk).
Out: one record an acupuncturist, from any of a row's 15 taxonomies. The file replaces the one before it: whoever is no
longer in it has left, so deactivated numbers need no record of their own here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from scrapy.http import Response

from crawler.nppes_columns import ACUPUNCTURIST
from crawler.nppes_source import NppesSource
from crawler.records import Record
from crawler.snapshots import EVERYTHING


class NppesMonthly(NppesSource):
    """Says the same as the NPI Registry, all at once and without its limit of rows; it proves no license either."""

    name = "nppes_monthly"
    title = "NPPES full replacement file"
    cadence_days = 30
    most_minutes = 360
    floor, ceiling = 25_000, 150_000
    fill = {"taxonomies": 0.99, "family_name": 0.99, "locations": 0.9}
    full = True
    file_name = re.compile(
        r"NPPES_Data_Dissemination_(?P<month>[A-Za-z]+)_(?P<year>\d{4})(?P<version>_V\.?2)?\.zip", re.IGNORECASE
    )

    def day_of(self, name: re.Match[str]) -> date | None:
        try:
            return datetime.strptime(f"{name['month'][:3]} {name['year']}", "%b %Y").date()
        except ValueError:
            return None

    def chosen(self, listed: dict[date, str]) -> list[str]:
        return [listed[max(listed)]]

    def read_page(self, response: Response) -> Iterator[Record]:
        with self.open_rows(response) as rows:
            yield from self.read_rows(response, rows, ACUPUNCTURIST.encode())
        if self.full_file:
            for state in self.states or (EVERYTHING,):
                (self.left_over if rows.broken else self.read_whole)(state)
