"""The ordinary part of the cast: people of names.csv, with nothing odd about them.

In: names.csv (given, middle, family, sex, state, sources such as "board+npi+ncbahm").
Out: Person values. One listing in ten carries credentials stuck to the name, as the real ones do.
"""

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

from building import Registrar, at_board, in_directory, in_registry, open_office, seeded, slug_of, start
from people import OtherName, Person
from places import PLACES
from words import CHOSEN_NAMES, STUCK_CREDENTIALS

NAMES = Path(__file__).with_name("names.csv")


def with_stuck_credentials(person: Person) -> Person:
    """The person, one time in five listed as "Aaron Mills DACM, L.Ac."."""
    rng = seeded(person.slug, "stuck credentials")
    if person.listing is None or rng.random() > 0.18:
        return person
    name = f"{person.listing.name} {rng.choice(STUCK_CREDENTIALS)}"
    return replace(person, listing=replace(person.listing, name=name))


def with_second_office(registrar: Registrar, person: Person) -> Person:
    """The person, one time in six with another practice location in the registry and the directory."""
    rng = seeded(person.slug, "second office")
    if person.registry is None or rng.random() > 0.16:
        return person
    other = rng.choice([p for p in PLACES[person.office.place.state] if p != person.office.place])
    office = open_office(registrar, person.slug, other)
    person = replace(person, registry=replace(person.registry, more_offices=(office,)))
    if person.listing is None:
        return person
    return replace(person, listing=replace(person.listing, second_office=office))


def with_extras(person: Person) -> Person:
    """The person, now and then with a legacy identifier, an electronic address or a chosen name."""
    rng = seeded(person.slug, "extras")
    if person.registry is None:
        return person
    entry = person.registry
    if rng.random() < 0.06:
        entry = replace(entry, identifier=f"ZZ99{rng.randint(1000, 9999)}")
    if rng.random() < 0.04:
        entry = replace(entry, endpoint=f"frontdesk@{slug_of(person.family)}.example.org")
    if rng.random() < 0.05:
        chosen = OtherName(rng.choice(CHOSEN_NAMES[person.sex]), "", entry.family, "", "Other Name", "5")
        entry = replace(entry, other_names=(chosen,))
    return replace(person, registry=entry)


def ordinary_person(registrar: Registrar, row: dict[str, str], position: int) -> Person:
    """One row of names.csv as a person at every source that the row names."""
    places = PLACES[row["state"]]
    place = places[position % len(places)]
    person = start(registrar, row["given"], row["middle"], row["family"], row["sex"], place)
    sources = row["sources"].split("+")
    if "board" in sources:
        person = at_board(registrar, person)
    if "npi" in sources:
        person = in_registry(registrar, person)
    if "ncbahm" in sources:
        person = in_directory(registrar, person)
    return with_second_office(registrar, with_stuck_credentials(with_extras(person)))


def ordinary_people(registrar: Registrar) -> list[Person]:
    """Everybody of names.csv, in file order, spread over the state's cities."""
    with NAMES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    seen: Counter[str] = Counter()
    people = []
    for row in rows:
        people.append(ordinary_person(registrar, row, seen[row["state"]]))
        seen[row["state"]] += 1
    return people
