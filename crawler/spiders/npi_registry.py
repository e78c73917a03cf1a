"""NPI Registry API v2.1: every provider whose taxonomy says Acupuncturist, state by state.

In: JSON answers of at most 200 rows; a query gives at most 1,200 (six pages). Out: one record a person (NPI-1).
The registry is self-reported: the credential text, the license number and its state are what the provider typed.
Where a state's answer is full, it is asked again by ZIP prefix, then by last name; what stays full is counted and said.
The registry finds a mailing address too: a row is read in the state of its practice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawler.answers import json_of, json_rows
from crawler.columns import as_text
from crawler.npi_parts import Part
from crawler.records import Fields, Record
from crawler.source import ALL_STATES, Source
from crawler.troubles import SourceTrouble

API = "https://npiregistry.cms.hhs.gov/api/"
ACUPUNCTURIST = "171100000X"
PAGE_ROWS = 200  # measured by others, CMS help page, read 2026-11-22
LAST_SKIP = 1000  # beyond it the last page repeats silently (the same source)
FULL = "partitions that were full"

NAME = {
    "name_prefix": "prefix",
    "first_name": "given_name",
    "middle_name": "middle_name",
    "last_name": "family_name",
    "name_suffix": "suffix",
    "credential": "credential",
}
BASIC = NAME | {
    "sex": "sex",
    "gender": "sex",
    "sole_proprietor": "sole_proprietor",
    "status": "npi_status",
    "enumeration_date": "enumerated",
    "last_updated": "updated",
}
BASIC_IGNORED = frozenset(
    "name certification_date deactivation_date reactivation_date deactivation_reason_code replacement_npi ein "
    "organization_name organizational_subpart parent_organization_legal_business_name parent_organization_ein "
    "authorized_official_credential authorized_official_first_name authorized_official_last_name "
    "authorized_official_middle_name authorized_official_telephone_number authorized_official_title_or_position "
    "authorized_official_name_prefix authorized_official_name_suffix name_prefix_code name_suffix_code".split()
)
ADDRESS = {
    "address_1": "street",
    "address_2": "street2",
    "city": "city",
    "state": "state",
    "postal_code": "zip",
    "country_code": "country",
    "telephone_number": "phone",
}
OTHER_NAME = {
    "type": "type",
    "first_name": "given_name",
    "middle_name": "middle_name",
    "last_name": "family_name",
    "suffix": "suffix",
    "credential": "credential",
}
TAXONOMY = {
    "code": "code",
    "desc": "description",
    "state": "state",
    "license": "license_number",
    "primary": "primary",
}


class NpiRegistry(Source):
    """The federal registry of billing identifiers. It proves an identity, never a license."""

    name = "npi_registry"
    title = "NPI Registry"
    publisher = "Centers for Medicare & Medicaid Services"
    kind = "registry"
    homepage = "https://npiregistry.cms.hhs.gov/search"
    terms = "Public under FOIA; corrected by the provider at the registry itself."
    cadence_days = 7
    floor, ceiling = 20_000, 120_000
    delay_seconds = 1.0
    partitions = ALL_STATES
    most_minutes = 360
    request_ceiling = 12_000  # about 3,000 are expected: 57 states, a dozen of them split by ZIP prefix
    columns = {"number": "npi"}
    ignored = frozenset(
        "enumeration_type created_epoch last_updated_epoch basic other_names addresses taxonomies identifiers "
        "practiceLocations endpoints".split()
    )
    required = frozenset({"number", "basic", "addresses", "taxonomies"})
    fill = {"taxonomies": 0.99, "family_name": 0.99, "locations": 0.5}

    def first_requests(self) -> Iterator[Request]:
        for state in self.states or ALL_STATES:
            yield self.ask_for(Part(state), 0)

    def ask_for(self, part: Part, skip: int) -> Request:
        """One page of one part."""
        query = {"version": "2.1", "enumeration_type": "NPI-1", "taxonomy_description": "Acupuncturist"}
        query |= part.query() | {"limit": str(PAGE_ROWS), "skip": str(skip)}
        return self.ask(f"{API}?{urlencode(query)}", self.parse, cb_kwargs={"part": part, "skip": skip})

    def parse(self, response: Response, **where: Any) -> Iterator[Record | Request]:
        """Rows of a page, then the next page, or smaller parts when this one is full."""
        part, skip = where["part"], where["skip"]
        rows = results(response)
        keys = [as_text(row.get("number")) for row in rows]
        self.note_page(str(part), keys)
        if part.name and not skip and len(rows) == PAGE_ROWS:
            self.note_page(f"{part.beside} by name", keys)  # a name has one beginning only
        yield from self.read_rows(response, rows, part.state)
        if len(rows) < PAGE_ROWS:
            self.read_whole(part.state)
        elif skip < LAST_SKIP:
            yield self.ask_for(part, skip + PAGE_ROWS)
        else:
            yield from self.split(part)

    def split(self, part: Part) -> Iterator[Request]:
        """Ask a full part again in smaller ones; count it as a residual where none are smaller."""
        self.skip(FULL)
        smaller = part.smaller()
        if not smaller:
            self.skip("residual partitions")
            self.left_over(part.state)
            self.alarms.append(f"npi_registry {part}: more rows than the registry shows; some were not read.")
        for each in smaller:
            yield self.ask_for(each, 0)

    def last_alarms(self) -> Iterator[str]:
        """The whole country has states with more rows than one question shows; a crawl that met none was cut short."""
        if not self.states and not self.saved and not self.skipped[FULL]:
            yield (
                f"npi_registry: no state filled its {LAST_SKIP + PAGE_ROWS} rows on a crawl of the whole country; "
                "the registry may show fewer rows a page than it says."
            )

    def read_page(self, response: Response) -> Iterator[Record]:
        yield from self.read_rows(response, results(response), "")

    def read_rows(self, response: Response, rows: list[dict[str, Any]], state: str) -> Iterator[Record]:
        """Acupuncturists of this state; others (a counselor's LAC, a firm, a mailing address) are counted only."""
        for row in rows:
            self.audit.note(row)
            refuse_torn(row)
            reason = left_out(row, state)
            if reason:
                self.skip(reason)
                continue
            fields = self.read_row(row)
            url = f"https://npiregistry.cms.hhs.gov/provider-view/{fields['npi']}"
            yield self.record(response, fields["npi"], url, fields, fields.get("updated", ""), state)

    def read_row(self, row: dict[str, Any]) -> Fields:
        """One provider; mailing addresses, identifiers and endpoints stay in the snapshot."""
        basic = row.get("basic") or {}
        self.audit.unknown |= {f"basic.{name}" for name in set(basic) - set(BASIC) - BASIC_IGNORED}
        fields = {"npi": as_text(row.get("number"))} | kept(basic, BASIC)
        if not re.fullmatch(r"[0-9]{10}", fields["npi"]) or not fields.get("family_name"):
            raise SourceTrouble(
                f"A row of the NPI Registry has no ten-digit number or no last name: {fields['npi']!r}."
            )
        lists = {
            "other_names": [kept(name, OTHER_NAME) for name in objects(row, "other_names")],
            "locations": [kept(place, ADDRESS) for place in practice_places(row)],
            "taxonomies": [kept(taxonomy, TAXONOMY) for taxonomy in objects(row, "taxonomies")],
        }
        return fields | {name: values for name, values in lists.items() if values}


def results(response: Response) -> list[dict[str, Any]]:
    """The rows of an answer; an API error comes with status 200 and is raised with its own words."""
    answer = json_of(response)
    if isinstance(answer, dict) and answer.get("Errors"):
        said = "; ".join(str(error.get("description")) for error in answer["Errors"])
        raise SourceTrouble(f"The NPI Registry answered with an error: {said} ({response.url}).")
    return json_rows(response)


def kept(raw: dict[str, Any], names: dict[str, str]) -> Fields:
    """The mapped, non-blank values of a nested object."""
    values = {ours: as_text(raw.get(theirs)) for theirs, ours in names.items() if theirs in raw}
    return {ours: value for ours, value in values.items() if value}


def practice_places(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Practice locations, the primary one first; the order in `addresses` is not fixed, its purpose is."""
    primary = [place for place in objects(row, "addresses") if place.get("address_purpose") == "LOCATION"]
    return primary + objects(row, "practiceLocations")


def objects(row: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a list; nulls among them are nothing."""
    return [item for item in row.get(name) or [] if isinstance(item, dict)]


def refuse_torn(row: dict[str, Any]) -> None:
    """A provider is found by its taxonomy: a row without any is torn, and nobody leaves the registry by that."""
    if not objects(row, "taxonomies"):
        raise SourceTrouble(f"A row of the NPI Registry has no taxonomy: {as_text(row.get('number'))!r}.")


def left_out(row: dict[str, Any], state: str) -> str:
    """Why a row is none of ours, or ""."""
    if row.get("enumeration_type") == "NPI-2":
        return "organizations"
    if not any(as_text(taxonomy.get("code")) == ACUPUNCTURIST for taxonomy in objects(row, "taxonomies")):
        return "not acupuncturists by taxonomy"
    if not is_in_force(row):
        return "deactivated"
    practiced = {as_text(place.get("state")).upper() for place in practice_places(row)}
    elsewhere = practiced and state and state not in practiced and practiced <= set(ALL_STATES)
    return "practicing in another state, where they are asked for" if elsewhere else ""


def is_in_force(row: dict[str, Any]) -> bool:
    """Whether the registry shows the number as active (A) or says nothing of it; not where it is deactivated (D).

    Raises SourceTrouble for any other word: nobody leaves the registry by one that we do not know.
    """
    status = as_text((row.get("basic") or {}).get("status")) or "A"
    if status not in ("A", "D"):
        raise SourceTrouble(f"The NPI Registry has the status {status!r}; only A and D are known.")
    return status == "A"
