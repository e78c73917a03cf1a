"""Rows of the NPI Registry: self-reported, in capitals, often years old.

In: a person. Out: a record for each of the person's numbers, and what the person typed wrong in it.
"""

from __future__ import annotations

from random import Random

from crawler.records import Fields, Record
from tests.benchmarks.nation.licenses import License, day, mistyped, typed
from tests.benchmarks.nation.people import BIT, Person
from tests.benchmarks.nation.places import Address
from tests.benchmarks.nation.printing import LETTERS, capitals, dashed, record
from tests.benchmarks.nation.shares import Shares
from tests.benchmarks.nation.spelling import REGISTRY, Printed, printed

ACUPUNCTURIST = "171100000X"
NUMBERS = 99_999_989  # prime
STEP = 61_803_391
PREFIXES = {"F": ("Ms.", "Mrs.", "Dr."), "M": ("Mr.", "Dr.", "Dr.")}


def npi(count: int) -> str:
    """A number with a right check digit; all begin with 2, with which none has been given out to anybody."""
    body = f"2{(count + 1) * STEP % NUMBERS:08d}"
    total = 24
    for at, digit in enumerate(body):
        value = int(digit) * (2 - at % 2)
        total += value - 9 if value > 9 else value
    return f"{body}{-total % 10}"


class Registry:
    def __init__(self, rng: Random, shares: Shares) -> None:
        self.rng, self.shares = rng, shares
        self.count = 0

    def enumerate(self, person: Person) -> None:
        """Gives a person a number, rarely two, often none."""
        share = self.shares.physicians_in_npi if person.kind == "physician" else self.shares.has_npi
        if self.rng.random() >= share:
            person.labels |= BIT["no_npi"]
            return
        person.npis = (self.number(),)
        if self.rng.random() < self.shares.two_npis:
            person.npis += (self.number(),)
            person.labels |= BIT["two_npis"]

    def number(self) -> str:
        self.count += 1
        return npi(self.count)

    def rows_of(self, person: Person) -> list[Record]:
        return [self.row(person, number, at > 0) for at, number in enumerate(person.npis)]

    def row(self, person: Person, number: str, older: bool) -> Record:
        rng = self.rng
        stale = older or rng.random() < self.shares.stale
        name = printed(rng, person.name, REGISTRY, self.shares)
        year = 2007 + int(rng.random() * (12 if stale else 19))
        updated = day(rng, year if stale else 2018 + int(rng.random() * 8))
        fields: Fields = {
            "npi": number, "npi_status": "A", "sex": person.name.sex,
            "family_name": name.family, "given_name": name.given,
            "enumerated": min(day(rng, year), updated), "updated": updated,
            "sole_proprietor": "YES" if rng.random() < 0.68 else "NO",
            "locations": self.locations(person, stale), "taxonomies": self.taxonomies(person, stale),
        }  # fmt: skip
        self.name_extras(fields, name, person)
        state = fields["locations"][0]["state"]
        url = f"https://npiregistry.cms.hhs.gov/provider-view/{number}"
        return record("npi_registry", number, url, fields, state, updated)

    def name_extras(self, fields: Fields, name: Printed, person: Person) -> None:
        """Middle name, suffix, prefix, credential, other names."""
        rng = self.rng
        if name.swapped:
            person.labels |= BIT["swapped"]
        if name.middle:
            fields["middle_name"] = name.middle
        if name.suffix:
            fields["suffix"] = name.suffix
        if rng.random() < 0.35:
            fields["prefix"] = PREFIXES[person.name.sex][int(rng.random() * 3)]
        if rng.random() < 0.85:
            fields["credential"] = person.letters or LETTERS[int(rng.random() * len(LETTERS))]
            if rng.random() < 0.004:
                fields["family_name"] += " LAC"
        others = self.other_names(name, person)
        if others:
            fields["other_names"] = others

    def other_names(self, name: Printed, person: Person) -> list[Fields]:
        rng, true = self.rng, person.name
        if true.former and not name.old and rng.random() < 0.5:
            return [{"family_name": true.former.upper(), "given_name": name.given, "type": "Former Name"}]
        if true.english and not true.english_legal and rng.random() < 0.12:
            return [{"family_name": name.family, "given_name": true.english.upper(), "type": "Other Name"}]
        return []

    def locations(self, person: Person, stale: bool) -> list[Fields]:
        """The practice of today or of the year the row was written; a phone with it; rarely a second place."""
        rng = self.rng
        place, phone = person.old if stale else (person.practice, person.clinics[0].phone)
        if stale:
            person.labels |= BIT["stale_npi"]
            if rng.random() < 0.35 and not person.labels & BIT["moved"]:
                place = person.practice
        elif rng.random() < 0.06:
            place = person.home
        if not stale and (person.works_at_home or rng.random() < self.shares.own_phone_shown):
            phone = person.phone
        found = [self.location(place, phone if rng.random() < 0.96 else "")]
        if len(person.clinics) > 1 and not stale and rng.random() < 0.2:
            found.append(self.location(person.clinics[1].address, person.clinics[1].phone))
        return found

    def location(self, place: Address, phone: str) -> Fields:
        fields = capitals(place, self.rng) | {"country": "US"}
        return fields | {"phone": dashed(phone)} if phone else fields

    def taxonomies(self, person: Person, stale: bool) -> list[Fields]:
        """Acupuncturist, with the license numbers the person typed."""
        found: list[Fields] = []
        if person.kind == "physician":
            found.append(self.taxonomy("207Q00000X", "Family Medicine", f"MD{10_000 + person.number}", person, True))
            return [*found, {"code": ACUPUNCTURIST, "description": "Acupuncturist", "primary": "False"}]
        for at, item in enumerate(self.given_licenses(person, stale)):
            state = {"license_number": self.typed(person, item), "state": item.state}
            primary = "True" if at == 0 else "False"
            found.append({"code": ACUPUNCTURIST, "description": "Acupuncturist", "primary": primary} | state)
        return found or [{"code": ACUPUNCTURIST, "description": "Acupuncturist", "primary": "True"}]

    def taxonomy(self, code: str, name: str, number: str, person: Person, primary: bool) -> Fields:
        state = person.clinics[0].address.area.state
        return {"code": code, "description": name, "license_number": number, "primary": str(primary), "state": state}

    def given_licenses(self, person: Person, stale: bool) -> list[License]:
        """Which licenses the row names: an old row an old one, others only sometimes, one in eight none."""
        rng, items = self.rng, person.licenses
        if not items or rng.random() < self.shares.license_not_given:
            return []
        first = items[-1] if stale and rng.random() < 0.6 else items[0]
        others = [item for item in items if item is not first and rng.random() < self.shares.other_licenses_given]
        return [first, *others]

    def typed(self, person: Person, item: License) -> str:
        number = typed(self.rng, item)
        if self.rng.random() < self.shares.license_mistyped:
            person.labels |= BIT["typo_number"]
            return mistyped(self.rng, number)
        return number
