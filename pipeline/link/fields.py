"""Fields: what linking compares, one row a record and one row for every way its name can be read.

In: normalized persons, as a stream. Out: two Arrow tables. Everything is folded here, once, so that the pairs can be
compared by plain equality inside a database engine; many-valued fields are lists, so that two records of one person
can be laid together into one row of the same shape.
"""

from __future__ import annotations

import gc
import math
from array import array
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa

from pipeline.facts import LIVE, Person
from pipeline.link.distinct import Codes, Distinct, Lists, Row
from pipeline.link.readings import columns_of, middle_of, readings
from pipeline.names import PersonName, generation_class
from pipeline.places import Place, city_key, street_key
from pipeline.zip_centers import city_center, zip_center

# compared by equality alone, so a number stands for each value
STANDING = ("once", "entries", "sexes", "generations", "kinds", "states", "numbered_states", "live_boards", "boards")
PLACES = ("streets", "zips", "cities", "areas")
SITES = ("websites", "site_pages")
MIDDLES = ("middles", "middle_names")
CODED = (*STANDING, *PLACES, *SITES, *MIDDLES, "npis", "phones")
LISTS = (*CODED, "licenses")
NAME_SCHEMA = pa.schema(
    [("reading", pa.int8())]
    + [(name, pa.string()) for name in ("given", "family", "initial", "name_key", "all_words", "letters")]
    + [("east_asian", pa.bool_()), ("english", pa.bool_()), ("romanized", pa.bool_())]
    + [(name, pa.list_(pa.string())) for name in ("given_words", "short_forms", "family_words")]
)


@dataclass
class Fields:
    """The two tables; `rec` numbers the records from 0 in the order they came."""

    records: pa.Table
    names: pa.Table


def fields_of(people: Iterable[Person], once_only: frozenset[str]) -> Fields:
    """Read a stream of persons into tables; memory holds what is distinct in them."""
    records, names = Records(once_only), Names()
    with no_collecting():
        for number, person in enumerate(people):
            records.add(person)
            names.add(number, person)
        return Fields(records.table(), names.table())


@contextmanager
def no_collecting() -> Iterator[None]:
    """No search for cycles meanwhile: there are none, and it took over half of the time (2026-11-22)."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def coded(*columns: str) -> pa.Schema:
    return pa.schema([(name, pa.list_(pa.int32())) for name in columns])


class Records:
    """The table of records: rec, record_id, source, disciplined and LISTS."""

    def __init__(self, once_only: frozenset[str]) -> None:
        self.once_only = once_only
        self.codes = Codes()
        self.ids: list[str] = []
        self.sources: list[str] = []
        self.standing = Distinct(coded(*STANDING).append(pa.field("disciplined", pa.bool_())), self.standing_rows)
        self.places = Distinct(coded(*PLACES), self.place_rows)
        self.sites = Distinct(coded(*SITES), self.site_rows)
        self.middles = Distinct(coded(*MIDDLES), self.middle_rows)
        self.npis, self.phones, self.licenses = Lists(), Lists(), Lists()

    def add(self, person: Person) -> None:
        self.ids.append(person.record_id)
        self.sources.append(person.source)
        self.standing.add(standing_key(person), person)
        self.places.add(person.places, person.places)
        site = (person.website, "" if person.source in self.once_only else person.source)
        self.sites.add(site, site)
        names = (person.name, *person.other_names)
        self.middles.add(tuple(spelled(name) for name in names if name.middle), names)
        self.npis.add([self.codes[person.npi]] if person.npi else ())
        self.phones.add([self.codes[person.phone]] if person.phone else ())
        self.licenses.add(sorted({item.key for item in person.licenses if item.key}) if person.licenses else ())

    def table(self) -> pa.Table:
        columns = {
            "rec": pa.array(range(len(self.ids)), pa.int32()),
            "record_id": pa.array(self.ids, pa.string()),
            "source": pa.array(self.sources, pa.string()),
            "npis": self.npis.column(pa.int32()),
            "phones": self.phones.column(pa.int32()),
            "licenses": self.licenses.column(pa.string()),
        }
        for whole in (group.whole() for group in (self.standing, self.places, self.sites, self.middles)):
            columns |= dict(zip(whole.column_names, whole.columns, strict=True))
        return pa.table(columns)

    def standing_rows(self, person: Person) -> Iterator[Row]:
        """The columns of STANDING, and whether a board's word speaks of discipline."""
        texts = (*self.lists_of(person), *whose(person), *boards_of(person))
        yield (*map(self.codes.of, texts), any(item.disciplined for item in person.licenses))

    def lists_of(self, person: Person) -> tuple[list[str], list[str]]:
        """once, entries: the list this record is a person's only entry of; the list it stands on.

        The latter may also hold a page of the same person without a key.
        """
        if person.source not in self.once_only:
            return ([], [])
        return ([f"{person.source}?" if person.keyless else person.source], [person.source])

    def place_rows(self, places: tuple[Place, ...]) -> Iterator[Row]:
        yield (
            self.codes.of(street_of(place) for place in places),
            self.codes.of(place.zip for place in places),
            self.codes.of(f"{place.state} {city_of(place.city)}" for place in places if place.city),
            self.codes.of(area for place in places for area in areas_of(place.zip, place.state, place.city)),
        )

    def site_rows(self, found: tuple[str, str]) -> Iterator[Row]:
        """The web site, and which source shows it: it shows a person under one name."""
        website, source = found
        site = site_key(website)
        yield (self.codes.of([site]), self.codes.of([f"{source} {site}"] if site and source else []))

    def middle_rows(self, names: tuple[PersonName, ...]) -> Iterator[Row]:
        """First letters of middle names, and whole ones."""
        middles = [middle_of(name) for name in names]
        yield (
            self.codes.of(middle[:1] for middle in middles),
            self.codes.of(middle for middle in middles if len(middle) > 1),
        )


class Names:
    """The table of names: rec, former, and the columns of NAME_SCHEMA, a row for each reading of each name."""

    def __init__(self) -> None:
        self.recs = array("i")
        self.former: list[bool] = []
        self.read = Distinct(NAME_SCHEMA, name_rows)

    def add(self, number: int, person: Person) -> None:
        self.add_name(number, person.name, False)
        for name in person.other_names:
            self.add_name(number, name, True)

    def add_name(self, number: int, name: PersonName, former: bool) -> None:
        for _ in range(self.read.add(spelled(name), name)):
            self.recs.append(number)
            self.former.append(former)

    def table(self) -> pa.Table:
        found = self.read.whole()
        found = found.add_column(0, "former", pa.array(self.former, pa.bool_()))
        return found.add_column(0, "rec", pa.array(self.recs, pa.int32()))


def spelled(name: PersonName) -> Hashable:
    """Everything that readings look at; the printed name only where it may hold a company's words in Han or Hangul."""
    printed = "" if name.printed.isascii() else name.printed
    return (name.given, name.middle, name.family, name.in_parts, name.credentials, printed)


def name_rows(name: PersonName) -> Iterator[Row]:
    """The columns of NAME_SCHEMA for each reading."""
    for position, reading in enumerate(readings(name)):
        yield (position, *columns_of(reading))


def standing_key(person: Person) -> Hashable:
    """Everything that the columns of STANDING are made from."""
    licenses = [(item.state, bool(item.key), item.primary, item.status, item.disciplined) for item in person.licenses]
    return (
        person.source, person.keyless, person.sex, person.name.suffix, person.kind, person.states, tuple(licenses),
    )  # fmt: skip


def whose(person: Person) -> tuple[list[str], ...]:
    """sexes, generations, kinds, states, numbered_states."""
    sex = person.sex if person.sex in ("F", "M") else ""
    numbered = [item.state for item in person.licenses if item.key]
    return ([sex], [generation_class(person.name.suffix)], [person.kind], sorted(person.states), numbered)


def boards_of(person: Person) -> tuple[list[str], list[str]]:
    """live_boards, boards: the board that lists the person, and whether with a license that is live."""
    primary = [item for item in person.licenses if item.primary]
    if not primary:
        return ([], [])
    live = any(item.status in LIVE for item in primary)
    return ([person.source] if live else [], [person.source])


def site_key(website: str) -> str:
    """An address, which normalizing has made whole, without what differs from print to print: http, www, a last /."""
    address, _, query = website.partition("://")[2].partition("#")[0].partition("?")
    return f"{address.removeprefix('www.').rstrip('/')}?{query}".rstrip("?")


def street_of(place: Place) -> str:
    """House number, street word and city; "" where the place prints no house number."""
    key = street_key(place.street) if place.street else ""
    return f"{key} {city_of(place.city)}" if key else ""


@lru_cache(maxsize=100_000)
def areas_of(code: str, state: str, city: str) -> tuple[str, ...]:
    """Squares of half a degree that hold the place, in four grids a quarter apart: places near share one."""
    position = zip_center(code) or city_center(state, city_of(city))
    if position is None:
        return ()
    north, east = (math.floor(degrees * 4) for degrees in position)
    return tuple(f"{n} {e} {(north + n) // 2} {(east + e) // 2}" for n in (0, 1) for e in (0, 1))


@lru_cache(maxsize=100_000)
def city_of(city: str) -> str:
    return city_key(city)
