"""Sentences of clinics' pages without the telephone numbers, e-mail and street addresses in them.

In: a sentence that is about to be kept. Out: the same with `…` where such a thing stood: it may be somebody's home, and
what a sentence is kept for needs none of it.
"""

from __future__ import annotations

import re

_PHONE = re.compile(r"(?<![\w-])(?:\+?1[\s.-]?)?(?:\(\d{3}\)|\d{3})[\s./-]{0,3}\d{3}[\s.-]{0,3}\d{4}(?!\w)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
_WAYS = (
    "street|st|avenue|ave|road|rd|boulevard|blvd|drive|dr|lane|ln|court|ct|place|pl|way|terrace|ter|parkway|pkwy|"
    "highway|hwy|circle|cir|square|sq|trail|trl|loop|alley|plaza|pike|turnpike"
)
_ROOM = r"(?:,?\s*(?:(?:suite|ste|apt|apartment|unit|floor|fl)\b\.?|#)\s*[\w-]+)?"
_CITY = r"(?:,\s*(?-i:[A-Z])[\w.'’-]*(?:\s(?-i:[A-Z])[\w.'’-]*){0,2})?"
_PLACE = rf"{_CITY}(?:,?\s+(?-i:[A-Z]{{2}})\b)?(?:,?\s+\d{{5}}(?:-\d{{4}})?\b)?"
_STREET = re.compile(
    rf"(?<![\w-])\d{{1,6}}[a-z]?\s+(?:(?-i:[A-Z0-9])[\w.'’-]*\s+){{1,4}}"
    rf"(?:{_WAYS})\b\.?(?:\s+[NSEW]{{1,2}}\b)?{_ROOM}{_PLACE}",
    re.I,
)
_BOX = re.compile(rf"\bp\.?\s?o\.?\s?box\s+\d+{_PLACE}", re.I)
LEFT_OUT = "…"


def without_contacts(sentence: str, number: str = "") -> str:
    """The sentence without contact data; NUMBER, a license's, stays even where it looks like a telephone's."""
    digits = re.sub(r"\D", "", number)

    def unless_license(match: re.Match[str]) -> str:
        return match[0] if digits and re.sub(r"\D", "", match[0]) == digits else LEFT_OUT

    for pattern in (_EMAIL, _STREET, _BOX):
        sentence = pattern.sub(LEFT_OUT, sentence)
    return _PHONE.sub(unless_license, sentence)
