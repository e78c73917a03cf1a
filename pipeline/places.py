"""Places: one-line addresses taken apart, ZIP codes cleaned, and the center of a ZIP code looked up offline.

In: addresses as sources print them. Out: Place, keys for comparison, and positions in degrees (WGS 84) from
the package zipcodes. A position is the center of a ZIP code, never a house.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import us

from pipeline.name_text import fold, proper_case
from pipeline.zip_centers import city_center, city_key, is_city, zip_center

__all__ = ["Place", "city_key", "is_home_like", "locate", "parse_place", "state_code", "street_key", "zip5"]

LONGEST_PLACE = 300
_COUNTRY = re.compile(r"[\s,]*\b(?:USA|U\.S\.A\.?|United States(?: of America)?|US)$", re.I)
_STATE_ZIP = re.compile(r"(?P<state>[A-Za-z][A-Za-z. ]{0,24}?)\.?,? ?(?P<zip>[0-9]{3,5}(?:[- ]?[0-9]{4})?)?")
_NOTHING = frozenset(("", "not available", "n/a", "na", "none", "--", "unknown", "not practicing"))
_PO_BOX = re.compile(r"\b(?:p\.? ?o\.?|post office) ?box\b|^box [0-9]", re.I)
_STREET_START = re.compile(r"#? ?[0-9]|(?:one|two|three|four|five|six|seven|eight|nine|ten)\b|p\.? ?o\.? ?box\b", re.I)
_STREET_WORD = re.compile(
    r"\b(?:st|street|ave|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|way|hwy|highway|pl|place|ct|court|cir|circle"
    r"|pkwy|parkway|plaza|ter|terrace|trl|trail|loop|sq|square|broadway|route)\b\.?",
    re.I,
)
_NO_CITY_START = re.compile(r"[0-9#]|(?:ste|suite|unit|apt|apartment|room|rm|floor|bldg|building)\b", re.I)
_DIRECTION = re.compile(r"\b(?:N|S|E|W|Ne|Nw|Se|Sw)\b")
_NUMBER_WORDS = dict(
    zip("one two three four five six seven eight nine ten".split(), map(str, range(1, 11)), strict=True)
)
_ORDINALS = dict(
    zip(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(),
        "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th".split(),
        strict=True,
    )
)
_PASSED_OVER = frozenset(
    "n s e w ne nw se sw north south east west northeast northwest southeast southwest the of avenue ave"
    " highway hwy route rt rte road rd state county us st saint street calle interstate old".split()
)
_HOUSE_NUMBER = re.compile(r"(?P<number>[0-9]+(?:-[0-9]+)?[a-z]?)\b(?:[ ][0-9]/[0-9])?")
_HOME = re.compile(r"\b(?:apt|apartment|trlr|trailer|lot|spc|condo)\b|\bhouse\b", re.I)
_BUSINESS = re.compile(
    r"\b(?:ste|suite|fl|floor|rm|room|bldg|building|unit|office|plaza|center|hospital|box)\b|#", re.I
)
_RESIDENTIAL = re.compile(r"\b(?:ln|lane|ct|court|cir|circle|pl|place|way|ter|terrace|trl|trail|loop|cove|cv)\b", re.I)


@dataclass(frozen=True)
class Place:
    """A US address in parts. `zip` has five digits; `clinic` is a name printed before the street."""

    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    clinic: str = ""


def parse_place(text: str) -> Place:
    """The parts of a one-line address. What is not there stays ""; `Not Available` gives an empty Place."""
    line = " ".join(text[:LONGEST_PLACE].replace("\n", ", ").split())
    line = _COUNTRY.sub("", line).strip(" ,")
    if line.casefold() in _NOTHING:
        return Place()
    segments = [part.strip() for part in line.split(",") if part.strip()]
    state, code = _taken_state_and_zip(segments)
    city = _taken_city(segments, state)
    clinic, street = _clinic_and_street(segments)
    return Place(_shown_street(street), _shown(city), state, code, clinic)


def _taken_state_and_zip(segments: list[str]) -> tuple[str, str]:
    """State and ZIP code, removed from the end of SEGMENTS."""
    code = ""
    if segments and re.fullmatch(r"[0-9]{5}(?:-?[0-9]{4})?", segments[-1]):
        code = zip5(segments.pop())
    if not segments:
        return "", code
    found = _STATE_ZIP.fullmatch(segments[-1])
    if found and state_code(found["state"]):
        segments.pop()
        return state_code(found["state"]), code or zip5(found["zip"] or "")
    words = segments[-1].split()
    tail_zip = zip5(words[-1]) if len(words) > 2 else ""
    at = -2 if tail_zip else -1
    if len(words) > -at and words[at].isupper() and len(words[at]) == 2 and state_code(words[at]):
        segments[-1] = " ".join(words[:at])
        return state_code(words[at]), code or tail_zip
    return "", code


def _taken_city(segments: list[str], state: str) -> str:
    """The city, removed from the end of SEGMENTS; looked for at the end of the street where no comma parts
    them.
    """
    if not segments or not state:
        return segments.pop() if len(segments) == 1 and not re.search(r"[0-9]", segments[0]) else ""
    if not _NO_CITY_START.match(segments[-1]) and not _PO_BOX.search(segments[-1]):
        return segments.pop()
    words = segments[-1].split()
    for length in (4, 3, 2, 1):
        if len(words) > length and is_city(state, city_key(" ".join(words[-length:]))):
            segments[-1] = " ".join(words[:-length])
            return " ".join(words[-length:])
    return ""


def _clinic_and_street(segments: list[str]) -> tuple[str, str]:
    starts = [at for at, part in enumerate(segments) if _STREET_START.match(part)]
    starts = starts or [at for at, part in enumerate(segments) if _STREET_WORD.search(part)]
    if not starts:
        return ", ".join(segments), ""
    return ", ".join(segments[: starts[0]]), ", ".join(segments[starts[0] :])


def _shown(text: str) -> str:
    return proper_case(text) if text.isupper() or text.islower() else text


def _shown_street(text: str) -> str:
    if not (text.isupper() and len(text) > 4):
        return text
    shown = _DIRECTION.sub(lambda match: match.group().upper(), proper_case(text))
    return re.sub(r"\bP\.?o\.? ", "PO ", shown)


@cache
def state_code(text: str) -> str:
    """The two-letter code for a state's code or name, or ""."""
    wanted = text.strip(" .").replace(".", "")
    if len(wanted) < 2 or not wanted.isascii():
        return ""
    found = us.states.lookup(wanted.upper() if len(wanted) == 2 else wanted.title(), use_cache=False)
    return str(found.abbr) if found and _is_exact(found, wanted) else ""


def _is_exact(found: us.states.State, wanted: str) -> bool:
    return wanted.casefold() in (found.abbr.casefold(), found.name.casefold())


def zip5(text: str) -> str:
    """The five digits of a ZIP code written with four more, as a float or without leading zeros."""
    value = text.strip()
    value = value[:-2] if value.endswith(".0") else value
    digits = value.replace("-", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (3, 4, 5, 8, 9):
        return ""
    code = digits.zfill(5 if len(digits) <= 5 else 9)[:5]
    return "" if code == "00000" else code


def locate(place: Place) -> tuple[float, float] | None:
    """(latitude, longitude) of the ZIP code's center, or the mean over the city's ZIP codes, or None."""
    return zip_center(place.zip) or city_center(place.state, city_key(place.city))


def street_key(street: str) -> str:
    """House number and the street's own word (`811 42nd`) for comparison; "" for a PO box or without a
    number.
    """
    text = " ".join(street[:LONGEST_PLACE].casefold().replace(".", " ").replace(",", " ").split())
    first, _, tail = text.partition(" ")
    text = f"{_NUMBER_WORDS.get(first, first)} {tail}".strip()
    found = _HOUSE_NUMBER.match(text)
    if found is None or _PO_BOX.search(text):
        return ""
    words = fold(text[found.end() :]).split()
    own = [_ORDINALS.get(word, word) for word in words if word not in _PASSED_OVER] or words
    return f"{found['number']} {own[0]}" if own else ""


def is_home_like(street: str) -> bool:
    """Whether a street looks like a home: an apartment or trailer, or a lane, court or circle without a
    suite.

    A guess that errs toward a home, for deciding what not to show; it proves nothing.
    """
    text = street[:LONGEST_PLACE]
    if _HOME.search(text):
        return True
    return bool(_RESIDENTIAL.search(text)) and not _BUSINESS.search(text)
