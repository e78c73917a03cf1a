"""Whether a name that was given beside a number agrees with the number's holder.

Comes in: a name as typed, the names the holder is known by. Goes out: how they agree, in words, or "". A number and a
name that agree confirm each other, so this is stricter than finding: the family name must agree, and a given name.
"""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz

from db.keys import asked_name_words, name_words
from db.name_fit import PARTICLES
from db.nicknames import nicknames_of

# Two of twelve letters wrong still score 83; unrelated names of one length score below 70.
CLOSE_SCORE = 84
THE_NAME = "the name"
CLOSE_SPELLING = "a name spelled nearly the same"
SHORT_FORM = "the name in another form"
GENERATIONS = frozenset(("jr", "sr", "ii", "iii", "iv"))


def name_agreement(asked: str, known: Iterable[object], family: str = "") -> str:
    """Return how an asked name agrees with one of the known ones, in words; empty when it does not.

    The family name must agree, and a given name or its initial; a single word is nobody's whole name. `family` is the
    family name of the known ones where it is known; a known name without it ends with its family name.
    """
    words = given_first(asked)
    if len(words) < 2:
        return ""
    theirs = [given_first(str(name)) for name in known]
    families = set(name_words(family))
    if any(same_person_name(words, others, families) for others in theirs):
        return THE_NAME
    if any(same_person_name(form, others, families) for form in other_forms(words) for others in theirs):
        return SHORT_FORM
    key = " ".join(sorted(words))
    close = any(fuzz.ratio(key, " ".join(sorted(others))) >= CLOSE_SCORE for others in theirs)
    return CLOSE_SPELLING if close else ""


def other_forms(words: list[str]) -> list[list[str]]:
    """The name with its first word in another form: `bill smith` as `william smith`."""
    return [[form, *words[1:]] for form in sorted(nicknames_of(words[0]))]


def given_first(text: str) -> list[str]:
    """Return the words of a name, the family name last also where it is written `Family, Given`."""
    words, front = asked_name_words(text), name_words(text.partition(",")[0])
    rest = words[len(front) :]
    ordered = [*rest, *front] if "," in text and rest and words[: len(front)] == front else words
    return [word for word in ordered if word not in GENERATIONS]


def same_person_name(asked: list[str], known: list[str], family: set[str]) -> bool:
    """Whether the family name stands at an end of the asked name and a given name or initial agrees.

    Where the family name stands first (`Zhao Rulan`), everything behind it must be a given name: in
    `Kim Mary Jones` Kim is none.
    """
    families = (family & set(known)) or set(known[-1:])
    given, rest = (significant(word for word in words if word not in families) for words in (known, asked))
    if not given or not rest:
        return sorted(asked) == sorted(known)
    agree = [any(alike(word, other) for other in given) for word in rest]
    return (asked[-1] in families and any(agree)) or (asked[0] in families and all(agree))


def significant(words: Iterable[str]) -> list[str]:
    """Words without particles such as `de la`, which agree between strangers; unless nothing else is left."""
    every = list(words)
    return [word for word in every if word not in PARTICLES] or every


def alike(word: str, other: str) -> bool:
    return word == other or (1 in (len(word), len(other)) and word[0] == other[0])
