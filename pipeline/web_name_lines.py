"""Lines of clinics' pages that begin with somebody's name: `Dr. Jane Roe, L.Ac.`, `Meet Jane Roe | Acupuncturist`.

In: one line. Out: the name's own words and what the line says of the person behind them (letters, a role), or None. The
words that no name holds, and those that stand before one, are rules/clinic_page_words.csv.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.credentials import locate_credentials, plain_text
from pipeline.name_tail import is_certain, is_dotted, is_possible
from pipeline.name_text import LOWER_PARTICLES, fold
from pipeline.web_layout import has_word, is_word, page_words

LETTERS_SEEN = 60
LONGEST_ROLE = 110
NO_NAMES = ("not_a_name", "other_role", "student_role")
ROLES = ("acupuncture_title", "student_role", "other_role")
_SCARCELY_A_NAME = 2
_BULLET = re.compile(r"^[^\w(\"“'’]+")
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]+|\(\s*\)")
_PRONOUNS = re.compile(r"\s*\((?:she|he|they|ella|el)\b[^()]{0,20}\)", re.I)
_NICKNAME = re.compile(r"\s*(?:\([^()]{1,20}\)|[\"“][^\"“”]{1,20}[\"”])(?=\s+[A-Z][a-z])")
_SEPARATOR = re.compile(r"\s*[|–—·•]\s*|\s+[-/]\s+|:\s+")
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")
_SENTENCE_END = re.compile(r"(?<=[a-z]{4}[.!?])\s|(?<=\)[.!?])\s(?=[A-Z])|;")
_VERB = re.compile(r"\s(?:She|He|is|has|was|are|holds|received|earned|and\s[A-Z][a-z]+\s[A-Z][a-z]+)\b")
_INTRODUCED = re.compile(r"\W*(?:(?:hi|hello)\b\W*)?(?:I[’']?m|I am|my name is|meet|dr|doctor|mr|mrs|ms)\b", re.I)
_IS_A = re.compile(r"is (?:an?|our|the|your)\s+", re.I)


@dataclass(frozen=True)
class NameLine:
    """A line that begins with a name: the name's own words, and the letters or the role that follow it.

    `introduced`: it says that a person is named ("Meet ...", "I'm ...", "Dr. ...").
    """

    name: str
    role: str
    introduced: bool = False


def name_line(line: str) -> NameLine | None:
    """The name a line begins with, and the role behind it; None for a line that begins with anything else."""
    plain = " ".join(_UNSPACED.sub(" ", line).split())
    text = without_greeting(_BULLET.sub("", _PRONOUNS.sub("", plain)))
    head, behind = [*_SEPARATOR.split(text, maxsplit=1), ""][:2]
    tokens = _NICKNAME.sub("", head).split()
    count = name_length(tokens)
    words = [token.strip(",") for token in tokens[:count]]
    if not 2 <= len(words) <= 5 or sum(len(word.strip(".")) > 1 for word in words) < _SCARCELY_A_NAME:
        return None
    after = " ".join([*tokens[count:], behind]).strip(" ,")
    ended = bool(behind) or tokens[count - 1].endswith(",")
    if not ended and runs_on(after):
        return None
    return NameLine(" ".join(words), role_in(after), _INTRODUCED.match(line) is not None)


def name_length(tokens: list[str]) -> int:
    """How many words at the beginning may be one name; a comma ends it."""
    count = 0
    while count < len(tokens) and is_name_word(tokens[count], count):
        count += 1
        if tokens[count - 1].endswith(","):
            break
    while count and tokens[count - 1] in LOWER_PARTICLES:
        count -= 1
    return count


def runs_on(after: str) -> bool:
    """Whether the words after a name go on with a sentence, other than `is a licensed acupuncturist`."""
    if not after[:1].islower() or letters_in(after):
        return False
    return not (_IS_A.match(after) and has_word("acupuncture_title", after[:LETTERS_SEEN]))


def role_in(after: str) -> str:
    """What of the words after a name is a role: no further than where a sentence begins."""
    kept = []
    for part in _IS_A.sub("", _SENTENCE_END.split(after)[0], count=1).split(","):
        short = _VERB.split(part)[0].strip()
        if short[:1].islower() and not (len(short) < LETTERS_SEEN and is_role(short)) and not letters_in(short):
            break
        kept.append(short)
        if short != part.strip():
            break
    return ", ".join(filter(None, kept))[:LONGEST_ROLE]


def is_role(text: str) -> bool:
    return any(has_word(kind, text) for kind in ROLES)


def without_greeting(text: str) -> str:
    """`Meet Dr. Jane Roe` without its first words."""
    words = text.split()
    begins = 0
    while count := next((count for count in (4, 3, 2, 1) if is_greeting(words, begins, count)), 0):
        begins += count
    return " ".join(words[begins:]) if begins else text


def is_greeting(words: list[str], begins: int, count: int) -> bool:
    """Whether so many words from a place on stand before a name, and something follows them."""
    greeting = " ".join(words[begins : begins + count]).rstrip(",:!")
    return len(words) > begins + count and is_word("before_name", greeting)


def is_name_word(token: str, position: int) -> bool:
    """Whether a word may be part of a name: a capital, letters only, no credential and no word of clinics' pages."""
    bare = token.strip(",")
    if position and bare in LOWER_PARTICLES:
        return True
    if not _WORD.fullmatch(bare) or not bare[:1].isupper() or is_letters(bare):
        return False
    return not any(part in page_words(kind) for part in fold(bare).split() for kind in NO_NAMES)


def is_letters(token: str) -> bool:
    """Whether a word is letters of a credential and not a name that looks alike (Ma, Do)."""
    if len(token.strip(".")) == 1:
        return False
    certain = is_certain(token) and (is_dotted(token) or not token.istitle())
    return certain or (is_possible(token) and is_dotted(token))


def letters_in(text: str) -> bool:
    """Whether a text begins with credential letters, or with a title that stands for them."""
    bare = text.strip(" ,(®")
    if is_letters(re.split(r"[\s,;/]+", bare)[0]):
        return True
    return any(found.start == 0 for found in locate_credentials(plain_text(bare[:LETTERS_SEEN])))
