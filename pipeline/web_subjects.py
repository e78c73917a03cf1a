"""Whom a sentence speaks of: a certain person, or people in general.

In: one sentence in plain letters. Out: its subjects in order, from rules/claim_phrases.csv (kinds `person`,
`crowd_many`, `crowd_one`) and the names in it. Only what is said of a certain person can become a claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pipeline.web_names import NameInText, names_in
from pipeline.web_phrases import first_phrase, phrases, word

NAMED, MANY, ONE = "named", "crowd_many", "crowd_one"
SELF, THEY, TEAM = "person_i", "crowd_they", "team"
_BACK = 80


@dataclass(frozen=True)
class Subject:
    """A word for somebody: `kind` is `named`, the id of a person phrase, or the kind of a crowd."""

    kind: str
    start: int
    end: int
    name: str = ""

    @property
    def is_person(self) -> bool:
        return self.kind not in (MANY, ONE)


def subjects_in(plain: str, letters: Iterable[tuple[int, int]] = (), they_is_one: bool = False) -> list[Subject]:
    """The subjects of a sentence in order; where two begin together the longer one counts.

    LETTERS are where credentials stand: no name lies in them.
    """
    taken = sorted(letters)
    names = [name for found in names_in(plain) if (name := _before_letters(plain, found, taken)) is not None]
    found = [Subject(NAMED, name.start, name.end, name.text) for name in names]
    found += [subject for subject in _spoken_of(plain, names, they_is_one) if not _inside_name(subject, names)]
    found.sort(key=lambda subject: (subject.start, -subject.end))
    return [one for at, one in enumerate(found) if at == 0 or one.start >= found[at - 1].end or _is_crowd_in(found, at)]


def _before_letters(plain: str, name: NameInText, letters: list[tuple[int, int]]) -> NameInText | None:
    """The name up to the letters behind it (`Jane Doe` of `Jane Doe L. Ac.`), or None where it is letters itself."""
    for start, end in letters:
        if start <= name.start < end:
            return None
        if name.start < start < name.end:
            text = plain[name.start : start].rstrip(" ,.")
            return NameInText(text, name.start, name.start + len(text))
    return name


def _is_crowd_in(found: list[Subject], at: int) -> bool:
    """A name inside the words for a crowd (`the acupuncturist Jane Doe`) is still a name."""
    return found[at].kind == NAMED and not found[at - 1].is_person


def _inside_name(subject: Subject, names: list[NameInText]) -> bool:
    return any(name.start <= subject.start and subject.end <= name.end for name in names)


def _spoken_of(plain: str, names: list[NameInText], they_is_one: bool) -> list[Subject]:
    people = [
        Subject(phrase.id, match.start(), match.end())
        for phrase in phrases("person")
        for match in phrase.pattern.finditer(plain)
    ]
    many = [subject for subject in _crowd(plain, MANY) if not _is_exempt(plain, subject)]
    named = min((name.start for name in names), default=len(plain))
    first = min([named, *(subject.start for subject in people)])
    one = [subject for subject in _crowd(plain, ONE) if not _is_predicate(plain, subject, first)]
    if they_is_one:
        many = [_as_one(plain, subject) for subject in many]
    return people + many + one


def _as_one(plain: str, subject: Subject) -> Subject:
    is_they = plain[subject.start : subject.end].casefold().startswith("they")
    return Subject(THEY, subject.start, subject.end) if is_they else subject


def _crowd(plain: str, kind: str) -> list[Subject]:
    return [
        Subject(kind, match.start(), match.end())
        for phrase in phrases(kind)
        for match in phrase.pattern.finditer(plain)
    ]


def _is_exempt(plain: str, subject: Subject) -> bool:
    """`one of the few acupuncturists` is a certain person, and so is the writer of `as your acupuncturist, I`."""
    before = plain[max(0, subject.start - _BACK) : subject.start]
    return is_one_of_few(before) or before.casefold().endswith("as ")


def is_one_of_few(before: str) -> bool:
    return any(phrase.pattern.search(before) for phrase in phrases("not_crowd"))


def _is_predicate(plain: str, subject: Subject, first_person: int) -> bool:
    """Whether `an acupuncturist` says what somebody is, and is not itself spoken of."""
    before = plain[max(0, subject.start - _BACK) : subject.start]
    if not any(phrase.pattern.search(before) for phrase in phrases("predicate")):
        return False
    return before.rstrip()[-1:].isalpha() or first_person < subject.start


@cache
def _lower_words() -> re.Pattern[str]:
    return re.compile(r"(?-i:(?<![\w.])[a-z][\w']+)")


def is_attached(between: str) -> bool:
    """Whether only letters and titles stand between a name and a claim, as behind `Jane Doe, MSOM, `."""
    return (
        len(between) <= 120
        and "?" not in between
        and all(found.group() in {"of", "in", "and", "the"} for found in _lower_words().finditer(between))
    )


def is_badge_lead(lead: str) -> bool:
    """Whether the words before a claim are those of a badge (`Nationally `, `State licensed and `)."""
    plain_words = _adverbs()
    return all(plain_words.fullmatch(found.group()) for found in _lower_words().finditer(lead))


@cache
def _adverbs() -> re.Pattern[str]:
    return re.compile(word("adverb"), re.I)


def name_follows(plain: str, start: int, end: int, names: list[Subject]) -> Subject | None:
    """The person whose name stands right behind a claim: `licensed acupuncturist Jane`, `our acupuncturist, Jane`."""
    after = next((one for one in names if one.start >= end), None)
    if after is None or after.start - end > _BACK:
        return None
    between = plain[end : after.start]
    introduced = first_phrase("introduces", plain[max(0, start - _BACK) : start]) is not None
    kinds = ("named_after", "named_after_comma") if introduced else ("named_after",)
    return after if any(row.pattern.fullmatch(between) for kind in kinds for row in phrases(kind)) else None
