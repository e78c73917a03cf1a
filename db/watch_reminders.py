"""Reminders before a license runs out, by the board's own date.

Comes in: the licenses of a person that may be practiced on, what was reminded of before, the day. Goes out: what to
remind of, and what is remembered. Each is sent once per license and date; after nights that were missed only the
nearest is, and a date that moved (a renewal) begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from db.watch_view import RunsOut

# Days before the end: those of Verifiable's expiry checks, without the one after it.
REMINDER_DAYS = (90, 60, 28, 14, 7, 3, 0)

Reminded = Mapping[str, tuple[str, int | None]]


def reminders(
    runs_out: Iterable[RunsOut], reminded: Reminded, today: date, first: bool
) -> tuple[dict[str, tuple[str, int | None]], list[tuple[RunsOut, int]]]:
    """What is remembered now, and each license to be reminded of with the days that are left; none at a first look."""
    remembered: dict[str, tuple[str, int | None]] = {}
    due: list[tuple[RunsOut, int]] = []
    for license in runs_out:
        left = days_left(license, today)
        if left is None:
            continue
        step, key = nearest(left), f"{license.state} {license.number}"
        expires, last = reminded.get(key, ("", None))
        known = expires == license.expires
        remembered[key] = license.expires, step if last is None or not known or step is None else min(step, last)
        if not first and step is not None and (last is None or step < last if known else left >= 0):
            due.append((license, left))
    return remembered, due


def days_left(license: RunsOut, today: date) -> int | None:
    try:
        return (date.fromisoformat(license.expires) - today).days
    except ValueError:
        return None


def nearest(left: int) -> int | None:
    """The smallest of the days that has been reached, None before the first."""
    return min((days for days in REMINDER_DAYS if left <= days), default=None)
