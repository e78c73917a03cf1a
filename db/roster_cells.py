"""What the cells of one row ask.

Comes in: our words with the row's text. Goes out: a `Question`, or None, and in words what of the row was not used. A
spreadsheet's ways are undone here: `1234567893.0`, `'0123`, `WA AC60001234` in one cell, `n/a` for nothing. Whatever
cannot be used is said, never dropped; whether a number exists is for the checker to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from db.answers import Question
from db.keys import name_words
from db.roster_columns import folded, words_for
from db.us_states import state_code, states_in

LONGEST_SHOWN = 40
_BROKEN = re.compile(r"[\s\x00-\x1f\x7f\u00a0\u200b-\u200f\u2028-\u202e\ufeff]+")
_WHOLE_FLOAT = re.compile(r"([0-9]+)\.0+")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
_NPI_WORD = re.compile(r"^\W*(npi)?\W*", re.IGNORECASE)
_SEVERAL = re.compile(r"\s*(?:[;\n|]|,\s|\sand\s|\s/\s)\s*")
_STATE_BEFORE = re.compile(r"([A-Za-z]{2}|[A-Za-z. ]{4,24}?)(?:\s*[-:#/|,]+\s*|\s+)(.*[0-9].*)")
_STATE_BEHIND = re.compile(r"(.*[0-9].*?)\s*(?:[-:/|,(]\s*|\s)\(?([A-Za-z]{2}|[A-Za-z ]{4,20})\)?")
_NUMBER_WORDS = re.compile(
    r"(?:(?:state|acupuncture|license|licence|lic|number|no|num|nbr)\b[\s.:#]*|#\s*)+", re.IGNORECASE
)


def read_question_of(values: Mapping[str, str]) -> tuple[Question | None, str]:
    """The question of a row, and what of it was not used; no question where nothing is left to ask by."""
    text = {ours: plain(value) for ours, value in values.items()}
    troubles: list[str] = []
    npi = read_npi(text.get("npi", ""), troubles)
    license, state = read_license(text, troubles)
    name = read_name(text, troubles)
    if not (name or license or npi):
        return None, "; ".join(troubles) or "it has no name, license number or NPI"
    return Question(name, state, license, npi), "; ".join(troubles)


def plain(text: str) -> str:
    return _BROKEN.sub(" ", text).strip()


def something(text: str) -> str:
    """A cell's text, "" where its words say that there is none (rows `nothing` of table roster_columns)."""
    return "" if folded(text) in words_for("nothing") or not any(map(str.isalnum, text)) else text


def quoted(text: str) -> str:
    return f"“{text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + '…'}”"


def read_npi(cell: str, troubles: list[str]) -> str:
    """Ten digits; anything else is said and not used."""
    text = _NPI_WORD.sub("", something(cell).lstrip("'"))
    whole = _WHOLE_FLOAT.fullmatch(text)
    digits = re.sub(r"[\s.-]", "", whole[1] if whole else text)
    if not digits or (digits.isascii() and digits.isdigit() and len(digits) == 10):
        return digits
    if _SCIENTIFIC.fullmatch(text):
        troubles.append(f"NPI {quoted(text)} was cut by a spreadsheet; write it as text")
    else:
        troubles.append(f"NPI {quoted(cell)} does not have ten digits")
    return ""


def read_license(text: Mapping[str, str], troubles: list[str]) -> tuple[str, str]:
    """The license number and the state to ask in; a number without a state is said and not used."""
    cell = something(text.get("license", "")).lstrip("'")
    stated, practice = read_state(text, "license_state", troubles), read_state(text, "state", troubles)
    number, own = split_number(one_of(cell, "license numbers", troubles), stated, practice)
    state = own or stated or practice
    if number and not any(map(str.isdigit, number)):
        troubles.append(f"license number {quoted(number)} holds no digit")
        number = ""
    elif _SCIENTIFIC.fullmatch(number):
        troubles.append(f"license number {quoted(number)} was cut by a spreadsheet; write it as text")
        number = ""
    if number and not state:
        troubles.append("license number has no state")
        number = ""
    return number, state


def one_of(cell: str, what: str, troubles: list[str]) -> str:
    """The first of several; numbers only, so that a comma in one number is left alone."""
    parts = [part for part in _SEVERAL.split(cell) if any(map(str.isdigit, part))]
    if len(parts) < 2:
        return cell
    troubles.append(f"{len(parts)} {what} stand in one cell; the first was used")
    return parts[0]


def read_state(text: Mapping[str, str], column: str, troubles: list[str]) -> str:
    cell = something(text.get(column, ""))
    codes = states_in(cell) if cell else []
    if cell and not codes:
        troubles.append(f"{quoted(cell)} is no state known here")
    if len(codes) > 1:
        troubles.append(f"{len(codes)} states stand in one cell; the first, {codes[0]}, was used")
    return codes[0] if codes else ""


def split_number(cell: str, stated: str, practice: str) -> tuple[str, str]:
    """`WA AC60001234`, `AC60001234 (WA)` and `Lic. # 123`: the number, and the state that stands with it.

    Letters that look like a state may be a board's own mark, so they are taken for a state only where no column says
    another, or where the rest has letters of its own.
    """
    text = _WHOLE_FLOAT.sub(r"\1", cell) if _WHOLE_FLOAT.fullmatch(cell) else cell
    found = []
    if before := _STATE_BEFORE.fullmatch(text):
        found.append((state_code(before[1]), before[2]))
    if behind := _STATE_BEHIND.fullmatch(text):
        found.append((state_code(behind[2]), behind[1]))
    for state, rest in found:
        own_letters = any(map(str.isalpha, rest))
        if state and (state == (stated or practice) or not (stated or practice) or (own_letters and not stated)):
            return bare_number(rest), state
    return bare_number(text), ""


def bare_number(text: str) -> str:
    """A number without the words before it that say it is one."""
    words = _NUMBER_WORDS.match(text)
    bare = text[words.end() :].strip() if words else text
    return bare if any(map(str.isdigit, bare)) else text.strip()


def read_name(text: Mapping[str, str], troubles: list[str]) -> str:
    """The parts of a name put together, or the whole name where the parts are blank."""
    family, first, middle = (text.get(part, "") for part in ("family_name", "given_name", "middle_name"))
    given = f"{first} {something(middle)}".strip()
    suffix = something(text.get("suffix", ""))
    parts = f"{family}, {given} {suffix}".strip(" ,") if family and given else f"{given or family} {suffix}".strip()
    whole = something(text.get("name", ""))
    name = parts if family or given else " ".join(part for part in (whole, suffix) if part and whole)
    if name and not name_words(name):
        troubles.append(f"name {quoted(name)} holds no letter")
        return ""
    return name
