"""NPI Registry API v2.1: every provider whose taxonomy says Acupuncturist, state by state.

In: JSON answers of at most 200 rows; a query gives at most 1,200 (six pages). Out: one record a person (NPI-1).
The registry is self-reported: the credential text, the license number and its state are what the provider typed.
Where a state's answer is full, it is asked again by ZIP prefix; what still stays full is counted and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import zipcodes
from scrapy import Request
from scrapy.http import Response

from crawler.answers import json_of, json_rows
from crawler.columns import as_text
from crawler.records import Fields, Record
from crawler.source import ALL_STATES, Source
from crawler.troubles import SourceTrouble

API = "https://npiregistry.cms.hhs.gov/api/"
ACUPUNCTURIST = "171100000X"
PAGE_ROWS = 200  # measured by others, CMS help page, read 2026-11-22
LAST_SKIP = 1000  # beyond it the last page repeats silently (the same source)
LONGEST_ZIP_PREFIX = 5

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
    columns = {"number": "npi"}
    ignored = frozenset(
        "enumeration_type created_epoch last_updated_epoch basic other_names addresses taxonomies identifiers "
        "practiceLocations endpoints".split()
    )
    required = frozenset({"number", "basic", "addresses", "taxonomies"})

    def first_requests(self) -> Iterator[Request]:
        for state in self.states or ALL_STATES:
            yield self.ask_for(state, "", 0)

    def ask_for(self, state: str, zip_prefix: str, skip: int) -> Request:
        """One page of one partition."""
        query = {
            "version": "2.1",
            "enumeration_type": "NPI-1",
            "taxonomy_description": "Acupuncturist",
            "state": state,
        }
        if zip_prefix:
            query["postal_code"] = f"{zip_prefix}*" if len(zip_prefix) < LONGEST_ZIP_PREFIX else zip_prefix
        query |= {"limit": str(PAGE_ROWS), "skip": str(skip)}
        where = {"state": state, "zip_prefix": zip_prefix, "skip": skip}
        return self.ask(f"{API}?{urlencode(query)}", self.parse, cb_kwargs=where)

    def parse(self, response: Response, **where: Any) -> Iterator[Record | Request]:
        """Rows of a page, then the next page, or smaller partitions when this one is full."""
        state, zip_prefix, skip = where["state"], where["zip_prefix"], where["skip"]
        rows = results(response)
        self.note_page(f"{state} {zip_prefix}".strip(), [as_text(row.get("number")) for row in rows])
        yield from self.read_rows(response, rows, state)
        if len(rows) < PAGE_ROWS:
            self.read_whole(state)
        elif skip < LAST_SKIP:
            yield self.ask_for(state, zip_prefix, skip + PAGE_ROWS)
        else:
            yield from self.split(state, zip_prefix)

    def split(self, state: str, zip_prefix: str) -> Iterator[Request]:
        """Ask a full partition again in smaller ones; count it as a residual where none are smaller."""
        self.skip("partitions that were full")
        smaller = zip_prefixes(state, zip_prefix)
        if not smaller:
            self.left_over(state)
            self.alarms.append(
                f"npi_registry {state} {zip_prefix}: more rows than the registry shows; some were not read."
            )
        for longer in smaller:
            yield self.ask_for(state, longer, 0)

    def read_page(self, response: Response) -> Iterator[Record]:
        yield from self.read_rows(response, results(response), "")

    def read_rows(self, response: Response, rows: list[dict[str, Any]], state: str) -> Iterator[Record]:
        """Acupuncturists among the rows; others (a counselor's LAC, a firm) are counted and left out."""
        for row in rows:
            self.audit.note(row)
            if row.get("enumeration_type") == "NPI-2":
                self.skip("organizations")
            elif not any(taxonomy.get("code") == ACUPUNCTURIST for taxonomy in objects(row, "taxonomies")):
                self.skip("not acupuncturists by taxonomy")
            elif (row.get("basic") or {}).get("status", "A") != "A":
                self.skip("deactivated")
            else:
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


def zip_prefixes(state: str, prefix: str) -> list[str]:
    """The next longer ZIP prefixes of a state: two digits, then three, four, five."""
    length = max(2, len(prefix) + 1)
    if len(prefix) >= LONGEST_ZIP_PREFIX:
        return []
    codes = (place["zip_code"] for place in zipcodes.filter_by(state=state))
    return sorted({code[:length] for code in codes if code.startswith(prefix)})
