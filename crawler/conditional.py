"""Asking only for what has changed: the validators of earlier answers, and those answers when they still stand.

In: the good crawls of a source. Out: If-None-Match and If-Modified-Since for a question asked before, and, after a
304, the bytes of that time. Socrata dates a whole data set in one header: when that date stands, every other answer
of the same data set stands too and costs no request at all.
"""

from __future__ import annotations

import logging
import os
import shutil
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Headers, Response

from crawler.snapshots import Run, Snapshot, good_runs
from crawler.troubles import Damaged

logger = logging.getLogger(__name__)
LOOKED_BACK = 3  # good crawls; a `--state` crawl must not hide the whole one before it
DATA_SET_DATE = "x-soda2-truth-last-modified"
OUT_OF_DATE = "x-soda2-data-out-of-date"


class EarlierAnswers:
    """The newest earlier answer to each question that carries a validator."""

    def __init__(self, run: Run) -> None:
        self.standing: dict[str, str] = {}
        crawls = [pair[0] for pair in good_runs(data_of(run), run.source) if pair[1].kind == "crawl"]
        newest: dict[str, tuple[Run, Snapshot] | None] = {}
        for earlier in crawls[-LOOKED_BACK:]:
            newest |= answers_of(earlier)
        self.found = {question: pair for question, pair in newest.items() if pair}

    def conditional(self, request: Request, question: str) -> Request:
        """The request with what is needed for a 304."""
        if question not in self.found or request.method != "GET":
            return request
        headers = Headers(request.headers)
        for name, value in validators(self.found[question][1]).items():
            headers[name] = value
        return request.replace(headers=headers)

    def still_stands(self, request: Request, question: str) -> bool:
        """Whether the source has said in this run that its data set is as it was when this answer was given."""
        if question not in self.found:
            return False
        headers = self.found[question][1].headers
        date = self.standing.get(data_set(request.url), "")
        return bool(date) and headers.get(DATA_SET_DATE) == date and headers.get(OUT_OF_DATE) != "true"

    def note_unchanged(self, url: str, question: str, response: Response) -> None:
        """After a 304: remember a data set whose own date has not moved, unless its rows lag behind that date."""
        if response.headers.get(OUT_OF_DATE) == b"true":
            return
        date = (response.headers.get(DATA_SET_DATE) or b"").decode("latin-1")
        if date and date == self.found[question][1].headers.get(DATA_SET_DATE):
            self.standing[data_set(url)] = date

    def bring(self, question: str, run: Run) -> Snapshot:
        """Put the earlier bytes into this run; raises SourceTrouble when they were changed on disk."""
        earlier, snapshot = self.found[question]
        place(earlier.proven(snapshot.sha256), run.path_of(snapshot.sha256))
        return snapshot


def answers_of(run: Run) -> dict[str, tuple[Run, Snapshot] | None]:
    """What a run was answered, None where a 304 could not bring it back; nothing where its index cannot be read.

    Earlier answers only save requests: damage in an old run must never fail the crawl of today.
    """
    try:
        answers = [snapshot for snapshot in run.snapshots() if snapshot.status == 200]
        return {answer.asked: (run, answer) if is_usable(run, answer) else None for answer in answers}
    except (Damaged, OSError, ValueError, TypeError, AttributeError) as error:  # a value may be of any type
        passed_over(run.place("snapshots.jsonl"), str(error.__cause__ or error))
        return {}


@cache
def passed_over(index: str, why: str) -> None:
    """Said once: each scheme has a handler that looks back."""
    logger.warning("%s cannot be read (%s); what it holds is asked for anew.", index, why)


def is_usable(run: Run, snapshot: Snapshot) -> bool:
    """Whether a 304 could bring this answer back: it has a validator, and its bytes are still there."""
    return bool(validators(snapshot)) and run.path_of(snapshot.sha256).exists()


def data_of(run: Run) -> Path:
    return run.folder.parent.parent.parent


def validators(snapshot: Snapshot) -> dict[str, str]:
    """The headers by which a server can say that an answer still stands."""
    given = {"If-None-Match": snapshot.headers.get("etag"), "If-Modified-Since": snapshot.headers.get("last-modified")}
    return {name: value for name, value in given.items() if value}


def data_set(url: str) -> str:
    """Where a data set is, whatever is asked of it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def place(source: Path, target: Path) -> None:
    """The same bytes under another run: a hard link where the disk can, else a copy."""
    if target.exists():
        return
    beside = target.with_name(target.name + ".part")
    beside.unlink(missing_ok=True)
    try:
        os.link(source, beside)
    except OSError:
        shutil.copyfile(source, beside)
    beside.replace(target)
