"""The veil: what is not said of a candidate who is not confirmed to be the person asked about.

Comes in: a profile. Goes out: the same profile without discipline and exclusions. A license number with state and name,
or an NPI, confirms a person; below that another's discipline could be shown as theirs.
"""

from __future__ import annotations

from dataclasses import replace

from db.profiles import Badge, Profile
from db.rows import Row

DISCIPLINE = frozenset(("limited", "surrendered", "suspended", "revoked"))
VEILED = (
    "What the board's roster says is shown when a license number with a name, or an NPI, confirms that this is the"
    " person; or on the practitioner's own page."
)


def veiled(profile: Profile) -> Profile:
    """The profile as a possible match may show it."""
    states = {row["state"] for row in profile.licenses if speaks_of_discipline(row)}
    review = None if states else profile.row["needs_review"]
    return replace(
        profile,
        row=profile.row | {"needs_review": review},
        badges=tuple(veiled_badge(badge) if badge.scope in states else badge for badge in profile.badges),
        licenses=tuple(row for row in profile.licenses if row["state"] not in states),
        evidence=tuple(item for item in profile.evidence if item.source_kind != "exclusions"),
        claims=(),
        changes=(),
        exclusions=(),
        verify=tuple(link for link in profile.verify if "exclusions.oig" not in link.url),
    )


def speaks_of_discipline(row: Row) -> bool:
    return row["status"] in DISCIPLINE or bool(row["discipline"])


def veiled_badge(badge: Badge) -> Badge:
    """A license badge without its word."""
    return replace(
        badge, value="", label="See the page", sentence="", tone="neutral", because=VEILED, needs_review=None, claims=()
    )
