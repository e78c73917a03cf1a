"""Which column of a roster is what, whatever it is called.

Comes in: the first rows of a file, and what the user says by `--column`. Goes out: where the headings stand, the
`Columns` used, and sentences that say so. The words are pipeline/rules/roster_columns.csv, which is published as table
roster_columns; it is read from where it is installed because a roster is opened before any database is.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from db.keys import name_words
from db.roster_grid import Cells, RosterError
from db.roster_guess import guessed_columns

RULES = Path(__file__).parents[1] / "pipeline" / "rules" / "roster_columns.csv"
OURS = tuple("name given_name middle_name family_name suffix state license license_state npi".split())
ASKABLE = frozenset(("name", "given_name", "family_name", "license", "npi"))
SHOWN_HEADINGS = 40
COLUMN_NUMBER = re.compile(r"\s*column\s+([0-9]{1,5})\s*", re.IGNORECASE)
_ASIDE = re.compile(r"\([^)]*\)|\[[^]]*\]")


@dataclass(frozen=True)
class Columns:
    """Our words with the places of their columns, and sentences for stderr."""

    places: Mapping[str, int]
    notes: tuple[str, ...] = ()

    @property
    def can_ask(self) -> bool:
        return bool(ASKABLE & set(self.places))

    def values(self, cells: Cells) -> dict[str, str]:
        return {ours: cells[place] if place < len(cells) else "" for ours, place in self.places.items()}


@cache
def heading_rows() -> tuple[tuple[str, str], ...]:
    """Our word and the heading, in the order of the rules: an earlier one is the better one."""
    with RULES.open(encoding="utf-8", newline="") as lines:
        return tuple((row["ours"], row["heading"]) for row in csv.DictReader(lines))


@cache
def known_headings() -> dict[str, tuple[str, int]]:
    """Our word and its rank by the folded heading."""
    rows = [(folded(heading), ours) for ours, heading in heading_rows() if ours in OURS]
    return {key: (ours, rank) for rank, (key, ours) in reversed(list(enumerate(rows)))}


@cache
def words_for(ours: str) -> frozenset[str]:
    """Folded words of a row that is no heading: `whose` stands before one, `nothing` fills a cell and says nothing."""
    return frozenset(folded(heading) for kind, heading in heading_rows() if kind == ours)


def folded(heading: str) -> str:
    """`Last_Name`, `LastName` and `LAST NAME*` are one; `#` is a number."""
    return " ".join(name_words(heading.replace("#", " number "))).replace(" ", "")


def ours_of(heading: str) -> tuple[str, int] | None:
    """Our word for a heading and its rank: as it stands, without brackets or a 1 at its end, without whose it is."""
    for text in (heading, _ASIDE.sub(" ", heading)):
        key = folded(text)
        plain = (key.removeprefix(word) for word in sorted(words_for("whose"), key=len, reverse=True))
        for candidate in (key, *plain):
            if found := known_headings().get(candidate) or known_headings().get(candidate.removesuffix("1")):
                return found
    return None


def find_header(rows: Sequence[Cells], given: Mapping[str, str]) -> int:
    """The number of the row of headings, 0 when there is none: the first that names a column one can ask by."""
    wanted = {folded(heading) for heading in given.values()}
    for number, cells in enumerate(rows, start=1):
        known = [found[0] for found in map(ours_of, cells) if found]
        named = bool(wanted) and wanted <= {folded(cell) for cell in cells}
        if named or (ASKABLE & set(known) and (number == 1 or len(set(known)) >= 2 or filled_cells(cells) == 1)):
            return number
    by_number = bool(given) and all(map(COLUMN_NUMBER.fullmatch, given.values()))
    return 0 if by_number or guessed_columns(rows) else first_filled(rows)


def filled_cells(cells: Cells) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def first_filled(rows: Sequence[Cells]) -> int:
    return next((number for number, cells in enumerate(rows, start=1) if filled_cells(cells)), 1)


def read_columns(header: Cells, below: Sequence[Cells], given: Mapping[str, str], has_header: bool) -> Columns:
    """Places by the user's word first, then by heading, or by what the cells hold where there are no headings."""
    told = {ours: told_place(ours, heading, header) for ours, heading in given.items()}
    if has_header:
        found, notes = by_heading(header, told)
    else:
        found, notes = guessed_columns(below), []
    places = told | {ours: place for ours, place in found.items() if ours not in told and place not in told.values()}
    ordered = {ours: places[ours] for ours in OURS if ours in places}
    said = "; ".join(f"{ours} from “{shown(header[place])}”" for ours, place in ordered.items())
    how = "" if has_header else " (by what the first rows hold)"
    return Columns(ordered, (f"Columns used{how}: {said or 'none'}.", *notes))


def told_place(ours: str, heading: str, header: Cells) -> int:
    """The column that the user named: the very heading, else the same but for case and signs, else `column 7`."""
    if ours not in OURS:
        raise RosterError(f"--column {ours}={heading}: '{ours}' is none of {', '.join(OURS)}.")
    for same in (str.strip, folded):
        places = [place for place, cell in enumerate(header) if same(cell) == same(heading)]
        if len(places) > 1:
            numbers = ", ".join(f"column {place + 1}" for place in places)
            raise RosterError(f"--column {ours}={heading}: that heading stands {len(places)} times ({numbers}).")
        if places:
            return places[0]
    number = COLUMN_NUMBER.fullmatch(heading)
    if number and 1 <= int(number[1]) <= len(header):
        return int(number[1]) - 1
    raise RosterError(f"--column {ours}={heading}: no such heading. The headings are {listed(header)}.")


def by_heading(header: Cells, told: Mapping[str, int]) -> tuple[dict[str, int], list[str]]:
    """The best-ranked column for each of our words, the leftmost of equals; another one is said."""
    known = [(named, place) for place, cell in enumerate(header) if (named := ours_of(cell))]
    found: dict[str, int] = {}
    unused: list[str] = []
    for (ours, _), place in sorted(known, key=lambda one: (one[0][1], one[1])):
        if place in told.values():
            continue
        if found.setdefault(ours, place) != place or ours in told:
            unused.append(f"“{shown(header[place])}” (column {place + 1}) is not used; --column {ours}=... chooses it.")
    return found, unused


def no_columns(path: Path, header: Cells, has_header: bool) -> str:
    found = f"The headings found are {listed(header)}." if has_header else "It has no row of headings."
    return (
        f"{path.name}: no column with names, license numbers or NPIs was recognized. {found}"
        ' Say which one it is: --column name="Their heading", or --column name="column 1" where there are no headings.'
    )


def listed(header: Cells) -> str:
    more = f" and {len(header) - SHOWN_HEADINGS} more" if len(header) > SHOWN_HEADINGS else ""
    return ", ".join(f"“{shown(cell)}”" for cell in header[:SHOWN_HEADINGS]) + more


def shown(text: str) -> str:
    """A heading on one line of a terminal."""
    plain = "".join(c if c.isprintable() else " " for c in text).strip()
    return plain if len(plain) <= 60 else f"{plain[:57]}..."
