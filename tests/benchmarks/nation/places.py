"""Where people practice and live: real ZIP codes, cities and states, invented streets and telephones.

In: an origin and a state. Out: `Address`. How thickly a ZIP code is settled comes from tables of cities and of the
quarters where people of one origin practice; the rest of a state is settled unevenly by a fixed draw. Telephone
numbers have the exchange 555 and are given out once each, as long as an area code has any.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from random import Random
from typing import NamedTuple

import phonenumbers
import zipcodes

from tests.benchmarks.nation.draws import Draw, table, words

REST = 0.30  # of the practices of a state's listed cities, how many more lie elsewhere in it
SUITES = ("Suite", "Ste", "Unit", "#", "Ste.", "Rm")
NUMBERS_AN_AREA = 10_000


class Area(NamedTuple):
    """A ZIP code."""

    zip: str
    city: str
    state: str
    county: str
    codes: tuple[str, ...]


class Address(NamedTuple):
    street: str
    suite: str
    area: Area

    @property
    def line(self) -> str:
        return f"{self.street} {self.suite}".strip()


@cache
def areas() -> dict[str, Area]:
    """ZIP codes where people can practice."""
    return {row["zip_code"]: area_of(row) for row in zipcodes.list_all() if is_settled(row)}


def is_settled(row: dict[str, object]) -> bool:
    return bool(row["zip_code_type"] == "STANDARD" and row["active"] and row["country"] == "US" and row["area_codes"])


def area_of(row: dict[str, object]) -> Area:
    codes = tuple(code for code in row["area_codes"] if is_american(code))  # type: ignore[attr-defined]
    county = str(row["county"]).replace(" County", "")
    return Area(str(row["zip_code"]), str(row["city"]), str(row["state"]), county, codes or ("202",))


@cache
def is_american(code: str) -> bool:
    number = phonenumbers.parse(f"+1{code}5550123")
    return phonenumbers.is_valid_number(number) and phonenumbers.region_code_for_number(number) == "US"


@cache
def areas_of_cities() -> dict[tuple[str, str], list[Area]]:
    found: dict[tuple[str, str], list[Area]] = defaultdict(list)
    for area in areas().values():
        found[area.state, area.city].append(area)
    return found


@cache
def states_of(origin: str) -> Draw[str]:
    return Draw((row["state"], float(row["share"])) for row in table("states") if row["origin"] == origin)


@cache
def areas_in(origin: str, state: str) -> Draw[Area]:
    """The ZIP codes of a state, as thickly settled by practitioners of this origin."""
    found: list[tuple[Area, float]] = []
    for row in table("cities"):
        if row["state"] == state:
            found += unevenly(areas_of_cities()[state, row["city"]], float(row["share"]))
    total = sum(weight for _, weight in found) or 1.0
    for row in table("quarters"):
        if (row["origin"], row["state"]) == (origin, state):
            found += unevenly([areas()[code] for code in row["zips"].split()], float(row["share"]) * 4)
    rest, weights = rest_of(state)
    scale = REST * total / sum(weights)
    return Draw(found + [(area, weight * scale) for area, weight in zip(rest, weights, strict=True)])


@cache
def rest_of(state: str) -> tuple[list[Area], list[float]]:
    """All ZIP codes of a state, with weights of a fixed draw."""
    rng = Random(state)
    found = [area for area in areas().values() if area.state == state]
    return found, [rng.lognormvariate(0, 1.4) for _ in found]


def unevenly(many: list[Area], share: float) -> list[tuple[Area, float]]:
    """A city's share over its ZIP codes, the first of a fixed shuffle getting most."""
    shuffled = sorted(many)
    Random(shuffled[0].zip).shuffle(shuffled)
    ranks = [(at + 1) ** -0.8 for at in range(len(shuffled))]
    return [(area, share * rank / sum(ranks)) for area, rank in zip(shuffled, ranks, strict=True)]


def street(rng: Random, kind: str) -> str:
    """House number and street."""
    number = 1 + int(10 ** (1.6 + 2.4 * rng.random()))
    name = words("street").pick(rng)
    if name in ("Broadway", "El Camino Real"):
        return f"{number} {name}"
    side = rng.random()
    direction = "NESW"[int(side * 20)] + " " if side < 0.2 else ""
    return f"{number} {direction}{name} {words(kind).pick(rng)}"


def office(rng: Random, area: Area) -> Address:
    return Address(street(rng, "street_kind"), suite(rng) if rng.random() < 0.62 else "", area)


def suite(rng: Random) -> str:
    word = SUITES[int(rng.random() * 4)]
    at, door = int(rng.random() * 8), int(rng.random() * 30)
    number = f"{1 + at}{door:02d}" if rng.random() < 0.7 else "ABCDEFGH"[at]
    return f"{word}{number}" if word == "#" else f"{word} {number}"


def home(rng: Random, area: Area) -> Address:
    apartment = f"Apt {1 + int(rng.random() * 400)}" if rng.random() < 0.25 else ""
    return Address(street(rng, "home_kind"), apartment, area)


class Telephones:
    """Gives out numbers: ten digits each."""

    def __init__(self, rng: Random) -> None:
        self.given: Counter[str] = Counter()
        self.start = {code: int(rng.random() * NUMBERS_AN_AREA) for code in sorted(all_codes())}
        self.order = sorted(self.start)
        self.next = 0

    def number(self, rng: Random, area: Area) -> str:
        """A number nobody has yet, of the area's own code where it has any left."""
        codes = area.codes
        code = codes[int(rng.random() * len(codes))]
        while self.given[code] >= NUMBERS_AN_AREA and self.next < len(self.order):
            code = self.order[self.next]
            self.next += self.given[code] >= NUMBERS_AN_AREA
        count = self.given[code]
        self.given[code] += 1
        return f"{code}555{(self.start[code] + count * 7_919) % NUMBERS_AN_AREA:04d}"


@cache
def all_codes() -> frozenset[str]:
    return frozenset(code for area in areas().values() for code in area.codes)
