"""Names of people in running text: enough to know that a sentence speaks of one certain person, and of whom.

In: one sentence in plain letters. Out: the names and where they stand. A run of capitalized words is a name unless it
is made of words that name professions, places, schools or the calendar (kind `word`, value `not_a_name`, `place_word`,
`first_name_too` and `last_name_too` in rules/claim_phrases.csv). A single word counts only where a person's verb
follows it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.name_tail import is_certain
from pipeline.web_phrases import first_phrase, leading_phrase, state_names, word

_CAPITAL = r"(?-i:[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff])"
_RUN = re.compile(
    rf"(?<![\w'.-])(?:{_CAPITAL}(?:[\w'-]|\.(?=\w))*\.?)(?:(?:\s+(?:(?:van|von|de|del|der|la|le|da|di|dos|bin|al)\s+){{0,2}}|\s*\"\s*|\s\([A-Z]\w+\)\s)"
    rf"{_CAPITAL}(?:[\w'-]|\.(?=\w))*\.?\"?)*"
)
_TOKEN = re.compile(r"[^\s\"]+")
_INITIAL = re.compile(r"[A-Z]\.?|(?:[A-Z]\.){2,3}")
_MIXED = re.compile(r"[A-Z]{1,4}[a-z]?[A-Z][a-z]{0,2}")
_CERTIFIED = re.compile(r"(?:certif|licen[sc]|diplom)", re.I)  # of `NCCAOM-certified Jane Doe` or `Ex-Diplomate`
_LONGEST_NAME = 5
_SEEN_BEFORE = 300  # characters before a name that say whether it is one
# The third person of any verb with what may follow it: `Wilhelm mixes tinctures in …`.
_ACTS = re.compile(
    r"\s(?!(?:is|was|has|as|its|his|this|us|always|less|plus)\b)[a-z]{2,8}[a-rt-z]s\s(?:[a-z]+\s)?"
    r"(?:an?|the|his|her|their|and|with|in|at|on|from|for|as|into|up|out|between|patients|people|every)\b"
)
_NOUN = re.compile(r"(?:s|ion|ing|ment|ness|ity|ance|ence|ology|ure|ine|ism|ist|care|cal|ian)\Z")


@dataclass(frozen=True)
class NameInText:
    text: str
    start: int
    end: int


def names_in(plain: str) -> list[NameInText]:
    """The names of people in a sentence, in order."""
    names = []
    masked = _long_states().sub(lambda match: match.group().lower(), plain)
    for run in _RUN.finditer(masked):
        for pieces in _pieces(run):
            name = _name(plain, pieces)
            if name:
                names.append(name)
    return names


def _pieces(run: re.Match[str]) -> list[list[re.Match[str]]]:
    """The run's stretches of words that can be parts of a name."""
    stretches: list[list[re.Match[str]]] = [[]]
    all_capitals = run.group().isupper()
    for token in _TOKEN.finditer(run.string, run.start(), run.end()):
        if _can_be_name(token.group(), all_capitals) or _is_weak(token.group()):
            stretches[-1].append(token)
        else:
            stretches.append([])
    return [trimmed for stretch in stretches if (trimmed := _trimmed(stretch))]


def _trimmed(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """The stretch without words at its ends that are names only in the other place; none without a plain name."""
    while tokens and _is_weak(tokens[0].group()) and not _word("first_name_too").fullmatch(tokens[0].group()):
        tokens = tokens[1:]
    while tokens and _is_weak(tokens[-1].group()) and not _word("last_name_too").fullmatch(tokens[-1].group()):
        tokens = tokens[:-1]
    return tokens if any(not _is_weak(token.group()) for token in tokens) else []


def _is_weak(token: str) -> bool:
    return any(_word(kind).fullmatch(token) for kind in ("first_name_too", "last_name_too"))


@cache
def _word(name: str) -> re.Pattern[str]:
    return re.compile(word(name), re.I)


def _can_be_name(token: str, all_capitals: bool) -> bool:
    bare = token.rstrip(".").removesuffix("'s")
    if _title().fullmatch(token) or _INITIAL.fullmatch(token):
        return True
    parts = bare.split("-")
    if (
        "." in bare
        or len(parts) > 2
        or _CERTIFIED.match(parts[-1])
        or any(_not_names().fullmatch(part) for part in (bare, parts[0]))
    ):
        return False
    return not (is_certain(token.rstrip(".")) or (not all_capitals and _is_acronym(bare)))


def _is_acronym(bare: str) -> bool:
    letters = bare.isupper() and (len(bare) <= 3 or not re.search(r"[AEIOUY]", bare)) and len(bare) > 1
    return letters or _MIXED.fullmatch(bare) is not None


def _name(plain: str, tokens: list[re.Match[str]]) -> NameInText | None:
    """The stretch as a name, or None where the words around it say that it is none."""
    if _ends_sentence_inside(tokens):
        return None
    titled = _title().fullmatch(tokens[0].group()) is not None
    words = [token for token in tokens if not (_title().fullmatch(token.group()) or _INITIAL.fullmatch(token.group()))]
    start, end = tokens[0].start(), tokens[-1].end()
    text = plain[start:end].rstrip(".,").removesuffix("'s")
    if (
        not words
        or len(tokens) > _LONGEST_NAME + titled
        or not _stands_as_name(plain, start, end, titled, len(tokens) - titled)
    ):
        return None
    return NameInText(text, start, start + len(text))


def _ends_sentence_inside(tokens: list[re.Match[str]]) -> bool:
    ending = [token.group() for token in tokens[:-1] if token.group().endswith(".")]
    return any(not (_title().fullmatch(text) or _INITIAL.fullmatch(text) or len(text) <= 3) for text in ending)


def _stands_as_name(plain: str, start: int, end: int, titled: bool, words: int) -> bool:
    before, after = plain[max(0, start - _SEEN_BEFORE) : start], plain[end : end + 60]
    if titled:
        return True
    if _is_place(plain[max(0, start - 30) : start], after):
        return False
    if _is_one_of_two(before, after):
        return True
    alone = _owning() if plain.endswith("'s", start, end) else _alone()
    if words >= 2 or alone.match(after) is not None or first_phrase("name_introduced", before) is not None:
        return True
    return _opens(before) and _NOUN.search(plain[start:end]) is None and _ACTS.match(after) is not None


def _opens(before: str) -> bool:
    return before.rstrip()[-1:] in ("", ",")


def _is_one_of_two(before: str, after: str) -> bool:
    """Whether two single names stand together: `Both Verity and Esperanza are …`."""
    return _first_of_two().match(after) is not None or (
        _are().match(after) is not None and _second_of_two().search(before) is not None
    )


@cache
def _first_of_two() -> re.Pattern[str]:
    return re.compile(r"\s(?:and|&)\s(?!The\b|Our\b)[A-Z][a-z]+,?\s(?:are|both|have|hold)\b")


@cache
def _second_of_two() -> re.Pattern[str]:
    return re.compile(r"\b[A-Z][a-z]+\s(?:and|&)\s\Z")


@cache
def _are() -> re.Pattern[str]:
    return re.compile(r",?\s(?:are|both|have|hold)\b")


def _is_place(before: str, after: str) -> bool:
    """Whether the words are a part of a place's or a school's name."""
    if _institution_after().match(after):
        return True
    return first_phrase("name_before_place", before) is not None and leading_phrase("says_who", after) is None


@cache
def _not_names() -> re.Pattern[str]:
    return re.compile(rf"{word('not_a_name')}|{word('state')}", re.I)


@cache
def _long_states() -> re.Pattern[str]:
    """States of two words, whose second word looks like a name (New Jersey)."""
    return re.compile(
        "|".join(re.escape(name) for name in state_names() if " " in name and name.replace(" ", "").isalpha())
    )


@cache
def _title() -> re.Pattern[str]:
    return re.compile(rf"{word('title')}\.?")


@cache
def _alone() -> re.Pattern[str]:
    verb = rf"(?:{word('person_verb')}|[a-z]{{3,}}ed)"
    adverb = r"(?:(?:also|now|currently|then|later|first)\s+)?"
    said = rf",\s(?:an?|the|who(?:'s|\sis))\s(?:[\w-]+\s){{0,4}}(?i:{word('singular')})\b"
    lettered = r",?\s(?:L\.?\s?Ac\b|LAC\b|Lic\.?\s?Ac\b|Dipl\b|DACM\b|DAOM\b)"
    lettered += r"|,\s(?:our|NCCAOM|NCBAHM|Diplomate|nationally|board[\s-]certified)\b"
    return re.compile(rf"(?:\s*\([^)]*\))?(?:{said}|{lettered}|\s*,?\s+{adverb}{verb}\b)")


@cache
def _owning() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:[\w-]+\s){{0,3}}?{word('owned')}")


@cache
def _institution_after() -> re.Pattern[str]:
    return re.compile(rf"\s+{word('place_word')}\b", re.I)
