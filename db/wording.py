"""Which kind of not knowing it is, in sentences.

Comes in: a state and the facts of the file. Goes out: an outcome and sentences with sources and
dates. Absence from a list is never worded as a statement about a person.
"""

from __future__ import annotations

from datetime import datetime

from db.ages import Age, age
from db.answers import Question
from db.facts import Facts

ABSENCE = "This does not mean that the person holds no license or no certificate."
READ_WELL = frozenset({"good", "partial", "stale"})


def not_found(asked: Question, facts: Facts, at: datetime | None) -> tuple[str, list[str]]:
    """Return the outcome and its sentences when nobody matches."""
    if not asked.state:
        return "nothing_found", [
            f"Not found in the sources listed below. {ABSENCE}",
            "With a state, the answer can say whether that state's board was read.",
        ]
    outcome = state_outcome(asked.state, facts, at)
    tail = [] if outcome == "read_and_absent" else [f"Not found in the other sources listed below. {ABSENCE}"]
    return outcome, [*state_sentences(asked.state, facts, at, absent=True), *tail]


def state_outcome(code: str, facts: Facts, at: datetime | None) -> str:
    """Say what can be known about licenses of a state."""
    state = facts.states[code]
    if state["regulated"] == 0:
        return "state_does_not_license"
    source = facts.sources.get(state["license_source"] or "")
    if state["coverage"] != "covered" or source is None:
        return "state_not_covered"
    read = board_age(code, facts, at)
    complete = bool(source["complete"]) or code in source["complete_states"]
    if source["health"] in READ_WELL and read.level in {"fresh", "warn"} and complete:
        return "read_and_absent"
    return "source_failed"


def board_age(code: str, facts: Facts, at: datetime | None) -> Age:
    source = facts.sources.get(facts.states[code]["license_source"] or "", {})
    return age(source.get("last_good_read"), facts.windows, at)


def state_sentences(code: str, facts: Facts, at: datetime | None, absent: bool = False) -> list[str]:
    """Return what to know about a state's board when reading an answer."""
    name, outcome = facts.state_name(code), state_outcome(code, facts, at)
    if outcome == "state_does_not_license":
        return [
            f"{name} does not license acupuncturists, so there is no license to look for."
            " Certification is a separate matter."
        ]
    if facts.states[code]["regulated"] is None:
        return [f"Whether {name} licenses acupuncturists is not established here. Ask its department of health."]
    if outcome == "state_not_covered":
        return [f"This site does not read the licensing board of {name} yet. Ask the board itself."]
    read, title = board_age(code, facts, at), facts.source_title(facts.states[code]["license_source"])
    if outcome == "source_failed":
        last = f"The last good read was {read.date}, {read.words}." if read.date else "It was never read."
        return [f"{title} could not be read completely within the time allowed. {last} Ask the board itself."]
    if absent:
        return [f"Not found in {title}, read completely on {read.date} ({read.words}). {ABSENCE}"]
    return [f"{title} was read on {read.date} ({read.words})."]
