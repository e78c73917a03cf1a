"""Discipline, in the words of the board that published it.

In: a board's record: its cases, or its bare yes. Out: one text for the license, "" where the board says nothing.
Nothing is weighed here: whether a case is a charge, an order or settled stands in the board's own words. A number or a
date without an action says nothing: we never put words into a board's mouth.
"""

from __future__ import annotations

from typing import Any

from pipeline.dates_and_links import DateError, iso_date

NO = frozenset(
    "|no|n|none|false|n/a|na|0|no action|not applicable|cleared|dismissed|complaint dismissed|no discipline".split("|")
)
YES = {"y": "Yes", "true": "Yes"}


def discipline_text(fields: dict[str, Any]) -> str:
    """The board's cases, or its bare yes; "" where it says nothing of discipline."""
    action = fields.get("action_taken", "")
    word = action.strip().casefold()
    bare = "" if word in NO else YES.get(word, action)
    return "; ".join(filter(None, map(case_text, fields.get("discipline_cases", [])))) or bare


def case_text(case: dict[str, str]) -> str:
    """`Stipulation, unprofessional conduct (case 2019-12, 2019-05-01 to 2020-05-01)`; "" for one without an action."""
    said = [case.get(part, "") for part in ("action", "reason")]
    what = ", ".join(text for text in said if text.strip().casefold() not in NO)
    if not what:
        return ""
    days = " to ".join(shown_day(case[part]) for part in ("effective", "completed") if case.get(part))
    about = ", ".join(filter(None, [f"case {case['case_number']}" if case.get("case_number") else "", days]))
    return f"{what} ({about})" if about else what


def shown_day(text: str) -> str:
    """The day, or the board's own text where it is none: it is only shown, never reckoned with."""
    try:
        return iso_date(text)
    except DateError:
        return text
