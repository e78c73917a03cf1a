"""Words: a link as a page and a person can read it.

In: a frame of what was weighed, a row a pair. Out: for each pair a Link with its level, its evidence line by line and
one sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pandas as pd

from pipeline.judgments import Judgment
from pipeline.link.model import outcomes, probability, version
from pipeline.link.rounds import FEATURES, SCORED
from pipeline.link.shapes import CONFIRMED, POSSIBLE, PROBABLE, Evidence, Link

RARITY = "rarity"
Found = tuple[str, ...]  # the outcome of each of FEATURES
NAME, NPI, LICENSE = (FEATURES.index(name) for name in ("name", "npi", "license"))
UNSURE_NAMES = frozenset({"one_word", "changed_family", "english_name", "relative"})


def links_of(frame: pd.DataFrame, ids: list[str], possible: bool = False) -> Iterator[Link]:
    """The links of a frame, accepted or only possible; `ids` are the record ids by number."""
    weighed = zip(*(frame[name].tolist() for name in SCORED), strict=True)
    outcomes_found = zip(*(frame[name].tolist() for name in FEATURES), strict=True)
    for (one, two, score, namesakes, numbered), found in zip(weighed, outcomes_found, strict=True):
        level = POSSIBLE if possible else level_of(numbered, found)
        yield link_of((ids[one], ids[two]), level, score, namesakes, found)


def link_of(pair: tuple[str, str], level: str, score: float, namesakes: float, found: Found) -> Link:
    """Its evidence lists every feature, then how rare such agreement is by chance; the bits sum to the score."""
    listed, bits = listed_evidence(found)
    undecided = " Not enough to join the two." if level == POSSIBLE else ""
    return Link(
        first_id=pair[0],
        second_id=pair[1],
        level=level,
        rule=rule_of(found),
        score=round(score, 2),
        probability=round(probability(score), 4),
        namesakes=round(namesakes, 4),
        evidence=(*listed, Evidence(RARITY, "by chance", round(score - bits, 2))),
        version=version(),
        reason=f"{told(found)} {namesakes_words(namesakes)}{undecided}",
    )


def level_of(numbered: bool, found: Found) -> str:
    """`confirmed` needs a number and a name that fits; one that only the number bridges is `probable` even then."""
    return CONFIRMED if numbered and found[NAME] not in UNSURE_NAMES else PROBABLE


def rule_of(found: Found) -> str:
    if found[NPI] == "agrees":
        return "npi"
    return "license" if found[LICENSE] == "agrees" else "evidence"


# a few thousand combinations of outcomes come again and again
@lru_cache(maxsize=50_000)
def listed_evidence(found: Found) -> tuple[tuple[Evidence, ...], float]:
    listed = [
        Evidence(feature, outcome, outcomes()[feature][outcome].weight)
        for feature, outcome in zip(FEATURES, found, strict=True)
    ]
    return tuple(listed), sum(item.weight for item in listed)


@lru_cache(maxsize=50_000)
def told(found: Found) -> str:
    """What agrees and what disagrees in one sentence."""
    agrees = "; ".join(words_that(found, "agrees")) or "little agrees"
    against = "; ".join(words_that(found, "disagrees"))
    but = f". Against it: {against}" if against else ""
    return f"{agrees[:1].upper()}{agrees[1:]}{but}."


def words_that(found: Found, says: str) -> list[str]:
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
