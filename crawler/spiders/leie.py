"""LEIE: the federal list of people and firms excluded from health programs (HHS OIG), one CSV.

In: the whole file (or a monthly supplement a person saved). Out: one record an exclusion. Birth dates never leave
the raw file. The file holds active exclusions; a reinstated person's row carries a reinstatement date.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.answers import csv_rows
from crawler.records import Fields, Record, key_of_row
from crawler.snapshots import EVERYTHING
from crawler.source import Source

FILE = "https://oig.hhs.gov/exclusions/downloadables/UPDATED.csv"
NONE_WORDS = frozenset({"0000000000", "00000000", "0"})
KEY_FIELDS = (
    "family_name",
    "given_name",
    "middle_name",
    "business_name",
    "npi",
    "exclusion_type",
    "excluded_on",
)


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

    def first_requests(self) -> Iterator[Request]:
        yield self.ask(FILE, self.parse)

    def parse(self, response: Response, **where: Any) -> Iterator[Record]:
        yield from self.read_page(response)
        self.read_whole(EVERYTHING)

    def read_page(self, response: Response) -> Iterator[Record]:
        for row in csv_rows(response, self.required):
            fields = without_fillers(self.audit.read(row))
            yield self.record(response, key_of_row(fields), self.homepage, fields)


def without_fillers(fields: Fields) -> Fields:
    """Zeros stand for nothing in this file."""
    return {name: value for name, value in fields.items() if value not in NONE_WORDS}
