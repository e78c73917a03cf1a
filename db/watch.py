"""Look at a watched roster: what the published file says of its people now, against what is remembered.

Comes in: a connection to the published file, the folder of a watched roster with its state, a time. Goes out: a `Look`:
the state to be kept, and a row for each change. Nothing is written here and nothing is logged.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from db.ages import now
from db.answers import BadQuestion, Question
from db.check import Checker
from db.keys import name_key, number_key
from db.roster import RosterError, open_roster
from db.watch_compare import Difference, Memory, compare, first_memory
from db.watch_files import State, WatchError
from db.watch_reminders import reminders
from db.watch_rows import Asked, change_row, field_lines, reminder_row, source_row
from db.watch_sources import source_lines, unread_sources
from db.watch_view import Field, View, view_of

Changes = list[dict[str, str]]


@dataclass
class Look:
    """`changes` have the keys `CHANGE_COLUMNS`; `first` counts questions that are remembered without being told."""

    state: State
    changes: Changes = field(default_factory=list)
    asked: int = 0
    first: int = 0
    unreadable: int = 0
    sample: bool = False
    note: str = ""


def question_key(question: Question) -> str:
    """What a row asks, however it is written and wherever it stands."""
    parts = (name_key(question.name), question.state.upper(), number_key(question.license), question.npi)
    return "|".join(parts)


def asked_rows(folder: Path, state: State) -> tuple[dict[str, Asked], int]:
    """Each question with the rows that ask it, and how many rows ask nothing; raises `WatchError`."""
    path = folder / state.roster
    asked: dict[str, Asked] = {}
    unreadable = 0
    try:
        for row in open_roster(path, state.columns, state.sheet).rows():
            if row.question is None:
                unreadable += not row.blank
                continue
            key = question_key(row.question)
            rows = asked[key].rows if key in asked else ()
            asked[key] = Asked(row.question, (*rows, row.number))
    except (RosterError, OSError) as error:
        again = f"Give the roster again with `diplomate watch ROSTER --name {state.name}`, or forget it."
        said = "is gone." if not path.exists() else f"cannot be read: {error}"
        raise WatchError(f"{path} {said} {again}") from error
    return asked, unreadable


def look(connection: sqlite3.Connection, folder: Path, state: State, at: datetime | None = None) -> Look:
    """What changed for the people of a roster; raises `WatchError` when the roster cannot be read."""
    moment = at or now()
    checker = Checker(connection, moment)
    if checker.facts.built_at < state.built_at:
        seen = f"The published file is of {checker.facts.built_at}, older than that of {state.built_at} looked at last"
        return Look(state, note=f"{seen}: nothing was compared.")
    asked, unreadable = asked_rows(folder, state)
    looked = Look(state, unreadable=unreadable, sample=checker.facts.is_sample)
    views = look_up(checker, asked, looked)
    memories = remember(checker, asked, views, looked, moment)
    tell_sources(checker, asked, views, looked, moment)
    state.rows, state.asked_rows = memories, len(asked)
    state.looked_at, state.built_at = f"{moment:%Y-%m-%dT%H:%M:%SZ}", checker.facts.built_at
    state.last_change = state.looked_at if looked.changes else state.last_change
    looked.asked = len(views)
    return looked


def look_up(checker: Checker, asked: dict[str, Asked], looked: Look) -> dict[str, View]:
    """What is known of each question; one that the checker cannot be asked counts as unreadable."""
    views = {}
    for key, row in asked.items():
        try:
            views[key] = view_of(checker, row.question)
        except BadQuestion:
            looked.unreadable += len(row.rows)
    return views


def remember(
    checker: Checker, asked: dict[str, Asked], views: dict[str, View], looked: Look, moment: datetime
) -> dict[str, Memory]:
    """The new memories; what changed is told into `looked`."""
    leads_to = redirects(checker.connection)
    before, memories = looked.state.rows, {}
    for key, view in views.items():
        was = before.get(key)
        memory, told = compare(was, view, leads_to) if was else (first_memory(view), list[Difference]())
        remembered, due = reminders(view.runs_out, memory.reminded, moment.date(), first=was is None)
        memories[key] = replace(memory, reminded={**memory.reminded, **remembered})
        looked.first += was is None
        looked.changes += [change_row(asked[key], view, line, checker.facts) for line in told]
        looked.changes += [reminder_row(asked[key], view, license, left, checker.facts) for license, left in due]
    return memories


def tell_sources(
    checker: Checker, asked: dict[str, Asked], views: dict[str, View], looked: Look, moment: datetime
) -> None:
    """Sources that could not be read lately, and single readings that grew too old although their source is read."""
    state, facts = looked.state, checker.facts
    people = Counter(source for view in views.values() for source in view.sources)
    now_unread = unread_sources(people, facts, moment)
    if state.looked_at:
        lines = source_lines(state.unread, now_unread, people, facts)
        began = unread_fields(asked, views, state.rows)
        lines += field_lines(began, {*state.unread, *now_unread}, facts)
        looked.changes += map(source_row, lines)
    state.unread = now_unread


def unread_fields(asked: dict[str, Asked], views: dict[str, View], before: dict[str, Memory]) -> dict[Field, list[int]]:
    """Field -> the rows of the roster for whom its reading has grown too old since the last look."""
    found: dict[Field, list[int]] = {}
    for key, view in views.items():
        was = before.get(key)
        for tag in newly_unread(was, view) if was else ():
            found.setdefault(tag, []).extend(asked[key].rows)
    return found


def newly_unread(was: Memory, view: View) -> Iterable[Field]:
    for tag, known in view.known.items():
        told = tag.kind in ("license", "certification") and known.as_of and known.unread
        if told and tag in was.known and tag not in was.unread:
            yield tag


def redirects(connection: sqlite3.Connection) -> Callable[[str], str]:
    """Where an id leads to by now; a ring, which no build makes, ends where it began."""
    lead = dict(connection.execute("SELECT old_id, new_id FROM redirects").fetchall())

    def leads_to(id: str) -> str:
        passed = {id}
        while id in lead and lead[id] not in passed:
            id = lead[id]
            passed.add(id)
        return id

    return leads_to


__all__ = ["Look", "WatchError", "asked_rows", "look", "question_key", "redirects"]
