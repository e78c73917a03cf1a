"""The sentences of a watch: what changed about a watched person, who says so, and when it was read.

Comes in: a kind of change, the values before and after. Goes out: one sentence. Facts with source and date; that
something is no longer shown says nothing about the person, and an exclusion is a possible match to verify.
"""

from __future__ import annotations

from db.answers import OUTCOMES
from db.facts import EXCLUSIONS_SEARCH, Facts
from db.watch_view import Field, View
from db.wording import ABSENCE

NOT_DISCIPLINE = "The reason is often a late fee or a move, not discipline."
ASK = "Ask the source itself."
POSSIBLE = "The match is {level}, not confirmed: it need not be the person you mean."
NOTHING = "nothing"
TEMPLATES = {
    "listed": "{who} now shows {what} of {name} as {new}; shown before: {old}.",
    "status_changed": "{who} shows {what} of {name} as {new}; shown before: {old}.",
    "lapsed": f"{{who}} shows {{what}} of {{name}} as {{new}}; shown before: {{old}}. {NOT_DISCIPLINE}",
    "no_longer_listed": f"{{who}} no longer shows {{what}} of {{name}} as {{old}}; shown now: {{new}}. Absence is no"
    f" evidence of anything. {ASK}",
    "renewed": "{who} shows {what} of {name} as running until {new}; before: {old}.",
    "detail_changed": "{who} shows {what} of {name} as {new}; before: {old}.",
    "discipline_shown": "{who} shows a disciplinary entry at {what} of {name}: {new}. Read the board's own record.",
    "discipline_changed": "{who} shows the disciplinary entry at {what} of {name} as {new}; before: {old}. Read the"
    " board's own record.",
    "exclusion_appeared": "The federal exclusion list shows a {new}: {name}."
    " Verify it at " + EXCLUSIONS_SEARCH + " before drawing any conclusion.",
    "exclusion_went": "The federal exclusion list no longer shows the {old}: {name}. Verify it at "
    + EXCLUSIONS_SEARCH
    + " before drawing any conclusion.",
    "needs_review": "What is shown of {name} needs review: {new}",
    "review_ended": "What is shown of {name} no longer carries this mark for review: {old}",
}


def change_sentence(kind: str, field: Field, old: str, new: str, view: View, as_of: str, facts: Facts) -> str:
    """One sentence about one field of a person; below `confirmed` it says that it is a possible match."""
    said = TEMPLATES[kind].format(
        who=speaker(field, facts),
        what=subject(field),
        name=view.name,
        old=shown(field, old, facts),
        new=shown(field, new, facts),
    )
    read = f" Read {as_of[:10]}." if as_of else ""
    doubt = "" if view.confirmed else f" {POSSIBLE.format(level=view.level)}"
    return f"{said}{read}{doubt}"


def speaker(field: Field, facts: Facts) -> str:
    """Who says it: the source that is read about that state, or the certifier."""
    if field.kind in ("certification", "designations"):
        titles = [str(row["title"]) for row in facts.sources.values() if row["kind"] == "certifier"]
        return titles[0] if titles else "The certifier's listing"
    source = facts.states.get(field.scope, {}).get("license_source")
    return facts.source_title(source) if source else f"What is read about {facts.state_name(field.scope)}"


def subject(field: Field) -> str:
    """`the license AC123 (WA)`, `the license in WA`, `the certification`."""
    if field.number:
        return f"the license {field.number} ({field.scope})"
    if field.kind in ("license", "number", "expires", "discipline"):
        return f"the license in {field.scope}"
    return "the " + field.kind


def shown(field: Field, value: str, facts: Facts) -> str:
    if field.kind in ("license", "number", "certification") and value:
        kind = "certification" if field.kind == "certification" else "license"
        return f"“{facts.word(kind, value).label}”"
    return value or NOTHING


def match_sentence(kind: str, asked: str, old: str, new: str, view: View, summary: str) -> str:
    """Who is meant by the question is another, or is seen with another certainty."""
    if kind == "found":
        return f"{asked}: now one practitioner here matches, {view.name} (match {view.level}). {summary}".rstrip()
    if kind == "other_person":
        return f"{asked}: this now leads to {view.name}, another practitioner than before. {summary}".rstrip()
    if kind == "level_changed":
        return f"{asked}: the match with {view.name} is now {new}; before: {old}."
    tail = f" {ABSENCE}" if kind == "no_longer_found" else ""
    return f"{asked}: {OUTCOMES[new]}; before: {OUTCOMES.get(old, old)}.{tail}"


def not_read_sentence(what: str, last: str, people: int) -> str:
    said = f" The last good reading is of {last[:10]}." if last else ""
    return (
        f"{what} could not be read lately.{said} It speaks about {persons(people)} of this roster; what was"
        " remembered of them stays as it is, and nothing is concluded from the silence."
    )


def read_again_sentence(what: str, last: str) -> str:
    on = f" on {last[:10]}" if last else ""
    return f"{what} was read again{on}. Whatever differs from before stands on its own lines."


def reminder_sentence(name: str, board: str, license: str, expires: str, days: int, as_of: str, view: View) -> str:
    """The board's own date; whether the license was renewed since is for the board to say."""
    when = {0: "that is today", 1: "that is tomorrow"}.get(days, f"in {days} days" if days > 0 else ago(-days))
    doubt = "" if view.confirmed else f" {POSSIBLE.format(level=view.level)}"
    return (
        f"By {board}, {license} of {name} runs until {expires} ({when}). Read {as_of[:10]}; a renewal since then is not"
        f" known here. Ask the board.{doubt}"
    )


def ago(days: int) -> str:
    return f"that was {days} {'day' if days == 1 else 'days'} ago"


def persons(people: int) -> str:
    return f"{people} {'person' if people == 1 else 'people'}"
