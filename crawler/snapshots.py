"""Snapshots: what a source sent, kept as it came, and the runs they belong to.

In: answers of the web, or files a person saved. Out: immutable bodies named by their SHA-256, an index line
for each answer, and a manifest that is written last. Readers take only runs whose manifest says `good`; a run
that was killed, failed or blocked can never replace one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.records import Record
from crawler.troubles import Damaged, SourceTrouble

EVERYTHING = "*"
TIMES = "%Y-%m-%dT%H:%M:%SZ"
KEPT_HEADERS = (
    "content-type",
    "content-encoding",
    "content-length",
    "etag",
    "last-modified",
    "location",
    "retry-after",
    "cf-mitigated",
    "x-soda2-truth-last-modified",
    "x-soda2-data-out-of-date",
)


def utc_now() -> str:
    """The time now, UTC, to the second: ``2026-11-22T12:00:00Z``."""
    return datetime.now(UTC).strftime(TIMES)


@dataclass(frozen=True)
class Snapshot:
    """One answer. `fetched_at` is when its bytes arrived (or, for a saved file, when the person saved it).

    `unchanged_since`: the source said that the bytes we had of that time still stand (status 304), or "".
    """

    method: str
    url: str
    asked: str
    status: int
    headers: dict[str, str]
    fetched_at: str
    sha256: str
    size: int
    saved_as: str = ""
    unchanged_since: str = ""


@dataclass
class Manifest:
    """The verdict of a run; written last. `coverage` says which states (EVERYTHING: all) were read whole.

    `read_at` is when its youngest byte arrived, `read_from` its oldest: a list is only as fresh as its oldest page.
    `rows_in` counts rows by state; `records_sha256` proves that the records are the ones that were judged.
    `sample` marks a run on the bundled sample: its people are invented, and every page must say so.
    `as_of` is the time up to which a file was made, where it says so: it speaks of then, not of when it was fetched.
    `cut_off` marks a crawl that was interrupted or no longer answered: the next one goes on where it stopped.
    """

    source: str
    run: str
    kind: str
    started: str
    finished: str = ""
    read_at: str = ""
    read_from: str = ""
    result: str = ""
    rows: int = 0
    requests: int = 0
    states: list[str] = field(default_factory=lambda: [EVERYTHING])
    coverage: dict[str, bool] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    rows_in: dict[str, int] = field(default_factory=dict)
    records_sha256: str = ""
    replay_of: str = ""
    sample: bool = False
    cut_off: bool = False
    as_of: str = ""

    @property
    def complete(self) -> bool:
        """Whether everything the run set out to read was read."""
        return bool(self.coverage) and all(self.coverage.values())


class Run:
    """One folder of snapshots, records and, once it is over, a manifest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, data: Path, source: str) -> Run:
        """Make an empty run folder named by the time; four letters order the runs of one second."""
        now = datetime.now(UTC)
        name = f"{now:%Y%m%dT%H%M%SZ}-{now.microsecond // 16:04x}"
        folder = data / "snapshots" / source / name
        (folder / "bodies").mkdir(parents=True)
        return cls(folder)

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def source(self) -> str:
        return self.folder.parent.name

    def keep(self, snapshot: Snapshot, body: bytes) -> None:
        """Write the body under its hash, then the index line: a line never points at bytes that are not there.

        They are flushed to disk with the verdict (`finish`): flushing each costs a tenth of a crawl (2026-11-22).
        """
        path = self.path_of(snapshot.sha256)
        if not path.exists():
            write_whole(path, body, flush=False)
        self.note(snapshot)

    def note(self, snapshot: Snapshot) -> None:
        """Write the index line of a body that is already in its place."""
        with (self.folder / "snapshots.jsonl").open("a", encoding="utf-8") as index:
            index.write(json.dumps(asdict(snapshot), sort_keys=True) + "\n")

    def snapshots(self) -> list[Snapshot]:
        """All answers in the order they came; a torn last line (a killed run) is left out."""
        return [Snapshot(**row) for row in read_json_lines(self.folder / "snapshots.jsonl")]

    def path_of(self, sha256: str) -> Path:
        """Where the bytes of a snapshot are."""
        return self.folder / "bodies" / sha256

    def proven(self, sha256: str) -> Path:
        """The same; raises Damaged when the bytes are gone or no longer match their name."""
        path = self.path_of(sha256)
        if not path.exists():
            raise Damaged(f"The snapshot {sha256[:12]} of run {self.name} is gone from {path.parent}.")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise Damaged(f"The snapshot {sha256[:12]} of run {self.name} was changed on disk after it was kept.")
        return path

    def body(self, sha256: str) -> bytes:
        """The bytes of one snapshot, proven."""
        return self.proven(sha256).read_bytes()

    def records(self) -> Iterator[Record]:
        """Every row; raises SourceTrouble when the file is not the one the manifest was written for."""
        content = (self.folder / "records.jsonl").read_bytes()
        manifest = self.manifest()
        if manifest and manifest.records_sha256 != hashlib.sha256(content).hexdigest():
            path = self.folder / "records.jsonl"
            raise SourceTrouble(
                f"{path} was changed after its run ended. `diplomate crawl {self.source} --replay` makes it anew."
            )
        return (Record.from_line(line) for line in content.decode().splitlines())

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, last and whole, with the hash of the records it vouches for."""
        self.flush()
        records = self.folder / "records.jsonl"
        manifest.records_sha256 = hashlib.sha256(records.read_bytes() if records.exists() else b"").hexdigest()
        text = json.dumps(asdict(manifest), indent=1, sort_keys=True)
        write_whole(self.folder / "manifest.json", text.encode())

    def flush(self) -> None:
        """Have everything on the disk that the manifest is to vouch for."""
        for path in [*(self.folder / "bodies").iterdir(), self.folder / "snapshots.jsonl"]:
            if path.exists():
                with path.open("rb") as file:
                    os.fsync(file.fileno())

    def manifest(self) -> Manifest | None:
        """The verdict, or None for a run that never ended; raises SourceTrouble for a damaged one."""
        path = self.folder / "manifest.json"
        if not path.exists():
            return None
        try:
            return Manifest(**json.loads(path.read_text()))
        except (ValueError, TypeError) as error:
            raise SourceTrouble(f"{path} is damaged ({error}). Remove this run's folder, or restore it.") from error


def make_snapshot(
    method: str,
    url: str,
    asked: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    fetched_at: str = "",
    saved_as: str = "",
) -> Snapshot:
    """Describe an answer; `asked` is the request's fingerprint, by which a replay finds it again."""
    digest = hashlib.sha256(body).hexdigest()
    return described(method, url, asked, status, headers, digest, len(body), fetched_at, saved_as)


def described(
    method: str,
    url: str,
    asked: str,
    status: int,
    headers: Mapping[str, str],
    sha256: str,
    size: int,
    fetched_at: str = "",
    saved_as: str = "",
) -> Snapshot:
    """Describe an answer whose bytes are already on disk."""
    kept = {name: value for name, value in headers.items() if name in KEPT_HEADERS}
    return Snapshot(method, url, asked, status, kept, fetched_at or utc_now(), sha256, size, saved_as)


def runs(data: Path, source: str) -> list[tuple[Run, Manifest]]:
    """Every ended run of a source, oldest reading first (a replay stands after the run it replays)."""
    folder = data / "snapshots" / source
    found = [Run(path) for path in sorted(folder.iterdir())] if folder.is_dir() else []
    ended = [(run, manifest) for run in found if (manifest := run.manifest()) is not None]
    return sorted(ended, key=lambda pair: (pair[1].read_at, pair[1].started, pair[1].run))


def good_runs(data: Path, source: str) -> list[tuple[Run, Manifest]]:
    """The runs that count, oldest reading first."""
    return [(run, manifest) for run, manifest in runs(data, source) if manifest.result == "good"]


def write_whole(path: Path, content: bytes, flush: bool = True) -> None:
    """Write beside, flush to disk, rename: the path holds all of it or does not exist.

    Without `flush` that holds for a process that is killed, not for a machine that loses power.
    """
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as file:
        file.write(content)
        if flush:
            file.flush()
            os.fsync(file.fileno())
    beside.replace(path)


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """Rows of a JSON Lines file; an unfinished last line is not a row."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1] if line]
