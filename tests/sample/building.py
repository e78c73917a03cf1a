"""Fills in a person: numbers nobody else has, an office, and a record at each source.

In: a name, a sex and a place. Out: Person values whose every default is drawn from the person's
own seed, so two runs give identical bytes and a new person changes nobody else's text.
Invented on sight: NPIs start with 1999, telephones are 555-01xx, license numbers lie above the
numbers the states have reached, websites are under example.com, .org and .net.
"""

import base64
import hashlib
import random
import re
import unicodedata
from collections import defaultdict
from dataclasses import replace
from typing import Any

from people import (
    ACUPUNCTURIST,
    FULL_LICENSE,
    BoardLicense,
    Listing,
    Office,
    Person,
    Place,
    RegistryEntry,
    Taxonomy,
)
from places import STREETS, UNITS
from words import (
    ABOUT_CLOSINGS,
    ABOUT_OPENINGS,
    ABOUT_STYLES,
    CONDITIONS,
    LANGUAGES,
    REGISTRY_CREDENTIALS,
    SCHOOLS,
)

LICENSE_SHAPES = {
    "WA": "AC69{:06d}",
    "CA": "AC99{:04d}",
    "HI": "ACU-9{:03d}",
    "NJ": "25MZ0099{:02d}00",
    "NY": "99{:04d}",
    "IA": "A-9{:03d}",
    "FL": "AP99{:03d}",
}
LICENSE_STEPS = {"WA": 3571, "CA": 37, "HI": 11, "NJ": 1, "NY": 41, "IA": 13, "FL": 7}


def check_digit(nine_digits: str) -> str:
    """The tenth digit of an NPI: Luhn over "80840" and the first nine digits."""
    total = 0
    for place, digit in enumerate(reversed("80840" + nine_digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def plain_letters(text: str) -> str:
    """The text without accents, as NPPES keeps names."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def slug_of(*parts: str) -> str:
    """Lower-case words joined by "-", e.g. "grace-lim-seattle"."""
    return re.sub(r"[^a-z0-9]+", "-", plain_letters(" ".join(parts)).lower()).strip("-")


def seeded(slug: str, purpose: str) -> random.Random:
    """A generator that depends on the person and the purpose only."""
    return random.Random(f"diplomate sample/{slug}/{purpose}")


def opaque_id(slug: str, length: int) -> str:
    """Letters like the directory's ids, drawn from the person's slug."""
    digest = hashlib.sha256(slug.encode()).digest()
    letters = base64.b64encode(digest).decode().replace("+", "x").replace("/", "y")
    return letters[: length - 1] + "="


class Registrar:
    """Hands out telephone numbers, NPIs and license numbers, none of them twice."""

    def __init__(self) -> None:
        self._phones: dict[str, int] = defaultdict(int)
        self._licenses: dict[str, int] = defaultdict(int)
        self._people = 0

    def phone(self, place: Place) -> str:
        """The next 555-01xx number of the place's area code; raises ValueError after a hundred."""
        count = self._phones[place.area_code]
        if count > 99:
            raise ValueError(f"no 555-01xx number left in area code {place.area_code}")
        self._phones[place.area_code] = count + 1
        return f"{place.area_code}-555-01{count:02d}"

    def npi(self) -> str:
        """The next invented NPI, 1999 and five digits and the check digit."""
        self._people += 1
        nine = f"1999{(10007 + 419 * self._people) % 100000:05d}"
        return nine + check_digit(nine)

    def license_number(self, state: str) -> str:
        """The next license number in the state's own shape."""
        self._licenses[state] += 1
        return LICENSE_SHAPES[state].format(LICENSE_STEPS[state] * self._licenses[state])


def open_office(registrar: Registrar, slug: str, place: Place) -> Office:
    """An invented office in the place, with a telephone number of its own."""
    rng = seeded(slug, "office " + place.city)
    street = f"{rng.randint(102, 9890)} {rng.choice(STREETS)}"
    return Office(street, rng.choice(UNITS), place, registrar.phone(place))


def start(
    registrar: Registrar,
    given: str,
    middle: str,
    family: str,
    sex: str,
    place: Place,
    suffix: str = "",
    office: Office | None = None,
) -> Person:
    """A person with an office and, two times in three, a website; no records yet."""
    slug = slug_of(given, middle, family, suffix, place.city)
    rng = seeded(slug, "website")
    ending = rng.choice(["com", "org", "net"])
    website = f"{slug_of(family)}-{rng.choice(['acupuncture', 'wellness', 'clinic'])}.example.{ending}"
    return Person(
        slug=slug,
        given=given,
        middle=middle,
        family=family,
        suffix=suffix,
        sex=sex,
        office=office or open_office(registrar, slug, place),
        website=website if rng.random() < 0.67 else "",
    )


def mailing_office(person: Person) -> Office:
    """The office, or one time in three a home nearby, which must never be shown."""
    rng = seeded(person.slug, "mailing")
    if rng.random() > 0.33:
        return person.office
    street = f"{rng.randint(102, 9890)} {rng.choice(STREETS)}"
    return replace(person.office, street=street, unit=f"APT {rng.randint(1, 40)}")


def spelled_license(number: str, rng: random.Random) -> str:
    """A license number as people type it into NPPES: as printed, spaced, or digits only."""
    spaced = re.sub(r"^(AC|AP|ACU)(\d)", r"\1 \2", number)
    bare = re.sub(r"^AC(?=\d{8})", "", number)
    return rng.choice([number, number, spaced, bare])


def own_taxonomy(registrar: Registrar, person: Person) -> Taxonomy:
    """The acupuncturist line: the board's number in Washington, a new one elsewhere, none in OK."""
    state: str | None = person.office.place.state
    rng = seeded(person.slug, "license")
    if person.licenses:
        number: str | None = spelled_license(person.licenses[-1].number, rng)
    elif state == "OK" or rng.random() < 0.06:
        state = number = None
    else:
        number = spelled_license(registrar.license_number(str(state)), rng)
    return Taxonomy(*ACUPUNCTURIST, state, number, True)


def in_registry(registrar: Registrar, person: Person, **changes: Any) -> Person:
    """The person with an NPI record; changes override its fields."""
    rng = seeded(person.slug, "registry")
    year = rng.randint(2006, 2022)
    entry = RegistryEntry(
        npi=registrar.npi(),
        given=plain_letters(person.given).upper(),
        middle=plain_letters(person.middle).upper(),
        family=plain_letters(person.family).upper(),
        suffix=person.suffix,
        credential=rng.choice(REGISTRY_CREDENTIALS),
        sex=person.sex,
        office=person.office,
        mailing=mailing_office(person),
        taxonomies=(own_taxonomy(registrar, person),),
        enumerated=f"{year}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        updated=f"{rng.randint(year + 1, 2025)}-12-{rng.randint(1, 28):02d}",
        prefix=rng.choice(["", "", "", "--", "Dr.", "Ms." if person.sex == "F" else "Mr."]),
        sole_proprietor=rng.choice(["YES", "YES", "NO"]),
    )
    return replace(person, registry=replace(entry, **changes))


def about_text(rng: random.Random) -> str:
    """Three invented sentences of the kind practitioners write, or none."""
    if rng.random() < 0.2:
        return ""
    return " ".join(rng.choice(group) for group in (ABOUT_OPENINGS, ABOUT_STYLES, ABOUT_CLOSINGS))


def in_directory(registrar: Registrar, person: Person, **changes: Any) -> Person:
    """The person with a listing in the certifier's directory; changes override its fields."""
    rng = seeded(person.slug, "listing")
    listing = Listing(
        client_id=opaque_id(person.slug, 12),
        badge_id=opaque_id("badge " + person.slug, 24),
        name=" ".join(part for part in (person.given, person.middle, person.family, person.suffix) if part),
        status="Certified Diplomate",
        sex={"F": "Female", "M": "Male"}[person.sex],
        state=person.office.place.state,
        office=person.office if rng.random() < 0.95 else None,
        phone=person.office.phone if rng.random() < 0.8 else "",
        website=person.website,
        designations=rng.choice([("AC",), ("AC",), ("OM",), ("OM",), ("AC", "CH"), ("AC", "OM"), ("ABT", "AC")]),
        about=about_text(rng),
        education=(rng.choice(SCHOOLS), rng.choice(["Master's degree", "Doctoral degree"]) + " program"),
        languages=("English", *rng.sample(LANGUAGES, rng.choice([0, 0, 1, 1, 2]))),
        conditions=tuple(rng.sample(CONDITIONS, rng.randint(0, 6))),
    )
    return replace(person, listing=replace(listing, **changes))


def at_board(registrar: Registrar, person: Person, **changes: Any) -> Person:
    """The person with one more row of the Washington roster; changes override its fields."""
    rng = seeded(person.slug, f"board {len(person.licenses)}")
    birthday = f"{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    row = BoardLicense(
        number=registrar.license_number("WA"),
        family=person.family,
        given=person.given,
        middle=person.middle,
        license_type=FULL_LICENSE,
        status="Active",
        first_issued=f"{rng.randint(1998, 2023)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        last_issued=f"2025-{birthday}",
        expires=f"{rng.randint(2028, 2031)}-{birthday}",
    )
    changed = replace(row, **changes)
    return replace(person, licenses=(*person.licenses, changed))
