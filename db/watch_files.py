"""The folder of a watched roster: the roster, what is remembered, and what changed; for its owner's eyes only.

Comes in: the data folder and a name. Goes out: a `State`, written and read whole. A process that is killed leaves the
file of before or the file of after. Folders are 0700 and files 0600 from their first byte.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db.watch_compare import Memory

FOLDER, STATE, FORMAT = "watch", "state.json", 1
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


class WatchError(Exception):
    """A watched roster cannot be looked at; the sentence says why and what to do."""


@dataclass
class State:
    """What is remembered of one roster. `pending` are messages not yet delivered everywhere; `sends` says that
    addresses were set at an earlier look, `salt` is what the marks of addresses in `pending` are made with."""

    name: str
    since: str
    roster: str
    columns: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    looked_at: str = ""
    built_at: str = ""
    last_change: str = ""
    rows: dict[str, Memory] = field(default_factory=dict)
    asked_rows: int = 0
    unread: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    pending: list[dict[str, Any]] = field(default_factory=list)
    sends: bool = False
    salt: str = field(default_factory=lambda: secrets.token_hex(16))


def folder_of(data: Path, name: str) -> Path:
    """Raises `WatchError` for a name that is none."""
    if not NAME.fullmatch(name):
        raise WatchError(
            f"'{name}' cannot be the name of a watched roster: use letters, digits, points, lines below and hyphens,"
            " at most 60, beginning with a letter or digit."
        )
    return data / FOLDER / name


def name_from(path: Path) -> str:
    """A name from a file's own; `watch` where nothing of it is left."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-._")[:60] or "watch"


def names(data: Path) -> list[str]:
    folders = (data / FOLDER).iterdir() if (data / FOLDER).is_dir() else ()
    return sorted(folder.name for folder in folders if folder.is_dir() and NAME.fullmatch(folder.name))


def make_folder(folder: Path) -> None:
    for part in (folder.parent, folder):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.chmod(0o700)


def forget(folder: Path) -> list[str]:
    """Remove everything of one roster; returns the names of the files that are gone. A killed call leaves no state."""
    gone = sorted(path.name for path in folder.iterdir())
    (folder / STATE).unlink(missing_ok=True)
    shutil.rmtree(folder)
    return gone


def read_state(folder: Path) -> State:
    """Raises `WatchError` when it is missing or is not what was written."""
    path = folder / STATE
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        if read.pop("format") != FORMAT:
            raise ValueError("it is of another format")
        rows = {str(key): Memory.from_json(row) for key, row in read.pop("rows").items()}
        return checked(State(**read, rows=rows))
    except FileNotFoundError as error:
        raise WatchError(f"{path} is missing. {advice(folder)}") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WatchError(f"{path} cannot be read ({type(error).__name__}: {error}). {advice(folder)}") from error


def checked(state: State) -> State:
    """Raises TypeError where a value is not of its kind."""
    kinds = {"columns": dict, "unread": dict, "files": list, "pending": list, "roster": str, "salt": str}
    for name, kind in kinds.items():
        if not isinstance(getattr(state, name), kind):
            raise TypeError(f"{name} is no {kind.__name__}")
    if Path(state.roster).name != state.roster or not state.roster:
        raise ValueError(f"the roster '{state.roster}' is no file of this folder")
    return state


def advice(folder: Path) -> str:
    return (
        "Nothing was compared and nothing was written over. Restore it from a copy; or delete it and give the roster"
        f" again with `diplomate watch ROSTER --name {folder.name}`: then everything is remembered anew, and what"
        " changed in between is not told."
    )


def write_state(folder: Path, state: State) -> None:
    rows = {key: memory.to_json() for key, memory in state.rows.items()}
    document = {"format": FORMAT} | {**vars(state), "rows": rows}
    write_private(folder / STATE, json.dumps(document, ensure_ascii=False).encode())


def write_private(path: Path, content: bytes) -> None:
    """Put the whole content in the place of the file, on the disk before this returns."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
