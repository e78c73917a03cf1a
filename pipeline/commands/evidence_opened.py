"""Opening a stranger's bundle: nothing in it is believed, nothing leaves a temporary folder.

In: a path. Out: its files in a folder of ours, each under a name that a bundle uses, with what does not agree with the
manifest. Raises NoBundle for whatever is no bundle: another archive, names that lead outside or stand twice, links,
more files or bytes than any bundle has.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crawler.archives import UNREADABLE, open_member
from crawler.troubles import SourceTrouble
from pipeline.evidence.replay import CONFIRMED, DIFFERS, Finding
from pipeline.evidence.shapes import (
    ANSWER,
    BODIES,
    FORMAT,
    MANIFEST,
    MOST_BYTES,
    NAME,
    READINGS,
    README,
    RECORDS,
    RULES,
    RUNS,
    SNAPSHOTS,
    TABLES,
    WORLD,
)

END = struct.Struct("<4s4H2LH")
ZIP64_LOCATOR = b"PK\x06\x07"
ZIP64_LOCATOR_BYTES = 20
MOST_FILES = 2000
MOST_DIRECTORY_BYTES = 1024 * 1024
MOST_SMALL_BYTES = 64 * 1024 * 1024  # of a file that is no snapshot
MOST_ALL_BYTES = MOST_BYTES + 512 * 1024 * 1024
MOST_RATIO = 1000  # pages and lists repeat themselves more than most; below 16 MiB no ratio counts
COPIED_BYTES = 1024 * 1024
SPARE_BYTES = 256 * 1024 * 1024  # of the disk stay free
NEEDED = (README, MANIFEST, ANSWER, RECORDS, SNAPSHOTS, RUNS, READINGS, WORLD)


class NoBundle(Exception):
    """The file is no evidence bundle; the message says why."""


def opened(bundle: Path, folder: Path) -> tuple[dict[str, Any], list[Finding]]:
    """Unpack what agrees with the manifest; the manifest, and a finding for each file that does not."""
    entries = entries_of(bundle)
    sizes = {entry.filename: entry.file_size for entry in entries}
    refuse_size(bundle, sum(sizes.values()), folder)
    manifest = manifest_of(bundle, folder)
    listed = listed_files(bundle, manifest)
    found = [finding for name in sorted(listed) for finding in compared(bundle, name, listed[name], sizes, folder)]
    strange = sorted(set(sizes) - set(listed) - {MANIFEST})
    found += [Finding(DIFFERS, f"{name} is in the archive, but not in the manifest.") for name in strange]
    if not found:
        found = [Finding(CONFIRMED, f"{len(listed)} files have the size and the SHA-256 that the manifest states.")]
    return manifest, found


def entries_of(bundle: Path) -> list[zipfile.ZipInfo]:
    """The archive's directory, with names that only a bundle has, each once."""
    try:
        with bundle.open("rb") as file:
            refuse_directory(bundle, file)
            with zipfile.ZipFile(file) as archive:
                entries = archive.infolist()
    except UNREADABLE as error:
        why = getattr(error, "strerror", None) or error
        raise NoBundle(f"{bundle} is no evidence bundle: it cannot be read as a ZIP archive ({why}).") from error
    seen: set[str] = set()
    for entry in entries:
        if not NAME.fullmatch(entry.orig_filename) or entry.orig_filename != entry.filename:
            raise NoBundle(f"{bundle} is no evidence bundle: it holds the name {entry.orig_filename[:200]!r}.")
        if entry.filename in seen:
            raise NoBundle(f"{bundle} is no evidence bundle: it holds the name {entry.filename!r} twice.")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise NoBundle(f"{bundle} is no evidence bundle: {entry.filename} is a link or another special file.")
        seen.add(entry.filename)
    for name in NEEDED:
        if name not in seen:
            raise NoBundle(f"{bundle} is no evidence bundle: it holds no {name}.")
    return entries


def refuse_directory(bundle: Path, file: Any) -> None:
    """Look at how much the archive's directory claims to hold before anything reads it into memory."""
    size = bundle.stat().st_size
    if not stat.S_ISREG(bundle.stat().st_mode) or size < END.size:
        raise NoBundle(f"{bundle} is no evidence bundle: it is too short, or no file.")
    file.seek(max(size - END.size - ZIP64_LOCATOR_BYTES, 0))
    tail = file.read()
    file.seek(0)
    mark, *_, count, directory, _, comment = END.unpack(tail[-END.size :])
    if mark != b"PK\x05\x06" or comment or tail.startswith(ZIP64_LOCATOR):
        raise NoBundle(f"{bundle} is no evidence bundle: it does not end as one does.")
    if count > MOST_FILES or directory > MOST_DIRECTORY_BYTES:
        raise NoBundle(f"{bundle} is no evidence bundle: its directory names {count} files in {directory} bytes.")


def refuse_size(bundle: Path, size: int, folder: Path) -> None:
    """Neither more than a bundle may hold nor more than the disk has room for."""
    if size > MOST_ALL_BYTES:
        raise NoBundle(f"{bundle} is no evidence bundle: it unpacks to {size} bytes; {MOST_ALL_BYTES} is the most.")
    free = shutil.disk_usage(folder).free - SPARE_BYTES
    if size > free:
        raise SourceTrouble(f"{bundle} unpacks to {size} bytes, and {folder} has room for {max(free, 0)}.")


def manifest_of(bundle: Path, folder: Path) -> dict[str, Any]:
    """manifest.json, of a format that is known here."""
    try:
        unpack(bundle, MANIFEST, MOST_SMALL_BYTES, folder)
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (SourceTrouble, ValueError, RecursionError) as error:
        raise NoBundle(f"{bundle} is no evidence bundle: its manifest cannot be read ({error}).") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        said = manifest.get("format") if isinstance(manifest, dict) else None
        raise NoBundle(f"{bundle} is no evidence bundle of format {FORMAT}: its manifest says {str(said)[:40]!r}.")
    return manifest


def listed_files(bundle: Path, manifest: dict[str, Any]) -> dict[str, tuple[int, str]]:
    """Name -> size and SHA-256, as the manifest states them."""
    try:
        listed = {str(row["name"]): (int(row["size"]), str(row["sha256"])) for row in manifest["files"]}
    except (KeyError, TypeError, ValueError) as error:
        raise NoBundle(f"{bundle} is no evidence bundle: its manifest lists no files.") from error
    wrong = [name for name in listed if not NAME.fullmatch(name) or name == MANIFEST]
    if wrong or len(listed) > MOST_FILES:
        raise NoBundle(f"{bundle} is no evidence bundle: its manifest lists {str(wrong[:1] or len(listed))[:200]}.")
    return listed


def compared(
    bundle: Path, name: str, stated: tuple[int, str], sizes: dict[str, int], folder: Path
) -> Iterator[Finding]:
    """A finding where the file is not what the manifest says; such a snapshot is not used further."""
    if name not in sizes:
        yield Finding(DIFFERS, f"{name} is in the manifest, but not in the archive.")
        return
    try:
        size, digest = unpack(bundle, name, MOST_BYTES if name.startswith(BODIES) else MOST_SMALL_BYTES, folder)
    except SourceTrouble as trouble:
        yield Finding(DIFFERS, f"{name} cannot be unpacked: {trouble}")
        (folder / name).unlink(missing_ok=True)
        return
    if (size, digest) != stated:
        yield Finding(DIFFERS, f"{name} has {size} bytes and the SHA-256 {digest}; the manifest states others.")
    elif name.startswith(BODIES) and name != BODIES + digest:
        yield Finding(DIFFERS, f"{name} has the SHA-256 {digest}, which is not its name.")
    if name.startswith(BODIES) and name != BODIES + digest:
        (folder / name).unlink()


def unpack(bundle: Path, name: str, most: int, folder: Path) -> tuple[int, str]:
    """Unpack one file into the folder; its size and SHA-256. Raises SourceTrouble for a damaged file or a bomb."""
    target, size, digest = folder / name, 0, hashlib.sha256()
    target.parent.mkdir(exist_ok=True)
    with open_member(bundle, re.compile(f"^{re.escape(name)}$"), most, MOST_RATIO) as member, target.open("wb") as file:
        while block := member.read(COPIED_BYTES):
            file.write(block)
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def made_folders(folder: Path) -> None:
    """Folders that may stay empty."""
    for name in (RULES, TABLES, BODIES):
        (folder / name).mkdir(exist_ok=True)
