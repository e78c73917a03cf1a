"""What was shown on a day in the past: the tags that stood then, and the claims that were read by then.

Comes in: a `Checker`, a question, a day. Goes out: an `Answer` about that day. It tells what this directory said, not
what was true: people are found by the names and numbers known today, and those who are gone since by their last ones.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from db.ages import now
from db.answers import Answer, BadQuestion, Candidate, Question
from db.badges import Badge, badge
from db.check import Checker, Found, candidate, official_places
from db.facts import SAMPLE_NOTE, Facts
from db.keys import number_key
from db.matches import CONFIRMED, POSSIBLE, PROBABLE, Match, Matches, agreeing, not_too_old, number_match
from db.names import same_name
from db.profiles import Profile, place, read_profile
from db.rows import Row, select
from db.schema import TABLES
from db.wording import found_sentence, several_sentences

# A day ends with what the last build before its end showed.
STOOD = "substr(shown_from, 1, 10) <= :day AND (shown_until IS NULL OR substr(shown_until, 1, 10) > :day)"
SAME_PERSON = "practitioner_id IN (SELECT :id UNION SELECT old_id FROM redirects WHERE new_id = :id)"
GONE = (
    "SELECT c.practitioner_id, c.field, c.value, c.last_seen FROM claims c WHERE c.practitioner_id IN"
    " (SELECT practitioner_id FROM tag_history EXCEPT SELECT id FROM practitioners EXCEPT SELECT old_id FROM redirects)"
    " AND (c.field IN ('name', 'other name', 'npi') OR c.field LIKE 'license %') ORDER BY c.last_seen DESC, c.id"
)


def read_day(text: str, today: date) -> str:
    """Return a day as YYYY-MM-DD; raises `BadQuestion` for what is none, and for a day that has not come yet."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadQuestion(f"{text.strip()!r} is no date; write it as 2026-01-31.") from error
    if day > today:
        raise BadQuestion(f"{day} has not come yet: only what was shown up to today can be told.")
    return f"{day}"


def answer_as_of(checker: Checker, question: Question, text: str) -> Answer:
    """Answer what was shown on a day; raises `BadQuestion` when it cannot be asked."""
    day = read_day(text, (checker.at or now()).date())
    found, facts, connection = checker.found(question), checker.facts, checker.connection
    first = first_day(connection)
    if not first or day < first:
        return answered(question, found, facts, "nothing_shown_yet", [not_yet(day, first)], (), day)
    gone = gone_matches(connection, found.asked)
    matches = [*found.matches, *(not_too_old(match, facts, checker.at) for match in gone)]
    shown = (shown_then(connection, match, facts, day) for match in matches)
    candidates = tuple(one for one in shown if one)
    outcome, sentences = conclude(found, matches, day)
    return answered(question, found, facts, outcome, sentences, candidates, day)


def first_day(connection: sqlite3.Connection) -> str:
    """The day of the first build whose tags are kept, or ""; a file from before that was kept has no such table."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'tag_history'").fetchone():
        return ""
    return str(connection.execute("SELECT min(shown_from) FROM tag_history").fetchone()[0] or "")[:10]


def not_yet(day: str, first: str) -> str:
    began = f"the first build whose tags are kept is of {first}" if first else "no build has kept its tags yet"
    return f"Nothing was shown here on {day}: {began}. This says nothing about any person."


def conclude(found: Found, matches: list[Match], day: str) -> tuple[str, list[str]]:
    head = f"This is what was shown here on {day}, not what is known today. People are found by the names and numbers"
    said = [f"{head} known today, and those who are gone since by their last ones."]
    if not matches:
        nobody = (
            f"Nobody here matches, so nothing was shown of such a person on {day}. This says nothing about anybody."
        )
        return "nothing_found", [*said, nobody]
    if len(matches) == 1 and matches[0].exact:
        return "found", [*said, found_sentence(matches[0])]
    return "several_candidates", [*said, *several_sentences(found.asked, Matches(tuple(matches), (), found.more))]


def answered(
    question: Question,
    found: Found,
    facts: Facts,
    outcome: str,
    sentences: list[str],
    candidates: tuple[Candidate, ...],
    day: str,
) -> Answer:
    notes = found.notes if candidates else ()
    return Answer(
        question=question,
        outcome=outcome,
        sentences=(*([SAMPLE_NOTE] if facts.is_sample else []), *notes, *sentences),
        candidates=candidates,
        elsewhere=(),
        unjoined=(),
        sources=(),
        where_to_verify=tuple(official_places(found.asked.state, candidates, facts)),
        as_of=facts.built_at,
        more=found.more,
        shown_on=day,
    )


def shown_then(connection: sqlite3.Connection, match: Match, facts: Facts, day: str) -> Candidate | None:
    """One person as shown on a day; the veil is the same as today's."""
    today = read_profile(connection, match.id, facts) or gone_profile(connection, match.id)
    if today is None:
        return None
    badges = badges_then(connection, match.id, facts, day)
    claims = claims_then(connection, match.id, badges, facts, day)
    records = {row["record_id"] for row in claims}
    row = today.row | {"needs_review": None, "certification": None, "license_status": None}
    past = replace(
        today,
        row=row,
        badges=badges,
        evidence=tuple(item for item in today.evidence if item.record_id in records),
        licenses=(),
        certifications=(),
        claims=claims,
        exclusions=(),
        changes=(),
    )
    shown = candidate(match, past)
    then = tuple(public_claim(row) for row in claims) if match.level == CONFIRMED else ()
    return replace(shown, note=note(connection, match.id, badges, day), then=then)


def badges_then(connection: sqlite3.Connection, id: str, facts: Facts, day: str) -> tuple[Badge, ...]:
    """The tags that stood at the end of a day; of two ids that are one person now, the newer tag."""
    sql = f"SELECT * FROM tag_history WHERE {SAME_PERSON} AND {STOOD} ORDER BY kind, scope, shown_from"
    rows = {(row["kind"], row["scope"]): row for row in select(connection, sql, {"id": id, "day": day})}
    return tuple(badge(row, facts) for row in rows.values())


def claims_then(
    connection: sqlite3.Connection, id: str, badges: tuple[Badge, ...], facts: Facts, day: str
) -> tuple[Row, ...]:
    """Claims read by then and not gone by then, and all that the tags of that day rest on."""
    read = f"SELECT * FROM claims WHERE {SAME_PERSON} AND substr(first_seen, 1, 10) <= :day"
    cited = {claim for badge in badges for claim in badge.claims}
    rows = select(connection, f"{read} ORDER BY field, value, source", {"id": id, "day": day})
    stood = [row for row in rows if row["id"] in cited or stands(row, day)]
    return tuple(row | {"source_title": facts.source_title(row["source"])} for row in stood)


def stands(row: Row, day: str) -> bool:
    """Whether a claim surely stood on a day: read without interruption over it."""
    since = row.get("since") or row["first_seen"]
    return since[:10] <= day and bool(row["current"] or row["last_seen"][:10] >= day)


def public_claim(row: Row) -> Row:
    return {name: row[name] for name in ("field", "value", "source", "source_title", "first_seen", "last_seen")}


def note(connection: sqlite3.Connection, id: str, badges: tuple[Badge, ...], day: str) -> str:
    """What cannot be told of that day."""
    if badges:
        return "Reasons and readings are those of the day a tag was first shown; exclusions are not kept by day."
    sql = f"SELECT min(shown_from) FROM tag_history WHERE {SAME_PERSON}"
    first = str(connection.execute(sql, {"id": id}).fetchone()[0] or "")[:10]
    return f"No tag of this person was shown on {day}." + (f" The first was shown on {first}." if first > day else "")


def gone_matches(connection: sqlite3.Connection, asked: Question) -> list[Match]:
    """People whom no source shows any more, by their whole name or their NPI."""
    people: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in connection.execute(GONE):
        kind, _, number = row[1].partition(" ") if row[1].startswith("license ") else (row[1], "", row[2])
        people[row[0]][kind].append(number)
        people[row[0]]["last_seen"].append(row[3])
    matches = (gone_match(id, claims, asked) for id, claims in people.items())
    return [match for match in matches if match]


def gone_match(id: str, claims: dict[str, list[Any]], asked: Question) -> Match | None:
    names = [*claims["name"], *claims["other name"]]
    row = {"id": id, "name": None, "family_name": None, "other_names": names, "as_of": max(claims["last_seen"])}
    license = f"the {asked.state} license number {asked.license}"
    by_npi = {id: number_match(row, asked, f"the NPI {asked.npi}", CONFIRMED)} if asked.npi in claims["npi"] else {}
    by_license = {id: number_match(row, asked, license, PROBABLE)} if holds(claims["license"], asked) else {}
    matches = agreeing(by_npi, by_license, asked)
    if matches:
        return matches[0]
    if asked.name and not (asked.npi or asked.license) and any(same_name(asked.name, name) for name in names):
        return Match(id, POSSIBLE, "the same name; no source shows this person any more", by_name=True)
    return None


def holds(licenses: list[str], asked: Question) -> bool:
    """Whether one of these (`WA AC60000105`) is the license asked for."""
    pairs = (license.partition(" ")[::2] for license in licenses)
    return bool(asked.license) and (asked.state, number_key(asked.license)) in {
        (state, number_key(number)) for state, number in pairs
    }


def gone_profile(connection: sqlite3.Connection, id: str) -> Profile | None:
    """What is left of a person whom no source shows any more: the last name and place."""
    fields = "('name', 'city', 'npi')"
    sql = f"SELECT field, value FROM claims WHERE practitioner_id = ? AND field IN {fields} ORDER BY last_seen"
    claims = {row[0]: row[1] for row in connection.execute(sql, [id])}
    if "name" not in claims:
        return None
    city, _, state = claims.get("city", "").rpartition(", ")
    row = dict.fromkeys(TABLES["practitioners"].column_names) | {"id": id, "other_names": [], "npi": claims.get("npi")}
    row |= {"name": claims["name"], "city": city or None, "state": state or None}
    return Profile(id, claims["name"], place(row), row, (), (), (), (), (), (), (), ())
