"""The states a license is of, read around the words that name it.

In: a sentence and where a license stands in it. Out: two-letter codes in the order printed, or none. A state that
merely stands in the sentence ("licensed acupuncturist with offices in Ohio") is not the license's.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.web_phrases import phrases, state_names, word

_REACH = 160
# A word in a line of capitals, not Indiana.
_IN_CAPITALS = re.compile(r"\bIN\b(?=\s[A-Z]{2})")


def license_states(plain: str, start: int, end: int) -> list[str]:
    """The codes of the states named with the license at START..END: inside it, behind it, or right before it."""
    inside = states_named(plain[start:end])
    more = "license_states_more" if inside else "license_states"
    behind = _matched(more, plain[end : end + _REACH], at_end=False)
    before = _matched("license_states_before", plain[max(0, start - _REACH) : start], at_end=True)
    return list(dict.fromkeys(inside + behind + (before if not inside + behind else [])))


def _matched(kind: str, text: str, at_end: bool) -> list[str]:
    for phrase in phrases(kind):
        match = phrase.pattern.search(text) if at_end else phrase.pattern.match(text)
        if match and not _is_degree(text, match, at_end):
            return states_named(match["states"])
    return []


def _is_degree(text: str, match: re.Match[str], at_end: bool) -> bool:
    """Whether the letters are a degree behind another (`L.Ac., MA`), not the state of Massachusetts."""
    before = text[: match.start("states")].rstrip()
    if at_end and not before:
        return False
    return _degree().fullmatch(match["states"]) is not None and before[-1:] in (*",;|/-&)", "")


@cache
def _degree() -> re.Pattern[str]:
    letters = word("degree_or_state")
    return re.compile(rf"{letters}(?:\s?[,/&]\s?{letters})*")


def states_named(text: str) -> list[str]:
    """The codes of all states in TEXT, in order."""
    found = _state().findall(_IN_CAPITALS.sub(" ", text))
    return list(dict.fromkeys(_codes()[one.casefold()] for one in found))


@cache
def _state() -> re.Pattern[str]:
    return re.compile(word("state"))


@cache
def _codes() -> dict[str, str]:
    return {name.casefold(): code for name, code in state_names().items()}
