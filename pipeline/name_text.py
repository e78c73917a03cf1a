"""How letters of names are compared and shown: folded for comparison, in proper case for display.

In: any text. Out: text. Nothing here knows what a given name or a credential is; names.py does.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST_NAME = 300
_APOSTROPHES = re.compile("['\u2018\u2019\u02bb\u02bc\u0060\u00b4]")
# Letters that Unicode takes no mark off, as people type them who have no such key; `db.keys` has the same.
_PLAIN = str.maketrans(dict(zip("đðłøıħ", "ddloih", strict=True)) | {"æ": "ae", "œ": "oe", "þ": "th"})
_ASCII_APOSTROPHES = re.compile("['`]")
_TRADE_MARKS = dict.fromkeys(map(ord, "\u00ae\u2122\u00a9"))
_NOT_LETTERS = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019\u02bb][^\W\d_]+)*")
LOWER_PARTICLES = frozenset("da das de del della der den di do dos du la las le los van von y ten ter".split())
_ROMAN = frozenset("ii iii iv".split())


def squeeze(text: str) -> str:
    """The text in compatibility form with runs of white space as one space, cut at 300 characters."""
    marked = text[: LONGEST_NAME * 4].translate(_TRADE_MARKS)
    return " ".join(unicodedata.normalize("NFKC", marked).split())[:LONGEST_NAME].strip()


@lru_cache(maxsize=100_000)  # names come again and again
def fold(text: str) -> str:
    """The text for comparison: no marks, no case, no apostrophes, hyphens as spaces, letters of all scripts
    kept.
    """
    if text.isascii():
        return _NOT_LETTERS.sub(" ", _ASCII_APOSTROPHES.sub("", text).lower()).strip()
    previous, folded = "", text
    while folded != previous:
        previous, folded = folded, _fold_once(folded)
    return folded


def _fold_once(text: str) -> str:
    letters = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold().translate(_PLAIN)
    return _NOT_LETTERS.sub(" ", unicodedata.normalize("NFC", bare)).strip()


def is_one_case(text: str) -> bool:
    """Whether the text has two letters or more and all of them are capitals, or all are small."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) > 1 and (text.isupper() or text.islower())


def proper_case(text: str) -> str:
    """The text with capitals where names have them: McDonald, O'Brien, Mai-Ling, de la Cruz, III."""
    words = text.split()
    return " ".join(_proper_word(word, last=at == len(words) - 1) for at, word in enumerate(words))


def _proper_word(word: str, last: bool) -> str:
    low = word.lower()
    if low.strip(".,") in _ROMAN:
        return word.upper()
    if low in LOWER_PARTICLES and not last:
        return low
    return _WORD.sub(lambda match: _proper_letters(match.group()), low)


def _proper_letters(low: str) -> str:
    head, apostrophe, tail = _split_apostrophe(low)
    if apostrophe and len(head) == 1 and len(tail) > 1:
        return head.upper() + apostrophe + _capital(tail)
    if low.startswith("mc") and len(low) > 3:
        return "Mc" + _capital(low[2:])
    return _capital(low)


def _split_apostrophe(low: str) -> tuple[str, str, str]:
    for mark in "'\u2019\u02bb":
        if mark in low:
            return low.partition(mark)
    return low, "", ""


def _capital(low: str) -> str:
    return low[:1].title() + low[1:]  # title: the capital of ß is Ss, not SS
