"""Progress of a crawl: one line that is repainted on a terminal, now and then a line in a log, else nothing.

In: run folders being filled. Out: how many answers each holds, on stderr, until the work is over.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from pipeline.commands.log_lines import is_json, note

SECONDS_BETWEEN = 1.0
SECONDS_BETWEEN_NOTES = 300.0


@contextmanager
def shown_progress(folders: dict[str, Path]) -> Iterator[None]:
    """Repaint the line, or write notes, while the block runs; `folders` maps a source to its run folder."""
    work = paint if sys.stderr.isatty() else write_notes if is_json() else None
    if work is None:
        yield
        return
    over = threading.Event()
    painter = threading.Thread(target=work, args=(folders, over), daemon=True)
    painter.start()
    try:
        yield
    finally:
        over.set()
        painter.join()


def paint(folders: dict[str, Path], over: threading.Event) -> None:
    counts = {source: LineCount(folder / "snapshots.jsonl") for source, folder in folders.items()}
    while not over.wait(SECONDS_BETWEEN):
        parts = [f"{source} {count.now()}" for source, count in counts.items()]
        click.echo(f"\r\x1b[KAnswers read: {', '.join(parts)}", nl=False, err=True)
    click.echo("\r\x1b[K", nl=False, err=True)


def write_notes(folders: dict[str, Path], over: threading.Event) -> None:
    """A log that stands still for hours looks like a run that hangs."""
    counts = {source: LineCount(folder / "snapshots.jsonl") for source, folder in folders.items()}
    while not over.wait(SECONDS_BETWEEN_NOTES):
        answers = {source: count.now() for source, count in counts.items()}
        note("progress", f"{sum(answers.values())} answers read so far.", answers=answers)


class LineCount:
    """Lines of a growing file; each byte is looked at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = self.offset = 0

    def now(self) -> int:
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(self.offset)
                grown = file.read()
            self.lines += grown.count(b"\n")
            self.offset += len(grown)
        return self.lines
