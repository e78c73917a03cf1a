"""A spider in a process of its own, watched from outside: a limit of time, a limit of memory, and a way to stop.

In: an order. Out: nothing where the spider came to its own verdict, else a sentence: it took too long, it took too much
memory, it was killed, it broke, it was stopped. A spider that hangs or eats cannot watch itself, so its parent does; it
is asked to end first (Scrapy then writes down how far it came) and killed when it does not.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Protocol

from crawler.catalog import source_class
from crawler.run_source import Order
from crawler.source import Source
from pipeline.commands.verdict import rest

LOOK_SECONDS = 0.25
GRACE_SECONDS = 5.0  # between being asked to end and being killed: what arrived by then is kept either way


class Process(Protocol):
    """What is needed of a process: `subprocess.Popen` has it."""

    pid: int
    returncode: int | None

    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


def start(order: Order) -> Process:
    """A fresh interpreter that carries out the order."""
    call = [sys.executable, "-m", "crawler.run_source", order.to_text()]
    nowhere, here = subprocess.DEVNULL, Path(__file__).parents[2]
    return subprocess.Popen(call, cwd=here, stdin=nowhere, stdout=nowhere, stderr=nowhere)


def watched(order: Order, process: Process, stopping: threading.Event) -> str:
    """Wait for the process, end it when it must end; returns why it did not end by itself, or ""."""
    source = source_class(order.source)
    until = time.monotonic() + 60 * source.most_minutes
    while not has_ended(process, LOOK_SECONDS):
        why = "the crawl was interrupted" if stopping.is_set() else too_much(source, until, process.pid)
        if why:
            end(process)
            return f"{order.source}: {why}; {rest(order)}."
    return ""


def too_much(source: type[Source], until: float, pid: int) -> str:
    """What the process took more of than its source allows, or ""."""
    if time.monotonic() > until:
        return f"it took longer than {source.most_minutes:g} minutes and was ended"
    if memory_mib(pid) > source.most_memory_mib:
        return f"it took more than {source.most_memory_mib} MiB of memory and was ended"
    return ""


def has_ended(process: Process, within: float) -> bool:
    try:
        process.wait(within)
    except subprocess.TimeoutExpired:
        return False
    return True


def end(process: Process) -> None:
    """Ask it to end, then kill it."""
    process.terminate()
    if not has_ended(process, GRACE_SECONDS):
        process.kill()
        process.wait()


def memory_mib(pid: int) -> float:
    """What the process holds in memory; 0 where the system does not say (it is no Linux, or the process has ended)."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2
