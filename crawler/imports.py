"""Files a person saved or downloaded become snapshots of an import run, with the same provenance as a crawl's.

In: paths of files or folders. Out: a run folder ready for `crawler.run_source` (kind "import"). The time of a
snapshot is when the person saved the file (the file's own time, or the one given), never the time of importing.
"""

from __future__ import annotations

import mimetypes
import re
from datetime import UTC, datetime
from pathlib import Path

from crawler.network import asked
from crawler.snapshots import TIMES, Run, Snapshot, make_snapshot, utc_now

SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->")
SEARCHED_BYTES = 4096


class UnreadableFile(Exception):
    """A file that cannot be opened; the call itself is wrong."""


def import_run(data: Path, source: str, homepage: str, paths: list[Path], saved_at: str = "") -> Run:
    """Keep every file, then hand the run over; raises UnreadableFile before anything is written."""
    files = [(path, read(path)) for path in files_in(paths)]
    run = Run.create(data, source)
    for path, body in files:
        run.keep(saved_snapshot(path, body, homepage, saved_at), body)
    return run


def files_in(paths: list[Path]) -> list[Path]:
    """The files named, and those directly in the folders named, in order."""
    found: list[Path] = []
    for path in paths:
        found += sorted(item for item in path.iterdir() if item.is_file()) if path.is_dir() else [path]
    if not found:
        raise UnreadableFile(f"{', '.join(map(str, paths))} holds no file.")
    return found


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error


def saved_snapshot(path: Path, body: bytes, homepage: str, saved_at: str) -> Snapshot:
    """Describe a saved file; a browser writes the page's address into its first lines."""
    address = SAVED_FROM.search(body[:SEARCHED_BYTES])
    url = address[1].decode("latin-1") if address else homepage
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return make_snapshot(
        "SAVED",
        url,
        asked("SAVED", url, path.name.encode()),
        200,
        {"content-type": kind},
        body,
        saved_at or time_of(path),
        path.name,
    )


def time_of(path: Path) -> str:
    """When the file was last written, but never later than now."""
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime(TIMES)
    return min(written, utc_now())
