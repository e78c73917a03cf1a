"""Where a ZIP or a town lies, without a network.

Comes in: text such as "98101" or "Seattle, WA". Goes out: a `Place` with the center of the ZIP, or
the middle of the town's ZIP centers, in degrees; None when the text is neither.
Source: package `zipcodes` (public US Postal Service and Census data).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from statistics import median
from typing import Any

from db.keys import name_words
from db.us_states import state_code

EARTH_MILES = 3958.8
MILES_PER_DEGREE = 69.0
SHORT_WORDS = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
_ZIP = re.compile(r"(?P<town>[^\d]*?)(?:\bzip(?:[ -]?code)?\b[:\s]*)?(?P<zip>\d{5})(?:-\d{4})?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """A point that stands for a ZIP or a town; `label` says which."""

    label: str
    latitude: float
    longitude: float


def find_place(text: str) -> Place | None:
    """Return the place meant by a ZIP or `City, ST`; None when it is not understood."""
    town, zip_code = split_zip(text)
    if point := zip_centers().get(zip_code):
        return Place(f"ZIP {zip_code}", *point)
    return next((middle_of(city, state) for city, state in town_parts(town) if is_town(city, state)), None)


def split_zip(text: str) -> tuple[str, str]:
    """What stands before a ZIP, and the ZIP: `Seattle, WA 98101-1234`, `ZIP code 98101`; "" where there is none."""
    found = _ZIP.fullmatch(text)
    return (found["town"].strip(" ,"), found["zip"]) if found else (text.strip(), "")


def town_parts(text: str) -> Iterator[tuple[str, str]]:
    """A town and the code of its state, however long the name of the state is: `Albany New York`, `Portland, or`."""
    words = text.replace(",", " ").split()
    for length in (3, 2, 1):
        state = state_code(" ".join(words[-length:])) if len(words) > length else ""
        if state:
            yield " ".join(words[:-length]), state


def is_town(city: str, state: str) -> bool:
    return (town_key(city), state) in town_centers()


def middle_of(city: str, state: str) -> Place:
    middle = [median(values) for values in zip(*town_centers()[town_key(city), state], strict=True)]
    return Place(f"{city.title() if city.islower() else city}, {state}", middle[0], middle[1])


def town_key(city: str) -> str:
    """Return a town's name folded and without abbreviations: `St. Louis` is `saint louis`."""
    return " ".join(SHORT_WORDS.get(word, word) for word in name_words(city))


@cache
def zip_rows() -> list[dict[str, Any]]:
    import zipcodes  # its 43,000 rows take a third of a second, which only a search by place needs

    # 872 rows lie at 0, 0 (zipcodes 3.0.0, 2026-11-22): one of them moved Los Angeles by 72 miles.
    return [row for row in zipcodes.list_all() if float(row["lat"] or 0) and float(row["long"] or 0)]


@cache
def zip_centers() -> dict[str, tuple[float, float]]:
    return {row["zip_code"]: (float(row["lat"]), float(row["long"])) for row in zip_rows()}


@cache
def zip_towns() -> dict[str, tuple[str, str]]:
    """ZIP -> the key of its own town, and the state."""
    return {row["zip_code"]: (town_key(row["city"]), row["state"]) for row in zip_rows()}


@cache
def town_centers() -> dict[tuple[str, str], list[tuple[float, float]]]:
    """Town and state -> its ZIP centers; quarters that the Postal Service takes for a town (Hollywood) count too."""
    towns: dict[tuple[str, str], list[tuple[float, float]]] = {}
    quarters: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in zip_rows():
        point = (float(row["lat"]), float(row["long"]))
        towns.setdefault((town_key(row["city"]), row["state"]), []).append(point)
        for name in row["acceptable_cities"]:
            quarters.setdefault((town_key(name), row["state"]), []).append(point)
    return quarters | towns


def miles_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the great-circle distance in miles (haversine)."""
    rise, run = radians(other_latitude - latitude) / 2, radians(other_longitude - longitude) / 2
    angle = sin(rise) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(run) ** 2
    return 2 * EARTH_MILES * asin(sqrt(min(1.0, angle)))


def box(place: Place, miles: float) -> tuple[float, float, float, float]:
    """Return south, north, west, east of a box that holds the circle; an index finds it fast."""
    up = miles / MILES_PER_DEGREE
    aside = up / max(0.05, cos(radians(min(89.0, abs(place.latitude) + up))))
    return place.latitude - up, place.latitude + up, place.longitude - aside, place.longitude + aside
