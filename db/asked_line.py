"""One line that holds everything a person knows: a name, a state, a license number and an NPI in any order.

Comes in: text, such as `Li Wei, WA`, `WA AC60001234` or `1999999999`. Goes out: the same as fields of a question, each
as it was typed.
"""

from __future__ import annotations

import re

from db.keys import CREDENTIAL_WORDS, name_words
from db.places import find_place
from db.us_states import state_code

_NPI = re.compile(r"(?<![0-9A-Za-z])([12][0-9]{9})(?![0-9])")
_NUMBER = re.compile(
    r"(?<![\w-])#?((?=[A-Za-z.\- ]{0,8}[0-9]{3})[A-Za-z.]{0,8}[-. ]?[0-9]{3,9}(?:-[A-Za-z0-9]{1,4})?)(?![\w-])"
)
_ZIP_BEHIND = re.compile(r"(?<=[A-Za-z]{2})[ ,]+[0-9]{5}(-[0-9]{4})?\s*$")
_WORDS = re.compile(r"\b(?:npi|license|licence|lic)\b[.:#]*", re.IGNORECASE)
LETTERS_OF_NUMBERS = CREDENTIAL_WORDS | {"acu", "l", "ac", "no"}
_LONG = re.compile(r"[0-9]{4}|[A-Za-z]{2}[-. ]?[0-9]{3}")


def holds_number(name: str) -> bool:
    """Whether a name holds what may be a license number or an NPI; `123 Oak Street Clinic` holds none."""
    return _LONG.search(name) is not None


def values_of(line: str) -> dict[str, str]:
    """What a line without headings holds."""
    left = _WORDS.sub(" ", line)
    npi = _NPI.search(left)
    left = _NPI.sub(" ", left, count=1)
    left = _ZIP_BEHIND.sub(" ", left)
    found = _NUMBER.search(left)
    license = without_a_name(found[1], left) if found else ""
    left = left.replace(license, " ; ", 1) if license else left
    name, state = split_state(left)
    return {"name": name, "state": state or own_state(license), "license": license, "npi": npi[1] if npi else ""}


def without_a_name(number: str, line: str) -> str:
    """`Lee 12345` behind `Mary` is a family name and a number; letters of a number are capitals, or a credential's."""
    letters, _, digits = number.rpartition(" ")
    capitals = letters.isupper() and not line.isupper()
    return number if not letters or capitals or set(name_words(letters)) <= LETTERS_OF_NUMBERS else digits


def own_state(number: str) -> str:
    """`WA 60001234`: a state that stands before the number itself."""
    before = re.match(r"([A-Z]{2})[ -]", number)
    return before[1] if before and state_code(before[1]) else ""


def split_state(text: str) -> tuple[str, str]:
    """The state that stands in a part of its own or in capitals at an end; the name without it and its town.

    Two words alone are a name: `Jun MA` and `MA, Jun` are people of the family Ma.
    """
    parts = [part.strip(" .;|#()") for part in re.split(r"[,\t;|()]|\s-\s", text) if any(map(str.isalnum, part))]
    whole = len(" ".join(parts).split()) > 2
    for part in reversed(parts[1:]):
        town, _, code = part.rpartition(" ")
        if town and state_code(code) and find_place(f"{town}, {code}"):
            return ", ".join(one for one in parts if one != part), code
        if whole and state_code(part):
            parts.remove(part)
            return ", ".join(without_town(parts, part)), part
    words = " ".join(parts).split()
    for at in (-1, 0):
        if whole and re.fullmatch(r"[A-Z]{2}", words[at]) and state_code(words[at]):
            state = words.pop(at)
            return " ".join(words), state
    alone = len(parts) == 1 and bool(state_code(parts[0]))
    return ("", parts[0]) if alone else (", ".join(parts), "")


def without_town(parts: list[str], state: str) -> list[str]:
    """`John Smith, Portland, OR` asks for John Smith."""
    if len(parts) > 1 and find_place(f"{parts[-1]}, {state_code(state)}"):
        return parts[:-1]
    return parts
