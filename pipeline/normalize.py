"""Normalize: what one record says, in comparable form. Nothing is inferred from another record.

In: gathered records (canonical raw fields). Out: one `Person` a record, or one `Exclusion` for the federal list.
Every source is read by the same functions, because spiders already speak in canonical names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from pipeline.credentials import claims_national_certification, read_credentials
from pipeline.dates_and_links import DateError, iso_date, website
from pipeline.discipline import discipline_text
from pipeline.facts import ACUPUNCTURIST, CERTIFIER_ISSUER, DISCIPLINE, Certification, License, Person, SourceFacts
from pipeline.frames import rows_of
from pipeline.name_text import proper_case
from pipeline.names import PersonName, name_from_parts, parse_name
from pipeline.numbers import license_key, license_numbers, npi, phone
from pipeline.places import Place, parse_place, state_code, zip5
from pipeline.rules import read_rule_table
from pipeline.statuses import UnknownWord, board_words, certification_status, designation, worst
from pipeline.web_facts import website_certifications, website_licenses

LONGEST_DATE = 40
UNNAMED = "designation not printed"
PUBLISHED_BY_THE_PERSON = frozenset({"certifier", "listing", "website"})


@dataclass(frozen=True)
class Exclusion:
    """One row of the federal exclusion list that names a person; a reinstated one is no longer an exclusion.

    `cut`: the family name fills its column, so letters may be missing behind it.
    """

    record_id: str
    name: PersonName
    npi: str
    state: str
    exclusion_type: str
    excluded_on: str
    reinstated_on: str
    specialty: str
    fetched_at: str
    cut: bool = False

    @property
    def identity(self) -> tuple[str, ...]:
        """The same exclusion, whether a file shows it in force or ended; an NPI may have been added since."""
        return (self.name.printed, self.exclusion_type, self.excluded_on)


def persons_of(records: pd.DataFrame, sources: dict[str, SourceFacts]) -> list[Person]:
    """One Person for each record of a source that lists practitioners; raises UnknownWord for an unknown word."""
    rows = records[records["source"].map(lambda name: sources[name].kind != "exclusions")]
    return [read_person(row, sources[row["source"]]) for row in rows_of(rows)]


def exclusions_of(records: pd.DataFrame, sources: dict[str, SourceFacts]) -> list[Exclusion]:
    """Exclusions of people in force, from sources of kind exclusions; firms and reinstated people are left out."""
    rows = records[records["source"].map(lambda name: sources[name].kind == "exclusions")]
    found = [exclusion for row in rows_of(rows) if (exclusion := read_exclusion(row)).name.family]
    ended: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for exclusion in found:
        if exclusion.reinstated_on:
            ended[exclusion.identity].add(exclusion.npi)
    return [exclusion for exclusion in found if not has_ended(exclusion, ended)]


def has_ended(exclusion: Exclusion, ended: Mapping[tuple[str, ...], set[str]]) -> bool:
    """Whether this exclusion was lifted: the same one is reinstated, and no other NPI says that it is another's."""
    npis = ended.get(exclusion.identity, set())
    return bool(npis) and (not exclusion.npi or bool(npis & {"", exclusion.npi}))


def read_person(row: dict[str, Any], source: SourceFacts) -> Person:
    """Read one record."""
    fields: dict[str, Any] = row["fields"]
    name, places = name_of(fields), places_of(fields)
    licenses = licenses_of(fields, source, row["partition"])
    return Person(
        record_id=row["record_id"],
        source=source.name,
        source_key=row["source_key"],
        fetched_at=row["fetched_at"],
        name=name,
        other_names=tuple(name_of(other) for other in fields.get("other_names", [])),
        sex=fields.get("sex", "")[:1].upper(),
        npi=npi(fields.get("npi", "")),
        kind="physician" if is_listed_physician(fields, source, name) else "acupuncturist",
        places=places,
        states=states_of(places, licenses, row["partition"]),
        clinic=fields.get("clinic", "") or next((place.clinic for place in places if place.clinic), ""),
        phone=phone(fields.get("phone", "") or first_phone(fields)),
        website=website(fields.get("website", "")),
        publishes_street=source.kind in PUBLISHED_BY_THE_PERSON,
        licenses=licenses,
        certifications=certifications_of(fields, source, name),
        conditions=tuple(fields.get("conditions", [])),
        languages=tuple(fields.get("languages", [])),
        therapies=tuple(fields.get("therapies", [])),
        insurance=tuple(fields.get("insurance", [])),
        keyless=bool(fields.get("badge")) and fields["badge"].rstrip("/").endswith(row["source_key"]),
    )


def name_of(fields: dict[str, Any]) -> PersonName:
    """The name, from one printed string or from its parts."""
    if fields.get("name"):
        return parse_name(fields["name"])
    parts = ("given_name", "middle_name", "family_name", "suffix", "credential")
    return name_from_parts(*(fields.get(part, "") for part in parts))


def places_of(fields: dict[str, Any]) -> tuple[Place, ...]:
    """Practice places, the main one first, each once."""
    parts = fields.get("locations") or ([fields] if fields.get("city") else [])
    printed = [fields.get("address", ""), *fields.get("other_addresses", [])]
    found = [place_from_parts(part) for part in parts] + [parse_place(text) for text in printed if text]
    return tuple(dict.fromkeys(place for place in found if place.state or place.city))


def place_from_parts(parts: dict[str, str]) -> Place:
    """A place a source prints in columns; capitals become ordinary case. A place abroad is none here."""
    if parts.get("country", "US").upper() not in ("US", "USA"):
        return Place()
    street = ", ".join(filter(None, [parts.get("street", ""), parts.get("street2", "")]))
    city = parts.get("city", "")
    shown = [proper_case(text) if text.isupper() else text for text in (street, city)]
    return Place(shown[0], shown[1], state_code(parts.get("state", "")), zip5(parts.get("zip", "")))


def first_phone(fields: dict[str, Any]) -> str:
    """The phone of the main practice location."""
    return next((place["phone"] for place in fields.get("locations", []) if place.get("phone")), "")


def states_of(places: tuple[Place, ...], licenses: tuple[License, ...], partition: str) -> frozenset[str]:
    """States the record ties the person to."""
    return frozenset(filter(None, [place.state for place in places] + [item.state for item in licenses] + [partition]))


def is_listed_physician(fields: dict[str, Any], source: SourceFacts, name: PersonName) -> bool:
    """Whether the academy lists the person as a physician, or a clinic's site shows nobody but one in him or her."""
    return (source.kind == "listing" and is_physician(name)) or fields.get("title") == "physician"


def is_physician(name: PersonName) -> bool:
    """Whether the letters behind the name are a physician's."""
    return any(letters.replace(".", "").upper() in ("MD", "DO", "MBBS") for letters in name.credentials)


def licenses_of(fields: dict[str, Any], source: SourceFacts, partition: str) -> tuple[License, ...]:
    """A board's own license, or the license numbers a registry repeats from the practitioner."""
    if source.kind == "board":
        return (board_license(fields, source, partition),)
    if source.kind == "website":
        return website_licenses(fields)
    claimed = [item for item in fields.get("taxonomies", []) if item.get("code") == ACUPUNCTURIST]
    found = (
        claimed_license(item, number) for item in claimed for number in license_numbers(item.get("license_number", ""))
    )
    return tuple(dict.fromkeys(item for item in found if item is not None))


def board_license(fields: dict[str, Any], source: SourceFacts, partition: str) -> License:
    """What the board says; the board's words are kept beside ours. Of several words the worst for practice counts."""
    state = partition or source.covers[0]
    number, kind = fields.get("license_number", ""), license_type(fields)
    words, said = board_words(source.name, fields), discipline_text(fields)
    dates = [fields.get(name, "") for name in ("first_issued", "expires")]
    issued, expires = map(date_if_read, dates)
    return License(
        state=state,
        type=kind,
        number=number,
        key=license_key(state, number),
        status=type_limited(kind, worst(words.values())),
        status_raw=": ".join(words),
        issued=issued,
        expires=expires,
        discipline=said,
        primary=True,
        disciplined=bool(said) or not DISCIPLINE.isdisjoint(words.values()),
        unread=tuple(text.strip()[:LONGEST_DATE] for text in dates if not is_date(text)),
    )


def date_if_read(text: str) -> str:
    """The date, or "" where the text is none: one slip of a clerk must not keep a whole nation's file from building."""
    return iso_date(text) if is_date(text) else ""


def is_date(text: str) -> bool:
    """Whether a text is blank or a date."""
    try:
        iso_date(text)
    except DateError:
        return False
    return True


def license_type(fields: dict[str, Any]) -> str:
    """The type with the board's own division of it: `Acupuncturist, TEMP`."""
    return ", ".join(filter(None, [fields.get("license_type", ""), fields.get("license_subtype", "")]))


def type_limited(license_type: str, status: str) -> str:
    """An active permit whose type says temporary, limited or the like allows practice only within limits."""
    words = license_type.casefold()
    return "limited" if status == "active" and any(word in words for word in limited_types()) else status


@cache
def limited_types() -> tuple[str, ...]:
    return tuple(row["word"] for row in read_rule_table("limited_license_types"))


def claimed_license(taxonomy: dict[str, str], number: str) -> License | None:
    """A license number the practitioner typed in; None where it names no state or no number."""
    state = state_code(taxonomy.get("state", ""))
    key = license_key(state, number)
    return (
        License(state, taxonomy.get("description", ""), number, key, "claimed", "", "", "", "", False) if key else None
    )


def certifications_of(fields: dict[str, Any], source: SourceFacts, name: PersonName) -> tuple[Certification, ...]:
    """The certifier's own words, or claims by anybody else."""
    if source.kind == "certifier":
        return tuple(dict.fromkeys(listed_certifications(fields)))
    if source.kind == "website":
        return website_certifications(fields)
    text = ", ".join(filter(None, [fields.get("credential", ""), *name.credentials]))
    return tuple(dict.fromkeys(claimed_certifications(text)))


def listed_certifications(fields: dict[str, Any]) -> list[Certification]:
    """Each designation of a directory entry with the entry's status; an entry without designations still has one.

    A profile prints no status but the designation itself, which only a current diplomate may use; a text that is
    neither stops as an UnknownWord.
    """
    printed = fields.get("designations", [])
    raw = fields.get("status", "")
    if not raw and not printed:
        raise UnknownWord("certification_status", "", "certification_status_words.csv")
    status = certification_status(raw) if raw else "listed"
    named = [(text, *designation(text)) for text in printed] or [("", CERTIFIER_ISSUER, UNNAMED)]
    return [Certification(issuer, name, status, raw, text) for text, issuer, name in named]


def claimed_certifications(text: str) -> list[Certification]:
    """What letters behind a name claim: the national board's, and other boards' under their own names."""
    national = [
        Certification(CERTIFIER_ISSUER, found.designation, "claimed", "", found.printed)
        for found in claims_national_certification(text)
    ]
    others = [
        found
        for found in read_credentials(text)
        if found.type in ("certification", "other_board") and not found.id.startswith("nccaom")
    ]
    return national + [
        Certification(found.issuer, found.designation or found.canonical, "claimed", "", found.printed)
        for found in others
    ]


def read_exclusion(row: dict[str, Any]) -> Exclusion:
    fields: dict[str, Any] = row["fields"]
    return Exclusion(
        record_id=row["record_id"],
        name=name_of(fields),
        npi=npi(fields.get("npi", "")),
        state=state_code(fields.get("state", "")),
        exclusion_type=fields.get("exclusion_type", ""),
        excluded_on=date_as_printed(fields.get("excluded_on", "")),
        reinstated_on=date_as_printed(fields.get("reinstated_on", "")),
        specialty=" ".join(filter(None, [fields.get("general", ""), fields.get("specialty", "")])),
        fetched_at=row["fetched_at"],
        cut="family_name" in fields.get("cut", []),
    )


def date_as_printed(text: str) -> str:
    """A date, or the text itself where it is none: somebody whose reinstatement is mistyped is reinstated."""
    return iso_date(text) if is_date(text) else text.strip()[:LONGEST_DATE]
