"""Words: a link as a page and a person can read it.

In: one row of what was weighed for a pair. Out: a Link with its level, its evidence line by line and one sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pipeline.judgments import Judgment
from pipeline.link.model import outcomes, probability, version
from pipeline.link.rounds import FEATURES
from pipeline.link.shapes import CONFIRMED, POSSIBLE, PROBABLE, Evidence, Link

RARITY = "rarity"
UNSURE_NAMES = frozenset({"one_word", "changed_family", "english_name", "relative"})


def link_of(row: Mapping[str, Any], ids: list[str], possible: bool = False) -> Link:
    """A link, accepted or only possible; `ids` are the record ids by number."""
    return Link(
        first_id=ids[row["rec_a"]],
        second_id=ids[row["rec_b"]],
        level=POSSIBLE if possible else level_of(row),
        rule=rule_of(row),
        score=round(float(row["score"]), 2),
        probability=round(probability(float(row["score"])), 4),
        namesakes=round(float(row["namesakes"]), 4),
        evidence=evidence_of(row),
        version=version(),
        reason=reason_of(row, possible),
    )


def level_of(row: Mapping[str, Any]) -> str:
    """`confirmed` needs a number and a name that fits; one that only the number bridges is `probable` even then."""
    return CONFIRMED if row["numbered"] and row["name"] not in UNSURE_NAMES else PROBABLE


def rule_of(row: Mapping[str, Any]) -> str:
    if row["npi"] == "agrees":
        return "npi"
    return "license" if row["license"] == "agrees" else "evidence"


def evidence_of(row: Mapping[str, Any]) -> tuple[Evidence, ...]:
    """Every feature with its outcome and bits, and how rare such agreement is by chance; they sum to the score."""
    listed, bits = listed_evidence(outcomes_in(row))
    return (*listed, Evidence(RARITY, "by chance", round(float(row["score"]) - bits, 2)))


def outcomes_in(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcome of each of FEATURES."""
    return tuple(row[feature] for feature in FEATURES)


# a few thousand combinations of outcomes come again and again
@lru_cache(maxsize=50_000)
def listed_evidence(found: tuple[str, ...]) -> tuple[tuple[Evidence, ...], float]:
    listed = [
        Evidence(feature, outcome, outcomes()[feature][outcome].weight)
        for feature, outcome in zip(FEATURES, found, strict=True)
    ]
    return tuple(listed), sum(item.weight for item in listed)


def reason_of(row: Mapping[str, Any], possible: bool) -> str:
    """What agrees and what disagrees, the strongest first, and how common the name is."""
    undecided = " Not enough to join the two." if possible else ""
    return f"{told(outcomes_in(row))} {namesakes_words(float(row['namesakes']))}{undecided}"


@lru_cache(maxsize=50_000)
def told(found: tuple[str, ...]) -> str:
    """What agrees and what disagrees in one sentence."""
    agrees = "; ".join(words_that(found, "agrees")) or "little agrees"
    against = "; ".join(words_that(found, "disagrees"))
    but = f". Against it: {against}" if against else ""
    return f"{agrees[:1].upper()}{agrees[1:]}{but}."


def words_that(found: tuple[str, ...], says: str) -> list[str]:
    """The words of the outcomes that agree or disagree: numbers first, then the name and the place.

    Sex is never published, and one profession goes without saying.
    """
    outcome_of = dict(zip(FEATURES, found, strict=True))
    order = ("npi", "license", *(name for name in FEATURES if name not in ("npi", "license", "sex", "kind")))
    shown = (*order, "kind") if outcome_of["kind"] == "other" else order
    words = [outcomes()[feature][outcome_of[feature]] for feature in shown]
    return [outcome.words for outcome in words if outcome.says == says]


def namesakes_words(count: float) -> str:
    """How common the name is, for people."""
    if count < 0.05:
        return "Hardly anybody else bears such a name."
    if count < 1:
        return "Such a name is uncommon."
    return f"About {count:.0f} other {'person' if count < 1.5 else 'people'} may bear such a name."


def judged_link(judgment: Judgment) -> Link:
    """The link of two records that a person judged to be one person's."""
    reason = f"Judged to be one person on {judgment.on}: {judgment.reason}"
    evidence = (Evidence("judgment", "agrees", 0.0),)
    return Link(
        judgment.first_id, judgment.second_id, CONFIRMED, "judgment", 0.0, 1.0, 0.0, evidence, version(), reason
    )
