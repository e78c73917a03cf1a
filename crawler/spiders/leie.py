"""LEIE: the federal list of people and firms excluded from health programs (HHS OIG), one CSV.

In: the whole file, which replaces all that was known, or a monthly supplement a person saved (`2601EXCL.csv` adds,
`2601REIN.csv` lifts). Out: one record an exclusion, of every profession: who is a practitioner is the pipeline's to
say, and a name may have changed. Birth dates never leave the raw file. Names are cut at the width of their column; a
name that fills it is marked (`cut`), because letters may be missing behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.answers import csv_rows
from crawler.challenges import refused
from crawler.records import Fields, Record, key_of_row
from crawler.snapshots import EVERYTHING
from crawler.source import Source

FILE = "https://oig.hhs.gov/exclusions/downloadables/UPDATED.csv"
WIDTHS = {"LASTNAME": 20, "FIRSTNAME": 15, "MIDNAME": 15, "BUSNAME": 30}  # of the agency's record layout


class Leie(Source):
    """Says: excluded from federal health programs. It says nothing of a conviction, a danger or a license."""

    name = "leie"
    title = "List of Excluded Individuals/Entities"
    publisher = "HHS Office of Inspector General"
    kind = "exclusions"
    homepage = "https://exclusions.oig.hhs.gov/"
    terms = "Public; a name is only a possible match, to be verified at the source."
    cadence_days = 31
    floor, ceiling = 60_000, 150_000
    columns = {
        "LASTNAME": "family_name",
        "FIRSTNAME": "given_name",
        "MIDNAME": "middle_name",
        "BUSNAME": "business_name",
        "GENERAL": "general",
        "SPECIALTY": "specialty",
        "NPI": "npi",
        "ADDRESS": "street",
        "CITY": "city",
        "STATE": "state",
        "ZIP": "zip",
        "EXCLTYPE": "exclusion_type",
        "EXCLDATE": "excluded_on",
        "REINDATE": "reinstated_on",
        "WAIVERDATE": "waiver_on",
        "WVRSTATE": "waiver_state",
    }
    ignored = frozenset({"UPIN", "DOB"})
    required = frozenset(columns)
    words = {"exclusion_type": "exclusion_type"}
    fill = {"exclusion_type": 0.99, "excluded_on": 0.99, "state": 0.9, "family_name": 0.5}
    request_ceiling = 20

    def first_requests(self) -> Iterator[Request]:
        yield self.ask(FILE, self.parse)

    def parse(self, response: Response, **where: Any) -> Iterator[Record]:
        yield from self.read_page(response)
        self.read_whole(EVERYTHING)

    def read_page(self, response: Response) -> Iterator[Record]:
        if response.body.lstrip()[:1] == b"<":
            raise refused(response, f"{response.url} is a web page and not the list; nothing was read.")
        for row in csv_rows(response, self.required):
            fields = without_fillers(self.audit.read(row))
            yield self.record(response, key_of_row(fields), self.homepage, fields | cut_names(row))


def without_fillers(fields: Fields) -> Fields:
    """Zeros stand for nothing in this file."""
    return {name: value for name, value in fields.items() if value.strip("0")}


def cut_names(row: Mapping[str, str]) -> Fields:
    """Names that fill their column to the last letter."""
    full = [Leie.columns[column] for column, width in WIDTHS.items() if len(row[column].rstrip()) >= width]
    return {"cut": full} if full else {}
