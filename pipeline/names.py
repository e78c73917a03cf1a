"""Names of people: read from parts or from one printed string, and made comparable.

In: names as sources print them, with credentials stuck on, in capitals, family name first or last. Out:
PersonName in display case, and keys that agree where the same person is written in another order or script
habit. No name is ever thrown away: what cannot be read stays in `printed`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from pipeline.name_tail import (
    are_letters,
    generation,
    is_certain,
    is_possible,
    join_two_word_letters,
    shown,
    split_tail,
)
from pipeline.name_text import LONGEST_NAME, fold, is_one_case, proper_case, squeeze
from pipeline.rules import read_rule_table

__all__ = [
    "PersonName", "fold", "middle_conflict", "name_from_parts",
    "name_key", "name_tokens", "parse_name", "suffix_conflict",
]  # fmt: skip

_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|[\"\u201c]([^\"\u201c\u201d]*)[\"\u201d]")
_EAST_ASIAN_TEXT = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_LEADING_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_CONTROL = re.compile("\x1b\\[[0-9;]*[A-Za-z]|[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\ud800-\udfff]")
_FOREIGN_DEGREE = re.compile(r"\bM\.?D\.? ?\([^()]{1,30}\)", re.I)
LONGEST_LETTERS = 7
_TITLES = frozenset("dr doctor mr mrs ms miss mx prof professor rev reverend sir".split())
_PARTICLES = frozenset(
    "da das de del dela della der di do dos du de' el la las le los mac mc san santa st saint ten ter"
    " van vande vander von zu bin ibn al".split()
)
_ALSO_GIVEN_NAMES = frozenset(("bin", "do", "al"))
_NOTHING = frozenset(("", "--", "-", "n/a", "na.", "none", "null", "(none)"))


@dataclass(frozen=True)
class PersonName:
    """One name. `printed` is the source's own text; the parts are in display case, "" where there is none.

    `in_parts`: the source prints the family name apart, so which word it is was not guessed.
    """

    printed: str
    given: str = ""
    middle: str = ""
    family: str = ""
    suffix: str = ""
    credentials: tuple[str, ...] = ()
    in_parts: bool = field(default=False, compare=False)

    @property
    def display(self) -> str:
        """The name as a page shows it, without credentials: `Maria L. de la Cruz Jr.`"""
        return " ".join(part for part in (self.given, self.middle, self.family, self.suffix) if part)


def parse_name(text: str) -> PersonName:
    """A name printed as one string, given name first or `Family, Given`, with or without credentials."""
    printed = squeeze(_visible(text))
    bare, letters = _without_brackets(_romanized(printed))
    segments = [part.strip() for part in join_two_word_letters(bare).split(",") if part.strip(" .")]
    if not segments:
        return PersonName(printed)
    one_case = is_one_case(segments[0])
    words, tail = split_tail(_without_titles(_words(segments[0])), one_case)
    rest = segments[1:]
    given_words: list[str] = []
    turned = [rest.pop(0)] if len(rest) > 1 and len(words) == 1 and generation(rest[0]) else []
    if rest and not tail and _is_family_first(words, rest, one_case):
        given_words, tail = split_tail(rest.pop(0).split(), one_case, keep=1)
    suffix, more = _read_rest(turned + rest)
    words, suffix = _without_generation(words, suffix)
    given_words, suffix = _without_generation(given_words, suffix)
    given, middle, family = _divided(words, given_words)
    return PersonName(
        printed,
        _cased(given, one_case),
        _cased(middle, one_case),
        _cased(family, one_case),
        suffix,
        tuple(dict.fromkeys(tail + more + letters)),
    )


def name_from_parts(
    given: str, middle: str = "", family: str = "", suffix: str = "", credential: str = ""
) -> PersonName:
    """A name whose source prints it in parts. `--` is nothing; a suffix at the end of the family name is
    found.
    """
    parts = [_present(part) for part in (given, middle, family, suffix, credential)]
    family_words, found = _without_generation(parts[2].split(), generation(parts[3]) or parts[3])
    letters = [shown(word) for word in _split_letters(parts[4])]
    return PersonName(
        " ".join(part for part in parts[:4] if part),
        _cased(parts[0].split(), is_one_case(parts[0])),
        _cased(parts[1].split(), is_one_case(parts[1])),
        _cased(family_words, is_one_case(parts[2])),
        found,
        tuple(dict.fromkeys(letters)),
        in_parts=True,
    )


def name_tokens(name: PersonName) -> tuple[str, ...]:
    """The folded words of given and family name, in that order, without the middle name."""
    return tuple(fold(f"{name.given} {name.family}").split())


def name_key(name: PersonName) -> str:
    """A key that does not know which name comes first: `Li Wei` and `Wei Li`, `Wei-Ling Zhao` and `Zhao
    Weiling`.

    The words of the given name are joined (initials dropped where a whole word stays), those of the family
    name too, and the two are sorted.
    """
    given = fold(name.given).split()
    whole = [word for word in given if len(word) > 1] or given
    return " ".join(sorted(part for part in ("".join(whole), fold(name.family).replace(" ", "")) if part))


def middle_conflict(a: PersonName | str, b: PersonName | str) -> bool:
    """Whether two middle names cannot be one: both are given and begin with different letters."""
    first, second = (fold(x if isinstance(x, str) else x.middle).replace(" ", "") for x in (a, b))
    return bool(first and second) and first[0] != second[0]


def suffix_conflict(a: PersonName | str, b: PersonName | str) -> bool:
    """Whether both names carry a generation and they differ. Jr. and II are used for one another."""
    first, second = (generation_class(x if isinstance(x, str) else x.suffix) for x in (a, b))
    return bool(first and second) and first != second


def generation_class(suffix: str) -> str:
    found = generation(suffix) or fold(suffix)
    return "II" if found == "Jr." else found


def _present(part: str) -> str:
    text = squeeze(_visible(part))
    return "" if text.casefold() in _NOTHING else text


def _visible(text: str) -> str:
    """The text without control characters and without marks that only steer how it is laid out."""
    if text.isprintable():
        return text
    spaced = _CONTROL.sub(" ", text[: LONGEST_NAME * 4])
    return "".join(letter for letter in spaced if letter.isprintable() or letter.isspace())


def _romanized(printed: str) -> str:
    """The Latin letters of a name printed in two scripts: `Jieun Kim (김지은)`, `王小明 (Xiaoming Wang)`."""
    if printed.isascii() or not _EAST_ASIAN_TEXT.search(printed):
        return printed
    latin = _LEADING_BRACKETS.sub(r"\1", _EAST_ASIAN_TEXT.sub(" ", printed), count=1)
    words = [word.strip(",") for word in latin.split()]
    named = [word for word in words if len(fold(word)) > 1 and not is_certain(word)]
    return latin if len(named) > 1 else printed


def _without_brackets(text: str) -> tuple[str, list[str]]:
    """The text without bracketed and quoted words, and what of them is credential letters: `MD (China)`."""
    foreign = _FOREIGN_DEGREE.findall(text)
    text = _FOREIGN_DEGREE.sub(" ", text)
    inside = [next((part for part in found if part), "") for found in _BRACKETS.findall(text)]
    letters = [word for part in inside for word in part.split() if is_certain(word)]
    return " ".join(_BRACKETS.sub(" ", text).split()), foreign + letters


def _words(text: str) -> list[str]:
    """The words of a name, without those that hold no letter (a dash, an emoji) where others do."""
    words = text.split()
    return [word for word in words if fold(word)] or words


def _without_titles(words: list[str]) -> list[str]:
    while len(words) > 1 and fold(words[0]) in _TITLES:
        words = words[1:]
    return words


def _without_generation(words: list[str], suffix: str) -> tuple[list[str], str]:
    if len(words) > 1 and generation(words[-1]):
        return words[:-1], suffix or generation(words[-1])
    return words, suffix


def _is_family_first(words: list[str], rest: list[str], one_case: bool) -> bool:
    """Whether `words, rest[0]` reads as `Family, Given`."""
    if generation(rest[0]):
        return False
    if len(words) == 1 and len(rest[0].split()) == 1 and len(rest) == 1 and not is_certain(rest[0]):
        return True
    if are_letters(rest[0], one_case):
        return False
    return len(words) == 1 or fold(words[0]) in _PARTICLES or _reads_as_given_name(rest)


def _reads_as_given_name(rest: list[str]) -> bool:
    word = rest[0].split()[0]
    return (word.istitle() or word.isupper()) and len(word) > 3 and any(vowel in fold(word) for vowel in "aeiouy")


def _read_rest(rest: list[str]) -> tuple[str, list[str]]:
    suffix, letters = "", []
    for segment in rest:
        if generation(segment):
            suffix = suffix or generation(segment)
        else:
            letters += _split_letters(segment)
    return suffix, [shown(word) for word in letters]


def _split_letters(text: str) -> list[str]:
    """Credential letters one by one; a phrase that is not letters stays whole."""
    found: list[str] = []
    for part in re.split(r"[,;|]", join_two_word_letters(text)):
        words = part.split()
        one_by_one = all(is_possible(word) and len(word) <= LONGEST_LETTERS for word in words)
        found += words if one_by_one else [part.strip()]
    return [word for word in found if word.strip(".- ")]


def _divided(words: list[str], given_words: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Given, middle and family words; GIVEN_WORDS is filled where the family name came first."""
    if given_words:
        return given_words[:1], given_words[1:], words
    if len(words) < 2:
        return words, [], []
    start = _family_start(words)
    return words[:1], words[1:start], words[start:]


def _family_start(words: list[str]) -> int:
    start = len(words) - 1
    if fold(words[-1]) in _east_asian_names():
        return start
    while start > 1 and _is_particle(words[start - 1]):
        start -= 1
    if start > 2 and fold(words[start - 1]) == "y":
        start -= 2
    return start


def _is_particle(word: str) -> bool:
    """Whether a word belongs to the family name after it; Bin, Do and Al are given names unless printed small."""
    return fold(word) in _PARTICLES and (word.islower() or fold(word) not in _ALSO_GIVEN_NAMES)


@cache
def _east_asian_names() -> frozenset[str]:
    """Common family names before which Van, Le or San is a middle name and not a particle."""
    east = ("Chinese", "Korean", "Vietnamese", "Japanese")
    rows = read_rule_table("common_family_names")
    return frozenset(row["family_name"] for row in rows if any(word in row["note"] for word in east))


def _cased(words: list[str], one_case: bool) -> str:
    text = " ".join(word.strip(",;") for word in words)
    return proper_case(text) if one_case else " ".join(_cased_word(word) for word in text.split())


def _cased_word(word: str) -> str:
    if word.islower() and word not in _PARTICLES and word != "y":
        return proper_case(word)
    return proper_case(word) if word.isupper() and len(word) > 3 and "." not in word else word
