"""`data/alarms.json`: which alarms are on since when, whether they were told, and the messages that wait to be sent.

In: the data folder. Out: `Told`, read and written whole. A file that cannot be read is put aside and begun anew: what
is wrong is then told once more, never forgotten. No address is in it, only a salted hash of who took which message.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.snapshots import TIMES, write_whole

FILE = "alarms.json"
VERSION = 1
MARKS = ("marks", "taken_by")
KINDS: dict[str, type] = {"told": bool} | dict.fromkeys(("alarms", "waiting", *MARKS), list)  # all else is text


@dataclass
class On:
    """An alarm that is on; `told`: a message about it was made; `marks`: what was wrong under its key so far."""

    key: str
    kind: str
    level: str
    title: str
    sentence: str
    since: str
    told: bool = False
    marks: list[str] = field(default_factory=list)


@dataclass
class Message:
    """A message that some address has not taken yet; `taken_by` holds marks, never addresses."""

    title: str
    body: str
    taken_by: list[str] = field(default_factory=list)


@dataclass
class Told:
    """Everything remembered; `looked_at` is when it was looked last."""

    looked_at: str = ""
    alarms: list[On] = field(default_factory=list)
    waiting: list[Message] = field(default_factory=list)
    salt: str = field(default_factory=lambda: secrets.token_hex(8))
    trouble: str = ""  # of reading the file; never written


def read_told(data: Path) -> Told:
    """What is remembered; nothing, with a sentence in `trouble`, where the file is damaged."""
    path = data / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        told = Told(found["looked_at"], salt=found["salt"])
        told.alarms = [On(**row) for row in listed(found["alarms"])]
        told.waiting = [Message(**row) for row in listed(found["waiting"])]
        check(told)
    except FileNotFoundError:
        return Told()
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        why = f"{path} cannot be read ({type(error).__name__}), so what is wrong is told once more."
        return Told(trouble=why)
    return told


def listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("a list belongs here")
    return value


def check(told: Told) -> None:
    """Raises TypeError or ValueError for what no look has written: it would stop every look that comes."""
    for shape in (told, *told.alarms, *told.waiting):
        for name, value in vars(shape).items():
            texts = value if name in MARKS else ()
            if not isinstance(value, KINDS.get(name, str)) or not all(isinstance(each, str) for each in texts):
                raise TypeError(name)
    for at in (told.looked_at, *(on.since for on in told.alarms)):
        datetime.strptime(at, TIMES)
    json.dumps(asdict(told), ensure_ascii=False).encode()  # half a character cannot be written again


def write_told(data: Path, told: Told) -> None:
    """Replace the file in one step; a damaged one is put aside first. Raises OSError."""
    path = data / FILE
    if told.trouble and path.exists():
        path.replace(path.with_name(f"{FILE}.damaged"))
    told.trouble = ""  # what is written from here on is whole
    rows: dict[str, Any] = {"version": VERSION} | asdict(told)
    del rows["trouble"]
    write_whole(path, json.dumps(rows, ensure_ascii=False, indent=1).encode())
