"""What rows of all sources share: the record, addresses in capitals, dates, letters behind a name.

In: facts of a person. Out: pieces of a record's fields.
"""

from __future__ import annotations

from random import Random

from crawler.records import Fields, Record
from tests.benchmarks.nation.places import Address

FETCHED = "2026-11-20T00:00:00Z"
SNAPSHOT = "0" * 64
LETTERS_STUCK = (
    ", L.Ac.",
    ", LAc",
    " L.Ac",
    ", DACM, L.Ac.",
    " LAC",
    ", Dipl. O.M.",
    ", MSOM, L.Ac.",
    ", DAOM",
    ", Ph.D., L.Ac.",
)
LETTERS = (
    "L.Ac.",
    "LAC",
    "L.AC.",
    "LAc",
    "LIC. AC.",
    "MSOM, L.Ac.",
    "DACM, LAC",
    "Dipl.Ac., L.Ac.",
    "MAcOM",
    "DAOM, L.Ac.",
)


def record(source: str, key: str, url: str, fields: Fields, partition: str, dated: str = "") -> Record:
    return Record(source, key, url, SNAPSHOT, FETCHED, dated, partition, fields)


def us_date(day: str) -> str:
    return f"{day[5:7]}/{day[8:10]}/{day[:4]}"


def capitals(place: Address, rng: Random) -> Fields:
    """An address in columns, in capitals, with the ZIP code's four further digits."""
    area = place.area
    fields: Fields = {"street": place.street.upper(), "city": area.city.upper(), "state": area.state}
    fields["zip"] = f"{area.zip}{1000 + int(rng.random() * 9000)}"
    if place.suite:
        fields["street2"] = place.suite.upper()
    return fields


def one_line(place: Address) -> str:
    """`2798 Marlowick St Suite 4, Bellevue, WA 98004, USA`, with the certifier's blank before the comma."""
    area = place.area
    return f"{place.street} {place.suite}, {area.city}, {area.state} {area.zip}, USA"


def dashed(phone: str) -> str:
    return f"{phone[:3]}-{phone[3:6]}-{phone[6:]}"
