"""The simulated clock: a process that believes it is another night.

In: the moment at which a night begins. Out: every `datetime.now` of the product gives that moment and what has really
passed since. Only modules that ask the time are touched; they are found by reading the source, so that a new one cannot
keep the real time unnoticed. Files keep their real times on disk: their order is what counts there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parents[3]
ASKS = re.compile(r"\bdatetime\.now\(")
OTHER_WAYS = re.compile(r"\btime\.time\(|\bdate\.today\(|\butcnow\(|\bdatetime\.today\(")
START = datetime(2026, 11, 23, 3, tzinfo=UTC)  # the first night: the nation was printed some days before


def night_time(night: int) -> datetime:
    """When a night's run begins."""
    return START + timedelta(days=night)


def night_of(text: str) -> int:
    """The night of a time that was written down, such as a snapshot's `fetched_at`."""
    return (datetime.fromisoformat(text) - START + timedelta(hours=3)).days


def modules_that_ask() -> list[str]:
    """Names of the product's modules that ask the time; raises ValueError where one asks in a way unknown here."""
    found = []
    for package in ("crawler", "pipeline", "db"):
        for path in sorted((HERE / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if OTHER_WAYS.search(text):
                raise ValueError(f"{path} asks the time in a way that the simulated clock does not know.")
            if ASKS.search(text):
                found.append(".".join(path.relative_to(HERE).with_suffix("").parts))
    return found


def set_clock(begins: datetime) -> None:
    """From here on this process, and whatever it forks, believes that it is `begins`."""
    ahead = begins - datetime.now(UTC)

    class Simulated(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + ahead

    for name in MODULES:
        vars(import_module(name))["datetime"] = Simulated


@contextmanager
def clock_at(begins: datetime) -> Iterator[None]:
    """The same while the block runs: for whoever looks at a folder that believes it is another night."""
    kept = {name: vars(import_module(name))["datetime"] for name in MODULES}
    set_clock(begins)
    try:
        yield
    finally:
        for name, own in kept.items():
            vars(import_module(name))["datetime"] = own


MODULES = [name for name in modules_that_ask() if name != "pipeline.commands.schedule_plan"]  # no part of a run
