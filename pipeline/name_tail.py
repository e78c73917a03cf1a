"""Credential letters stuck on a name: which words at its end are letters, and which are the name.

In: the words of one segment of a printed name ("Aaron", "Mills", "DACM"). Out: the words of the name and the
letters. The vocabulary is rules/name_letters.csv; letters that are family names too (Dom, Do, Ma) count only
when capitals, dots or their neighbors say so, because losing a family name loses the person.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.name_text import fold
from pipeline.rules import read_rule_table

_TWO_WORD_LETTERS = (
    (re.compile(r"(?<![\w.])([LDRMC])\.? Ac\b\.?", re.I), lambda m: f"{m[1].upper()}.Ac."),
    (re.compile(r"(?<![\w.])Lic\.? ?Ac\b\.?", re.I), lambda m: "Lic.Ac."),
    (
        re.compile(r"(?<![\w.])(Dipl?)\.? ?(Ac|O\.? ?M|C\.? ?H|A\.? ?B\.? ?T|A\.? ?H\.? ?M)\b\.?", re.I),
        lambda m: f"{m[1].capitalize()}.{m[2].replace(' ', '')}.",
    ),
    (re.compile(r"(?<![\w.])(Ph|Pharm|Psy)\.? D\b\.?", re.I), lambda m: f"{m[1].capitalize()}.D."),
    (re.compile(r"(?<![\w.])(?:M\. D\.|M\.D\.)(?= |$)"), lambda m: "M.D."),
)
_DOTTED = re.compile(r"[^\W\d_]{1,5}(?:\.[^\W\d_]{1,5})+\.?")
_GENERATIONS = {
    "jr": "Jr.", "jnr": "Jr.", "junior": "Jr.", "sr": "Sr.", "snr": "Sr.", "senior": "Sr.",
    "ii": "II", "iii": "III", "iv": "IV", "2nd": "II", "3rd": "III", "4th": "IV",
}  # fmt: skip


@cache
def _letters() -> dict[str, tuple[str, bool]]:
    return {row["letters"]: (row["printed"], row["certain"] == "1") for row in read_rule_table("name_letters")}


def join_two_word_letters(text: str) -> str:
    """`L. Ac` as `L.Ac.`, `D Ac.` as `D.Ac.`, `Dipl. O.M.` as one word, so that words can be told apart."""
    for pattern, joined in _TWO_WORD_LETTERS:
        text = pattern.sub(joined, text)
    return text


def generation(word: str) -> str:
    """`Jr.`, `Sr.`, `II`, `III` or `IV` for a word that says so, else an empty text."""
    return _GENERATIONS.get(fold(word).replace(" ", ""), "")


def bare_letters(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalpha())


def is_dotted(word: str) -> bool:
    return len(bare_letters(word)) >= 2 and _DOTTED.fullmatch(word) is not None


def is_certain(word: str) -> bool:
    """Whether the word is letters of a credential wherever it stands after a name."""
    known = _letters().get(bare_letters(word))
    return bool(known and (known[1] or is_dotted(word)))


def is_possible(word: str) -> bool:
    """Whether the word can be letters of a credential where something else shows that letters begin."""
    return bare_letters(word) in _letters() or (is_dotted(word) and len(bare_letters(word)) > 2)


def shown(word: str) -> str:
    """The letters as they are usually written where a source changed their case: `Daom` as `DAOM`."""
    known = _letters().get(bare_letters(word))
    if known and "." not in word and (word.islower() or word.istitle()):
        return known[0]
    return word


def split_tail(words: list[str], one_case: bool, keep: int = 2) -> tuple[list[str], list[str]]:
    """The words of the name (at least KEEP) and the letters after them.

    ONE_CASE says that the whole text is capitals or small letters, so that capitals tell nothing.
    """
    at = len(words)
    while at > keep and _ends_with_letters(words[at - 1], one_case, _is_beside_letters(words, at, one_case)):
        at -= 1
    if at == keep == 2 and len(words) >= 2 and _is_plainly_letters(words[1], one_case):
        at = 1
    return words[:at], [shown(word) for word in words[at:]]


def _is_beside_letters(words: list[str], at: int, one_case: bool) -> bool:
    """Whether word AT - 1 stands beside letters that let it be letters too: in `Mei Ling Ma L.Ac.` it is the name."""
    if is_certain(words[at - 2]):
        return True
    written_as_a_name = words[at - 1].istitle() and not one_case and "." not in words[at - 1]
    return at < len(words) and not (written_as_a_name and all(map(_has_its_capitals, words[at:])))


def _has_its_capitals(letters: str) -> bool:
    """Whether letters are written as they usually are; a source that writes `Lac` writes `Ma` for an MA."""
    return "." in letters or not letters.istitle()


def _ends_with_letters(word: str, one_case: bool, beside_letters: bool) -> bool:
    if is_certain(word):
        return True
    return is_possible(word) and (
        is_dotted(word) or beside_letters or (word.isupper() and len(word) > 1 and not one_case)
    )


def _is_plainly_letters(word: str, one_case: bool) -> bool:
    return is_certain(word) and (is_dotted(word) or not (one_case or word.istitle()))


def are_letters(segment: str, one_case: bool) -> bool:
    """Whether a segment after a comma is credential letters and not a given name."""
    words = segment.split()
    return is_certain(words[0]) or all(is_possible(word) or (word.isupper() and not one_case) for word in words)
