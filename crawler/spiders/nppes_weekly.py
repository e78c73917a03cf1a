"""NPPES, the weekly files: the rows that were new or changed in one week, of all professions.

In: the ZIPs of the last weeks that CMS lists (some 35,000 rows each). Out: one record an acupuncturist; and one with
the field `withdrawn_on` for a number that earlier readings brought as an acupuncturist's and that is deactivated now,
or whose row no longer names the profession. Deactivated rows hold nothing but the number and a date, so those of
numbers we never had are counted and left out. A weekly file adds and renews; it is never the whole of anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from scrapy.http import Response

from crawler.nppes_known import known_npis
from crawler.nppes_people import deactivated_on, iso
from crawler.nppes_rows import Row
from crawler.nppes_source import NppesSource, address_of
from crawler.records import Record


class NppesWeekly(NppesSource):
    """Says what changed in the federal registry of billing identifiers; it proves an identity, never a license."""

    name = "nppes_weekly"
    title = "NPPES weekly update"
    cadence_days = 7
    most_minutes = 120
    floor, ceiling = 30, 5_000
    full = False
    changes_only = True
    file_name = re.compile(
        r"NPPES_Data_Dissemination_\d{6}_(?P<day>\d{6})_Weekly(?P<version>_V\.?2)?\.zip", re.IGNORECASE
    )

    @cached_property
    def known(self) -> set[str]:
        """Numbers that earlier readings brought."""
        return known_npis(Path(self.crawler.settings["DIPLOMATE_RUN"]).parents[2])

    def day_of(self, name: re.Match[str]) -> date | None:
        try:
            return datetime.strptime(name["day"], "%m%d%y").date()
        except ValueError:
            return None

    def chosen(self, listed: dict[date, str]) -> list[str]:
        """All of them, the oldest first: a week that was left out would be missing without a trace."""
        return [listed[day] for day in sorted(listed)]

    def read_page(self, response: Response) -> Iterator[Record]:
        with self.open_rows(response) as rows:
            yield from self.read_rows(response, rows, b"")

    def left(self, response: Response, row: Row) -> Record | None:
        """A number that left the register or the profession, dated no earlier than the week that says so."""
        npi = row.get("NPI", "")
        if npi not in self.known and npi not in self.keys:
            return None
        said_on = self.day or response.meta["snapshot"].fetched_at[:10]
        day = deactivated_on(row) or iso(row.get("Last Update Date", "")) or said_on
        return self.record(response, npi, address_of(npi), {"npi": npi, "withdrawn_on": day}, max(day, said_on))

    def coverage(self) -> dict[str, bool]:
        """A week's changes are no reading of any state."""
        return {}
