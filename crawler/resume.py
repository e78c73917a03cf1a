"""Going on with a crawl that was cut off: what it has already read is not asked again.

In: the run folders of a source. Out: the run to go on with, and its answers in place of requests. Only the very same
order (source, states, mirrors) is gone on with, and only until the next night: an older start would mix days in a list.
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
from crawler.snapshots import DamagedRun, Run, Snapshot, run_folders, write_whole
from crawler.troubles import SourceTrouble

LONGEST_PAUSE = timedelta(hours=30)  # the next nightly run may begin some hours later than this one did
ATTEMPTS = "attempts.json"  # in a run's folder: when the earlier attempts began that ended with a verdict
ANSWERS_THAT_STAY = (200, 301, 302, 303, 307, 308, 404, 410)


def unfinished(data: Path, source: str, wanted: dict[str, Any]) -> Run | None:
    """The newest run that was ordered in the same words and was cut off since last night."""
    recent = (run for run in reversed(run_folders(data, source)) if is_recent(run))
    return next((run for run in recent if was_cut_off(run) and ordered(run) == wanted and is_readable(run)), None)


def is_recent(run: Run) -> bool:
    """Whether this run began since last night."""
    return run.begun is not None and datetime.now(UTC) - run.begun <= LONGEST_PAUSE


def is_readable(run: Run) -> bool:
    """Whether the index of a run's answers can be read: what somebody changed is not gone on with."""
    try:
        run.snapshots()
    except DamagedRun:
        return False
    return True


def was_cut_off(run: Run) -> bool:
    """Whether the run has no verdict, or one that only says that it was interrupted or no longer answered.

    One whose verdict cannot be read any more had ended.
    """
    try:
        manifest = run.manifest()
    except DamagedRun:
        return False
    return manifest is None or manifest.cut_off


def ordered(run: Run) -> dict[str, Any] | None:
    """The words of the run's order; None for a run without (an import, a replay, a folder just made)."""
    try:
        found = json.loads((run.folder / "order.json").read_text())
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def begin(run: Run, wanted: dict[str, Any]) -> None:
    """Note the order in a new run, or take up a cut-off one: its verdict goes, a torn last line goes.

    Raises SourceTrouble for a run that has ended in the meantime.
    """
    if not was_cut_off(run):
        raise SourceTrouble(f"The run {run.name} of {run.source} has ended meanwhile; call the crawl again.")
    forget_verdict(run)
    mend(run.folder / "snapshots.jsonl")
    write_whole(run.folder / "order.json", json.dumps(wanted, sort_keys=True).encode())


def forget_verdict(run: Run) -> None:
    """Take the verdict of a cut-off attempt away, and remember that there was one: failures in a row are counted."""
    if manifest := run.manifest():
        earlier = sorted({*earlier_attempts(run), manifest.started})
        write_whole(run.folder / ATTEMPTS, json.dumps(earlier).encode())
    (run.folder / "manifest.json").unlink(missing_ok=True)


def earlier_attempts(run: Run) -> list[str]:
    """When each earlier attempt at this run began; none where the note is absent or torn."""
    try:
        found = json.loads((run.folder / ATTEMPTS).read_text())
    except (FileNotFoundError, ValueError):
        return []
    return [str(began) for began in found] if isinstance(found, list) else []


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
