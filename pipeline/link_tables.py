"""Link tables: why records stand together, and which pairs a person should judge, laid out as rows.

In: links and identified persons. Out: rows of `links` and `candidates`, and of the operator's own review list. A pair
that might be one person must not hang another's discipline on somebody: the published candidates leave out everybody
whose records carry discipline or an exclusion; the review list, which is never served, holds every pair. Sex may keep
two people apart and is published nowhere: the tables say that something unpublished spoke, and what it weighed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from pipeline.exclusions import Excluded
from pipeline.facts import Person
from pipeline.frames import Rows
from pipeline.ids import Identified
from pipeline.link import Evidence, Link
from pipeline.name_fit import has_discipline
from pipeline.rules import read_rule_table

SAID = ("agrees", "disagrees", "empty")
UNPUBLISHED, HIDDEN = "sex", "unpublished"
WORDS = {"rarity": "how rare such a name is", HIDDEN: "something that is never published"}
PRIVATE = ("states", "withheld")
COLUMN_OF = {"agrees": "agreed", "disagrees": "disagreed", "empty": "empty"}


def link_rows(links: Sequence[Link], persons: Iterable[Identified]) -> Rows:
    """Every accepted link, under the person it helped to make; of two between the same records the first."""
    owners = owners_of(persons)
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for link in links:
        ends = {"record_id": link.first_id, "other_record_id": link.second_id}
        row = {"practitioner_id": owners[link.first_id]} | ends | judged_row(link, publishable(link.evidence))
        rows.setdefault(pair_of(link), row)
    return list(rows.values())


def review_rows(candidates: Sequence[Link], persons: Sequence[Identified], excluded: Excluded) -> Rows:
    """Every pair worth judging, the worthiest first; `withheld` says that the public table leaves it out."""
    owners, harmed = owners_of(persons), people_with_discipline(persons, excluded)
    states = {member.record_id: member.states for person in persons for member in person.members}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for link in candidates:
        people = (owners[link.first_id], owners[link.second_id])
        if people[0] == people[1] or pair_of(link) in rows:
            continue
        both = sorted(states[link.first_id] | states[link.second_id])
        ends = dict(zip(("practitioner_a", "practitioner_b"), people, strict=True))
        ends |= {"record_a": link.first_id, "record_b": link.second_id}
        private = {"states": json.dumps(both), "withheld": int(not harmed.isdisjoint(people))}
        rows[pair_of(link)] = {"rank": len(rows) + 1} | ends | judged_row(link, link.evidence) | private
    return list(rows.values())


def candidate_rows(review: Rows, candidates: Sequence[Link]) -> Rows:
    """What may be published of the review list, ranked among itself, so that no gap tells of a pair left out."""
    evidence = {(link.first_id, link.second_id): link.evidence for link in candidates}
    shown = [row for row in review if not row["withheld"]]
    return [
        {name: value for name, value in row.items() if name not in PRIVATE}
        | evidence_columns(publishable(evidence[row["record_a"], row["record_b"]]))
        | {"rank": rank}
        for rank, row in enumerate(shown, start=1)
    ]


def owners_of(persons: Iterable[Identified]) -> dict[str, str]:
    """Record id -> practitioner id."""
    return {member.record_id: person.id for person in persons for member in person.members}


def people_with_discipline(persons: Iterable[Identified], excluded: Excluded) -> set[str]:
    """Practitioners of whom any record carries discipline, or whom the exclusion list may name."""
    return {person.id for person in persons if any(map(is_harmful, person.members))} | set(excluded.confirmed)


def is_harmful(member: Person) -> bool:
    """Whether the record would do harm on the wrong person; a certifier's inactive listing can be a revocation."""
    return has_discipline(member) or any(item.status == "listed_inactive" for item in member.certifications)


def judged_row(link: Link, evidence: Sequence[Evidence]) -> dict[str, Any]:
    """The columns that both tables share: how sure, on what evidence, by which rules."""
    return {
        "level": link.level,
        "rule": link.rule,
        "score": round(link.score, 2),
        "probability": round(link.probability, 6),
        "namesakes": round(link.namesakes, 2),
        **evidence_columns(evidence),
        "reason": link.reason,
        "model_version": link.version,
    }


def evidence_columns(evidence: Sequence[Evidence]) -> dict[str, str]:
    """What agreed, what disagreed, what was empty, each the heaviest first."""
    found: dict[str, list[str]] = {column: [] for column in COLUMN_OF.values()}
    for item in sorted(evidence, key=lambda item: -abs(item.weight)):
        found[COLUMN_OF[says(item)]].append(shown(item))
    return {column: f"[{', '.join(items)}]" for column, items in found.items()}


def publishable(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence without naming what is never published: what it weighed stays, so that the sum is the score."""
    kept = [item for item in evidence if item.feature != UNPUBLISHED or item.weight]
    return [replace(item, feature=HIDDEN, outcome=says(item)) if item.feature == UNPUBLISHED else item for item in kept]


@lru_cache(maxsize=100_000)
def shown(item: Evidence) -> str:
    """One part of the evidence as a JSON object."""
    words = weight_rows().get((item.feature, item.outcome), {}).get("words") or WORDS.get(item.feature)
    told = {
        "feature": item.feature,
        "outcome": item.outcome,
        "words": words or f"{item.feature}: {item.outcome}".replace("_", " "),
        "weight": round(item.weight, 2),
    }
    return json.dumps(told, ensure_ascii=False)


@lru_cache(maxsize=100_000)
def says(item: Evidence) -> str:
    """Agrees, disagrees or empty: the table's word, else the outcome's own, else the side the weight is on."""
    word = weight_rows().get((item.feature, item.outcome), {}).get("says", item.outcome)
    return word if word in SAID else ("disagrees" if item.weight < 0 else "agrees")


@cache
def weight_rows() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["feature"], row["outcome"]): row for row in read_rule_table("link_weights")}


def pair_of(link: Link) -> tuple[str, str]:
    return (min(link.first_id, link.second_id), max(link.first_id, link.second_id))
