"""No names: printed names that cannot be compared with another, because they name nobody or nobody in particular.

In: a name as names.py took it apart. Out: whether two records that print it may be held to be one person's. A company
(`Lotus Acupuncture LLC`), a word for nobody (`Unknown`), a family name of one letter, letters that are not Latin
(nothing says how common such a name is), and texts longer than any name are none. The words are rules/no_names.csv.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.name_text import fold
from pipeline.names import PersonName
from pipeline.rules import read_rule_table

LONGEST_PART, LONGEST_WHOLE = 40, 100  # letters; names were cut at some length where a text is longer
_NOT_LATIN = re.compile("[^\\W\\d_\u0000-\u02ff\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")
FAMILY_NAMES_OF_ONE_LETTER = frozenset("aeiouy")  # O, E, U, Y are whole family names, S is an initial


def is_comparable(name: PersonName) -> bool:
    """Whether given and family name are there, and are a person's."""
    parts = [fold(part) for part in (name.given, name.middle, name.family)]
    given, _, family = parts
    whole = " ".join(part for part in parts if part)
    if not (_LETTER.search(given) and _LETTER.search(family)) or is_too_long(given, family, whole):
        return False
    if not whole.isascii() and _NOT_LATIN.search(whole):
        return False
    return not (is_initial(family, name.in_parts) or says_nobody(given, family, whole) or is_company(name, whole))


def is_too_long(given: str, family: str, whole: str) -> bool:
    return max(len(given), len(family)) > LONGEST_PART or len(whole) > LONGEST_WHOLE


def is_initial(family: str, in_parts: bool) -> bool:
    """Whether the family name is only a letter of one; a source that prints it apart may well mean a Ms. O."""
    return len(family) == 1 and not (in_parts and family in FAMILY_NAMES_OF_ONE_LETTER)


def says_nobody(given: str, family: str, whole: str) -> bool:
    """`Unknown`, `Test Test`."""
    return given in words("part") or family in words("part") or whole in words("whole")


def is_company(name: PersonName, whole: str) -> bool:
    """Whether the name says what a company does, or ends as one's."""
    endings = {fold(word).replace(" ", "") for word in (name.family.rpartition(" ")[2], *name.credentials)}
    return bool(company_words().search(f" {whole} ") or not endings.isdisjoint(words("ending"))) or any(
        word in name.printed for word in foreign_words()
    )


@cache
def company_words() -> re.Pattern[str]:
    """The Latin words of companies, as whole words of a folded name."""
    latin = sorted(word for word in words("company") if word.isascii())
    return re.compile(rf" (?:{'|'.join(map(re.escape, latin))}) ")


@cache
def foreign_words() -> frozenset[str]:
    """Words of companies in scripts that put no space between words."""
    return frozenset(word for word in words("company") if not word.isascii())


@cache
def words(kind: str) -> frozenset[str]:
    return frozenset(row["words"] for row in read_rule_table("no_names") if row["kind"] == kind)
