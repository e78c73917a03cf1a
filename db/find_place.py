"""The place of a search: what was written in the field for it, or read out of the box.

Comes in: the text as typed and the radius as typed. Goes out: `PlaceAsked`: the place and the miles, or a sentence why
the place is not understood, with towns that are spelled nearly so. A place that is not understood finds nobody: the
whole country in answer to a mistyped town would pass for its neighborhood.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from db.places import Place, find_place, town_centers, town_key, town_parts
from db.understand import understand
from db.vocabulary import Vocabulary

DEFAULT_MILES = 25.0
MOST_MILES = 500.0
MOST_MEANT = 3
# `seatle` and Seattle agree in 0.92 of their letters, `portlnd` and Portland in 0.93 (2026-11-24).
CLOSE = 0.8


@dataclass(frozen=True)
class PlaceAsked:
    """`trouble` says why a place is not understood, `meant` are towns it may be; `note` speaks of the miles."""

    place: Place | None = None
    miles: float = 0.0
    trouble: str = ""
    meant: tuple[str, ...] = ()
    note: str = ""


def read_place(text: str, miles: str, vocabulary: Vocabulary) -> PlaceAsked:
    """What a place as typed is; nothing at all for an empty text."""
    text = text.strip()
    if not text:
        return PlaceAsked()
    place = find_place(text) or town_alone(text, vocabulary)
    radius, note = read_miles(miles)
    if place:
        return PlaceAsked(place, radius, note=note)
    said = f"The place “{text[:80]}” was not understood, so nobody is shown."
    trouble = f"{said} Write a ZIP, or a city and state: “Seattle, WA”."
    return PlaceAsked(trouble=trouble, meant=towns_like(text, vocabulary))


def town_alone(text: str, vocabulary: Vocabulary) -> Place | None:
    """A town without its state: the one where most people here practice."""
    read = understand(f"in {text}", vocabulary, lambda name: None, lambda words: 0)
    return find_place(read.near) if read.near and not read.words else None


def towns_like(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Towns spelled nearly so: in the state that was written, else where most people here practice."""
    for city, state in town_parts(text):
        inside = {town: {state: 1} for town, code in town_centers() if code == state}
        return close_towns(city, inside)
    return close_towns(text, vocabulary.towns)


def close_towns(city: str, towns: dict[str, dict[str, int]]) -> tuple[str, ...]:
    found = difflib.get_close_matches(town_key(city), towns, MOST_MEANT, CLOSE)
    states = (max(towns[town], key=lambda state: (towns[town][state], state)) for town in found)
    return tuple(f"{town.title()}, {state}" for town, state in zip(found, states, strict=True))


def read_miles(text: str) -> tuple[float, str]:
    """The radius, and a sentence where what was typed is none."""
    if not text.strip():
        return DEFAULT_MILES, ""
    try:
        miles = float(text)
    except ValueError:
        miles = -1.0
    if 0 < miles <= MOST_MILES:
        return miles, ""
    said = f"“{text.strip()[:20]}” miles cannot be searched; {DEFAULT_MILES:g} miles were used."
    return DEFAULT_MILES, f"{said} The most is {MOST_MILES:g}."
