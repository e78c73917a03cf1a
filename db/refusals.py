"""What gates speak in: limits as the table `gates` states them, and refusals.

Comes in: rows of the table. Goes out: the limit of one subject, its own or that of all subjects; shares in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EVERY = "*"
GATES = ("practitioners", "source", "floor", "state", "fill", "tag")  # what a refusal's word begins with


@dataclass(frozen=True)
class Limit:
    """`share` is what the gate's meaning says; fewer than `least` rows more or less are no reason."""

    gate: str
    subject: str
    share: float
    least: int


@dataclass(frozen=True)
class Refusal:
    """One sentence with its figures; `word` accepts it on purpose, and is empty where nobody can accept it."""

    sentence: str
    word: str = ""


class Limits:
    """The limits of every gate."""

    def __init__(self, limits: Mapping[tuple[str, str], Limit]) -> None:
        self.limits = limits

    def of(self, gate: str, subject: str) -> Limit | None:
        return self.limits.get((gate, subject)) or self.limits.get((gate, EVERY))

    def named(self, gate: str) -> list[Limit]:
        """The limits of a gate whose subjects are named one by one."""
        return [limit for limit in self.limits.values() if limit.gate == gate and limit.subject != EVERY]


def percent(share: float) -> str:
    """0.5 -> `50%`; small shares keep a digit."""
    return f"{share:.0%}" if share in {0, 1} or 0.1 <= share <= 0.99 else f"{share:.1%}"
