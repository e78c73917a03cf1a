"""Look at watched rosters, write what changed, send it.

In: the data folder. Out: for each roster files of what changed and messages, and sentences on stderr: numbers and names
of rosters, never a person's. A roster that cannot be looked at does not keep the others from it.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import click

from db.opening import connect, current
from db.watch import Look, look
from db.watch_files import State, WatchError, folder_of, names, read_state, write_private, write_state
from db.watch_rows import csv_bytes, json_bytes
from pipeline.commands import environment
from pipeline.commands.environment import Failed, Sentence
from pipeline.commands.main import sentence
from pipeline.commands.notify import addresses
from pipeline.commands.watch_send import deliver, message

PATIENCE = 300.0  # seconds that a look waits for another one to end


def look_after_build(data: Path) -> bool:
    """Look at every watched roster; True when something went wrong, which has been said. Never raises."""
    path = current(data)
    if path is None:
        return False
    try:
        return bool(look_at(data, names(data), path))
    except Exception as error:
        click.echo(f"The watched rosters were not looked at. {sentence(error)}", err=True)
        return True


def look_at(data: Path, chosen: Sequence[str], path: Path) -> list[str]:
    """Look at these rosters, one after the other; returns what went wrong, which has been said on stderr."""
    if not chosen:
        return []
    troubles: list[str] = []
    with one_at_a_time(data):
        for name in chosen:
            try:
                troubles += look_at_one(folder_of(data, name), path, environment.now())
            except (WatchError, Sentence, OSError) as error:
                troubles.append(f"{name}: {error.message if isinstance(error, Sentence) else error}")
    for trouble in troubles:
        click.echo(trouble, err=True)
    return troubles


@contextmanager
def one_at_a_time(data: Path) -> Iterator[None]:
    """Wait for whoever looks, replaces or forgets; a killed one's lock ends with it."""
    locks, until = data / "locks", time.monotonic() + PATIENCE
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / "watch").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() >= until:
                    raise Failed(f"watch: another process is at it in {data}; this one did nothing.") from error
                time.sleep(0.05)
        yield


def look_at_one(folder: Path, path: Path, at: datetime) -> list[str]:
    """Compare, write, remember, send; in that order, so that a killed look loses nothing."""
    state = read_state(folder)
    with closing(connect(path)) as connection:
        looked = look(connection, folder, state, at)
    keep(folder, looked, at)
    click.echo(said(looked), err=True)
    return deliver(folder, state)


def keep(folder: Path, looked: Look, at: datetime) -> None:
    """Files first, then the state that names them: what was written twice is the same."""
    state = looked.state
    configured = bool(addresses())
    if looked.changes:
        name = file_name(state, at)
        written = folder / f"{name}.csv"
        write_private(written, csv_bytes(looked.changes))
        document = json_bytes(state.name, state.built_at, state.looked_at, looked.sample, looked.changes)
        write_private(written.with_suffix(".json"), document)
        state.files.append(name)
        if configured or state.sends:
            state.pending.append(message(state.name, looked.changes, written, looked.sample))
    state.sends = state.sends or configured
    write_state(folder, state)


def file_name(state: State, at: datetime) -> str:
    """After the build; a later look at the same build (a reminder) has its own time beside it."""
    name = f"changes-{stamp(state.built_at)}"
    return name if name not in state.files else f"{name}-{stamp(f'{at:%Y-%m-%dT%H:%M:%S.%fZ}')}"


def stamp(time: str) -> str:
    return time.replace("-", "").replace(":", "")


def said(looked: Look) -> str:
    """One line a roster: how many, never who."""
    state, parts = looked.state, []
    if looked.note:
        return f"{state.name}: {looked.note}"
    if looked.first:
        parts.append(f"{looked.first} {'row is' if looked.first == 1 else 'rows are'} remembered from now on")
    if looked.changes:
        where = f"{state.files[-1]}.csv"
        parts.append(f"{len(looked.changes)} {'line' if len(looked.changes) == 1 else 'lines'} in {where}")
    elif not looked.first:
        parts.append("nothing changed")
    if looked.unreadable:
        parts.append(f"{looked.unreadable} {'row asks' if looked.unreadable == 1 else 'rows ask'} nothing")
    return f"{state.name}: {looked.asked} looked at, {', '.join(parts)}."
