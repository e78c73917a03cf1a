"""What is known of one asked person tonight, as facts that can be compared with the next night's.

Comes in: a `Checker` and a question. Goes out: a `View`: outcome, match level, id, and one value per `Field`. A value
that rests on a reading too old to speak for today is `unread`: it is never news of the person. What is veiled below
`confirmed` is not in the view, because it comes from the same candidates as an answer's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from db.answers import Candidate, Question
from db.badges import Badge
from db.check import Checker, Found, with_profiles
from db.facts import Facts
from db.freshness import MAY_PRACTICE, level_at
from db.matches import CONFIRMED
from db.profiles import Profile
from db.rows import Row

UNREAD = {"license": frozenset(("source_failed", "not_covered")), "certification": frozenset(("not_checked",))}


class Field(NamedTuple):
    """What a value is of: `kind` certification, designations, license (the state's tag), number (one license), expires,
    discipline, exclusion or needs_review."""

    kind: str
    scope: str = ""
    number: str = ""

    @property
    def text(self) -> str:
        """As column `field` says it: `license WA`, `license WA AC123 expires`, `certification NCBAHM`."""
        words = {"number": ("license", ""), "expires": ("license", "expires"), "discipline": ("license", "discipline")}
        first, last = words.get(self.kind, (self.kind, ""))
        return " ".join(word for word in (first, self.scope, self.number, last) if word)


@dataclass(frozen=True)
class Known:
    """One value and when it was read; `unread` when that reading is too old or was none."""

    value: str
    as_of: str = ""
    unread: bool = False


@dataclass(frozen=True)
class RunsOut:
    """A license that may be practiced on, and the board's own date for its end."""

    state: str
    number: str
    expires: str
    as_of: str


@dataclass(frozen=True)
class View:
    """`known` is empty unless one person is meant; `sources` are those that speak about this person or state.

    `aged` says that only the age of the reading keeps the match below `confirmed`.
    """

    outcome: str
    level: str = "none"
    id: str = ""
    name: str = ""
    known: Mapping[Field, Known] = field(default_factory=dict)
    runs_out: tuple[RunsOut, ...] = ()
    withheld: bool = False
    aged: bool = False
    sources: frozenset[str] = frozenset()

    @property
    def confirmed(self) -> bool:
        return self.level == CONFIRMED


def view_of(checker: Checker, question: Question) -> View:
    """Look one question up; raises `BadQuestion` when it cannot be asked."""
    found = checker.found(question)
    asked = sources_of([found.asked.state], checker.facts)
    if len(found.matches) != 1:
        return View(found.outcome, sources=asked)
    candidates = with_profiles(checker.connection, found.matches, checker.facts, checker.at)
    return person_view(checker, found, candidates[0], asked) if candidates else View(found.outcome, sources=asked)


def person_view(checker: Checker, found: Found, candidate: Candidate, asked: frozenset[str]) -> View:
    profile, facts = candidate.profile, checker.facts
    rows, match = list(best_rows(profile.licenses)), found.matches[0]
    states = [badge.scope for badge in profile.badges if badge.kind == "license"]
    return View(
        found.outcome,
        candidate.match_level,
        profile.id,
        profile.name,
        dict((*tags(profile), *licenses(rows), *others(profile))),
        tuple(runs_out(rows)),
        bool(candidate.withheld),
        bool(match.as_of) and level_at(CONFIRMED, match.as_of, facts, checker.at) != CONFIRMED,
        asked | sources_of(states, facts) | {item.source for item in profile.evidence},
    )


def sources_of(states: Iterable[str], facts: Facts) -> frozenset[str]:
    """Who is read about these states, whether or not it shows anything: boards, certifiers, the exclusion list."""
    boards = {str(facts.states.get(state, {}).get("license_source") or "") for state in states}
    always = {name for name, row in facts.sources.items() if row["kind"] in ("certifier", "exclusions")}
    return frozenset((boards - {""}) | always)


def tags(profile: Profile) -> Iterable[tuple[Field, Known]]:
    for badge in profile.badges:
        yield Field(badge.kind, badge.scope), Known(badge.value_then or badge.value, badge.as_of, is_unread(badge))
    listed = [badge for badge in profile.badges if badge.kind == "certification"]
    printed = "; ".join(sorted(map(str, profile.row["designations"] or ())))
    yield (
        Field("designations"),
        Known(printed, max((b.as_of for b in listed), default=""), any(map(is_unread, listed))),
    )


def is_unread(badge: Badge) -> bool:
    return bool(badge.value_then) or badge.value in UNREAD.get(badge.kind, ())


def best_rows(rows: Iterable[Row]) -> Iterable[Row]:
    """The board's own rows; of several with one number, the one that says most."""
    best: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = row["state"] or "", row["number"] or ""
        if row["source_kind"] == "primary" and (key not in best or says_more(row) > says_more(best[key])):
            best[key] = row
    return best.values()


def says_more(row: Row) -> tuple[bool, str]:
    return (row["status_then"] or row["status"]) in MAY_PRACTICE, row["expires"] or ""


def licenses(rows: Iterable[Row]) -> Iterable[tuple[Field, Known]]:
    for row in rows:
        at = row["state"] or "", row["number"] or ""
        old, as_of = bool(row["status_then"]), row["as_of"] or ""
        yield Field("number", *at), Known(row["status_then"] or row["status"] or "", as_of, old)
        yield Field("expires", *at), Known(row["expires"] or "", as_of, old)
        if row["discipline"]:
            yield Field("discipline", *at), Known(row["discipline"], as_of, old)


def others(profile: Profile) -> Iterable[tuple[Field, Known]]:
    if profile.exclusions:
        since = sorted(f"possible match, on the list since {row['excluded_on']}" for row in profile.exclusions)
        yield Field("exclusion"), Known("; ".join(since), max(row["as_of"] or "" for row in profile.exclusions))
    if profile.row["needs_review"]:
        yield Field("needs_review"), Known(profile.row["needs_review"])


def runs_out(rows: Iterable[Row]) -> Iterable[RunsOut]:
    for row in rows:
        if row["expires"] and (row["status_then"] or row["status"]) in MAY_PRACTICE:
            yield RunsOut(row["state"] or "", row["number"] or "", row["expires"][:10], row["as_of"] or "")
