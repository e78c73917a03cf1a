"""Stopping well: SIGTERM becomes an exception, so that whatever is under way is ended or dropped whole.

In: a block of work in the main thread. Out: exit code 143 when it was told to stop, as the shell has it. Libraries that
call back into Python may turn the exception into one of their own (DuckDB says "Query interrupted"), so whoever catches
exceptions asks `refuse_to_go_on` before it takes one for a failure.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPED = 128 + signal.SIGTERM


class Stopped(SystemExit):
    """Somebody (systemd, a container, a shutdown) told this process to end."""


class Told:
    """Whether this process was told to end; a plain flag, because a signal may come while any lock is held."""

    to_end = False


def stop(number: int, _: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # once is enough: what ends now must not be torn
    Told.to_end = True
    raise Stopped(STOPPED)


def refuse_to_go_on() -> None:
    """Raise Stopped where this process was told to end and something swallowed it."""
    if Told.to_end:
        raise Stopped(STOPPED)


@contextmanager
def stopped_well() -> Iterator[None]:
    """SIGTERM raises Stopped in the block."""
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
        refuse_to_go_on()
    finally:
        signal.signal(signal.SIGTERM, before)
        Told.to_end = False
