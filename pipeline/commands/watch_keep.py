"""Keep a roster in the data folder: its copy and the state beside it.

In: a roster's path, how its columns are called, the folder. Out: both written for their owner's eyes only, and what to
say. What is remembered of a question stays when the roster is given again; questions that are no longer asked are
forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from db.roster import RosterError, RosterRow, open_roster
from db.watch import question_key
from db.watch_files import STATE, State, make_folder, read_state, write_private, write_state

MOST_TOLD = 20


@dataclass(frozen=True)
class Kept:
    """`notes` say how the roster was read, `troubles` which of its rows ask nothing, or were used in part."""

    sentence: str
    notes: tuple[str, ...]
    troubles: tuple[str, ...]


def keep_roster(folder: Path, roster: Path, columns: dict[str, str], sheet: str, now: str) -> Kept:
    """Raises `RosterError` for a roster that cannot be read, `WatchError` for a state that cannot."""
    opened = open_roster(roster, columns, sheet)
    keys, troubles = read_rows(opened.rows())
    if not keys:
        raise RosterError(" ".join((f"{roster.name} asks about nobody; nothing was kept.", *told(troubles))))
    before = read_state(folder) if (folder / STATE).exists() else None
    state = before or State(folder.name, since=now, roster="")
    stayed = [key for key in keys if key in state.rows]
    gone = len(state.rows) - len(stayed)
    old = state.roster
    state.roster = f"roster{roster.suffix.lower()}"
    state.columns, state.sheet, state.asked_rows = columns, sheet, len(keys)
    state.rows = {key: state.rows[key] for key in stayed}
    make_folder(folder)
    write_private(folder / state.roster, roster.read_bytes())
    write_state(folder, state)
    if old and old != state.roster:
        (folder / old).unlink(missing_ok=True)
    return Kept(sentence(state, len(keys), len(stayed), gone if before else None), opened.notes, told(troubles))


def read_rows(rows: Iterable[RosterRow]) -> tuple[list[str], list[str]]:
    """The questions once each, and why rows ask nothing."""
    keys: dict[str, None] = {}
    troubles = []
    for row in rows:
        if row.question is not None:
            keys[question_key(row.question)] = None
        elif not row.blank:
            troubles.append(row.trouble)
    return list(keys), troubles


def told(troubles: list[str]) -> tuple[str, ...]:
    if not troubles:
        return ()
    count = "1 row asks nothing and is" if len(troubles) == 1 else f"{len(troubles)} rows ask nothing and are"
    more = [f"... and {len(troubles) - MOST_TOLD} more."] if len(troubles) > MOST_TOLD else []
    return (f"{count} not watched:", *troubles[:MOST_TOLD], *more)


def sentence(state: State, asked: int, stayed: int, gone: int | None) -> str:
    """`gone` is how many are watched no more, None at the first time."""
    people = "1 person asked about" if asked == 1 else f"{asked} people asked about"
    if gone is None:
        return f"Watching {state.name}: {people}. The first look remembers and tells nothing."
    return f"Replaced {state.name}: {people}, {stayed} of them watched already; {gone} watched no more."
