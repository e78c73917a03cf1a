"""Fields: what linking compares, one row a record and one row for every way its name can be read.

In: normalized persons, as a stream. Out: two Arrow tables. Everything is folded here, once, so that the pairs can be
compared by plain equality inside a database engine; many-valued fields are lists, so that two records of one person
can be laid together into one row of the same shape.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Any

import pyarrow as pa

from pipeline.dates_and_links import website_key
from pipeline.facts import LIVE, Person
from pipeline.link.readings import middle_of, readings
from pipeline.names import PersonName, generation_class
from pipeline.places import Place, city_key, street_key
from pipeline.zip_centers import city_center, zip_center

# compared by equality alone, so a number stands for each value
CODED = (
    "once", "entries", "site_pages", "npis", "sexes", "generations", "kinds", "numbered_states", "live_boards",
    "boards", "phones", "streets", "zips", "cities", "areas", "states", "websites", "middles", "middle_names",
)  # fmt: skip
LISTS = (*CODED, "licenses")
RECORD_SCHEMA = pa.schema(
    [("rec", pa.int32()), ("record_id", pa.string()), ("source", pa.string()), ("disciplined", pa.bool_())]
    + [(name, pa.list_(pa.int32())) for name in CODED]
    + [("licenses", pa.list_(pa.string()))]
)
NAME_SCHEMA = pa.schema(
    [("rec", pa.int32()), ("reading", pa.int8()), ("former", pa.bool_())]
    + [(name, pa.string()) for name in ("given", "family", "initial", "name_key", "all_words", "letters")]
    + [("east_asian", pa.bool_()), ("english", pa.bool_()), ("romanized", pa.bool_())]
    + [(name, pa.list_(pa.string())) for name in ("given_words", "short_forms", "family_words")]
)
CHUNK = 20_000


@dataclass
class Fields:
    """The two tables; `rec` numbers the records from 0 in the order they came."""

    records: pa.Table
    names: pa.Table


class Codes(dict[str, int]):
    """A number for each text, given at first sight."""

    def __missing__(self, text: str) -> int:
        self[text] = len(self)
        return self[text]

    def of(self, texts: Iterable[str]) -> list[int]:
        """The numbers of the texts that are not empty, each once."""
        found = [self[text] for text in texts if text]
        return found if len(found) < 2 else list(dict.fromkeys(found))


def fields_of(people: Iterable[Person], once_only: frozenset[str]) -> Fields:
    """Read a stream of persons into tables; memory holds the tables and one chunk of persons."""
    records, names, codes = [RECORD_SCHEMA.empty_table()], [NAME_SCHEMA.empty_table()], Codes()
    numbered = enumerate(people)
    with no_collecting():
        while chunk := list(islice(numbered, CHUNK)):
            rows = [record_row(number, person, once_only, codes) for number, person in chunk]
            records.append(table(rows, RECORD_SCHEMA))
            names.append(table([row for number, person in chunk for row in name_rows(number, person)], NAME_SCHEMA))
    return Fields(pa.concat_tables(records), pa.concat_tables(names))


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


def table(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    """Rows as an Arrow table."""
    if not rows:
        return schema.empty_table()
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def record_row(number: int, person: Person, once_only: frozenset[str], codes: Codes) -> tuple[Any, ...]:
    """The columns of RECORD_SCHEMA."""
    texts = (*once_texts(person, once_only), *number_texts(person), *board_texts(person))
    coded = [codes.of(values) for values in (*texts, *place_texts(person), *middle_texts(person))]
    disciplined = any(item.disciplined for item in person.licenses)
    keys = sorted({item.key for item in person.licenses if item.key})
    return (number, person.record_id, person.source, disciplined, *coded, keys)


Texts = Iterable[str]


def once_texts(person: Person, once_only: frozenset[str]) -> tuple[Texts, Texts, Texts]:
    """once, entries, site_pages.

    `once`: the list this record is a person's only entry of; `entries`: that list, which may also hold a page of the
    same person without a key; `site_pages`: the web site it stands on, which shows a person under one name.
    """
    if person.source in once_only:
        return ([f"{person.source}?" if person.keyless else person.source], [person.source], [])
    site = site_key(person.website)
    return ([], [], [f"{person.source} {site}"] if site else [])


def number_texts(person: Person) -> tuple[Texts, ...]:
    """npis, sexes, generations, kinds, numbered_states."""
    sex = person.sex if person.sex in ("F", "M") else ""
    numbered = (item.state for item in person.licenses if item.key)
    return ([person.npi], [sex], [generation_class(person.name.suffix)], [person.kind], numbered)


def board_texts(person: Person) -> tuple[Texts, ...]:
    """live_boards, boards: the board that lists the person, and whether with a license that is live."""
    primary = [item for item in person.licenses if item.primary]
    if not primary:
        return ([], [])
    live = any(item.status in LIVE for item in primary)
    return ([person.source] if live else [], [person.source])


def place_texts(person: Person) -> tuple[Texts, ...]:
    """phones, streets, zips, cities, areas, states, websites."""
    places = person.places
    return (
        [person.phone],
        [street_of(place) for place in places],
        [place.zip for place in places],
        [f"{place.state} {city_of(place.city)}" for place in places if place.city],
        [area for place in places for area in areas_of(place.zip, place.state, place.city)],
        sorted(person.states),
        [site_key(person.website)],
    )


def middle_texts(person: Person) -> tuple[Texts, Texts]:
    """middles (first letters), middle_names."""
    middles = [middle_of(name) for name in (person.name, *person.other_names)]
    return ([middle[:1] for middle in middles], [middle for middle in middles if len(middle) > 1])


def name_rows(number: int, person: Person) -> Iterator[tuple[Any, ...]]:
    """The columns of NAME_SCHEMA, one row for each reading of each name."""
    for at, name in enumerate((person.name, *person.other_names)):
        for position, reading in enumerate(read_name(name)):
            yield (number, position, at > 0, *reading)


@lru_cache(maxsize=200_000)
def read_name(name: PersonName) -> tuple[tuple[object, ...], ...]:
    """The columns of each reading."""
    return tuple(reading.columns() for reading in readings(name))


@cache
def site_key(website: str) -> str:
    return website_key(website) if website else ""


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
