"""Whether a certain person is said to have something: the judgment behind every claim from a website.

In: a reading and where in it a certificate or a license is mentioned. Out: of whom it is said and whether it is past,
or None: an explanation, a denial, an examination, a wish, a demand, people in general. When in doubt it is None,
because a wrong claim harms a person and a missed one does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.web_holders import ATTACHED, BADGE, PERSON, Holder, holder_of
from pipeline.web_phrases import blanked, first_phrase, leading_phrase, past_phrase, phrases
from pipeline.web_reading import Mention, Reading
from pipeline.web_subjects import NAMED, TEAM, is_one_of_few

CURRENT, PAST = "current", "past"
CERTIFICATION, LICENSE = "certification", "license"
# The values of rows in claim_phrases.csv that hold only for some mentions.
NOBODY, SEVERAL, UNNAMED, LETTERS = "nobody", "several", "person", "letters"


@dataclass(frozen=True)
class Said:
    """Of whom a mention is said (names as printed; none for a pronoun or a badge), when, and by which rule."""

    tense: str
    rule: str
    names: tuple[str, ...] = ()


def said_of(reading: Reading, mention: Mention) -> Said | None:
    """Who is said to have what is mentioned, or None."""
    holder = holder_of(reading, mention)
    if holder is None or is_in_passing(holder, mention):
        return None
    if (mention.plural and not _is_of_few(reading, mention, holder)) or not _is_owned(reading, mention, holder):
        return None
    if is_past(reading, mention, holder):
        return None if is_stopped_behind(reading, mention, holder) else Said(PAST, mention.rule, holder.names)
    if is_stopped_before(mention, holder) or is_stopped_behind(reading, mention, holder):
        return None
    return Said(CURRENT, mention.rule, holder.names)


def is_in_passing(holder: Holder, mention: Mention) -> bool:
    """Whether the person is only spoken of on the way: a teacher, a colleague, a condition."""
    named = holder.subject is not None and holder.subject.kind == NAMED and not holder.opens(mention)
    if leading_phrase("ours", holder.lead):
        return False
    if named and first_phrase("stop_before_name", holder.before):
        return True
    return first_phrase("stop_before_person", holder.before) is not None


def _is_of_few(reading: Reading, mention: Mention, holder: Holder) -> bool:
    """Whether words for several people mean certain ones: `one of the few …`, `Jane Doe and Joan Roe are …`."""
    is_team = holder.subject is not None and holder.subject.kind == TEAM
    return is_team or len(holder.names) > 1 or is_one_of_few(reading.before(mention.start))


def _is_owned(reading: Reading, mention: Mention, holder: Holder) -> bool:
    """Whether somebody is said to have it, where the mention alone does not say so."""
    if not mention.needs_owner:
        return True
    subject = None if holder.opens(mention) else holder.subject
    start = subject.start if subject and subject.start < mention.start else mention.start - len(holder.lead)
    if first_phrase("owns", reading.plain[start : mention.start]):
        return True
    dated = leading_phrase("dated", reading.plain[mention.end :]) is not None
    dated = dated or first_phrase("dated_before", reading.plain[: mention.start]) is not None
    return holder.kind != PERSON and (dated or reading.setting.certificates)


def _behind(reading: Reading, mention: Mention) -> str:
    """What stands behind a mention and the board's name in brackets."""
    return past_phrase("own_board", reading.plain[mention.end :])


def is_past(reading: Reading, mention: Mention, holder: Holder) -> bool:
    after = _behind(reading, mention)
    if first_phrase("restored", after):
        return False
    if first_phrase("past_lead", blanked("harmless", holder.lead)) or leading_phrase("past_after", after):
        return True
    if first_phrase("past_before", holder.before):
        return True
    return any(row.value == mention.kind and row.pattern.search(after) for row in phrases("taken_back"))


def is_stopped_before(mention: Mention, holder: Holder) -> bool:
    """Whether the words that lead to a mention deny it, wish for it, or give it to somebody else."""
    passed = {NAMED, UNNAMED} if holder.kind == ATTACHED else {UNNAMED} if mention.needs_owner else set()
    lead = blanked("harmless", holder.lead)
    return any(row.pattern.search(lead) for row in phrases("stop_lead") if row.value not in passed)


def is_stopped_behind(reading: Reading, mention: Mention, holder: Holder) -> bool:
    """Whether the words behind a mention make something else of it: an examination, a course, people in general."""
    values, after = set(_values(reading, mention, holder)), _behind(reading, mention)
    return any(row.value in values and row.pattern.match(after) for row in phrases("stop_after"))


def _values(reading: Reading, mention: Mention, holder: Holder) -> Iterator[str]:
    """The values of the rows that hold behind this mention."""
    yield from ("", mention.kind)
    if holder.kind == BADGE:
        yield NOBODY
    if not _is_of_few(reading, mention, holder):
        yield SEVERAL
    if mention.letters:
        yield LETTERS
