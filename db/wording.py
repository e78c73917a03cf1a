"""What an answer says first: how many were found, or which kind of not knowing it is.

Comes in: the question as read, who matches, the facts of the file. Goes out: an outcome and sentences with sources and
dates. Absence from a list is never worded as a statement about a person.
"""

from __future__ import annotations

from datetime import datetime

from db.ages import Age, age
from db.answers import Question
from db.facts import Facts
from db.keys import asked_name_words
from db.matches import OTHER_NAME, Match, Matches
from db.name_agreement import CLOSE_SPELLING

LEFT_OUT = (
    "Some people are left out of this directory, most at their own wish, also where a list holds them: this is no"
    " word on what the list holds."
)
ABSENCE = "This does not mean that the person holds no license or no certificate."
READ_WELL = frozenset({"good", "partial", "stale"})


def conclude(asked: Question, who: Matches, unjoined: int, facts: Facts, at: datetime | None) -> tuple[str, list[str]]:
    """Return the outcome and the sentences that say why."""
    if not who.matches and not unjoined:
        return not_found(asked, facts, at)
    about_state = state_sentences(asked.state, facts, at) if asked.state else []
    if not who.matches:
        return "several_candidates", [unjoined_sentence(unjoined), *about_state]
    if len(who.matches) == 1 and who.matches[0].exact:
        return "found", [found_sentence(who.matches[0]), *about_state]
    return "several_candidates", [*several_sentences(asked, who), *about_state]


def found_sentence(match: Match) -> str:
    if match.by_name:
        return (
            "One practitioner here has this name. A name alone does not say that it is the person you mean:"
            " compare the city and a number."
        )
    return f"One practitioner here matches by {match.reason}."


def several_sentences(asked: Question, who: Matches) -> list[str]:
    """How many match, and how to tell them apart."""
    people = len(who.matches)
    many = f"More than {people}" if who.more else str(people)
    one_word = len(asked_name_words(asked.name)) == 1 and all(match.by_name for match in who.matches)
    if one_word:
        carry = "1 practitioner here carries" if people == 1 else f"{many} practitioners here carry"
        said = [
            f"{carry} this name or one near to it. One name is nobody's whole name: give the given and the family name."
        ]
    elif any(match.exact for match in who.matches):
        said = [f"{many} practitioners match. Compare the city and a number to see which one you mean."]
    elif any(CLOSE_SPELLING in match.reason for match in who.matches):
        said = [
            "The number leads to a name spelled nearly the same. Compare the names: a letter can be another person."
        ]
    elif any(OTHER_NAME in match.reason for match in who.matches):
        shown = "The one shown" if people == 1 else "Those shown"
        said = [f"Nobody here has both the number and the name. {shown} need not be the person you mean."]
    else:
        close = "1 is close; it" if people == 1 else f"{many} are close; they"
        said = [f"Nobody here matches exactly. {close} need not be the person you mean."]
    return [*said, f"Only {people} of them are shown. A state or a number narrows it."] if who.more else said


def elsewhere_sentence(people: int, state: str) -> str:
    return f"Outside {state}, {people} {'person' if people == 1 else 'people'} of that name can be seen."


def unjoined_sentence(records: int) -> str:
    carried = (
        "1 record read from the sources below carries it and is"
        if records == 1
        else (f"{records} records read from the sources below carry it and are")
    )
    return f"Nobody here has this name, but {carried} joined to no one yet."


def not_found(asked: Question, facts: Facts, at: datetime | None) -> tuple[str, list[str]]:
    """Return the outcome and its sentences when nobody matches."""
    if not asked.state:
        return "nothing_found", [
            f"{not_among('the sources listed below', facts)}. {absence(facts)}",
            "With a state, the answer can say whether that state's board was read. Names are printed in many ways: try"
            " the license number with its state, or the NPI.",
        ]
    outcome = state_outcome(asked.state, facts, at)
    tail = (
        []
        if outcome == "read_and_absent"
        else [f"{not_among('the other sources listed below', facts)}. {absence(facts)}"]
    )
    return outcome, [*state_sentences(asked.state, facts, at, absent=True), *tail]


def not_among(where: str, facts: Facts) -> str:
    """Where nobody was found: in a list, or only among those of it who are shown here."""
    return f"Not found among the people shown here from {where}" if facts.leaves_out else f"Not found in {where}"


def absence(facts: Facts) -> str:
    return f"{LEFT_OUT} {ABSENCE}" if facts.leaves_out else ABSENCE


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
        return [f"{not_among(title, facts)}, read completely on {read.date} ({read.words}). {absence(facts)}"]
    return [f"{title}: read on {read.date} ({read.words})."]
