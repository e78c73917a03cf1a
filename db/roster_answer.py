"""The answer to one row of a roster, as cells.

Comes in: a `Checker` and a row. Goes out: one text per column of `RESULT_COLUMNS`. A person's details stand only where
one person is meant; where several could be, their ids and names stand, and nothing that is true of only one of them.
What is veiled below `confirmed` stays veiled, because the details come from the same profiles as an answer's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from db.ages import age, now
from db.answers import BadQuestion, Candidate, Question
from db.badges import Badge
from db.check import Checker, Found, candidate, official_places
from db.facts import CORRECTION, PRE_CHECK, SAMPLE_NOTE
from db.keys import number_key
from db.profiles import EXCLUSION_SENTENCE, Profile, is_web_address, practitioner_address, read_profile
from db.rows import Row

PREFIX = "diplomate_"
_NAMES = (
    "row outcome says match_level match_reason practitioner_id name candidates certification certification_as_of"
    " certification_age_days designations license_state license_status license_number license_expires license_as_of"
    " license_age_days npi exclusion needs_review evidence page verify_at trouble checked_at note"
)
RESULT_COLUMNS = tuple(PREFIX + name for name in _NAMES.split())
NOT_READABLE = "not_readable"
_BELOW = re.compile(r"(?<=the )((?:other )?sources)(?: listed)? below")  # nothing stands below a cell
MOST_NAMED = 10  # candidates whose ids and names stand in a cell


class Asked(Protocol):
    """What is needed of a row: its number, its question, and what of it was not used."""

    @property
    def number(self) -> int: ...
    @property
    def question(self) -> Question | None: ...
    @property
    def trouble(self) -> str: ...


def answer_row(checker: Checker, row: Asked) -> dict[str, str]:
    """Every column of `RESULT_COLUMNS` in order; a row that cannot be asked says why in `trouble`."""
    trouble = row.trouble
    cells: dict[str, str] = {}
    if row.question is not None:
        try:
            cells = asked_cells(checker, checker.found(row.question))
        except BadQuestion as error:
            trouble = f"{trouble}; " if trouble else f"row {row.number}: "
            trouble += lower_first(str(error))
    cells = cells or {"outcome": NOT_READABLE, "says": "This row could not be read.", "match_level": "none"}
    moment = checker.at or now()
    cells |= {
        "row": str(row.number),
        "trouble": trouble,
        "checked_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "note": " ".join((*([SAMPLE_NOTE] if checker.facts.is_sample else []), PRE_CHECK, CORRECTION)),
    }
    return {column: cells.get(column.removeprefix(PREFIX), "") for column in RESULT_COLUMNS}


def lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def asked_cells(checker: Checker, found: Found) -> dict[str, str]:
    """What was found: one person's details, several people's ids, or where to ask."""
    says = _BELOW.sub(r"\1 read here", " ".join((*found.notes, *found.sentences)))
    several = f"{len(found.matches) or len(found.unjoined)}{'+' if found.more else ''}"
    cells = {"outcome": found.outcome, "says": says, "candidates": several}
    if len(found.matches) != 1:
        links = official_places(found.asked.state, (), checker.facts)
        return cells | several_cells(checker, found) | {"verify_at": addresses(link.url for link in links)}
    match = found.matches[0]
    profile = read_profile(checker.connection, match.id, checker.facts, checker.at, whole=False)
    return cells | person_cells(checker, found.asked, candidate(match, profile), says) if profile else cells


def several_cells(checker: Checker, found: Found) -> dict[str, str]:
    """Ids, names and pages, best first; records that belong to nobody yet are evidence."""
    if not found.matches:
        return {"match_level": "none", "evidence": addresses(record.url for record in found.unjoined)}
    named = [match.id for match in found.matches[:MOST_NAMED]]
    names = {row[0]: row[1] or row[0] for row in checker.connection.execute(names_of(len(named)), named)}
    return {
        "match_level": found.matches[0].level,
        "match_reason": found.matches[0].reason,
        "practitioner_id": "; ".join(named),
        "name": "; ".join(names.get(id, id) for id in named),
        "page": addresses(map(practitioner_address, named)),
    }


def names_of(people: int) -> str:
    return f"SELECT id, name FROM practitioners WHERE id IN ({', '.join('?' * people)})"


def person_cells(checker: Checker, asked: Question, meant: Candidate, says: str) -> dict[str, str]:
    profile = meant.profile
    places = official_places(asked.state, (meant,), checker.facts)
    badges = [badge for badge in (certification_of(profile), license_of(profile, asked)) if badge]
    remarks = [remark for badge in badges if (remark := badge.warning or (badge.because if badge.value_then else ""))]
    remarks += other_states(checker, profile, asked)
    reviews = (profile.row["needs_review"], *(badge.needs_review for badge in profile.badges))
    return {
        "says": " ".join((says, *remarks, *filter(None, [meant.withheld]))),
        "match_level": meant.match_level,
        "match_reason": meant.match_reason,
        "practitioner_id": profile.id,
        "name": profile.name,
        **certification_cells(checker, profile),
        **license_cells(checker, profile, asked),
        "npi": profile.row["npi"] or "",
        "exclusion": EXCLUSION_SENTENCE if profile.exclusions else "",
        "needs_review": " ".join(dict.fromkeys(filter(None, reviews))),
        "evidence": addresses(item.url for item in profile.evidence),
        "page": practitioner_address(profile.id),
        "verify_at": addresses(link.url for link in places),
    }


def certification_of(profile: Profile) -> Badge | None:
    """The tag that the practitioner's row shows."""
    badges = [badge for badge in profile.badges if badge.kind == "certification"]
    shown = profile.row["certification"]
    return next((badge for badge in badges if badge.value == shown), badges[0] if badges else None)


def certification_cells(checker: Checker, profile: Profile) -> dict[str, str]:
    badge = certification_of(profile)
    designations = "; ".join(map(str, profile.row["designations"] or ()))
    return {"designations": designations} | (
        tag_cells(checker, "certification", badge, "certification") if badge else {}
    )


def license_of(profile: Profile, asked: Question) -> Badge | None:
    """The license asked about: of the state asked, of the person's own state, or the first."""
    badges = {badge.scope: badge for badge in profile.badges if badge.kind == "license"}
    state = next((code for code in (asked.state, profile.row["state"]) if code in badges), next(iter(badges), None))
    return badges[state] if state is not None else None


def other_states(checker: Checker, profile: Profile, asked: Question) -> list[str]:
    """Say where the license told is another state's than the one asked for, and that there are more."""
    told = license_of(profile, asked)
    if told is None:
        return []
    named = checker.facts.state_name
    others = [named(badge.scope) for badge in profile.badges if badge.kind == "license" and badge.scope != told.scope]
    said = [f"The license told is of {named(told.scope)}."] if asked.state not in ("", told.scope) else []
    return [*said, *([f"What is known of {', '.join(others)} is on the person's page."] if others else [])]


def license_cells(checker: Checker, profile: Profile, asked: Question) -> dict[str, str]:
    badge = license_of(profile, asked)
    if badge is None:
        return {}
    rows = [row for row in profile.licenses if row["state"] == badge.scope]
    best = max(rows, key=lambda row: license_rank(row, badge, asked), default=None)
    numbers = {"license_number": best["number"] or "", "license_expires": best["expires"] or ""} if best else {}
    return {"license_state": badge.scope, **tag_cells(checker, "license_status", badge, "license"), **numbers}


def license_rank(row: Row, badge: Badge, asked: Question) -> tuple[bool, bool, bool, str]:
    """The number asked for first, then the board's own row, then one that the tag speaks of, then the latest."""
    same = bool(asked.license) and row["number_key"] == number_key(asked.license)
    return same, row["source_kind"] == "primary", row["status"] == badge.value, row["expires"] or ""


def tag_cells(checker: Checker, column: str, badge: Badge, name: str) -> dict[str, str]:
    read = age(badge.as_of, checker.facts.windows, checker.at)
    days = "" if read.days is None else str(read.days)
    return {column: badge.value, f"{name}_as_of": read.date, f"{name}_age_days": days}


def addresses(found: Iterable[str]) -> str:
    """Addresses once each, a space between them."""
    return " ".join(dict.fromkeys(url for url in found if url.startswith("/practitioner/") or is_web_address(url)))
