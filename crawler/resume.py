"""Going on with a crawl that was cut off: what it has already read is not asked again.

In: the run folders of a source. Out: the run to go on with, and its answers in place of requests. Only the very same
order (source, states, mirrors) is gone on with, and only for a day: an older start would mix two days in one list.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler.network import as_response, asked
from crawler.snapshots import Run, Snapshot, write_whole
from crawler.troubles import SourceTrouble

LONGEST_PAUSE = timedelta(hours=24)
ANSWERS_THAT_STAY = (200, 301, 302, 303, 307, 308, 404, 410)


def unfinished(data: Path, source: str, wanted: dict[str, Any]) -> Run | None:
    """The newest run that was ordered in the same words and was cut off less than a day ago."""
    folder = data / "snapshots" / source
    for path in sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []:
        run = Run(path)
        if age(run) > LONGEST_PAUSE:
            return None
        if was_cut_off(run) and ordered(run) == wanted:
            return run
    return None


def age(run: Run) -> timedelta:
    """Since when this run has been there; its name begins with the time."""
    begun = datetime.strptime(run.name.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return datetime.now(UTC) - begun


def was_cut_off(run: Run) -> bool:
    """Whether the run has no verdict, or one that only says that it was interrupted or no longer answered."""
    manifest = run.manifest()
    return manifest is None or manifest.cut_off


def ordered(run: Run) -> dict[str, Any] | None:
    """The words of the run's order; None for a run without (an import, a replay, a folder just made)."""
    path = run.folder / "order.json"
    found: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
    return found


def begin(run: Run, wanted: dict[str, Any]) -> None:
    """Note the order in a new run, or take up a cut-off one: its verdict goes, a torn last line goes.

    Raises SourceTrouble for a run that has ended in the meantime.
    """
    if not was_cut_off(run):
        raise SourceTrouble(f"The run {run.name} of {run.source} has ended meanwhile; call the crawl again.")
    (run.folder / "manifest.json").unlink(missing_ok=True)
    mend(run.folder / "snapshots.jsonl")
    write_whole(run.folder / "order.json", json.dumps(wanted, sort_keys=True).encode())


def mend(path: Path) -> None:
    """Cut a torn last line off, so that the next line begins on its own."""
    if path.exists():
        content = path.read_bytes()
        if not content.endswith(b"\n"):
            write_whole(path, content[: content.rfind(b"\n") + 1])


class Resume:
    """Downloader middleware: a question this run has an answer to is not asked again, and waits for no delay."""

    def __init__(self, crawler: Crawler) -> None:
        self.run = Run(crawler.settings["DIPLOMATE_RUN"])
        self.answers: dict[str, deque[Snapshot]] = defaultdict(deque)
        for snapshot in self.run.snapshots():
            if snapshot.status in ANSWERS_THAT_STAY:
                self.answers[snapshot.asked].append(snapshot)
        if not self.answers:
            raise NotConfigured

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Resume:
        return cls(crawler)

    def process_request(self, request: Request) -> Response | None:
        answers = self.answers.get(asked(request.method, request.url, request.body))
        if not answers or request.meta.get("saved"):
            return None
        snapshot = answers.popleft()
        try:
            response = as_response(self.run, snapshot, request)
        except SourceTrouble:
            return None  # its bytes did not reach the disk before the break: they are asked for again
        request.meta["snapshot"] = snapshot
        return response
