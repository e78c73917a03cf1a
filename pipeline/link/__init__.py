"""Link: which records are one human being, and why.

In: normalized persons (one a record), the sources that list each person once, and people's judgments. Out: clusters, a
level and a sentence for each record, every link with its evidence, and the pairs a person should judge. How:

    fields      persons -> two tables of comparable values       readings  the ways a name can be read
    shares      how common each name, how crowded each place     model     weights and settings, all CSV
    candidates  pairs that share a key                           name_pairs, profiles  pairs weighed
    rounds      who joins whom, best first, never against a veto words     a link in words

Scores are bits: what agrees, against how many other people one expects to agree as well by chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from pipeline.facts import Person
from pipeline.judgments import Judgment
from pipeline.link import candidates, name_pairs, shares
from pipeline.link.engine import DuckDB, Engine
from pipeline.link.fields import Fields, fields_of, no_collecting
from pipeline.link.members import clusters_of, reasons_of
from pipeline.link.model import setting
from pipeline.link.rounds import Edges, Outcome, run_rounds
from pipeline.link.shapes import CONFIRMED, POSSIBLE, PROBABLE, Cluster, Evidence, Link, Links
from pipeline.link.words import judged_link, links_of
from pipeline.rules import read_rule_table

if TYPE_CHECKING:
    from pipeline.link.spark import Spark

__all__ = [
    "CONFIRMED", "POSSIBLE", "PROBABLE", "Cluster", "Decided", "EngineMissing", "Evidence", "Link", "Links", "decide",
    "link",
]  # fmt: skip

NEW_PEOPLE = 1.2  # people of a register for each record of its largest source; a fifth stand in no one source


class EngineMissing(Exception):
    """The engine asked for cannot be used; the message says what to do."""


@dataclass
class Decided:
    """Linking without the persons: record ids by number, the root of each, links and candidates as weighed."""

    ids: list[str]
    outcome: Outcome
    judged: list[Judgment]

    def clusters(self) -> dict[str, int]:
        """Record id -> number of its cluster."""
        return dict(zip(self.ids, self.outcome.roots.tolist(), strict=True))

    def links(self) -> Iterator[Link]:
        """Every accepted link."""
        yield from (judged_link(judgment) for judgment in self.judged)
        for frame in self.outcome.links:
            yield from links_of(frame, self.ids)

    def candidates(self) -> Iterator[Link]:
        """Pairs left apart that a person should judge, the strongest first."""
        return links_of(self.outcome.candidates, self.ids, possible=True)


def link(
    people: Iterable[Person], once_only: frozenset[str], judgments: Sequence[Judgment] = (), engine: str = "duckdb"
) -> Links:
    """Link persons that are held in memory; `once_only`: sources that list each person once."""
    people = list(people)
    with no_collecting():
        decided = decide(people, once_only, judgments, engine)
        links = list(decided.links())
        clusters = clusters_of(people, decided.outcome.roots)
        return Links(clusters, reasons_of(clusters, links), links, list(decided.candidates()))


def decide(
    people: Iterable[Person], once_only: frozenset[str], judgments: Sequence[Judgment] = (), engine: str = "duckdb"
) -> Decided:
    """Link a stream of persons; only their comparable fields are held."""
    fields = fields_of(people, once_only)
    ids = fields.records["record_id"].to_pylist()
    number = {record_id: at for at, record_id in enumerate(ids)}
    told = [item for item in judgments if item.first_id in number and item.second_id in number]
    same, different = (edges(told, number, verdict) for verdict in (True, False))
    same += [(at, number[record_id]) for at, record_id in enumerate(ids) if number[record_id] != at]
    with opened(engine) as running:
        size = register_size(fields.records)
        prepare(running, fields, size)
        outcome = run_rounds(running, len(ids), size, same, different)
    return Decided(ids, outcome, [item for item in told if item.same])


def edges(judgments: Sequence[Judgment], number: dict[str, int], same: bool) -> Edges:
    pairs = ((number[item.first_id], number[item.second_id]) for item in judgments if item.same == same)
    return [(min(pair), max(pair)) for pair in pairs]


def opened(engine: str) -> DuckDB | Spark:
    """The engine of a name; EngineMissing where it is not installed or there is none of that name."""
    if engine == "duckdb":
        return DuckDB()
    if engine != "spark":
        raise EngineMissing(f"There is no engine {engine!r}; there are duckdb and spark.")
    try:
        from pipeline.link.spark import Spark
    except ImportError as error:
        raise EngineMissing("The engine spark is not installed: pip install 'diplomate[spark]'.") from error
    return Spark()


def prepare(engine: Engine, fields: Fields, people: float) -> None:
    """Everything that is the same in every round: shares, candidates, name pairs."""
    engine.expect(len(fields.records))
    engine.put("records", fields.records)
    engine.put("names", fields.names)
    engine.put("family_priors", priors("common_family_names", "family_name"))
    engine.put("given_priors", priors("common_given_names", "given_name"))
    engine.make([*shares.steps(people), *candidates.steps(), *name_pairs.steps(people)])
    engine.drop("keys", "useful_keys", "words", "candidates", "names")


def register_size(records: pa.Table) -> float:
    """How many people the register holds, at least the number of link_settings.csv."""
    counts = records["source"].value_counts().field("counts").to_numpy()
    return float(max(setting("register_size"), NEW_PEOPLE * np.max(counts, initial=0)))


def priors(table: str, column: str) -> pa.Table:
    """Shares of common names as the rules give them, with the class (the note) of family names."""
    rows = read_rule_table(table)
    return pa.table(
        {
            "name": pa.array([row[column] for row in rows], pa.string()),
            "share": pa.array([float(row["per_10000"]) / 10000 for row in rows], pa.float64()),
            "class": pa.array([row.get("note", "") for row in rows], pa.string()),
        }
    )
