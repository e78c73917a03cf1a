"""Words: a link as a page and a person can read it.

In: one row of what was weighed for a pair. Out: a Link with its level, its evidence line by line and one sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.judgments import Judgment
from pipeline.link.model import outcomes, probability, version
from pipeline.link.rounds import FEATURES
from pipeline.link.shapes import CONFIRMED, POSSIBLE, PROBABLE, Evidence, Link

RARITY = "rarity"
UNSURE_NAMES = frozenset({"changed_family"})


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
    """`confirmed` needs a number and a name that fits it; a changed family name is `probable` even then."""
    return CONFIRMED if row["numbered"] and row["name"] not in UNSURE_NAMES else PROBABLE


def rule_of(row: Mapping[str, Any]) -> str:
    if row["npi"] == "agrees":
        return "npi"
    return "license" if row["license"] == "agrees" else "evidence"


def evidence_of(row: Mapping[str, Any]) -> tuple[Evidence, ...]:
    """Every feature with its outcome and bits, and how rare such agreement is by chance; they sum to the score."""
    listed = [Evidence(feature, row[feature], outcomes()[feature][row[feature]].weight) for feature in FEATURES]
    rarity = float(row["score"]) - sum(item.weight for item in listed)
    return (*listed, Evidence(RARITY, "by chance", round(rarity, 2)))


def reason_of(row: Mapping[str, Any], possible: bool) -> str:
    """What agrees and what disagrees, the strongest first."""
    said = {says: words_that(row, says) for says in ("agrees", "disagrees")}
    agrees = "; ".join(said["agrees"]) or "Little agrees"
    but = f". Against it: {'; '.join(said['disagrees'])}" if said["disagrees"] else ""
    undecided = " Not enough to join the two." if possible else ""
    return f"{agrees[:1].upper()}{agrees[1:]}{but}. {namesakes_words(float(row['namesakes']))}{undecided}"


def words_that(row: Mapping[str, Any], says: str) -> list[str]:
    """The words of the outcomes that agree or disagree: numbers first, then the name and the place."""
    order = ("npi", "license", *(feature for feature in FEATURES if feature not in ("npi", "license")))
    found = [outcomes()[feature][row[feature]] for feature in order]
    quiet = ("the same profession",)
    return [outcome.words for outcome in found if outcome.says == says and outcome.words not in quiet]


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
