"""What linking gives: clusters of records, and for every link the evidence it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.facts import Person

CONFIRMED, PROBABLE, POSSIBLE = "confirmed", "probable", "possible"


@dataclass
class Cluster:
    """Records taken for one person, the one it is made from first."""

    members: list[Person]

    @property
    def anchor(self) -> Person:
        return self.members[0]


@dataclass(frozen=True)
class Evidence:
    """One line of an explanation. `outcome` is a word of rules/link_weights.csv, `weight` is in bits (log2).

    A positive weight speaks for one person, a negative one against.
    """

    feature: str
    outcome: str
    weight: float


@dataclass(frozen=True)
class Link:
    """Why two records (by their ids) stand together or, at level `possible`, might.

    `rule`: npi, license, evidence or judgment. `score`: bits, the sum of the weights. `probability`: calibrated, 0
    to 1. `namesakes`: how many other people one expects, in a register of this size, under a name that agrees so.
    """

    first_id: str
    second_id: str
    level: str
    rule: str
    score: float
    probability: float
    namesakes: float
    evidence: tuple[Evidence, ...]
    version: str
    reason: str


@dataclass
class Links:
    """The outcome. `why`: record id -> (level, sentence). `candidates`: what a person should judge, nearest first."""

    clusters: list[Cluster]
    why: dict[str, tuple[str, str]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    candidates: list[Link] = field(default_factory=list)

    @property
    def undecided(self) -> list[tuple[str, str]]:
        """Pairs of record ids left apart although they may be one person's, each in order."""
        pairs = ((link.first_id, link.second_id) for link in self.candidates)
        return sorted({(min(pair), max(pair)) for pair in pairs})
