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
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.records import Record
from crawler.run_shapes import EVERYTHING, KEPT_HEADERS, TIMES, Manifest, Snapshot
from crawler.troubles import Damaged
from crawler.whole_files import read_json_lines, write_whole

AHEAD = timedelta(days=1)  # a reading dated further in the future was dated by a wrong clock
QUARANTINE = "quarantine"  # in the data folder: bytes that no longer match their name, for a person to look at
TIDIED = "tidied"  # in the folder of a run that `diplomate tidy` has emptied: nothing rests on its rows
MISDATED = "misdated"  # in the folder of a run that was dated in the future when it was first looked at


def utc_now() -> str:
    """The time now, UTC, to the second: ``2026-11-22T12:00:00Z``."""
    return datetime.now(UTC).strftime(TIMES)


class DamagedRun(Damaged):
    """The verdict or the rows of a whole run are no longer what was written; `run` is its name."""

    def __init__(self, sentence: str, run: str) -> None:
        super().__init__(sentence)
        self.run = run


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

    @property
    def begun(self) -> datetime | None:
        """When the run began, by its name; None for a folder that is no run's: people put folders anywhere."""
        try:
            return datetime.strptime(self.name.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError:
            return None

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
        """All answers in the order they came; a torn last line (a killed run) is left out.

        Raises DamagedRun where a line is no answer.
        """
        path = self.folder / "snapshots.jsonl"
        try:
            return [Snapshot(**row).checked() for row in read_json_lines(path)]
        except (ValueError, TypeError) as error:
            raise DamagedRun(f"{self.place(path.name)} is damaged ({error}).", self.name) from error

    def path_of(self, sha256: str) -> Path:
        """Where the bytes of a snapshot are."""
        return self.folder / "bodies" / sha256

    def proven(self, sha256: str) -> Path:
        """The same; raises Damaged when the bytes are gone or no longer match their name: those are put aside."""
        path, name = self.path_of(sha256), f"The snapshot {sha256[:12]} of run {self.name} of {self.source}"
        if not path.exists():
            kept = f"{QUARANTINE}/{self.source}/{self.name}"
            gone = f"was changed on disk and stands in {kept}" if self.put_aside(sha256).exists() else "is gone"
            raise Damaged(f"{name} {gone}.")
        with path.open("rb") as file:
            whole = hashlib.file_digest(file, "sha256").hexdigest() == sha256
        if not whole:
            raise Damaged(f"{name} was changed on disk after it was kept{self.quarantined(sha256)}.")
        return path

    def put_aside(self, sha256: str) -> Path:
        """Where the bytes of a snapshot stand once they no longer match their name."""
        return self.folder.parent.parent.parent / QUARANTINE / self.source / self.name / sha256

    def quarantined(self, sha256: str) -> str:
        """Move bytes that no longer match their name aside; says so, or that the disk did not allow it."""
        to = self.put_aside(sha256)
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
            self.path_of(sha256).replace(to)
        except OSError as error:
            return f"; it could not be put aside ({error.strerror})"
        return f"; it was put aside into {QUARANTINE}/{self.source}/{self.name}"

    def body(self, sha256: str) -> bytes:
        """The bytes of one snapshot, proven."""
        return self.proven(sha256).read_bytes()

    def records(self) -> Iterator[Record]:
        """Every row; raises DamagedRun when the file is not the one the manifest was written for, or was emptied."""
        if (self.folder / TIDIED).exists():
            said = f"{self.place('')} was emptied by `diplomate tidy`: newer readings stood for it."
            raise DamagedRun(said, self.name)
        path = self.folder / "records.jsonl"
        content = path.read_bytes() if path.exists() else None
        manifest = self.manifest()
        if content is None or (manifest and manifest.records_sha256 != hashlib.sha256(content).hexdigest()):
            what = "is gone" if content is None else "was changed after its run ended"
            raise DamagedRun(f"{self.place('records.jsonl')} {what}. {self.restored_by(manifest)}", self.name)
        return (Record.from_line(line) for line in content.decode().split("\n") if line)

    def place(self, name: str) -> str:
        """Where a file of the run is, below the data folder."""
        return f"snapshots/{self.source}/{self.name}/{name}"

    def restored_by(self, manifest: Manifest | None = None) -> str:
        """How rows of this run come back."""
        crawled = manifest.kind != "import" if manifest else (self.folder / "order.json").exists()
        if crawled:
            return f"`diplomate crawl {self.source} --replay` makes it anew from the kept answers."
        return f"`diplomate import {self.source} FILE ...` makes it anew from the saved files."

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
        """The verdict, or None for a run that never ended; raises DamagedRun for a damaged one."""
        path = self.folder / "manifest.json"
        try:
            manifest = Manifest(**json.loads(path.read_text()))
            manifest.check()
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            said = f"{self.place(path.name)} is damaged ({error}). {self.restored_by()}"
            raise DamagedRun(said, self.name) from error
        return manifest


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
    """Every ended run of a source, oldest reading first (a replay stands after the run it replays).

    A run whose verdict cannot be read is none; `set_aside` names it.
    """
    ended = []
    for run in run_folders(data, source):
        with suppress(DamagedRun):
            ended += [(run, manifest)] if (manifest := run.manifest()) is not None else []
    return sorted(ended, key=lambda pair: (pair[1].read_at, pair[1].started, pair[1].run))


def run_folders(data: Path, source: str) -> list[Run]:
    """Every run of a source, ended or not, in the order of their names; not what else lies in the folder."""
    folder = data / "snapshots" / source
    found = [Run(path) for path in sorted(folder.iterdir()) if path.is_dir()] if folder.is_dir() else []
    return [run for run in found if run.begun or (run.folder / "manifest.json").exists()]


def good_runs(data: Path, source: str) -> list[tuple[Run, Manifest]]:
    """The runs that count, oldest reading first; none that a wrong clock dated in the future."""
    limit = latest_believed()
    found = [(run, manifest) for run, manifest in runs(data, source) if manifest.result == "good"]
    return [(run, manifest) for run, manifest in found if not is_misdated(run, manifest, limit)]


def is_misdated(run: Run, manifest: Manifest, limit: str) -> bool:
    """Whether a run is dated in the future, or was when it was first looked at: its date comes, and stays wrong."""
    return manifest.read_at > limit or (run.folder / MISDATED).exists()


def remember_misdated(data: Path, source: str) -> None:
    """Mark the runs that are dated in the future, for a clock that is right; a disk that refuses leaves it to later."""
    limit = latest_believed()
    for run, manifest in runs(data, source):
        if manifest.read_at > limit:
            with suppress(OSError):
                (run.folder / MISDATED).touch()


def latest_believed() -> str:
    """The latest time a reading may bear."""
    return (datetime.strptime(utc_now(), TIMES) + AHEAD).strftime(TIMES)


def set_aside(data: Path, source: str) -> dict[str, str]:
    """Runs that cannot count although they may have been good: name -> a sentence with what to do."""
    return damaged_runs(data, source) | misdated_runs(data, source)


def damaged_runs(data: Path, source: str) -> dict[str, str]:
    """Runs whose verdict cannot be read any more, and that nothing has replaced since."""
    found = {}
    for run in run_folders(data, source):
        try:
            run.manifest()
        except DamagedRun as damaged:
            found[run.name] = str(damaged)
    good = good_runs(data, source) if found else []
    return {name: why for name, why in found.items() if not is_replaced(name, good)}


def misdated_runs(data: Path, source: str) -> dict[str, str]:
    """Good runs that are dated in the future: the clock was wrong then, or it is wrong now."""
    limit = latest_believed()
    return {
        run.name: f"The run {run.name} of {source} is dated {manifest.read_at}, in the future when it was first looked "
        f"at: this machine's clock, which says {utc_now()}, is wrong, or was wrong then. Set it; where it was wrong "
        f"then, `diplomate crawl {source}` reads it anew, and {run.place('')} is to be removed."
        for run, manifest in runs(data, source)
        if manifest.result == "good" and is_misdated(run, manifest, limit)
    }


def is_replaced(name: str, good: list[tuple[Run, Manifest]]) -> bool:
    """Whether a run was replayed, or everything was read whole after it began."""
    return any(
        manifest.replay_of == name or (run.name > name and manifest.complete and EVERYTHING in manifest.coverage)
        for run, manifest in good
    )
