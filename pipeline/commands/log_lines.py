"""What a run says of itself: sentences for a person at a terminal, one JSON object a line for whatever collects logs.

In: events. Out: lines on stderr: `{"at": time, "level": "info", "event": name, "message": sentence, …}` with the facts
of the event. Whatever else is said while a log is kept becomes such a line too (event `said`). Nobody who was searched
for is ever named here: a run searches for nobody. DIPLOMATE_LOG chooses `plain` or `json` whatever stderr is.
"""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from typing import Any, TextIO

import click

from pipeline.commands.environment import Wrong, now

FORMS = ("plain", "json")


def begin_log() -> None:
    """From here on stderr holds JSON lines, unless it is a terminal or DIPLOMATE_LOG says otherwise."""
    form = os.environ.get("DIPLOMATE_LOG", "").strip() or ("plain" if sys.stderr.isatty() else "json")
    if form not in FORMS:
        raise Wrong(f"DIPLOMATE_LOG is '{form}'; it must be one of: {', '.join(FORMS)}.")
    if form == "json" and not is_json():
        sys.stderr = JsonLines(sys.stderr)


def is_json() -> bool:
    return isinstance(sys.stderr, JsonLines)


def note(event: str, message: str, level: str = "info", **facts: Any) -> None:
    """Say something that happened: the sentence to a person, the sentence and its facts to a log."""
    if isinstance(sys.stderr, JsonLines):
        sys.stderr.event(event, message, level, facts)
    else:
        click.echo(message, err=True)


class JsonLines(io.TextIOBase):
    """A stream that turns each line written to it into a JSON object."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, under: TextIO) -> None:
        self.under, self.begun, self.lock = under, "", threading.Lock()

    def write(self, text: str) -> int:
        with self.lock:
            *lines, self.begun = (self.begun + text).split("\n")
        for line in lines:
            if line.strip():
                self.event("said", line.strip(), "info", {})
        return len(text)

    def event(self, event: str, message: str, level: str, facts: dict[str, Any]) -> None:
        line = {"at": f"{now():%Y-%m-%dT%H:%M:%SZ}", "level": level, "event": event, "message": message.strip()} | facts
        with self.lock:
            self.under.write(json.dumps(line, ensure_ascii=False) + "\n")
            self.under.flush()

    def flush(self) -> None:
        self.under.flush()

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self.under.fileno()
