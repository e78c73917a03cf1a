"""Freshness at the time of asking: a file grows older after it was built, and what it says weakens.

Comes in: tags, licenses, certificates and match levels as they were built, and a time. Goes out: the same as they may
be shown at that time (windows table: `warn`, `stale`, `never_confirmed`, in days). A conclusion from a reading past
`stale` is no current one: it shows as not known, and the sentence keeps what was shown then.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from db import ages
from db.ages import Age, age
from db.badges import Badge
from db.facts import Facts
from db.rows import Row

NEVER_CONFIRMED_DAYS = 120
TOO_OLD = {"license": "source_failed", "certification": "not_checked"}
# What somebody states stays a statement however old it is; the others say already that nothing is known.
NO_READING = frozenset("claimed not_checked not_covered source_failed state_does_not_license".split())
# A license runs to the end of its day, which Hawaii sees last of all states (UTC-10).
LAST_EVENING = timedelta(hours=10)
NO_END = "9999"
MAY_PRACTICE = frozenset(("active", "limited"))


def fresh_badges(badges: tuple[Badge, ...], facts: Facts, at: datetime | None = None) -> tuple[Badge, ...]:
    """Return tags as they may be shown at a time (default: now)."""
    return tuple(fresh_badge(badge, facts, at) for badge in badges)


def fresh_badge(badge: Badge, facts: Facts, at: datetime | None = None) -> Badge:
    read = age(badge.as_of, facts.windows, at)
    words = read.words if read.date else ""
    aged = replace(badge, freshness=read.level, age=words, warning=warning(badge, read, facts))
    return outdated(aged, read, facts) if read.level == "stale" and badge.value not in NO_READING else aged


def warning(badge: Badge, read: Age, facts: Facts) -> str:
    """A sentence about a reading that is old, but still counts."""
    if read.level == "warn":
        return f"Last read {read.words}, more than {facts.windows.get('warn', 30)} days: look at the source again."
    if read.level == "stale" and badge.value == "claimed":
        return f"This statement was last read {read.words}: it may no longer stand there."
    return ""


def outdated(badge: Badge, read: Age, facts: Facts) -> Badge:
    """A conclusion that no longer speaks for today: not known, and why; what was shown then is told as such."""
    value = TOO_OLD[badge.kind]
    word = facts.word(badge.kind, value)
    rule = f"{badge.kind}_{value}"
    because = f"{too_old(read)} What was shown then: {badge.label}. {badge.because}".rstrip()
    return replace(
        badge,
        value=value,
        label=word.label,
        sentence=word.sentence,
        tone=word.tone,
        because=because,
        rule=rule,
        rule_text=facts.rules.get(rule, {}).get("when_text") or "",
        value_then=badge.value,
    )


def too_old(read: Age) -> str:
    return f"Last read on {read.date}, {read.words}: too old to speak for today."


def fresh_rows(kind: str, rows: list[Row], facts: Facts, at: datetime | None = None) -> tuple[Row, ...]:
    """Return licenses or certificates with `freshness` and `status_then`; a status too old shows as not known."""
    return tuple(fresh_row(kind, row, facts, at) for row in rows)


def fresh_row(kind: str, row: Row, facts: Facts, at: datetime | None) -> Row:
    level = age(row["as_of"], facts.windows, at).level
    if level == "stale" and row["status"] not in NO_READING:
        return row | {"status": TOO_OLD[kind], "freshness": level, "status_then": row["status"]}
    return row | {"freshness": level, "status_then": None}


def past_expiry(badges: tuple[Badge, ...], licenses: tuple[Row, ...], at: datetime | None) -> tuple[Badge, ...]:
    """Return tags with a warning where a license that shows as current has run out since it was read."""
    today = f"{(at or ages.now()) - LAST_EVENING:%Y-%m-%d}"
    return tuple(run_out(badge, licenses, today) for badge in badges)


def run_out(badge: Badge, licenses: tuple[Row, ...], today: str) -> Badge:
    if "past its expiry" in (badge.needs_review or ""):
        return badge
    last = max((row["expires"] or NO_END for row in licenses if rests_on(badge, row)), default=NO_END)
    if last >= today:
        return badge
    said = f"It ran until {last}, which has passed since: ask the board whether it was renewed."
    return replace(badge, warning=f"{badge.warning} {said}".strip())


def rests_on(badge: Badge, license: Row) -> bool:
    """Whether a tag says that somebody may practice, or is certified, because of this license at its board."""
    if license["source_kind"] != "primary" or license["status"] not in MAY_PRACTICE:
        return False
    if badge.value == "implied":
        return bool(license["expires"]) and f"expires {license['expires']}" in badge.because
    return badge.kind == "license" and badge.value in MAY_PRACTICE and license["state"] == badge.scope


def fresh_person(row: Row, then: tuple[Badge, ...], shown: tuple[Badge, ...]) -> Row:
    """Return a practitioner's own row with the words of tags that are too old replaced as in the tags."""
    pairs = list(zip(then, shown, strict=True))
    found = {
        "certification": word_now(pairs, "certification"),
        "license_status": word_now(pairs, "license", row["state"]),
    }
    return row | {column: now for column, (was, now) in found.items() if now and was == row[column]}


def word_now(pairs: list[tuple[Badge, Badge]], kind: str, state: str | None = None) -> tuple[str, str]:
    """The word of a tag as built and as shown: of a license the one of the state of practice, else the first."""
    of_kind = [pair for pair in pairs if pair[0].kind == kind]
    found = [pair for pair in of_kind if pair[0].scope == state] or of_kind
    return next(((then.value, shown.value) for then, shown in found), ("", ""))


def level_at(level: str, fetched_at: str | None, facts: Facts, at: datetime | None = None) -> str:
    """Return a match level at a time: never `confirmed` on records older than `never_confirmed` days."""
    days = age(fetched_at, facts.windows, at).days
    most = facts.windows.get("never_confirmed", NEVER_CONFIRMED_DAYS)
    return "probable" if level == "confirmed" and (days is None or days > most) else level
