"""Whose a mentioned certificate or license is: the person a sentence gives it to, if it gives it to one.

In: a reading and a mention. Out: the holder with the words that lead from the person to the mention, or None where the
sentence speaks of nobody in particular. A badge ("NCCAOM certified") has a holder without a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.web_phrases import first_phrase, found_phrases, leading_phrase, past_phrase, phrases
from pipeline.web_reading import Mention, Reading
from pipeline.web_subjects import MANY, NAMED, Subject, is_attached, is_badge_lead, name_follows

ATTACHED, PERSON, BADGE = "attached", "person", "badge"
_POSSESSIVE = frozenset(("person_my", "person_his_her"))
_PRONOUNS = frozenset(("person_he_she", "person_his_her"))
_SPEAK_IN_EXPLANATIONS = frozenset((NAMED, "person_i", "person_my"))
_SEGMENT = re.compile(r"[,;:|/()+\u00b7\u2022\u2611\u2705\u2713\u2714!]|\s-\s")
_BAR = re.compile(r"[|;\u00b7\u2022\u2611\u2705\u2713\u2714]|\s-\s")
# What goes on like this behind the last of several names is said of that one alone.
_OF_ONE = re.compile(r",?\s+(?:who\s)?(?:also\s)?(?:an?|is|has|holds|was)\b")
# What goes on like this behind people in general is said of them: `My former partner was …`.
_VERB = re.compile(r"\b(?:is|was|are|were|has|had)\b")
_JOINED_NAMES = re.compile(r"(?:,\s[\w.\s]{1,12})?,?\s(?:and|&)\s")


@dataclass(frozen=True)
class Holder:
    """`lead` are the words from the person to the mention, `before` those before the person; `names` as printed."""

    kind: str
    subject: Subject | None
    lead: str
    before: str
    names: tuple[str, ...] = ()

    def opens(self, mention: Mention) -> bool:
        """Whether the person is named behind the mention: `Certified by NCCAOM, Jane …`."""
        return self.kind == PERSON and self.subject is not None and self.subject.start > mention.start


def holder_of(reading: Reading, mention: Mention) -> Holder | None:
    """Who has it: a name it is attached to, the nearest subject before it, the subject it opens, or a badge's owner."""
    named = _attached(reading, mention)
    if named:
        return named
    if reading.plain.endswith("?") or reading.setting.requires:
        return None
    nearest = _nearest_before(reading, mention)
    if nearest and nearest.kind == "person_role" and mention.start < nearest.end:
        return None
    if nearest and nearest.kind in _PRONOUNS and _is_of_a_relative(reading, nearest):
        return None
    if nearest and nearest.is_person:
        return _person(reading, mention, nearest)
    return _opened(reading, mention, nearest)


def _attached(reading: Reading, mention: Mention) -> Holder | None:
    before = [one for one in reading.names if one.end <= mention.start]
    if before and is_attached(reading.plain[before[-1].end : mention.start]):
        return Holder(ATTACHED, before[-1], "", reading.before(before[-1].start), (before[-1].name,))
    after = name_follows(reading.plain, mention.start, mention.end, reading.names)
    lead = _SEGMENT.split(reading.plain[: mention.start])[-1]
    return Holder(ATTACHED, after, lead, reading.before(mention.start), (after.name,)) if after else None


def _nearest_before(reading: Reading, mention: Mention) -> Subject | None:
    before = [one for one in reading.subjects if one.start < mention.start]
    while before and before[-1].kind == MANY and _is_left_again(reading.plain[before[-1].end : mention.start]):
        before.pop()
    return before[-1] if before else None


def _is_of_a_relative(reading: Reading, pronoun: Subject) -> bool:
    """Whether he or she is somebody's relative or teacher: `My sister got her license`."""
    spoken_of = found_phrases("relative_speaks", reading.plain[: pronoun.start])
    last = max((match.end() for _, match in spoken_of), default=0)
    named = any(last <= one.start < pronoun.start for one in reading.names)
    return (last > 0 and not named) or (reading.setting.of_a_relative and not reading.names)


def _is_left_again(lead: str) -> bool:
    """Whether several people were only spoken of: `treats students and is certified`."""
    return first_phrase("singular_verb", lead) is not None


def _person(reading: Reading, mention: Mention, subject: Subject) -> Holder | None:
    if reading.setting.explains and subject.kind not in _SPEAK_IN_EXPLANATIONS:
        return None
    owner = _owner(reading, subject)
    lead = _last_clause(reading.plain[owner.end : mention.start])
    alone = _OF_ONE.match(reading.plain[owner.end : mention.start]) is not None
    names = () if owner.kind != NAMED else (owner.name,) if alone else _all_names(reading, owner)
    return Holder(PERSON, owner, lead, reading.before(owner.start), names)


def _owner(reading: Reading, subject: Subject) -> Subject:
    """Whose it is: in `Jane let her certification lapse` it is Jane's."""
    before = [one for one in reading.subjects if one.end <= subject.start and one.is_person]
    return before[-1] if subject.kind in _POSSESSIVE and before else subject


def _last_clause(lead: str) -> str:
    cuts = [match.end() for phrase in phrases("new_clause") for match in phrase.pattern.finditer(lead)]
    return lead[max(cuts) :] if cuts else lead


def _all_names(reading: Reading, subject: Subject) -> tuple[str, ...]:
    """The names joined with `and` to a subject, the subject last."""
    names = [subject]
    for one in reversed([name for name in reading.names if name.end <= subject.start]):
        if not _JOINED_NAMES.fullmatch(reading.plain[one.end : names[0].start]):
            break
        names.insert(0, one)
    return tuple(one.name for one in names)


def _opened(reading: Reading, mention: Mention, nearest: Subject | None) -> Holder | None:
    """The holder of a claim that opens its sentence: the person named behind the comma, or a badge's owner."""
    lead = _last_clause(_SEGMENT.split(reading.plain[: mention.start])[-1])
    after = next((one for one in reading.subjects if one.start >= mention.end and _is_opened(reading, one)), None)
    if nearest and _VERB.search(reading.plain[nearest.end : mention.start]):
        return None
    if after and (nearest is None or nearest.start == 0):
        return Holder(PERSON, after, lead, "", (after.name,) if after.name else ()) if after.is_person else None
    if nearest is None and not mention.person_only and _is_badge(reading, mention, lead):
        return Holder(BADGE, None, lead, "")
    return None


def _is_opened(reading: Reading, subject: Subject) -> bool:
    before = reading.plain[: subject.start].rstrip()
    return before.endswith((",", " -", "=")) or leading_phrase("opens_with_as", before) is not None


def _is_badge(reading: Reading, mention: Mention, lead: str) -> bool:
    """Whether the words around a mention are a badge or a line of a list and no sentence that explains."""
    if reading.setting.explains or not is_badge_lead(lead) or first_phrase("explains", reading.plain):
        return False
    if first_phrase("finite_verb", _around(reading.plain, mention)) or not _is_listed(reading.plain, mention):
        return False
    return leading_phrase("badge_follows", past_phrase("own_board", reading.plain[mention.end :])) is not None


def _is_listed(plain: str, mention: Mention) -> bool:
    """Whether colons around a mention, if there are, belong to a person's own list and not to an explanation."""
    label, colon, _ = plain[: mention.start].rpartition(":")
    fits = any(row.pattern.fullmatch(_BAR.split(label)[-1]) for row in phrases("badge_label"))
    explained = leading_phrase("colon_follows", past_phrase("own_board", plain[mention.end :]))
    return (not colon or fits) and not explained


def _around(plain: str, mention: Mention) -> str:
    """What stands around a mention: its whole sentence, or its badge between bars and bullets."""
    if plain.endswith("."):
        return f"{plain[: mention.start]} | {plain[mention.end :]}"
    return f"{_BAR.split(plain[: mention.start])[-1]} | {_BAR.split(plain[mention.end :])[0]}"
