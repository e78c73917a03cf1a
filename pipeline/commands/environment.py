"""What the environment says, and how a command fails.

In: DIPLOMATE_DATA, DIPLOMATE_MIRRORS, DIPLOMATE_CONTACT, DIPLOMATE_DELAY; the lock of the data folder. Out: typed
values. `Wrong` is a wrong call (exit 2), `Failed` is something that went wrong while running (exit 1).
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

NARROW_SOURCES = "Narrow to these states where a source can be narrowed."
F = TypeVar("F", bound=Callable[..., Any])
FIRST_STEPS = "Begin with `diplomate demo`, or with `diplomate crawl` and `diplomate build`."


class Sentence(click.ClickException):
    """A failure that is one plain sentence on stderr."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


class Wrong(Sentence):
    """The call itself is wrong; the sentence says what to do instead."""

    exit_code = 2


class Failed(Sentence):
    """It ran, and something is wrong."""

    exit_code = 1


@contextmanager
def alone(data: Path, work: str) -> Iterator[None]:
    """Hold the data folder's lock for this work while the block runs; raises Failed when somebody else holds it."""
    locks = data / "locks"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / work).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Failed(f"{work}: another process is at it in {data}; this one did nothing.") from error
        yield


def data_folder() -> Path:
    """Where runs and published files live: `data` where the command is called, unless DIPLOMATE_DATA moves it."""
    return Path(os.environ.get("DIPLOMATE_DATA") or "data").absolute()


def mirrors() -> dict[str, str]:
    from crawler.network import parse_mirrors

    try:
        return parse_mirrors(os.environ.get("DIPLOMATE_MIRRORS", ""))
    except ValueError as error:
        raise Wrong(f"{error}.") from error


def contact() -> str:
    return os.environ.get("DIPLOMATE_CONTACT", "").strip()


def delay() -> float | None:
    """Seconds between requests to a host, where the operator overrides the source's own."""
    text = os.environ.get("DIPLOMATE_DELAY", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError as error:
        raise Wrong(f"DIPLOMATE_DELAY is '{text}'; it must be a number of seconds.") from error
    if not 0 <= seconds < 3600:
        raise Wrong(f"DIPLOMATE_DELAY is '{text}'; it must be between 0 and 3600 seconds.")
    return seconds


def now() -> datetime:
    return datetime.now(UTC)


def published() -> Path:
    """The published database; a wrong call when there is none yet, Failed where the link to it leads nowhere."""
    from db.opening import current, leads_nowhere

    path = current(data_folder())
    if path is None and (said := leads_nowhere(data_folder())):
        raise Failed(said)
    if path is None:
        raise Wrong(f"There is no published database in {data_folder()} yet. {FIRST_STEPS}")
    return path


def print_json(document: Any) -> None:
    """One JSON document on stdout and nothing else."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))


def state_option(help: str) -> Callable[[F], F]:
    """The option ``--state XX``, repeatable; `help` says what it narrows."""
    return click.option("--state", "states", multiple=True, metavar="XX", help=help)


def state_codes(given: tuple[str, ...]) -> tuple[str, ...]:
    """Two-letter codes, checked against the rule table."""
    from pipeline.rules import read_rule_table

    known = {row["code"] for row in read_rule_table("states")}
    codes = tuple(dict.fromkeys(code.strip().upper() for text in given for code in text.split(",") if code.strip()))
    for code in codes:
        if code not in known:
            raise Wrong(f"'{code}' is no state known here; use two-letter codes such as WA.")
    return codes


def chosen_sources(given: tuple[str, ...]) -> tuple[str, ...]:
    """Names of sources, all of them when none is given."""
    from crawler.catalog import source_names

    for name in given:
        if name not in source_names():
            raise Wrong(f"There is no source '{name}'. The sources are: {', '.join(source_names())}.")
    return given or tuple(source_names())
