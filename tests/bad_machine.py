"""Commands on a machine that misbehaves: a full disk, a read-only one, a clock that is wrong.

In: a data folder, the words of a `diplomate` call, what is wrong. Out: exit code and words. The command is a fork (see
`tests.forked`). A full disk is a limit on the size of files; on a read-only one, whatever would write below the data
folder is refused by Python itself with the system's own error, so that root and containers meet it too.
"""

from __future__ import annotations

import errno
import os
import resource
import sys
import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests import forked
from tests.benchmarks.year.clock import set_clock
from tests.conftest import REPO, Outcome

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod")


@dataclass(frozen=True)
class Machine:
    """`room`: bytes that one file may hold; `ahead`: how far the clock is off."""

    room: int | None = None
    read_only: bool = False
    ahead: timedelta = timedelta()


def run_on(machine: Machine, *words: str, data: Path, **environment: str) -> Outcome:
    """What the command does there."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("DIPLOMATE_")}
    settings |= {"DIPLOMATE_DATA": str(data), "DIPLOMATE_DELAY": "0"} | environment
    with tempfile.TemporaryDirectory() as folder:
        pipes = [Pipe(Path(folder) / name) for name in ("out", "err")]
        code = forked.run(become, machine, list(words), settings, *(str(pipe.path) for pipe in pipes))
        return Outcome(code, *(pipe.said() for pipe in pipes))


class Pipe:
    """Where a command may speak that cannot write a file."""

    def __init__(self, path: Path) -> None:
        self.path, self.content = path, b""
        os.mkfifo(path)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self) -> None:
        self.content = self.path.read_bytes()

    def said(self) -> str:
        self.reader.join(10)
        return self.content.decode()


def become(machine: Machine, words: list[str], settings: dict[str, str], out: str, err: str) -> int:
    """In the fork: the machine misbehaves from here on."""
    if machine.ahead:
        set_clock(datetime.now(UTC) + machine.ahead)
    if machine.read_only:
        sys.addaudithook(ReadOnly(settings["DIPLOMATE_DATA"]))
    if machine.room is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (machine.room, machine.room))
    return forked.command(words, settings, str(REPO), out, err)


class ReadOnly:
    """An audit hook: Python calls it before it writes anything, and an exception keeps it from doing so."""

    def __init__(self, below: str) -> None:
        self.below = below

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in CHANGES or (event == "open" and arguments[2] & WRITES):
            self.refuse(arguments[0])

    def refuse(self, path: object) -> None:
        if isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(self.below):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), os.fsdecode(path))
