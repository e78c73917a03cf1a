"""Seconds and memory of one step, each step in a process of its own.

In: a function and its arguments. Out: its result, and what it cost: seconds without those spent on waiting for its
input, by the clock and of all cores together (what others do on the machine hardly changes these), resident memory
before, and the largest while it ran.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar, cast

T = TypeVar("T")
R = TypeVar("R")
STATUS = Path("/proc/self/status")
RESET_PEAK = "5"


@dataclass(frozen=True)
class Cost:
    """`peak_mb` is the whole process at its largest, `before_mb` what it held when the step began."""

    seconds: float
    before_mb: float
    peak_mb: float
    cpu_seconds: float = 0.0


class Timed(Generic[T]):
    """An iterable that knows how long its consumer waited for it, by the clock and in seconds of a core."""

    def __init__(self, items: Iterable[T]) -> None:
        self.items = items
        self.seconds = self.cpu_seconds = 0.0

    def __iter__(self) -> Iterator[T]:
        items, nothing = iter(self.items), object()
        while True:
            clock, cpu = time.perf_counter(), time.process_time()
            item = next(items, nothing)
            self.seconds += time.perf_counter() - clock
            self.cpu_seconds += time.process_time() - cpu
            if item is nothing:
                return
            yield cast(T, item)


def measured(step: Callable[[Iterable[T]], R], items: Iterable[T]) -> tuple[R, Cost]:
    """Run a step over items that arrive one by one; the time they take to arrive is not the step's."""
    source = Timed(items)
    before, clock, cpu = forget_peak(), time.perf_counter(), time.process_time()
    result = step(source)
    seconds = time.perf_counter() - clock - source.seconds
    return result, Cost(seconds, before, peak_mb(), time.process_time() - cpu - source.cpu_seconds)


def alone(function: Callable[..., R], *arguments: object) -> R:
    """The result of a function that ran in a fresh process, so that its memory is its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context, max_tasks_per_child=1) as pool:
        return pool.submit(told, function, *arguments).result()


def told(function: Callable[..., R], *arguments: object) -> R:
    """An error goes back as text, because not every error can travel between processes."""
    try:
        return function(*arguments)
    except Exception as error:
        raise RuntimeError("".join(traceback.format_exception(error))) from None


def forget_peak() -> float:
    """Let the largest memory be counted from now on where the system can; returns what is held now."""
    try:
        Path("/proc/self/clear_refs").write_text(RESET_PEAK)
    except OSError:
        return 0.0
    return status_mb("VmRSS")


def peak_mb() -> float:
    if STATUS.exists():
        return status_mb("VmHWM")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def status_mb(name: str) -> float:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024 / 1e6


def machine() -> str:
    """`2 cores, 25 GB, Linux x86_64, Python 3.11.7`."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return (
        f"{cores} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )
