"""The commands that are killed: how they are called, begun, killed and seen to their end.

In: a data folder, where the sample is served. Out: real `diplomate` processes in groups of their own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REPO, run_diplomate

PATIENCE = 300
AT_EVENT = Path(__file__).parent / "at_event"
KEPT = "12"  # more published files than a round makes: none that a twin goes back to is removed
DONE_ALREADY = "Nobody published has the id"
TRACEBACK = "Traceback (most recent call last)"


@dataclass(frozen=True)
class Step:
    """A command of the plan of a round; `name` is what the table counts it under."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Operator:
    """Whose folder it is, and where its crawls are led."""

    data: Path
    mirrors: str

    def start(self, step: Step, **more: str) -> subprocess.Popen[bytes]:
        """The command as the leader of a process group; it prints into a file."""
        settings = {name: value for name, value in os.environ.items() if not name.startswith("DIPLOMATE_")}
        settings |= {"PYTHONPATH": f"{AT_EVENT}:{REPO}", "KILLS_COUNT": str(self.counted)} | self.settings
        self.counted.unlink(missing_ok=True)
        call = [sys.executable, "-m", "pipeline.commands.main", *step.words]
        with self.said.open("wb") as output:
            return subprocess.Popen(
                call, cwd=REPO, env=settings | more, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip

    @property
    def settings(self) -> dict[str, str]:
        return {
            "DIPLOMATE_DATA": str(self.data),
            "DIPLOMATE_MIRRORS": self.mirrors,
            "DIPLOMATE_DELAY": "0",
            "DIPLOMATE_KEEP": KEPT,
        }

    @property
    def said(self) -> Path:
        return self.data.with_name(f"{self.data.name}.said")

    @property
    def counted(self) -> Path:
        """As many bytes as the last command made changes to files."""
        return self.data.with_name(f"{self.data.name}.counted")

    def finish(self, step: Step) -> Ended:
        """Run it to its end, in a fork of what is loaded already: nobody kills it."""
        settings = {name: value for name, value in self.settings.items() if name != "DIPLOMATE_DATA"}
        done = run_diplomate(*step.words, data=self.data, **settings)
        return Ended(step, done.code, done.out + done.err)

    def measure(self, step: Step) -> Ended:
        """Run it to its end as a person would, and see how long it is and how much it does."""
        begun = time.monotonic()
        with self.start(step) as process:
            code = process.wait(PATIENCE)
        extent = Extent(time.monotonic() - begun, self.counted.stat().st_size if self.counted.exists() else 0)
        return Ended(step, code, self.said.read_text(encoding="utf-8", errors="replace"), extent)

    def kill(self, step: Step, at: Moment) -> bool:
        """Kill the whole group at that moment; whether it was still at work."""
        more = {"KILLS_AT": str(at.change)} if at.change else {}
        with self.start(step, **more) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE if at.change else at.seconds)
            at_work = process.poll() in (None, -signal.SIGKILL)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        wait_until_gone(process.pid)
        return at_work


@dataclass(frozen=True)
class Extent:
    """How long a command takes, and how many changes to files it makes."""

    seconds: float
    changes: int


@dataclass(frozen=True)
class Moment:
    """When a command is killed: so long after its start, or before its so-manieth change to a file."""

    seconds: float = 0
    change: int = 0

    def __str__(self) -> str:
        return f"before change {self.change}" if self.change else f"after {self.seconds:.3f} s"


@dataclass(frozen=True)
class Ended:
    """How a command that nobody killed ended."""

    step: Step
    code: int
    said: str
    extent: Extent | None = None

    def wrong(self) -> list[str]:
        """A command says what is wrong in a sentence, or nothing is wrong; the last build of a round publishes.

        Who was left out by a command that was killed later is not there to be left out again.
        """
        call = " ".join(self.step.words)
        allowed = (0,) if self.step.name == "build" else (0, 1)
        done = self.step.name == "suppress" and DONE_ALREADY in self.said
        found = [f"{call}: exit {self.code}: {self.said[-600:]}"] if self.code not in allowed and not done else []
        return found + ([f"{call}: {self.said[-1500:]}"] if TRACEBACK in self.said else [])


def wait_until_gone(group: int) -> None:
    """A killed spider may hold a lock for a moment longer than the command that ordered it."""
    until = time.monotonic() + 10
    while at_work_in(group) and time.monotonic() < until:
        time.sleep(0.01)


def at_work_in(group: int) -> list[str]:
    """Processes of a group that are not dead yet."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError, ValueError):
            state, _, its_group = path.read_text(errors="replace").rpartition(")")[2].split()[:3]
            found += [path.parent.name] if int(its_group) == group and state not in "ZX" else []
    return found
