"""Rounds: which pairs are joined, and in what order. Never plain connected components.

In: an engine with `records`, `crowds` and `name_pairs`; judgments. Out: the root of each record (records of one person
have one root), and the accepted links. In a round every person so far may join one other: its best partner, if the
evidence is enough and no rival comes near. A rival is a third whom one side fits nearly as well and who cannot be the
other side's person too. Then the joined are laid together and weighed anew, until nothing more joins; numbers come
first, so that a license stands with its NPI before a name speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.link import profiles, rivals
from pipeline.link.engine import Engine
from pipeline.link.model import setting
from pipeline.link.name_pairs import SAME

FEATURES = ("name", *profiles.FEATURES)
SCORED = ("rec_a", "rec_b", "score", "namesakes", "numbered")
DETAILS = ", ".join(f"w.{name}" for name in (*SCORED, *FEATURES))
CONTACTS = "('street_and_phone', 'street', 'phone')"
# names that only a number can bridge; an English name beside a romanized one needs the address as well
BRIDGED = "('one_word', 'changed_family', 'english_name', 'relative', 'other')"
FITS = f"(name NOT IN ('english_name', 'relative', 'other') OR (name = 'english_name' AND place IN {CONTACTS}))"
# a license under discipline is joined by its number and the same name alone
BY_NUMBER = f"""(numbered AND score >= {setting("score_with_number")} AND {FITS}
    AND (NOT disciplined OR name IN {SAME}))"""
# how much is enough: least at one address, phone or website, more the less of a place both sides share; more too where
# only the place speaks and two others or more are expected to bear the name: Grace Kim in Seattle
ENOUGH = f"""(CASE WHEN doubtful THEN {setting("score_in_doubt")}
    WHEN place IN {CONTACTS} OR place = 'website' THEN {setting("score_at_address")}
    WHEN namesakes >= 2 THEN {setting("score_of_common_names")}
    WHEN place IN ('zip', 'city') THEN {setting("score_in_town")} WHEN place = 'area' THEN {setting("score_near_by")}
    WHEN place IN ('state', 'other_city') THEN {setting("score_in_state")} ELSE {setting("score_elsewhere")} END)"""
# Jr. on one side only: he without it, or his father, who has the same name, address and phone; a person must judge
OPEN_TO_EVIDENCE = "(NOT numbered AND NOT disciplined AND generation <> 'one_side')"
BY_EVIDENCE = f"({OPEN_TO_EVIDENCE} AND name NOT IN {BRIDGED} AND score >= {ENOUGH})"
# an English name beside a romanized one, at one address where nobody else fits; another family name is for a person to
# judge, where no number speaks: Brian Smith and Brian Chung of one building
BY_ADDRESS = f"""({OPEN_TO_EVIDENCE} AND name = 'english_name' AND place IN {CONTACTS}
    AND score >= {setting("score_of_other_names")})"""
PHASES = (BY_NUMBER, f"{BY_NUMBER} OR {BY_EVIDENCE}", f"{BY_NUMBER} OR {BY_EVIDENCE} OR {BY_ADDRESS}")
Edges = list[tuple[int, int]]


@dataclass
class Outcome:
    """`roots[rec]` is the root of a record; `links` and `candidates` are frames of record pairs with their evidence."""

    roots: np.ndarray
    links: list[pd.DataFrame] = field(default_factory=list)
    candidates: pd.DataFrame = field(default_factory=pd.DataFrame)


def run_rounds(engine: Engine, records: int, people: float, same: Edges, different: Edges) -> Outcome:
    """Join until nothing more joins."""
    outcome = Outcome(np.arange(records, dtype=np.int32))
    engine.put("told_apart", pair_table(different))
    engine.make(profiles.first_steps())
    while pairs := matching(rooted(outcome.roots, same)):
        engine.put("taken", pair_table(pairs))
        take(engine, outcome.roots, pairs)
    for rule in PHASES:
        outcome.links += joined(engine, outcome.roots, rule, people)
    outcome.candidates = engine.get(review_query()).to_pandas()
    return outcome


def joined(engine: Engine, roots: np.ndarray, rule: str, people: float) -> Iterator[pd.DataFrame]:
    """The links of one rule, round by round."""
    while True:
        engine.make(rivals.steps(rule, people))
        accepted = engine.get("SELECT one, two FROM accepted ORDER BY score DESC, one, two")
        pairs = matching(zip(accepted["one"].to_pylist(), accepted["two"].to_pylist(), strict=True))
        if not pairs:
            return
        engine.put("taken", pair_table(pairs))
        yield engine.get(LINKS).to_pandas()
        take(engine, roots, pairs)


def take(engine: Engine, roots: np.ndarray, pairs: Edges) -> None:
    """Lay the pairs of the table `taken` together; each root stands in one pair at most."""
    moved = np.arange(len(roots), dtype=np.int32)
    for one, two in pairs:
        moved[two] = one
    roots[:] = moved[roots]
    engine.make(profiles.next_steps())


def rooted(roots: np.ndarray, pairs: Edges) -> Edges:
    """Pairs of records as pairs of their roots, those already together left out."""
    found = ((int(roots[one]), int(roots[two])) for one, two in pairs)
    return [(min(pair), max(pair)) for pair in found if pair[0] != pair[1]]


def matching(accepted: Iterable[tuple[int, int]]) -> Edges:
    """The best pairs first, each side in one pair at most."""
    used: set[int] = set()
    pairs: Edges = []
    for one, two in accepted:
        if one not in used and two not in used:
            used.update((one, two))
            pairs.append((one, two))
    return pairs


def pair_table(pairs: Edges) -> pa.Table:
    left, right = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return pa.table({"one": pa.array(left, pa.int32()), "two": pa.array(right, pa.int32())})


LINKS = f"""
    SELECT {DETAILS} FROM taken t JOIN weighed w ON w.one = t.one AND w.two = t.two ORDER BY w.rec_a, w.rec_b
"""


def review_query() -> str:
    """Pairs left apart that a person should look at."""
    return f"""
        SELECT {DETAILS} FROM weighed w
        WHERE NOT w.forbidden AND (w.npi = 'agrees' OR (w.score >= {setting("review_score")} AND w.name <> 'other'))
        ORDER BY w.score DESC, w.rec_a, w.rec_b
    """
