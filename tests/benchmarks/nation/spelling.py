"""How a source prints a name: what is dropped, swapped, shortened, misspelled or put in another script habit.

In: a true name and the habits of a source. Out: `Printed`, the parts as they would stand in its columns, and which of
the traps the row carries. Every row errs on its own, as forms filled in years apart do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from tests.benchmarks.nation.draws import grouped, table
from tests.benchmarks.nation.names import EAST_ASIAN, TrueName, compose
from tests.benchmarks.nation.shares import Shares

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Habits:
    """Chances of one source."""

    called: float  # the name others know (English, nickname) instead of that of the papers
    old_surname: float  # of people whose surname has changed
    middle_full: float
    middle_initial: float
    suffix_kept: float
    diacritics: float
    in_parts: bool  # family name in a column of its own
    capitals: float


BOARD = Habits(0.01, 0.42, 0.55, 0.15, 0.80, 0.0, True, 1.0)
MIXED_BOARD = Habits(0.01, 0.42, 0.55, 0.15, 0.80, 0.02, True, 0.15)
REGISTRY = Habits(0.07, 0.48, 0.38, 0.27, 0.65, 0.0, True, 0.88)
DIRECTORY = Habits(0.55, 0.22, 0.06, 0.24, 0.55, 0.35, False, 0.01)
WEBSITE = Habits(0.80, 0.10, 0.03, 0.10, 0.45, 0.60, False, 0.0)
ONE_COLUMN_BOARD = Habits(0.02, 0.40, 0.45, 0.25, 0.75, 0.02, False, 0.6)


@dataclass(slots=True)
class Printed:
    """A name in parts, and whether family and given name changed places or the old surname was used."""

    given: str
    middle: str
    family: str
    suffix: str
    swapped: bool = False
    old: bool = False

    def text(self) -> str:
        """As one string."""
        words = (self.given, self.middle, self.family)
        return " ".join(word for word in words if word) + (f" {self.suffix}" if self.suffix else "")


def printed(rng: Random, name: TrueName, habits: Habits, shares: Shares) -> Printed:
    """One printing of a name."""
    chance = rng.random
    given, middle = given_and_middle(rng, name, habits)
    found = Printed(given, middle, name.family, "")
    if name.former and chance() < habits.old_surname:
        found.family, found.old = name.former, True
    if name.suffix and chance() < habits.suffix_kept:
        found.suffix = name.suffix
    if not found.family.isalpha():
        found.family = surnames_cut(rng, found.family, habits)
    if chance() < habits.diacritics:
        found.family, found.given = written(found.family), written(found.given)
    if chance() < shares.typo:
        misspell(rng, found)
    if name.origin in EAST_ASIAN:
        east_asian(rng, name, found, habits, shares)
    if chance() < habits.capitals:
        found.given, found.middle, found.family = found.given.upper(), found.middle.upper(), found.family.upper()
        found.suffix = found.suffix.upper().rstrip(".")
    return found


def given_and_middle(rng: Random, name: TrueName, habits: Habits) -> tuple[str, str]:
    """Given and middle name as this source has them."""
    chance = rng.random()
    if name.origin not in EAST_ASIAN:
        if name.nickname and chance < habits.called:
            return name.nickname, middle_of(rng, name.middle, habits)
        if chance > 0.9965:
            return f"{name.given[0][0]}.", middle_of(rng, name.middle, habits)
        if chance > 0.991 and name.middle:
            return name.middle, ""
        return name.given[0], middle_of(rng, name.middle, habits)
    if name.english and (name.english_legal or chance < habits.called):
        keep = 0.55 if name.english_legal and habits.in_parts else 0.13
        other = romanized(rng, name, habits) if rng.random() < keep else ""
        if name.english_legal and habits.in_parts and rng.random() < 0.03:
            return other or romanized(rng, name, habits), ""
        return name.english, other[:1] if other and rng.random() < 0.15 else other
    return split_in_two(rng, name, habits)


def split_in_two(rng: Random, name: TrueName, habits: Habits) -> tuple[str, str]:
    """The romanized name; its second syllable sometimes becomes a middle name, or an initial, or is lost."""
    middle = middle_of(rng, name.middle, habits) if name.middle else ""
    if len(name.given) > 1 and rng.random() < (0.18 if name.joint == " " and habits.in_parts else 0.03):
        second = name.given[1] if rng.random() < 0.7 else name.given[1][0]
        return name.given[0], middle or second
    given = romanized(rng, name, habits)
    if name.english and not middle and habits.in_parts and rng.random() < 0.06:
        return given, name.english
    return given, middle


def romanized(rng: Random, name: TrueName, habits: Habits) -> str:
    """The composed given name, written together, apart or with a hyphen: its owner's way four times in five."""
    if len(name.given) == 1 or rng.random() < 0.78:
        return name.romanized
    chance = rng.random()
    return compose(name.given, " " if chance < 0.45 else "" if chance < 0.75 else "-")


def middle_of(rng: Random, middle: str, habits: Habits) -> str:
    if not middle:
        return ""
    chance = rng.random()
    if chance < habits.middle_full:
        return middle
    if chance < habits.middle_full + habits.middle_initial:
        return middle[0] if chance * 1000 % 2 < 1 else f"{middle[0]}."
    return ""


def surnames_cut(rng: Random, family: str, habits: Habits) -> str:
    """Double surnames: hyphen or blank, or one of the two."""
    chance = rng.random()
    if "-" in family:
        first, last = family.split("-", 1)
        return family if chance < 0.68 else f"{first} {last}" if chance < 0.88 else last if chance < 0.95 else first
    if family.count(" ") == 1 and family[0].isupper() and "." not in family and not family.startswith("Van "):
        first, last = family.split(" ")
        return family if chance < 0.62 else f"{first}-{last}" if chance < 0.76 else first if chance < 0.94 else last
    if "'" in family and habits.in_parts and chance < 0.35:
        return family.replace("'", "") if chance < 0.25 else family.replace("'", " ")
    if family.startswith("Van ") and chance < 0.3:
        return family.replace(" ", "")
    return family


@cache
def diacritics() -> dict[str, str]:
    return {row["plain"]: row["written"] for row in table("diacritics")}


def written(name: str) -> str:
    return diacritics().get(name, name)


def misspell(rng: Random, found: Printed) -> None:
    """One slip of a finger in the given or the family name."""
    if rng.random() < 0.5:
        found.family = slip(rng, found.family)
    else:
        found.given = slip(rng, found.given)


def slip(rng: Random, word: str) -> str:
    """A letter left out, doubled, changed or put before its neighbor; short names stay."""
    if len(word) < 4:
        return word
    at, kind = 1 + int(rng.random() * (len(word) - 2)), rng.random()
    if kind < 0.3:
        return word[:at] + word[at + 1 :]
    if kind < 0.5:
        return word[:at] + word[at] + word[at:]
    if kind < 0.75:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + LETTERS[int(rng.random() * 26)] + word[at + 1 :]


def east_asian(rng: Random, name: TrueName, found: Printed, habits: Habits, shares: Shares) -> None:
    """Another romanization of the family name; family name first, or in the column of the given name."""
    if rng.random() < 0.008:
        others = grouped("romanizations", "family_name", "other").get(found.family)
        if others:
            found.family = others[int(rng.random() * len(others))]
    english = name.english and found.given == name.english
    often = shares.swapped if habits.in_parts else shares.family_first_listed
    if rng.random() < (often * 0.15 if english else often):
        found.given, found.family, found.swapped = found.family, found.given, True
        if found.middle and not habits.in_parts:
            found.family, found.middle = f"{found.middle} {found.family}", ""
