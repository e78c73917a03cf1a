"""What in a sentence speaks for and against a claim, counted in points: for sentences that no fixed phrase covers.

In: a reading and the words in it that name the national board, a designation or a license. Out: the facts found there
(a cue such as `exam` in or near those words, before or behind them in their clause, or elsewhere; who has them; how the
sentence stands) and their points. The cues and points are the rows of the kinds `cue` and `cue_fact` in
rules/claim_phrases.csv; tests/benchmarks/claim_cues.py measures and writes the points from labeled sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.rules import RuleError
from pipeline.web_holders import Holder, holder_of
from pipeline.web_phrases import first_phrase, leading_phrase, phrases
from pipeline.web_reading import Mention, Reading
from pipeline.web_statements import is_in_passing, is_past, is_stopped_before, is_stopped_behind, said_of
from pipeline.web_subjects import NAMED, Subject

START = "start"
_NEAR = 25
_LENGTHS = ((5, "short"), (10, "line"), (20, "sentence"))
_NO_LETTERS = ' "()\u201c'
_POINTS = re.compile(r"(?P<kind>\w+) (?P<place>\w+) (?P<points>[+-]?\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Weighed:
    """A mention with the facts around it; `said` is the tense by the fixed phrases, "" where they turn it down."""

    mention: Mention
    facts: frozenset[str]
    holder: Holder | None
    said: str


def weigh(reading: Reading, mention: Mention) -> Weighed:
    """The facts around a mention."""
    holder, said = holder_of(reading, mention), said_of(reading, mention)
    tense = said.tense if said else ""
    found = {START, mention.rule, *_cues(reading, mention), *_standing(reading, mention), *_people(reading, mention)}
    return Weighed(mention, frozenset(found | set(_judged(reading, mention, holder, tense))), holder, tense)


def points_of(kind: str, facts: Iterable[str]) -> float:
    """The points of facts for a claim of this kind."""
    known = _points()
    return sum(known.get((kind, fact), 0.0) for fact in facts)


def has_row(fact: str) -> bool:
    """Whether the table has a row for a fact, so that it can have points."""
    cue = fact.rpartition(" ")[0]
    named = any(row.pattern.pattern == fact for row in phrases("cue_fact"))
    return named or any(row.id == cue for row in phrases("cue"))


@cache
def _points() -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for phrase in (*phrases("cue"), *phrases("cue_fact")):
        for item in filter(None, phrase.value.split("; ")):
            match = _POINTS.fullmatch(item)
            if match is None:
                raise RuleError(f"claim_phrases.csv: {phrase.id!r} has {item!r} instead of kind, place and points.")
            fact = phrase.pattern.pattern if phrase.kind == "cue_fact" else f"{phrase.id} {match['place']}"
            found[match["kind"], fact] = float(match["points"])
    return found


def _cues(reading: Reading, mention: Mention) -> Iterator[str]:
    places = _places(reading.plain, mention.start, mention.end)
    for phrase in phrases("cue"):
        for place, text in places.items():
            if phrase.pattern.search(text):
                yield f"{phrase.id} {place}"


def _places(plain: str, start: int, end: int) -> dict[str, str]:
    """The parts of a sentence as seen from a mention: its clause before and behind it, and the rest."""
    first, last = clause(plain, start, end)
    return {
        "in": plain[start:end],
        "near": f"{plain[max(first, start - _NEAR) : start]} ~ {plain[end : min(last, end + _NEAR)]}",
        "before": plain[first:start],
        "after": plain[end:last],
        "elsewhere": f"{plain[:first]} | {plain[last:]}",
        "sentence": plain,
    }


def clause(plain: str, start: int, end: int) -> tuple[int, int]:
    """Where the clause around START..END begins and ends."""
    first, last = 0, len(plain)
    for cut in (match.span() for phrase in phrases("clause_cut") for match in phrase.pattern.finditer(plain)):
        if cut[1] <= start:
            first = max(first, cut[1])
        elif cut[0] >= end:
            last = min(last, cut[0])
    return first, last


def _people(reading: Reading, mention: Mention) -> Iterator[str]:
    """Whom the sentence names, before and behind the mention."""
    before = [one for one in reading.subjects if one.start < mention.start]
    behind = [one for one in reading.subjects if one.start >= mention.end]
    yield f"subject {_group(before[-1]) if before else 'none'}"
    yield f"next {_group(behind[0]) if behind else 'none'}"
    if not before and not behind:
        yield "nobody"
    if reading.names:
        yield "name"
    elif first_phrase("single_name", reading.plain):
        yield "single name"
    if reading.is_behind_name(mention.start):
        yield "behind a name"
    if mention.rule == "weighed_board" and not first_phrase("certificate_words", reading.plain):
        yield "only the board"
    if any(one.credential.type != "certification" for one in reading.credentials):
        yield "letters"


def _group(subject: Subject) -> str:
    return subject.kind.removeprefix("person_").split("_")[0] if subject.is_person else subject.kind


def _standing(reading: Reading, mention: Mention) -> Iterator[str]:
    """How the sentence is built and what it stands below."""
    plain, setting = reading.plain, reading.setting
    first, _ = clause(plain, mention.start, mention.end)
    words = len(plain.split())
    facts = {
        "question": plain.endswith("?"),
        "below explanation": setting.explains,
        "below demand": setting.requires,
        "below certificates": setting.certificates,
        "alone": reading.sentence.alone,
        "finite": first_phrase("finite_verb", plain) is not None,
        "explains": first_phrase("explains", plain) is not None,
        "opens clause": not plain[first : mention.start].strip(_NO_LETTERS),
        "opens": not plain[: mention.start].strip(_NO_LETTERS),
        "closes": not re.search(r"\w", plain[mention.end :]),
        "addresses": leading_phrase("addresses", plain) is not None,
    }
    yield from (fact for fact, holds in facts.items() if holds)
    yield "length " + next((name for most, name in _LENGTHS if words < most), "long")


def _judged(reading: Reading, mention: Mention, holder: Holder | None, tense: str) -> Iterator[str]:
    """What the fixed phrases say of the mention."""
    if holder is None:
        yield "holder none"
        return
    yield f"holder {holder.kind}"
    yield f"said {tense or 'none'}"
    if holder.subject is not None and holder.subject.kind != NAMED:
        yield "holder unnamed"
    stops = {
        "in passing": is_in_passing(holder, mention),
        "past": is_past(reading, mention, holder),
        "stopped before": is_stopped_before(mention, holder),
        "stopped behind": is_stopped_behind(reading, mention, holder),
    }
    yield from (fact for fact, holds in stops.items() if holds)
