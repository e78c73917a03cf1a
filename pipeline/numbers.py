"""Numbers that identify: license numbers, NPIs and telephone numbers, made comparable.

In: text as sources print it. Out: one normal form, or "" where the text holds no such number. An identifier
that cannot be right is dropped rather than guessed, because a wrong number can be somebody else's.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import phonenumbers

from pipeline.rules import read_rule_table, state_codes

LONGEST_NUMBER = 60
LEAST_DIGITS = 4  # of each number, where one cell holds several
_BETWEEN_NUMBERS = re.compile(r"[,;&/|]|\band\b", re.I)
_SIGNIFICANT = re.compile(r"[A-Z0-9]+")
_SPOKEN = re.compile(
    r"\b(?:STATE|ACUPUNCTURIST|ACUPUNCTURE|ACU(?=\s+LIC)|LICEN[SC]ED?|(?<!-)LIC(?!\W*AC\b|-)|CERTIFICATE|NUMBER|NUM|NO|NBR|REG)\b[.:#\s]*"
)
_ZEROS_AFTER_LETTERS = re.compile(r"\A([A-Z]+)0+(?=[0-9]+\Z)")
_MASKED = re.compile(r"[*?]|X{3}")
_NY_RUN_TOGETHER = re.compile(r"00\d{4}01")
_US_REGIONS = frozenset(("US", "PR", "VI", "GU", "AS", "MP"))
_NPI_PREFIX = "80840"


def license_key(state: str, number: str) -> str:
    """`STATE:NUMBER` that is equal for every way of writing one acupuncture license, or "".

    Dropped are words ("License No."), the state's own code where it stands apart (`WA AC60001234`), punctuation, the
    letters and suffixes that rules/license_number_marks.csv gives for the state, and leading zeros. Other letters stay,
    because they tell professions apart (`25MZ00012300`, `M9-0001234`). New York prints six digits; `-1` and a
    run-together `01` after them are certificate suffixes: `001234-1` is 1234, `00123401` too. A number without a digit
    other than zero (`NONE`, `PENDING`, `0`) or with masked digits gives "", and so does an unknown state.
    """
    code = state.strip().upper()
    text = unicodedata.normalize("NFKC", number[: LONGEST_NUMBER * 2]).upper().strip()
    if code not in state_codes() or len(text) > LONGEST_NUMBER or _MASKED.search(text):
        return ""
    text = _without_suffix(code, _without_words(code, text))
    letters = "".join(_SIGNIFICANT.findall(text)).lstrip("0")
    significant = _without_prefix(code, letters)
    return f"{code}:{significant}" if re.search(r"[1-9]", significant) else ""


def license_numbers(text: str) -> list[str]:
    """The numbers of a cell in which people typed several (`AC12345, AC12346`); else the text as it is.

    Two run into one would be a third number, and nobody's.
    """
    parts = [part.strip() for part in _BETWEEN_NUMBERS.split(text)]
    numbers = [part for part in parts if len(re.findall(r"[0-9]", part)) >= LEAST_DIGITS]
    return numbers if len(numbers) > 1 else [text]


def _without_words(code: str, text: str) -> str:
    text = _SPOKEN.sub(" ", text.replace("#", " ")).strip()
    return re.sub(rf"^(?:{code}|{_state_name(code)})[\s:.-]+(?=.)", "", text)


@cache
def _state_name(code: str) -> str:
    names = [row["name"].upper() for row in read_rule_table("states") if row["code"] == code]
    return re.escape(names[0]) if names else code


def _without_suffix(code: str, text: str) -> str:
    compact = text.replace(" ", "")
    if code == "NY" and _NY_RUN_TOGETHER.fullmatch(compact):
        return compact[:6]
    for mark in _marks(code, "after"):
        head, hyphen, tail = text.rpartition("-")
        if hyphen and tail.strip() == mark and re.search(r"[1-9]", head):
            return head
    return text


def _without_prefix(code: str, letters: str) -> str:
    for mark in _marks(code, "before"):
        if letters.startswith(mark) and letters[len(mark) :].isdigit():
            return letters[len(mark) :].lstrip("0")
    return _ZEROS_AFTER_LETTERS.sub(r"\1", letters)


@cache
def _marks(code: str, place: str) -> tuple[str, ...]:
    """The marks of a state, longest first."""
    rows = read_rule_table("license_number_marks")
    found = [row["mark"] for row in rows if row["place"] == place and row["state"] in (code, "*")]
    return tuple(sorted(found, key=len, reverse=True))


def npi(text: str) -> str:
    """The ten digits of a National Provider Identifier, or "" unless the check digit is right.

    The check is Luhn's over the digits with 80840 before them (45 CFR 162.406, ISO/IEC 7812).
    """
    digits = text.strip()
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()) or digits[0] not in "12":
        return ""
    return digits if _luhn_sum(_NPI_PREFIX + digits) % 10 == 0 else ""


def _luhn_sum(digits: str) -> int:
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled)


def phone(text: str) -> str:
    """The number as `+12065550123` where it is a valid one of the United States, else ""."""
    try:
        number = phonenumbers.parse(text[:LONGEST_NUMBER], "US")
    except phonenumbers.NumberParseException:
        return ""
    if number.country_code != 1 or not phonenumbers.is_valid_number(number):
        return ""
    if phonenumbers.region_code_for_number(number) not in _US_REGIONS:
        return ""
    bare = phonenumbers.PhoneNumber(country_code=1, national_number=number.national_number)
    return phonenumbers.format_number(bare, phonenumbers.PhoneNumberFormat.E164)


def display_phone(e164: str) -> str:
    """`(206) 555-0123` for `+12065550123`; any other text comes back unchanged."""
    found = re.fullmatch(r"\+1([0-9]{3})([0-9]{3})([0-9]{4})", e164)
    return f"({found[1]}) {found[2]}-{found[3]}" if found else e164
