"""Everything the file holds about one practitioner, put together for a page or an answer.

Comes in: a connection and an id. Goes out: `Profile`: the row, the tags as badges with who says so,
every record they rest on, licenses, certificates, claims, exclusions, changes, and where to verify; all of it as it
may be shown at the time of asking.
"""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from db.badges import Badge, read_badges
from db.facts import EXCLUSIONS_SEARCH, Facts
from db.freshness import fresh_badges, fresh_person, fresh_rows, level_at, past_expiry
from db.rows import Row, one, select

NPI_REGISTRY = "https://npiregistry.cms.hhs.gov/provider-view/"
EXCLUSION_SENTENCE = (
    "Possible match on the federal exclusion list: verify at exclusions.oig.hhs.gov before drawing any conclusion."
)

# What changed under this id and under ids that lead to it by now.
CHANGES = (
    "SELECT * FROM changes WHERE practitioner_id = :id"
    " OR practitioner_id IN (SELECT old_id FROM redirects WHERE new_id = :id) ORDER BY at DESC"
)
# Without the row as printed, which is long and is read only by who asks for the whole record.
RECORDS = (
    "SELECT id, source, source_key, name, url, fetched_at, source_date, sha256, match_level, match_reason, other_sha256"
    " FROM records WHERE practitioner_id = ? ORDER BY source, id"
)


@dataclass(frozen=True)
class Link:
    title: str
    url: str


@dataclass(frozen=True)
class Evidence:
    """One record that the person rests on, and why it was joined; `links` to the records that stand before it."""

    record_id: str
    source: str
    source_title: str
    source_kind: str
    source_key: str
    name: str
    url: str
    fetched_at: str
    source_date: str
    sha256: str
    match_level: str
    match_reason: str
    other_sha256: tuple[str, ...] = ()
    links: tuple[Row, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As JSON; a date that the source does not print is null."""
        lists = {"other_sha256": list(self.other_sha256), "links": list(self.links)}
        return asdict(self) | {"source_date": self.source_date or None} | lists


@dataclass(frozen=True)
class Profile:
    id: str
    name: str
    place: str
    row: Row
    badges: tuple[Badge, ...]
    evidence: tuple[Evidence, ...]
    licenses: tuple[Row, ...]
    certifications: tuple[Row, ...]
    claims: tuple[Row, ...]
    exclusions: tuple[Row, ...]
    changes: tuple[Row, ...]
    verify: tuple[Link, ...]


def read_profile(
    connection: sqlite3.Connection, id: str, facts: Facts, at: datetime | None = None, whole: bool = True
) -> Profile | None:
    """Return the practitioner with this id as shown at a time (default: now), or None.

    Claims, changes and links between records are left out unless it is wanted `whole`: a long roster shows none.
    """
    row = one(connection, "SELECT * FROM practitioners WHERE id = ?", [id])
    if row is None:
        return None
    licenses = fresh_rows("license", of_person(connection, "licenses", id, "state, number"), facts, at)
    certificates = of_person(connection, "certifications", id, "issuer, designation")
    built = read_badges(connection, id, facts)
    badges = past_expiry(fresh_badges(built, facts, at), licenses, at)
    exclusions = tuple(of_person(connection, "exclusions", id, "excluded_on"))
    return Profile(
        id=id,
        name=row["name"] or id,
        place=place(row),
        row=fresh_person(row, built, badges),
        badges=badges,
        evidence=tuple(aged(item, facts, at) for item in read_evidence(connection, id, facts, whole)),
        licenses=licenses,
        certifications=fresh_rows("certification", certificates, facts, at),
        claims=tuple(of_person(connection, "claims", id, "current DESC, field, last_seen DESC")) if whole else (),
        exclusions=exclusions,
        changes=tuple(select(connection, CHANGES, {"id": id})) if whole else (),
        verify=tuple(where_to_verify(row, badges, licenses, bool(exclusions), facts)),
    )


def aged(item: Evidence, facts: Facts, at: datetime | None) -> Evidence:
    return replace(item, match_level=level_at(item.match_level, item.fetched_at, facts, at))


def practitioner_address(id: str) -> str:
    return f"/practitioner/{quote(id, safe='')}"


def of_person(connection: sqlite3.Connection, table: str, id: str, order: str) -> list[Row]:
    return select(connection, f"SELECT * FROM [{table}] WHERE practitioner_id = ? ORDER BY {order}", [id])


def place(row: Row) -> str:
    return ", ".join(part for part in (row["city"], row["state"]) if part)


def read_evidence(connection: sqlite3.Connection, id: str, facts: Facts, whole: bool = True) -> tuple[Evidence, ...]:
    """Every record in order; a link stands at the later of its two records, so that each is told once."""
    rows = select(connection, RECORDS, [id])
    place = {row["id"]: number for number, row in enumerate(rows)}
    joins = of_person(connection, "links", id, "score DESC") if whole else []
    links = [linked(row, place, rows, facts) for row in joins]
    return tuple(evidence(row, facts, tuple(link for link in links if link["record_id"] == row["id"])) for row in rows)


def linked(row: Row, place: dict[str, int], records: list[Row], facts: Facts) -> Row:
    """A link seen from the later of its records: what it was joined with, and by what evidence."""
    earlier, later = sorted((row["record_id"], row["other_record_id"]), key=place.__getitem__)
    kept = {name: value for name, value in row.items() if name not in ("practitioner_id", "score")}
    other = facts.source_title(records[place[earlier]]["source"])
    ends = {"record_id": later, "other_record_id": earlier, "other_title": other}
    return kept | ends | {"bits": row["score"]}  # what a pair of records weighs; nobody is given a score


def evidence(row: Row, facts: Facts, links: tuple[Row, ...] = ()) -> Evidence:
    """Return one row of `records` with the title and kind of its source."""
    text = {name: str(row[name] or "") for name in row if name != "other_sha256"}
    return Evidence(
        record_id=text["id"],
        source=text["source"],
        source_title=facts.source_title(text["source"]),
        source_kind=facts.sources.get(text["source"], {}).get("kind") or "",
        source_key=text["source_key"],
        name=text["name"],
        url=text["url"],
        fetched_at=text["fetched_at"],
        source_date=text["source_date"],
        sha256=text["sha256"],
        match_level=text["match_level"],
        match_reason=text["match_reason"],
        other_sha256=tuple(row["other_sha256"] or ()),
        links=links,
    )


# A physician practices under a medical license; the boards' own federation looks it up for every state.
PHYSICIAN = "physician"
PHYSICIANS = Link("Physicians' licenses, every state (Federation of State Medical Boards)", "https://www.docinfo.org/")


def where_to_verify(
    row: Row, badges: tuple[Badge, ...], licenses: tuple[Row, ...], excluded: bool, facts: Facts
) -> list[Link]:
    """Return the official places for this person: certifier, boards, NPI Registry, exclusion list."""
    held = {license["state"] for license in licenses}
    states = held if row["kind"] == PHYSICIAN else held | {b.scope for b in badges if b.kind == "license"}
    links = [
        *certifier_links(facts),
        *([PHYSICIANS] if row["kind"] == PHYSICIAN else []),
        *(link for code in sorted(filter(None, states)) for link in board_links(code, facts)),
    ]
    if (row["npi"] or "").isdigit():
        links.append(Link("NPI Registry (self-reported by the practitioner)", NPI_REGISTRY + row["npi"]))
    if excluded:
        links.append(Link("Federal exclusion list", EXCLUSIONS_SEARCH))
    return links


def certifier_links(facts: Facts) -> list[Link]:
    certifiers = [row for row in facts.sources.values() if row["kind"] == "certifier"]
    return [Link(str(row["title"]), row["homepage"]) for row in certifiers if is_web_address(row["homepage"])]


def board_links(code: str, facts: Facts) -> list[Link]:
    """Return the look-up page of a state's board, or the board's own page."""
    state = facts.states.get(code, {})
    address = state.get("lookup_url") or state.get("board_url")
    title = f"{state.get('name', code)}: {state.get('board') or 'licensing board'}"
    return [Link(title, address)] if address and is_web_address(address) else []


@lru_cache(4096)
def is_web_address(text: str | None) -> bool:
    """Say whether text may become a link: only http and https, with a host."""
    try:
        parts = urlsplit(text or "")
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and not any(c.isspace() for c in text or "")
