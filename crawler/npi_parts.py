"""Parts of the NPI Registry small enough to be shown whole: a state, a ZIP prefix, then the beginning of a last name.

In: a part whose answer was full. Out: the parts to ask instead. The registry shows at most 1,200 rows a question and
takes a wildcard after two characters (CMS help page, read 2026-11-22). Only a row of a full state without any digit in
its ZIP code is out of reach; the monthly file of CMS has it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from string import ascii_uppercase

SHORTEST_PREFIX = 2
WHOLE_ZIP = 5
LONGEST_NAME_PREFIX = 3
SECOND_LETTERS = ascii_uppercase + "' -"
DIGITS = "0123456789"


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

    def smaller(self) -> list[Part]:
        """The parts this one falls into, by ZIP code first, then by name; [] at the end.

        All digits are asked, not the state's own ZIP codes alone: what a provider typed may be none of them.
        """
        if len(self.zip_prefix) < WHOLE_ZIP:
            digits = DIGITS if self.zip_prefix else [first + second for first in DIGITS for second in DIGITS]
            return [replace(self, zip_prefix=self.zip_prefix + each) for each in digits]
        return [replace(self, name=name) for name in longer_names(self.name)]


def longer_names(name: str) -> list[str]:
    """Beginnings one letter longer; the first step has two letters, and the names that are one letter long."""
    if len(name) >= LONGEST_NAME_PREFIX or len(name) == 1:
        return []
    if name:
        return [name + letter for letter in SECOND_LETTERS]
    pairs = [first + second for first in ascii_uppercase for second in SECOND_LETTERS]
    return [*ascii_uppercase, *pairs]
