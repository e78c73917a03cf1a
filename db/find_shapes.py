"""The shapes of a search: what is asked, what is known of a file before anybody asks, what is answered."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from db.facts import Facts
from db.find_counts import Count
from db.places import Place
from db.rows import Row
from db.understand import Understood
from db.vocabulary import Vocabulary, Wanted


@dataclass(frozen=True)
class FindQuery:
    """What a person asked, as typed; `miles` counts only with `near`, `page` starts at 1.

    `q` may hold anything: a name, a condition, a place. `words` is looked for as it stands, nothing is read out of it.
    """

    q: str = ""
    near: str = ""
    miles: str = ""
    certification: str = ""
    license: str = ""
    condition: str = ""
    therapy: str = ""
    language: str = ""
    insurance: str = ""
    state: str = ""
    words: str = ""
    sort: str = ""
    page: int = 1

    def filled(self) -> dict[str, str]:
        """Return the fields that hold something, without the page, in their order."""
        values = {f.name: str(getattr(self, f.name)).strip() for f in fields(self) if f.name != "page"}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class Known:
    """What does not change while a file is served; `oldest` is the oldest reading that a tag rests on."""

    facts: Facts
    vocabulary: Vocabulary
    everybody: list[str]
    counts: dict[str, list[Count]]
    oldest: str = ""


@dataclass(frozen=True)
class Point:
    """A spot of the map: practitioners of one ZIP, whose center it is."""

    latitude: float
    longitude: float
    zip: str
    town: str
    people: int


@dataclass(frozen=True)
class FindResult:
    """One page of `rows` (practitioners, `why` each matched, `miles` where a place was asked for) of `total`.

    `understood` is what was read out of the box; `miles` the radius that was searched at last, `asked_miles` at first.
    `trouble` says why nobody is looked for; `meant` are towns that the place may be.
    """

    query: FindQuery
    rows: list[Row]
    total: int
    pages: int
    place: Place | None
    notes: list[str] = field(default_factory=list)
    counts: dict[str, list[Count]] = field(default_factory=dict)
    understood: Understood = field(default_factory=lambda: Understood(""))
    wanted: tuple[Wanted, ...] = ()
    miles: float = 0.0
    asked_miles: float = 0.0
    points: list[Point] = field(default_factory=list)
    trouble: str = ""
    meant: tuple[str, ...] = ()

    @property
    def widened(self) -> bool:
        return self.miles > self.asked_miles
