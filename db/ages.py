"""Ages in words, and when an age becomes a warning.

Comes in: a date or time as published ("2026-11-20T09:00:00Z" or "2026-11-20"). Goes out: how long ago
that was, in words, and whether it is past the windows of table `windows` (days).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

WARN_DAYS, STALE_DAYS = 30, 90


@dataclass(frozen=True)
class Age:
    """How old a date is; `level` is fresh, warn, stale or never (no date, or none that can be read)."""

    date: str
    days: int | None
    words: str
    level: str


def now() -> datetime:
    return datetime.now(UTC)


@lru_cache(4096)
def moment(text: str | None) -> datetime | None:
    """Read a published date or time as UTC; None when there is none."""
    try:
        read = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def age(text: str | None, windows: Mapping[str, int] | None = None, at: datetime | None = None) -> Age:
    """Return the age of a published date at `at` (default: now)."""
    limits = windows or {}
    return age_on((at or now()).date(), text, limits.get("warn", WARN_DAYS), limits.get("stale", STALE_DAYS))


@lru_cache(4096)
def age_on(today: date, text: str | None, warn: int, stale: int) -> Age:
    """The age on a day; a page asks for the few dates of its records over and over."""
    then = moment(text)
    if then is None:
        return Age("", None, "never", "never")
    days = max(0, (today - then.date()).days)
    level = "stale" if days > stale else "warn" if days > warn else "fresh"
    return Age(f"{then:%Y-%m-%d}", days, ago(days), level)


def ago(days: int) -> str:
    """Return days as a person says them: today, yesterday, 12 days ago, 3 months ago, 2 years ago."""
    if days < 2:
        return ("today", "yesterday")[days]
    if days < 60:
        return f"{days} days ago"
    if days < 730:
        return f"{days // 30} months ago"
    return f"{days // 365} years ago"
