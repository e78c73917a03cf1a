"""Claims that no fixed phrase covers: a sentence that names the board or a license is weighed by its cues.

In: a reading. Out: the mentions in it that somebody is said to have, with whom and when. A mention counts
where the fixed phrases give it to somebody, its points (pipeline/web_cues.py) exceed the number in the row of kind
`threshold` in rules/claim_phrases.csv, and it is in a possessing relation to that person (pipeline/web_possession.py);
a sentence about a team, a question and a demand never count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

from pipeline.rules import RuleError
from pipeline.web_cues import Weighed, points_of, weigh
from pipeline.web_mentions import license_mentions, national_mentions
from pipeline.web_phrases import first_phrase, phrases
from pipeline.web_possession import is_possessed
from pipeline.web_reading import Mention, Reading
from pipeline.web_statements import CERTIFICATION, CURRENT, LICENSE, PAST, Said

Found = tuple[Mention, Said]
MOST_MENTIONS = 12  # a sentence that names the board more often is no sentence
_NEVER = frozenset(("question", "below demand", "only the board"))


def weighed_certificates(reading: Reading) -> list[Found]:
    """The mentions of the national board and its designations that somebody is said to have."""
    return list(_weighed(reading, national_mentions(reading), CERTIFICATION))


def weighed_licenses(reading: Reading) -> list[Found]:
    """The words for a license that somebody is said to have; whether it is one for acupuncture is not judged here."""
    return list(_weighed(reading, license_mentions(reading), LICENSE))


def _weighed(reading: Reading, mentions: Iterable[Mention], kind: str) -> Iterator[Found]:
    if first_phrase("team", reading.plain):
        return
    for mention in islice(mentions, MOST_MENTIONS):
        found = weigh(reading, mention)
        tense = _tense(found, kind)
        if tense and is_possessed(reading, mention, found.holder):
            yield mention, Said(tense, mention.rule, found.holder.names if found.holder else ())


def _tense(found: Weighed, kind: str) -> str:
    if found.said == PAST:
        return PAST
    if found.said != CURRENT or found.facts & _NEVER or points_of(kind, found.facts) <= _threshold(kind):
        return ""
    return CURRENT


@cache
def _threshold(kind: str) -> float:
    row = next((row for row in phrases("threshold") if row.pattern.fullmatch(kind)), None)
    if row is None:
        raise RuleError(f"claim_phrases.csv has no row of kind threshold for {kind}.")
    return float(row.value)
