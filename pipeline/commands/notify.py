"""Notification: the one place that sends anything to anybody.

In: a title, a text, files; the addresses in DIPLOMATE_NOTIFY, which are never written, printed or logged. Out: a
sentence for each address that did not take it, naming it by its place and kind. apprise speaks mail, Slack, webhooks
and the rest; it is an extra (`pip install 'diplomate[notify]'`), loaded when something is sent. What it would log is
kept from every log, because it can hold an address; only the kind of failure is taken from it.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pipeline.commands.environment import Wrong

T = TypeVar("T")
VARIABLE = "DIPLOMATE_NOTIFY"
PATIENCE = 60.0  # seconds for one address, whatever it sends
EXTRA = "Install it with `pip install 'diplomate[notify]'`."
_BETWEEN = re.compile(r"[\s,]+(?=[A-Za-z][A-Za-z0-9+.-]*://)")
_KIND = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,20})://")
_ANSWERED = re.compile(r"error[ =:]+([1-5][0-9]{2})\b")
_NOT_REACHED = re.compile(r"connection error|connection to|timed? ?out|refused|unreachable", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """One address: its place in DIPLOMATE_NOTIFY and its kind may be said, the address itself never."""

    place: int
    url: str = field(repr=False)

    @property
    def kind(self) -> str:
        found = _KIND.match(self.url)
        return found[1].lower() if found else "unknown kind"

    def __str__(self) -> str:
        return f"address {self.place} of {VARIABLE} ({self.kind})"


def addresses() -> tuple[Address, ...]:
    """What DIPLOMATE_NOTIFY names, comma or blank separated; a comma inside an address is left alone."""
    text = os.environ.get(VARIABLE, "").strip().strip(",")
    parts = [part.strip(" \t\r\n,") for part in _BETWEEN.split(text)] if text else []
    return tuple(Address(place, url) for place, url in enumerate(filter(None, parts), start=1))


def send(title: str, body: str, attachments: Sequence[Path] = ()) -> list[str]:
    """Send to every address; returns a sentence for each that failed. Without addresses nothing is sent."""
    return [failure for address in addresses() if (failure := send_to(address, title, body, attachments))]


def send_to(address: Address, title: str, body: str, attachments: Sequence[Path] = ()) -> str:
    """Send to one address; returns "" when it took the message, else why not, without a secret."""
    try:
        import apprise
    except ImportError as error:
        raise Wrong(f"{VARIABLE} is set, but the library that sends, apprise, is not installed. {EXTRA}") from error
    asset = apprise.AppriseAsset(app_id="diplomate", async_mode=False, service_timeout=0)
    service = apprise.Apprise(asset=asset)
    files = list(map(str, attachments)) or None

    def talk() -> bool | None:
        if not service.add(address.url):
            return None
        return bool(service.notify(body, title, body_format=apprise.NotifyFormat.TEXT, attach=files))

    with kept_quiet() as heard:
        try:
            taken = within(PATIENCE, talk)
        except TimeoutError:
            return f"Not sent to {address}: it took longer than {PATIENCE:.0f} seconds."
        except Exception as error:
            return f"Not sent to {address}: {type(error).__name__}."
    if taken is None:
        return f"Not sent to {address}: it is no address that apprise {apprise.__version__} can read."
    return "" if taken else f"Not sent to {address}: {reason(heard)}."


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns or raises, or TimeoutError: an address may answer a byte a second for ever.

    What is left behind then is a thread that keeps no process from ending.
    """
    ended: Future[T] = Future()

    def run() -> None:
        try:
            ended.set_result(work())
        except BaseException as error:
            ended.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return ended.result(timeout=seconds)


def reason(heard: Sequence[str]) -> str:
    """The kind of failure, taken from what apprise said; its words themselves may hold an address."""
    said = "\n".join(heard)
    answered = _ANSWERED.search(said)
    if answered:
        return f"it answered {answered[1]}"
    return "it could not be reached in time" if _NOT_REACHED.search(said) else "it did not take the message"


@contextmanager
def kept_quiet() -> Iterator[list[str]]:
    """Nothing of what apprise and what it uses says reaches a log or the terminal; it is gathered here."""
    heard: list[str] = []
    listener = Listener(heard)
    loggers = [logging.getLogger(name) for name in ("apprise", "urllib3", "requests")]
    before = [(logger, logger.propagate, logger.handlers) for logger in loggers]
    for logger in loggers:
        logger.propagate, logger.handlers = False, [listener]
    try:
        yield heard
    finally:
        for logger, propagate, handlers in before:
            if logger.name != "apprise":  # an address that was given up may still be talked to
                logger.propagate, logger.handlers = propagate, handlers


class Listener(logging.Handler):
    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())
