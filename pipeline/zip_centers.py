"""Centers of US ZIP codes and of cities, read once from the package zipcodes, which needs no network.

In: a five-digit ZIP code, or a state and a city key. Out: degrees north and east (WGS 84).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from statistics import median
from typing import Any, cast

import zipcodes

from pipeline.name_text import fold

Position = tuple[float, float]
_LONGER = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}


def zip_center(code: str) -> Position | None:
    """(latitude, longitude) of the ZIP code's center, or None where it is not known."""
    return _centers().get(code)


def city_center(state: str, city_key: str) -> Position | None:
    """The middle of the centers of the city's ZIP codes, or None where the state has no such city."""
    positions = _cities().get((state, city_key))
    if not positions:
        return None
    return median(north for north, _ in positions), median(east for _, east in positions)


def zip_county(code: str) -> str:
    """The county a ZIP code lies in, without the word itself: `King`, `Orleans Parish`; "" where it is not known."""
    return _counties().get(code, "").removesuffix(" County")


def is_city(state: str, city_key: str) -> bool:
    return (state, city_key) in _cities()


def city_key(city: str) -> str:
    """The city for comparison: `Kailua-Kona` and `KAILUA KONA`, `St. Paul` and `Saint Paul`, `Ft Worth`
    agree.
    """
    return "".join(_LONGER.get(word, word) for word in fold(city).split())


def _every_row() -> list[dict[str, Any]]:
    return cast(Callable[[], list[dict[str, Any]]], zipcodes.list_all)()


@cache
def _rows() -> list[dict[str, Any]]:
    rows = _every_row()
    # 872 rows lie at 0, 0 (zipcodes 3.0.0, 2026-11-22): one of them moved Los Angeles by 72 miles.
    return [row for row in rows if row["zip_code_type"] != "MILITARY" and any(_position(row))]


def _position(row: dict[str, Any]) -> Position:
    return float(row["lat"] or 0), float(row["long"] or 0)


@cache
def _centers() -> dict[str, Position]:
    return {row["zip_code"]: _position(row) for row in _rows()}


@cache
def _counties() -> dict[str, str]:
    return {row["zip_code"]: row["county"] or "" for row in _every_row()}


@cache
def _cities() -> dict[tuple[str, str], list[Position]]:
    cities: dict[tuple[str, str], list[Position]] = defaultdict(list)
    for row in _rows():
        for name in {row["city"], *row["acceptable_cities"]}:
            cities[row["state"], city_key(name)].append(_position(row))
    return dict(cities)
