"""Parts of the NPI Registry small enough to be shown whole: a state, a ZIP prefix, then the beginning of a last name.

In: a part whose answer was full, and the ZIP codes seen in it. Out: the parts to ask instead. The registry shows at
most 1,200 rows a question and takes a wildcard after two characters (CMS help page, read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from string import ascii_uppercase

import zipcodes

SHORTEST_PREFIX = 2
WHOLE_ZIP = 5
LONGEST_NAME_PREFIX = 3
SECOND_LETTERS = ascii_uppercase + "'"


@dataclass(frozen=True)
class Part:
    """What one question asks for; `name` is a beginning of the last name, or, of one letter, all of it."""

    state: str
    zip_prefix: str = ""
    name: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, [self.state, self.zip_prefix, self.name]))

    @property
    def beside(self) -> str:
        """What this part shares with the parts of other names that were asked in place of the same full one."""
        common = self.name[:-1] if len(self.name) > SHORTEST_PREFIX else ""
        return " ".join(filter(None, [self.state, self.zip_prefix, common]))

    def query(self) -> dict[str, str]:
        """The question's parameters."""
        asked = {"state": self.state}
        if self.zip_prefix:
            asked["postal_code"] = self.zip_prefix + ("*" if len(self.zip_prefix) < WHOLE_ZIP else "")
        if self.name:
            asked["last_name"] = self.name + ("*" if len(self.name) >= SHORTEST_PREFIX else "")
        return asked

    def smaller(self, seen: Iterable[str]) -> list[Part]:
        """The parts this one falls into, by ZIP code first (`seen`: codes in its rows), then by name; [] at the end."""
        if len(self.zip_prefix) < WHOLE_ZIP:
            return [replace(self, zip_prefix=prefix) for prefix in self.zip_prefixes(seen)]
        return [replace(self, name=name) for name in longer_names(self.name)]

    def zip_prefixes(self, seen: Iterable[str]) -> list[str]:
        """The next longer prefixes that tell its ZIP codes apart; one that all share would ask the same again."""
        known = {*codes_of(self.state), *(code for code in seen if len(code) >= WHOLE_ZIP)}
        codes = [code for code in known if code.startswith(self.zip_prefix)]
        for length in range(max(SHORTEST_PREFIX, len(self.zip_prefix) + 1), WHOLE_ZIP + 1):
            prefixes = sorted({code[:length] for code in codes})
            if len(prefixes) > 1:
                break
        return prefixes


@cache
def codes_of(state: str) -> tuple[str, ...]:
    """The ZIP codes of a state."""
    return tuple(place["zip_code"] for place in zipcodes.filter_by(state=state))


def longer_names(name: str) -> list[str]:
    """Beginnings one letter longer; the first step has two letters, and the names that are one letter long."""
    if len(name) >= LONGEST_NAME_PREFIX or len(name) == 1:
        return []
    if name:
        return [name + letter for letter in SECOND_LETTERS + " -"]
    pairs = [first + second for first in ascii_uppercase for second in SECOND_LETTERS]
    return [*ascii_uppercase, *pairs]
