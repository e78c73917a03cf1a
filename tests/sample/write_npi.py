"""Prints the cast as answers of the NPI registry API, version 2.1, in the shape of 2025.

In: Person values. Out: file name -> text, one answer per state; a person with addresses in two
states is in both answers, as in the real registry. Epochs and the number are strings.
"""

import json
from datetime import UTC, datetime

from building import seeded
from people import Office, OtherName, Person, RegistryEntry, Taxonomy

Json = dict[str, object]
EMPTY = {"result_count": 0, "results": []}


def epoch(day: str) -> str:
    """Milliseconds since 1970 at 12:00 UTC of a YYYY-MM-DD day, as text."""
    moment = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    return str(int(moment.timestamp()) * 1000)


def address(office: Office, purpose: str, slug: str) -> Json:
    """One address object; address_2 is absent where there is no unit, the ZIP has nine digits."""
    shown: Json = {
        "country_code": "US",
        "country_name": "United States",
        "address_purpose": purpose,
        "address_type": "DOM",
        "address_1": office.street.upper(),
    }
    if office.unit:
        shown["address_2"] = office.unit.upper()
    four = seeded(slug, "zip " + office.place.zip_code).randint(1001, 9899)
    shown |= {"city": office.place.city.upper(), "state": office.place.state}
    shown |= {"postal_code": f"{office.place.zip_code}{four}", "telephone_number": office.phone}
    return shown


def basic(entry: RegistryEntry) -> Json:
    """The "basic" object; absent names and an empty credential are left out, "--" is kept."""
    shown: Json = {"first_name": entry.given, "last_name": entry.family}
    if entry.middle:
        shown["middle_name"] = entry.middle.rstrip(".")
    if entry.credential:
        shown["credential"] = entry.credential
    shown |= {"sole_proprietor": entry.sole_proprietor, "sex": entry.sex}
    shown |= {"enumeration_date": entry.enumerated, "last_updated": entry.updated}
    if entry.updated >= "2020":
        shown["certification_date"] = entry.updated
    shown["status"] = "A"
    if entry.prefix:
        shown["name_prefix"] = entry.prefix
    suffix = entry.suffix or ("--" if entry.prefix == "--" else "")
    return shown | ({"name_suffix": suffix} if suffix else {})


def taxonomy(line: Taxonomy) -> Json:
    """One taxonomy line; state and license may be null."""
    return {
        "code": line.code,
        "taxonomy_group": "",
        "desc": line.description,
        "state": line.state,
        "license": line.license_number,
        "primary": line.primary,
    }


def other_name(name: OtherName) -> Json:
    """One other name; the middle name is absent where there is none."""
    shown: Json = {"type": name.kind, "code": name.code}
    if name.credential:
        shown["credential"] = name.credential
    shown |= {"first_name": name.given, "last_name": name.family}
    return shown | ({"middle_name": name.middle} if name.middle else {})


def endpoints(entry: RegistryEntry) -> list[Json]:
    """The electronic address, for the few who have one."""
    if not entry.endpoint:
        return []
    place = entry.office.place
    return [
        {
            "endpointType": "DIRECT",
            "endpointTypeDescription": "Direct Messaging Address",
            "endpoint": entry.endpoint,
            "affiliation": "N",
            "useDescription": "",
            "contentTypeDescription": "",
            "country_code": "US",
            "country_name": "United States",
            "address_type": "DOM",
            "address_1": entry.office.street,
            "city": place.city,
            "state": place.state,
            "postal_code": place.zip_code,
        }
    ]


def identifiers(entry: RegistryEntry) -> list[Json]:
    """A legacy identifier, for the few who have one."""
    if not entry.identifier:
        return []
    line: Json = {"code": "01", "desc": "Other (non-Medicare)", "issuer": "State license board"}
    return [line | {"identifier": entry.identifier, "state": entry.office.place.state}]


def result(entry: RegistryEntry, slug: str) -> Json:
    """One entry of "results"."""
    addresses = [address(entry.mailing, "MAILING", slug), address(entry.office, "LOCATION", slug)]
    if seeded(slug, "address order").random() < 0.3:
        addresses.reverse()
    return {
        "created_epoch": epoch(entry.enumerated),
        "enumeration_type": "NPI-1",
        "last_updated_epoch": epoch(entry.updated),
        "number": entry.npi,
        "addresses": addresses,
        "practiceLocations": [address(office, "LOCATION", slug) for office in entry.more_offices],
        "basic": basic(entry),
        "taxonomies": [taxonomy(line) for line in entry.taxonomies],
        "identifiers": identifiers(entry),
        "endpoints": endpoints(entry),
        "other_names": [other_name(name) for name in entry.other_names],
    }


def states_of(person: Person) -> set[str]:
    """Every state in which the registry has an address of the person."""
    if person.registry is None:
        return set()
    offices = (person.registry.office, person.registry.mailing, *person.registry.more_offices)
    return {office.place.state for office in offices}


def answer(cast: list[Person], state: str) -> str:
    """The registry's answer for one state, in order of NPI."""
    found = [(person.registry, person.slug) for person in cast if person.registry and state in states_of(person)]
    results = [result(entry, slug) for entry, slug in sorted(found, key=lambda pair: pair[0].npi)]
    return json.dumps({"result_count": len(results), "results": results}, ensure_ascii=False) + "\n"


def registry_files(cast: list[Person]) -> dict[str, str]:
    """All answers: state_WA.json and so on, and empty.json for the states without people."""
    states = sorted(set().union(*(states_of(person) for person in cast)))
    files = {f"npi_registry/state_{state}.json": answer(cast, state) for state in states}
    return files | {"npi_registry/empty.json": json.dumps(EMPTY) + "\n"}
