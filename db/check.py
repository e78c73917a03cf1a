"""Check one practitioner: who could be meant, what is known, and why nothing is when nothing is.

Comes in: a connection to a published file and a `Question` of raw text. Goes out: an `Answer`.
A number leads when one was given; a name alone finds candidates and never confirms a person.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from db.ages import age
from db.answer_lines import answer_lines
from db.answers import Answer, BadQuestion, Candidate, Question, SourceRead
from db.disputed import HIDDEN_NUMBER, is_hidden_number
from db.facts import SAMPLE_NOTE, Facts, read_facts
from db.license_numbers import LicenseNumbers, read_marks
from db.matches import CONFIRMED, POSSIBLE, Held, Match, find_matches
from db.names import MOST_HITS, find_exact, find_unjoined_records, tied_to
from db.profiles import Evidence, Link, Profile, board_links, certifier_links, evidence, read_profile
from db.questions import read_question
from db.veil import veiled
from db.wording import conclude, elsewhere_sentence

__all__ = ["Answer", "BadQuestion", "Candidate", "Checker", "Found", "Question", "answer_lines", "check"]

MOST_ELSEWHERE = 5


@dataclass(frozen=True)
class Found:
    """Who could be meant, without reading profiles: `asked` is the question as read, `matches` are best first.

    `outcome` is one key of `OUTCOMES`; `notes` speak of numbers that led nowhere or disagree, `sentences` say why it is
    this outcome. `elsewhere` are people of that very name outside the state asked for, `unjoined` records of that name
    that belong to nobody here; `more` when more people match than are given.
    """

    asked: Question
    outcome: str
    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    matches: tuple[Match, ...]
    elsewhere: tuple[Match, ...] = ()
    unjoined: tuple[Evidence, ...] = ()
    more: bool = False


class Checker:
    """Many questions to one published file: whatever does not change between them is read once and held."""

    def __init__(self, connection: sqlite3.Connection, at: datetime | None = None, held: Held | None = None) -> None:
        self.connection = connection
        self.at = at
        self.held = held or read_held(connection)

    @property
    def facts(self) -> Facts:
        return self.held.facts

    def found(self, question: Question) -> Found:
        """Who could be meant; raises `BadQuestion` when the question cannot be asked."""
        asked = read_question(question, self.facts)
        who = find_matches(self.connection, asked, self.held, self.at)
        exact = any(match.exact for match in who.matches)
        elsewhere = () if exact else find_elsewhere(self.connection, asked, who.matches)
        unjoined = () if who.matches else find_unjoined(self.connection, asked.name, self.facts)
        outcome, sentences = conclude(asked, who, len(unjoined), self.facts, self.at)
        if outcome == "read_and_absent" and is_hidden_number(self.connection, asked.state, asked.license):
            outcome, sentences = "source_failed", [HIDDEN_NUMBER]
        if elsewhere:
            sentences.append(elsewhere_sentence(len(elsewhere), self.facts.state_name(asked.state)))
        return Found(asked, outcome, tuple(sentences), who.notes, who.matches, elsewhere, unjoined, who.more)

    def answer(self, question: Question) -> Answer:
        """Who could be meant, and everything the file holds about them."""
        found, facts = self.found(question), self.facts
        candidates = with_profiles(self.connection, found.matches, facts, self.at)
        states = {found.asked.state} if found.asked.state else states_of(candidates)
        return Answer(
            question=question,
            outcome=found.outcome,
            sentences=(*([SAMPLE_NOTE] if facts.is_sample else []), *found.notes, *found.sentences),
            candidates=candidates,
            elsewhere=with_profiles(self.connection, found.elsewhere, facts, self.at),
            unjoined=found.unjoined,
            sources=tuple(sources_read(states, candidates, facts, self.at)),
            where_to_verify=tuple(official_places(found.asked.state, candidates, facts)),
            as_of=facts.built_at,
            more=found.more,
        )


def read_held(connection: sqlite3.Connection) -> Held:
    return Held(read_facts(connection), LicenseNumbers(read_marks(connection)))


def check(connection: sqlite3.Connection, question: Question, at: datetime | None = None) -> Answer:
    """Answer one question at a time (default: now); raises `BadQuestion` when it cannot be asked."""
    return Checker(connection, at).answer(question)


def find_elsewhere(
    connection: sqlite3.Connection, asked: Question, matches: tuple[Match, ...] = ()
) -> tuple[Match, ...]:
    """Return people of that very name whom nothing ties to the state asked for, and who are no match already."""
    if not (asked.name and asked.state):
        return ()
    hits = find_exact(connection, asked.name, MOST_HITS)
    known = {match.id for match in matches} | tied_to(connection, asked.state, [hit.id for hit in hits])
    away = [hit for hit in hits if hit.id not in known]
    return tuple(Match(hit.id, POSSIBLE, hit.reason, by_name=True) for hit in away[:MOST_ELSEWHERE])


def find_unjoined(connection: sqlite3.Connection, name: str, facts: Facts) -> tuple[Evidence, ...]:
    """Return records of that name that no practitioner rests on; never from the exclusion list."""
    lists = [source for source, row in facts.sources.items() if row["kind"] == "exclusions"]
    return tuple(evidence(row, facts) for row in find_unjoined_records(connection, name, lists)) if name else ()


def with_profiles(
    connection: sqlite3.Connection, matches: Iterable[Match], facts: Facts, at: datetime | None
) -> tuple[Candidate, ...]:
    profiles = ((match, read_profile(connection, match.id, facts, at)) for match in matches)
    return tuple(candidate(match, profile) for match, profile in profiles if profile)


def candidate(match: Match, profile: Profile) -> Candidate:
    """Below `confirmed` nothing is said of discipline and exclusion."""
    shown, withheld = (profile, "") if match.level == CONFIRMED else veiled(profile)
    return Candidate(shown, match.level, match.reason, withheld)


def states_of(candidates: tuple[Candidate, ...]) -> set[str]:
    """The states that something is said about."""
    badges = (badge for candidate in candidates for badge in candidate.profile.badges)
    return {badge.scope for badge in badges if badge.kind == "license"}


def sources_read(
    states: set[str], candidates: tuple[Candidate, ...], facts: Facts, at: datetime | None
) -> Iterable[SourceRead]:
    """Return the sources that speak about these states or these people, or all of them when there is no state."""
    spoke = {item.source for candidate in candidates for item in candidate.profile.evidence}
    for name, row in facts.sources.items():
        if states and name not in spoke and row["states"] and not (states | {"US"}) & set(row["states"]):
            continue
        read = age(row["last_good_read"], facts.windows, at)
        complete = bool(row["complete"]) or (bool(states) and states <= set(row["complete_states"]))
        yield SourceRead(
            name,
            str(row["title"]),
            row["kind"] or "",
            row["health"] or "",
            read.date,
            read.words,
            complete,
            row["homepage"] or "",
            read.level,
        )


def official_places(state: str, candidates: tuple[Candidate, ...], facts: Facts) -> list[Link]:
    """Return boards and certifiers once each, whatever led to them."""
    links = [*certifier_links(facts), *(board_links(state, facts) if state else [])]
    links += [link for candidate in candidates for link in candidate.profile.verify]
    return list(dict.fromkeys(links))
