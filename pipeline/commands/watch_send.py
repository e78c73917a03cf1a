"""Send what changed: a message waits in the state of its roster until every address has taken it.

In: a folder, its state, changes. Out: files and messages, and a sentence for each failure. An address that took a
message is marked at once (a salted hash, never the address), so that it does not get it again; one that did not gets it
at the next look.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from db.facts import PRE_CHECK, SAMPLE_NOTE
from db.watch_files import State, write_state
from pipeline.commands.notify import VARIABLE, Address, addresses, send_to

MOST_SHOWN = 50


def message(name: str, changes: Sequence[dict[str, str]], where: Path, sample: bool) -> dict[str, Any]:
    """A short plain text: the first changes, where all are, that it is a pre-check, how to stop."""
    count = f"{len(changes)} {'line' if len(changes) == 1 else 'lines'}"
    lines = [line_of(change) for change in changes[:MOST_SHOWN]]
    more = [f"... and {len(changes) - MOST_SHOWN} more."] if len(changes) > MOST_SHOWN else []
    tail = [f"All of it: {where} (CSV) and {where.with_suffix('.json').name} beside it.", PRE_CHECK]
    tail += [SAMPLE_NOTE] if sample else []
    tail += [f"To stop these messages: diplomate watch --forget {name}"]
    body = "\n\n".join(("\n".join((*(f"- {line}" for line in lines), *more)), *tail))
    return {"title": f"diplomate: {name}, {count}", "body": body, "taken_by": []}


def line_of(change: dict[str, str]) -> str:
    return f"Row {change['row']}: {change['sentence']}" if change["row"] else change["sentence"]


def deliver(folder: Path, state: State) -> list[str]:
    """Send what waits; the state is written after each address that took something. Returns why something waits on."""
    asked = addresses()
    if not asked:
        return no_address(state)
    failures: dict[str, str] = {}
    for waiting in list(state.pending):
        for address in asked:
            mark = mark_of(address, state)
            if mark in failures or mark in waiting["taken_by"]:
                continue
            failed = send_to(address, waiting["title"], waiting["body"])
            if failed:
                failures[mark] = f"{state.name}: {failed} It is sent again at the next look."
                continue
            waiting["taken_by"].append(mark)
            write_state(folder, state)
        if all(mark_of(address, state) in waiting["taken_by"] for address in asked):
            state.pending.remove(waiting)
            write_state(folder, state)
    return list(failures.values())


def no_address(state: State) -> list[str]:
    if not state.pending:
        return []
    waiting = "1 message waits" if len(state.pending) == 1 else f"{len(state.pending)} messages wait"
    return [f"{state.name}: {waiting} to be sent, but {VARIABLE} is not set here as it was before."]


def mark_of(address: Address, state: State) -> str:
    """What stands for an address in the state: a slow salted hash that leads back to nothing."""
    mark = hashlib.scrypt(address.url.encode(), salt=state.salt.encode(), n=2**12, r=8, p=1, dklen=8)
    return mark.hex()
