"""Files a person saved or downloaded become snapshots of an import run, with the same provenance as a crawl's.

In: paths of files or folders, folders in folders too. Out: a run folder ready for `crawler.run_source` (kind
"import"). The time of a snapshot is when the person saved the file (the file's own time, or the one given), never the
time of importing. Whatever is wrong with a file is said before anything is kept.
"""

from __future__ import annotations

import fcntl
import hashlib
import mimetypes
import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from crawler.catalog import source_class
from crawler.network import asked
from crawler.settings import MAX_ANSWER_BYTES, MAX_FILE_BYTES
from crawler.snapshots import TIMES, Run, Snapshot, described, make_snapshot, run_folders, utc_now
from crawler.troubles import SourceTrouble

SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->")
SEARCHED_BYTES = 4096
COPIED_BYTES = 1024 * 1024
SPARE_BYTES = 256 * 1024 * 1024  # of the disk stay free
ARCHIVES = {
    ".mht": "a web archive; save the page as HTML instead",
    ".mhtml": "a web archive; save the page as HTML instead",
    ".webarchive": "a web archive; save the page as HTML instead",
    ".pdf": "a PDF; save the page as HTML instead",
}
BESIDE_A_PAGE = frozenset(".css .gif .htc .ico .jpeg .jpg .js .map .png .svg .ttf .webp .woff .woff2".split())
OF_THE_SYSTEM = re.compile(r"^\.|^(?:__MACOSX|Thumbs\.db|desktop\.ini)$", re.IGNORECASE)
PAGE_PARTS = re.compile(r"_(?:files|fichiers|archivos|dateien)$|\.(?:fld|download)$", re.IGNORECASE)
HELD: list[int] = []  # folders of this process: the system lets go of them when it ends, however it does
Say = Callable[[str], None]


class UnreadableFile(Exception):
    """A file that cannot be read; the call itself is wrong."""


@dataclass(frozen=True)
class SavedFile:
    """A file and what it is called: its name, behind the folders it was found in."""

    path: Path
    name: str


def to_stderr(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def import_run(
    data: Path, source: str, homepage: str, paths: list[Path], saved_at: str = "", say: Say = to_stderr
) -> Run:
    """Keep every file, then hand the run over; raises UnreadableFile before anything is written.

    SourceTrouble says what kept the disk from taking them all; nothing of them is left then.
    """
    found = files_in(paths, say)
    refuse_unfit(found, source, data)
    digests = [digest_of(file.path) for file in found]
    say_repeated(found, digests, say)
    forget_killed(data, source)
    run = Run.create(data, source)
    is_held(run)
    try:
        for file, digest in zip(found, digests, strict=True):
            keep(run, file, digest, homepage, saved_at)
    except BaseException as error:
        shutil.rmtree(run.folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise SourceTrouble(f"{error.filename or run.folder}: {error.strerror}. Nothing was imported.") from error
        raise
    return run


def forget_killed(data: Path, source: str) -> None:
    """Remove what imports that were killed had copied: nothing goes on with them, and a file may have gigabytes.

    A crawl notes its order before its first answer, and a replay keeps no answers.
    """
    for run in run_folders(data, source):
        ended = [name for name in ("manifest.json", "order.json") if (run.folder / name).exists()]
        if not ended and any(run.folder.glob("bodies/*")) and is_held(run):
            shutil.rmtree(run.folder, ignore_errors=True)


def is_held(run: Run) -> bool:
    """Hold an import's folder until this process ends; False where another process, which is at it, does."""
    HELD.append(os.open(run.folder, os.O_RDONLY))
    try:
        fcntl.flock(HELD[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def files_in(paths: list[Path], say: Say = to_stderr) -> list[SavedFile]:
    """The files named, and those in the folders named, in order; what no person saved is left out and said."""
    return [
        file for path in paths for file in (in_folder(path, say) if path.is_dir() else [SavedFile(path, path.name)])
    ]


def in_folder(folder: Path, say: Say) -> list[SavedFile]:
    """The files of a folder in order; raises UnreadableFile for a folder without any."""
    found = sorted(inside(folder, say), key=lambda file: file.name)
    if not found:
        raise UnreadableFile(f"{folder} holds no file.")
    return found


def inside(folder: Path, say: Say) -> Iterator[SavedFile]:
    """Files of a folder and of its folders; a browser's pictures and scripts beside a page are no pages."""
    for here, folders, names in os.walk(folder, onerror=cannot_be_read):
        left_out = [name for name in folders if OF_THE_SYSTEM.search(name) or PAGE_PARTS.search(name)]
        folders[:] = sorted(set(folders) - set(left_out))
        for name in sorted(names):
            path = Path(here, name)
            if OF_THE_SYSTEM.search(name) or path.suffix.lower() in BESIDE_A_PAGE or not path.is_file():
                left_out.append(name)
            else:
                yield SavedFile(path, path.relative_to(folder).as_posix())
        for name in sorted(left_out):
            say(f"{Path(here, name)} was left out: it is no page or list that a person saved.")


def cannot_be_read(error: OSError) -> None:
    raise UnreadableFile(f"{error.filename} cannot be read: {error.strerror}.") from error


def say_repeated(files: list[SavedFile], digests: list[str], say: Say) -> None:
    """Say which files hold the same bytes: a page saved twice, perhaps in the place of the next one."""
    first: dict[str, SavedFile] = {}
    for file, digest in zip(files, digests, strict=True):
        if first.setdefault(digest, file) is not file:
            say(f"{file.path} holds the same bytes as {first[digest].path}; its rows count once.")


def digest_of(path: Path) -> str:
    """The SHA-256 of a file; raises UnreadableFile for one that cannot be opened."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error


def refuse_unfit(files: list[SavedFile], source: str, data: Path) -> None:
    """Raise UnreadableFile for a file that cannot be one of this source, SourceTrouble for a disk without room."""
    most = largest(source)
    needed = sum(fit_size(file.path, source, most) for file in files)
    data.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(data).free - SPARE_BYTES
    if needed > free:
        there = f"{data} has room for {mib(max(free, 0))}, for {mib(SPARE_BYTES)} of its disk stay free"
        raise SourceTrouble(f"The files have {mib(needed)}, and {there}. Nothing was imported.")


def fit_size(path: Path, source: str, most: int) -> int:
    """The size of a file; raises UnreadableFile for an empty one, one too large, or one of a kind that is not read."""
    advice = ARCHIVES.get(path.suffix.lower())
    if advice:
        raise UnreadableFile(f"{path} is {advice}.")
    try:
        found = path.stat()
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error
    if not stat.S_ISREG(found.st_mode) or not found.st_size:
        raise UnreadableFile(f"{path} is {'empty' if stat.S_ISREG(found.st_mode) else 'no file'}.")
    if found.st_size > most:
        raise UnreadableFile(f"{path} has {mib(found.st_size)}; a file for {source} may have {mib(most)} at most.")
    return found.st_size


def largest(source: str) -> int:
    """How large a file this source reads: as large as a disk allows where it streams, else what memory allows."""
    nothing = make_snapshot("SAVED", "https://nothing.invalid/", "", 200, {}, b"")
    request = next(iter(source_class(source)(saved=(nothing,)).saved_requests()))
    return MAX_FILE_BYTES if request.meta.get("big") else MAX_ANSWER_BYTES


def mib(size: int) -> str:
    return f"{size / 1024**2:,.1f} MiB"


def keep(run: Run, file: SavedFile, digest: str, homepage: str, saved_at: str) -> None:
    """Copy the bytes to their place, then write the index line; raises UnreadableFile for a file that changes."""
    beside = run.path_of(digest).with_name(f"{digest}.part")
    if copied(file.path, beside) != digest:
        raise UnreadableFile(f"{file.path} was changed while it was read; import it again.")
    beside.replace(run.path_of(digest))
    run.note(saved_snapshot(file, digest, homepage, saved_at))


def copied(source: Path, target: Path) -> str:
    """The SHA-256 of the bytes that were copied."""
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as written:
        while block := read.read(COPIED_BYTES):
            digest.update(block)
            written.write(block)
        written.flush()
        os.fsync(written.fileno())
    return digest.hexdigest()


def saved_snapshot(file: SavedFile, digest: str, homepage: str, saved_at: str) -> Snapshot:
    """Describe a saved file; a browser writes the page's address into its first lines."""
    with file.path.open("rb") as opened:
        address = SAVED_FROM.search(opened.read(SEARCHED_BYTES))
    url = address[1].decode("latin-1") if address else homepage
    headers = {"content-type": mimetypes.guess_type(file.path.name)[0] or "application/octet-stream"}
    question = asked("SAVED", url, file.name.encode())
    size = file.path.stat().st_size
    snapshot = described("SAVED", url, question, 200, headers, digest, size, saved_at or time_of(file.path))
    return replace(snapshot, saved_as=file.name)


def time_of(path: Path) -> str:
    """When the file was last written, but never later than now."""
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime(TIMES)
    return min(written, utc_now())
