"""Readings: the ways one name can be read, in comparable form.

In: a name as names.py took it apart. Out: readings, the likeliest first. Where a source prints a name as one string,
or people typed it into the wrong boxes, which word is the family name is a guess; every plausible guess is kept and the
pair decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from nicknames import NickNamer

from pipeline.name_text import fold
from pipeline.names import PersonName
from pipeline.no_names import is_comparable
from pipeline.rules import read_rule_table

SMALL_WORDS = frozenset("de del dela la las le los da das do dos di du el al van von der den ter y e san st".split())
# one consonant (or the few pairs these scripts give), a vowel or several, and an ending that they know
_SYLLABLES = re.compile(r"(?:\s*(?:zh|ch|sh|kk|tt|pp|ss|jj|ts|th|ph|kh|tr|gi|qu|ng|nh|hs|[b-df-hj-np-tvwxyz])?y?w?"
                        r"[aeiouy]{1,3}(?:ng|nh|ch|[nmlkptghbc](?![aeiouy]))?)+")  # fmt: skip
LONGEST = 40  # letters of a name part that are compared; longer ones are no names


class Reading(NamedTuple):
    """One reading: folded given, middle and family name."""

    given: str
    middle: str
    family: str


@lru_cache(maxsize=200_000)
def columns_of(reading: Reading) -> tuple[object, ...]:
    """The columns of fields.NAME_SCHEMA behind the number of the reading: strings, then lists of words."""
    given, middle, family = reading
    whole, english, romanized, short = of_given(given)
    last, east_asian, family_words = of_family(family)
    words = sorted(f"{given} {middle} {family}".split())
    every = " ".join(words) if len(words) > 2 and min(map(len, words)) > 1 else ""
    key = f"{whole} {last}" if whole < last else f"{last} {whole}"
    letters = "".join(sorted(whole + last))
    return (
        whole, last, whole[:1], key.strip(), every, letters,
        east_asian, english, romanized, given_words(given, middle), short, family_words,
    )  # fmt: skip


def readings(name: PersonName) -> Iterator[Reading]:
    """The readings of a name; none where it cannot be compared: no given or family name, a company, nobody."""
    if not is_comparable(name):
        return
    given, middle, family = fold(name.given), fold(name.middle), fold(name.family)
    yield composed(given, middle, family)
    if given in east_asian_names() and family != given:
        yield composed(f"{middle} {family}".strip(), "", given)
    elif middle and len(middle) > 2 and family not in east_asian_names():
        yield Reading(given, "", f"{middle} {family}")


def composed(given: str, middle: str, family: str) -> Reading:
    """A reading in which the middle words of an East Asian name are a part of the given name (Wei Ling Zhao)."""
    whole = " ".join(word for word in middle.split() if len(word) > 1)
    if not whole or not {given, family} & east_asian_names():
        return Reading(given, middle, family)
    return Reading(f"{given} {whole}", " ".join(word for word in middle.split() if len(word) == 1), family)


def middle_of(name: PersonName) -> str:
    """The middle name, folded; "" where it may as well be a part of a given or the family name."""
    if not name.middle or (not name.in_parts and fold(name.given) in east_asian_names()):
        return ""
    return composed(fold(name.given), fold(name.middle), fold(name.family)).middle


def joined(given: str) -> str:
    """The whole words of a given name as one; initials count only where there is nothing else."""
    words = given.split()
    whole = [word for word in words if len(word) > 1] or words
    return "".join(whole)[:LONGEST]


@lru_cache(maxsize=50_000)
def of_given(given: str) -> tuple[str, bool, bool, list[str]]:
    """The name as one word, whether it is English or romanized, and it beside what it is short or long for."""
    whole = joined(given)
    return whole, is_english(given), is_romanized(given), sorted({whole, *long_forms(whole)})


@lru_cache(maxsize=50_000)
def of_family(family: str) -> tuple[str, bool, list[str]]:
    """The name as one word, whether it is printed first as often as last, and its parts that can stand for it.

    Not `de la`, not a lone initial.
    """
    last = family.replace(" ", "")[:LONGEST]
    words = [word for word in family.split() if word not in SMALL_WORDS and len(word) > 1]
    return last, family in east_asian_names(), sorted({word[:LONGEST] for word in [*words, last]})


@lru_cache(maxsize=50_000)
def given_words(given: str, middle: str) -> list[str]:
    """Words of two letters or more of given and middle name, and runs of them: `Kathy Min-Yin` holds minyin."""
    words = [word for word in f"{given} {middle}".split() if len(word) > 1]
    runs = {"".join(words), "".join(words[1:]), "".join(words[:-1]), joined(given)}
    return sorted(word[:LONGEST] for word in {*words, *runs} if len(word) > 1)


def long_forms(given: str) -> frozenset[str]:
    return frozenset(nicknames().canonicals_of(given)) if len(given) > 2 else frozenset()


@cache
def nicknames() -> NickNamer:
    return NickNamer()


def is_english(given: str) -> bool:
    """Whether a given name is one that English speakers use, so that it may stand beside a romanized one."""
    words = given.split()
    return words[0] in english_names() if words else False


def is_romanized(given: str) -> bool:
    """Whether a given name is written in syllables of an East Asian language, and is no English one."""
    return not is_english(given) and _SYLLABLES.fullmatch(given) is not None


@cache
def english_names() -> frozenset[str]:
    """Given names that have short forms in English, and the common ones of the rules."""
    listed = {row["given_name"]: row["english"] == "1" for row in read_rule_table("common_given_names")}
    known = {*nicknames().canonical_lookup, *nicknames().nickname_lookup}
    return frozenset(name for name in {*known, *listed} if listed.get(name, len(name) > 2))


@cache
def east_asian_names() -> frozenset[str]:
    """Common family names of people who print them first as often as last."""
    east = ("Chinese", "Korean", "Vietnamese", "Japanese")
    rows = read_rule_table("common_family_names")
    return frozenset(row["family_name"] for row in rows if any(word in row["note"] for word in east))
