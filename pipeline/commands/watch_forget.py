"""Watched rosters forget what they remembered of people who are left out, so that no message speaks of them.

In: the data folder, ids of practitioners. Out: states of watched rosters without them. The roster is its owner's.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import click

from db.watch_files import WatchError, folder_of, names, read_state, write_state
from pipeline.commands.watch_look import one_at_a_time


def forget_left_out(data: Path, people: Collection[str]) -> None:
    """Forget, under the lock of whoever looks; a state that cannot be read is said by the next look."""
    chosen = names(data) if people else []
    if not chosen:
        return
    with one_at_a_time(data):
        for name in chosen:
            folder = folder_of(data, name)
            try:
                state = read_state(folder)
            except WatchError as error:
                click.echo(f"{name}: {error}", err=True)
                continue
            kept = {key: memory for key, memory in state.rows.items() if memory.id not in people}
            if len(kept) < len(state.rows):
                state.rows = kept
                write_state(folder, state)
