"""Search keys: the same name or license number written two ways becomes one text.

Comes in: text as a person or a source wrote it. Goes out: a key that is stored beside the row when
the file is built and made again from the question when somebody asks. The keys decide only what is
found, never who is who.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Letters behind a name that are no part of it, as people paste them into a search box.
CREDENTIAL_WORDS = frozenset(
    "lac dipl diplac diplom nccaom ncbahm nccaoma om ac dac dacm daom dom msom mtom macom mac maom mstcm"
    " msac ap omd eamp rac md do dabma faaama phd rn dc nd lmt mba ms ma jr sr ii iii iv dr mr"
    " mrs prof".split()
)
# Letters that are also names of people: taken off only where they stand alone after a comma.
NAMES_TOO = frozenset("ac ma mac do dom ms nd om".split())
# Letters that Unicode takes no mark off, as people type them who have no such key; `pipeline.name_text` has the same.
_PLAIN = str.maketrans(dict(zip("đðłøıħ", "ddloih", strict=True)) | {"æ": "ae", "œ": "oe", "þ": "th"})
_APOSTROPHES = re.compile("['\u2018\u2019\u02bb\u02bc`.\u00b4]")
_NOT_WORD = re.compile(r"[\W_]+")
_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Z]+")


def fold(text: str) -> str:
    """Return `text` without case, marks and invisible characters, for comparing."""
    if text.isascii() and text.isprintable():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    kept = (c for c in decomposed if unicodedata.category(c) not in {"Mn", "Cf", "Cc", "Cs"} or c in "\t\n\r")
    return unicodedata.normalize("NFC", "".join(kept))


def name_words(text: str) -> list[str]:
    """Return the folded words of a name: `O'Neil-Ray, Ann` gives `oneil ray ann`."""
    return _NOT_WORD.sub(" ", fold(_APOSTROPHES.sub("", text))).split()


def name_key(text: str) -> str:
    """Return the sorted folded words of a name, so that order, case and marks do not matter."""
    return " ".join(sorted(name_words(text)))


def bare_name(text: str) -> str:
    """Return a name that somebody typed without letters behind it: `Jane Ma, L.Ac.` gives `Jane Ma`.

    A text that would keep fewer than two words is returned whole.
    """
    first, *rest = text.split(",")
    parts = [first, *(part for part in rest if not set(name_words(part)) <= CREDENTIAL_WORDS)]
    kept = [word for part in parts for word in part.split() if not is_credential(word)]
    return " ".join(kept) if len(kept) >= 2 else text


def is_credential(word: str) -> bool:
    words = set(name_words(word))
    return bool(words) and words <= CREDENTIAL_WORDS - NAMES_TOO


def asked_name_words(text: str) -> list[str]:
    """Return the folded words of a name that somebody typed, without letters behind it."""
    return name_words(bare_name(text))


def search_words(text: str) -> list[str]:
    """Return words cut as SQLite's full-text index cuts them: `O'Neil` gives `o neil`."""
    return _NOT_WORD.sub(" ", fold(text)).split()


def also_spelled(texts: Iterable[str]) -> str:
    """Return the words by which a search finds texts with letters that the full-text index leaves as they are.

    `Đặng` gives `dang`; texts without such letters give "".
    """
    marked = [text for text in map(str.casefold, texts) if text != text.translate(_PLAIN)]
    return " ".join(dict.fromkeys(word for text in marked for word in search_words(text)))


def number_key(text: str) -> str:
    """Return the digits and capital letters of a license number, in their order."""
    return _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", text).upper())


def number_digits(text: str) -> str:
    """Return the digits of a license number without leading zeros, the weakest form of it."""
    return re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", text)).lstrip("0")
