"""The veil: what is not said of a candidate who is not confirmed to be the person asked about.

Comes in: a profile. Goes out: the same profile without discipline and exclusions, and the sentence that stands in their
place. A license number with state and name, or an NPI, confirms a person; below that another's discipline could be
shown as theirs. The practitioner's own page has no veil: it says whom it is about.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace

from db.badges import Badge
from db.facts import Facts
from db.freshness import level_at
from db.profiles import Evidence, Profile, practitioner_address
from db.rows import Row

DISCIPLINE = frozenset(("limited", "surrendered", "suspended", "revoked"))
_SPEAKS_OF_DISCIPLINE = re.compile(
    r"revo[ck]|suspen|surrender|probation|disciplin|sanction|exclu|restrict|condition|\blimited\b|\border\b"
    r"|board action|relinq|obligation|reprimand|admoni|stipulat|censure|citation|\bfine[ds]?\b",
    re.IGNORECASE,
)


def veiled(profile: Profile) -> tuple[Profile, str]:
    """Return the profile as a possible match may show it, and a sentence where something was left out, else ""."""
    states = disciplined_states(profile)
    shown = replace(
        profile,
        row=veiled_row(profile.row, bool(states)),
        badges=tuple(veiled_badge(b) for b in profile.badges if b.kind != "license" or b.scope not in states),
        licenses=tuple(row for row in profile.licenses if row["state"] not in states),
        certifications=tuple(veiled_certificate(row) for row in profile.certifications),
        evidence=tuple(veiled_evidence(item) for item in profile.evidence if item.source_kind != "exclusions"),
        claims=(),
        changes=(),
        exclusions=(),
        verify=tuple(link for link in profile.verify if "exclusions.oig" not in link.url),
    )
    return shown, withheld(profile.id) if states else ""


def in_a_list(connection: sqlite3.Connection, row: Row, badges: list[Badge], facts: Facts) -> tuple[Row, list[Badge]]:
    """Row and badges as a list of people may show them: discipline only from a record that is surely theirs."""
    said = [badge for badge in badges if badge.kind == "license" and {badge.value, badge.value_then} & DISCIPLINE]
    doubtful = [badge for badge in said if not is_confirmed(connection, row["id"], badge.scope, facts)]
    if not doubtful:
        return row, badges
    return veiled_row(row, True), [badge for badge in badges if badge not in doubtful]


def is_confirmed(connection: sqlite3.Connection, id: str, state: str, facts: Facts) -> bool:
    """Whether every board's record of this person's license there is confirmed as of now."""
    sql = (
        "SELECT r.match_level, r.fetched_at FROM licenses l JOIN records r ON r.id = l.record_id"
        " WHERE l.practitioner_id = ? AND l.state = ? AND l.source_kind = 'primary'"
    )
    levels = [level_at(level, read, facts) for level, read in connection.execute(sql, [id, state])]
    return bool(levels) and set(levels) == {"confirmed"}


def withheld(id: str) -> str:
    return (
        "License details are shown when a license number with its name, or an NPI, confirms that this is the person;"
        f" or open the practitioner's page, {practitioner_address(id)}."
    )


def disciplined_states(profile: Profile) -> set[str]:
    """The states of whose license something is to be left out."""
    by_license = {row["state"] for row in profile.licenses if statuses(row) & DISCIPLINE or row["discipline"]}
    by_words = {row["state"] for row in profile.licenses if speaks(row["status_raw"])}
    by_tag = {badge.scope for badge in profile.badges if badge.kind == "license" and is_disciplinary(badge)}
    return by_license | by_words | by_tag


def statuses(row: Row) -> set[str]:
    """The status shown, and the one that was shown while the reading was fresh."""
    return {row["status"], row["status_then"]}


def is_disciplinary(badge: Badge) -> bool:
    return bool({badge.value, badge.value_then} & DISCIPLINE) or speaks(badge.because) or speaks(badge.needs_review)


def speaks(text: object) -> bool:
    """Whether words of a source or of ours speak of discipline or an exclusion; one too many is left out gladly."""
    return bool(_SPEAKS_OF_DISCIPLINE.search(str(text or "")))


def veiled_row(row: Row, withheld: bool) -> Row:
    review = None if speaks(row["needs_review"]) else row["needs_review"]
    return row | {"needs_review": review} | ({"license_status": None} if withheld else {})


def veiled_badge(badge: Badge) -> Badge:
    """A badge whose reason and whose rule name no word of discipline."""
    because = "" if speaks(badge.because) else badge.because
    rule_text = "" if speaks(badge.rule_text) else badge.rule_text
    review = None if speaks(badge.needs_review) else badge.needs_review
    return replace(badge, because=because, rule_text=rule_text, needs_review=review)


def veiled_certificate(row: Row) -> Row:
    """A certificate as listed or not, without the certifier's word for why not."""
    return row | {"status_raw": None} if speaks(row["status_raw"]) else row


def veiled_evidence(item: Evidence) -> Evidence:
    links = tuple(link for link in item.links if not speaks(link["reason"]))
    return replace(item, match_reason="" if speaks(item.match_reason) else item.match_reason, links=links)
