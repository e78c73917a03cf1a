"""Check one practitioner: who could be meant, what is known, and why nothing is when nothing is.

Comes in: a connection to a published file and a `Question` of raw text. Goes out: an `Answer`.
A number leads when one was given; a name alone finds candidates and never confirms a person.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from db.ages import age
from db.answers import Answer, BadQuestion, Candidate, Question, SourceRead, answer_lines
from db.facts import SAMPLE_NOTE, Facts, read_facts
from db.keys import number_key
from db.matches import CONFIRMED, Match, find_matches
from db.names import find_names, find_unjoined_records
from db.profiles import Evidence, Link, Profile, board_links, certifier_links, evidence, read_profile
from db.veil import veiled
from db.wording import not_found, state_sentences

__all__ = ["Answer", "BadQuestion", "Candidate", "Question", "answer_lines", "check"]

MOST_LETTERS = 200
MOST_ELSEWHERE = 5


def check(connection: sqlite3.Connection, question: Question, at: datetime | None = None) -> Answer:
    """Answer a question at a time (default: now); raises `BadQuestion` when it cannot be asked."""
    facts = read_facts(connection)
    asked = read_question(question, facts)
    matches, notes = find_matches(connection, asked)
    candidates = with_profiles(connection, matches, facts)
    elsewhere = () if candidates else find_elsewhere(connection, asked, facts)
    unjoined = () if candidates else find_unjoined(connection, asked.name, facts)
    outcome, sentences = conclude(asked, matches, len(unjoined), facts, at)
    if elsewhere:
        sentences.append(elsewhere_sentence(len(elsewhere), facts.state_name(asked.state)))
    return Answer(
        question=question,
        outcome=outcome,
        sentences=(*([SAMPLE_NOTE] if facts.is_sample else []), *notes, *sentences),
        candidates=candidates,
        elsewhere=elsewhere,
        unjoined=unjoined,
        sources=tuple(sources_read(asked.state, facts, at)),
        where_to_verify=tuple(official_places(asked.state, candidates, facts)),
        as_of=facts.built_at,
    )


def conclude(
    asked: Question, matches: list[Match], unjoined: int, facts: Facts, at: datetime | None
) -> tuple[str, list[str]]:
    """Return the outcome and the sentences that say why."""
    if not matches and not unjoined:
        return not_found(asked, facts, at)
    about_state = state_sentences(asked.state, facts, at) if asked.state else []
    if not matches:
        return "several_candidates", [unjoined_sentence(unjoined), *about_state]
    if len(matches) == 1 and matches[0].exact:
        return "found", [found_sentence(matches[0]), *about_state]
    return "several_candidates", [several_sentence(matches), *about_state]


def read_question(question: Question, facts: Facts) -> Question:
    """Return the question with a state code, trimmed text and a ten-digit NPI."""
    name, license, npi = (text.strip() for text in (question.name, question.license, question.npi))
    for label, text in (("name", name), ("state", question.state), ("license number", license), ("NPI", npi)):
        if len(text) > MOST_LETTERS:
            raise BadQuestion(f"The {label} is longer than {MOST_LETTERS} characters.")
    if not (name or license or npi):
        raise BadQuestion("Give a name, a license number with its state, or an NPI.")
    state = read_state(question.state, facts)
    if license and not state:
        raise BadQuestion("A license number needs its state: the same digits are in use in other states.")
    if license and not number_key(license):
        raise BadQuestion(f"The license number {license!r} holds no letter or digit.")
    if name and not any(c.isalnum() for c in name):
        raise BadQuestion(f"The name {name!r} holds no letter.")
    return Question(name, state, license, read_npi(npi))


def read_state(text: str, facts: Facts) -> str:
    code = facts.state_code(text)
    if text.strip() and code is None:
        raise BadQuestion(f"{text.strip()!r} is no state known here; use a code such as WA.")
    return code or ""


def read_npi(text: str) -> str:
    digits = "".join(c for c in text if c in "0123456789")
    if text and (len(digits) != 10 or any(c.isalpha() for c in text)):
        raise BadQuestion(f"{text!r} is no NPI: an NPI has ten digits.")
    return digits


def find_elsewhere(connection: sqlite3.Connection, asked: Question, facts: Facts) -> tuple[Candidate, ...]:
    """Return people of that very name outside the state asked for."""
    if not (asked.name and asked.state):
        return ()
    hits = [hit for hit in find_names(connection, asked.name, None) if hit.exact][:MOST_ELSEWHERE]
    return with_profiles(connection, [Match(hit.id, "possible", hit.reason) for hit in hits], facts)


def find_unjoined(connection: sqlite3.Connection, name: str, facts: Facts) -> tuple[Evidence, ...]:
    """Return records of that name that no practitioner rests on; never from the exclusion list."""
    lists = [source for source, row in facts.sources.items() if row["kind"] == "exclusions"]
    return tuple(evidence(row, facts) for row in find_unjoined_records(connection, name, lists)) if name else ()


def with_profiles(connection: sqlite3.Connection, matches: Iterable[Match], facts: Facts) -> tuple[Candidate, ...]:
    profiles = ((match, read_profile(connection, match.id, facts)) for match in matches)
    return tuple(candidate(match, profile) for match, profile in profiles if profile)


def candidate(match: Match, profile: Profile) -> Candidate:
    """Below `confirmed` nothing is said of discipline and exclusion."""
    shown, withheld = (profile, "") if match.level == CONFIRMED else veiled(profile)
    return Candidate(shown, match.level, match.reason, withheld)


def found_sentence(match: Match) -> str:
    if match.by_name:
        return (
            "One practitioner here has this name. A name alone does not say that it is the person you mean:"
            " compare the city and a number."
        )
    return f"One practitioner here matches by {match.reason}."


def several_sentence(matches: list[Match]) -> str:
    if not any(match.exact for match in matches):
        close = "1 is close; it" if len(matches) == 1 else f"{len(matches)} are close; they"
        return f"Nobody here matches exactly. {close} need not be the person you mean."
    return f"{len(matches)} practitioners match. Compare the city and a number to see which one you mean."


def elsewhere_sentence(people: int, state: str) -> str:
    return f"Outside {state}, {people} {'person' if people == 1 else 'people'} of that name can be seen."


def unjoined_sentence(records: int) -> str:
    carried = (
        "1 record read from the sources below carries it and is"
        if records == 1
        else (f"{records} records read from the sources below carry it and are")
    )
    return f"Nobody here has this name, but {carried} joined to no one yet."


def sources_read(state: str, facts: Facts, at: datetime | None) -> Iterable[SourceRead]:
    """Return the sources that speak about a state, or all of them when no state was asked for."""
    for name, row in facts.sources.items():
        if state and row["states"] and not {state, "US"} & set(row["states"]):
            continue
        read = age(row["last_good_read"], facts.windows, at)
        complete = bool(row["complete"]) or state in row["complete_states"]
        yield SourceRead(
            name,
            str(row["title"]),
            row["kind"] or "",
            row["health"] or "",
            read.date,
            read.words,
            complete,
            row["homepage"] or "",
        )


def official_places(state: str, candidates: tuple[Candidate, ...], facts: Facts) -> list[Link]:
    """Return boards and certifiers once each, whatever led to them."""
    links = [*certifier_links(facts), *(board_links(state, facts) if state else [])]
    links += [link for candidate in candidates for link in candidate.profile.verify]
    return list(dict.fromkeys(links))
