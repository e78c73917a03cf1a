"""The archive: the same evidence gives the same bytes.

In: small files in memory, snapshots on disk, what the manifest says beside them. Out: a ZIP written beside its place
and renamed, so that the place holds a whole bundle or none.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.evidence.shapes import MANIFEST, README, Kept, json_text


class NotWritten(Exception):
    """The bundle could not be written; the message says where and why."""


LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest time a ZIP can say
COPIED_BYTES = 1024 * 1024
LEVEL = 6


def manifest_files(files: dict[str, bytes], kept: Iterable[Kept]) -> list[dict[str, Any]]:
    """Every file of the bundle but the manifest, with size and SHA-256."""
    listed = {
        name: {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    }
    for item in kept:
        if item.body:
            snapshot = item.snapshot
            listed[item.name] = {"name": item.name, "size": snapshot.size, "sha256": snapshot.sha256}
    return [listed[name] for name in sorted(listed)]


def write_bundle(out: Path, files: dict[str, bytes], kept: Iterable[Kept], manifest: dict[str, Any]) -> str:
    """Write the archive and give its SHA-256; raises NotWritten where it cannot be."""
    bodies = {item.name: item.body for item in kept if item.body}
    first = {README: files[README], MANIFEST: json_text(manifest)}
    beside = out.with_name(f".{out.name}.part")
    try:
        with zipfile.ZipFile(beside, "w", allowZip64=False) as archive:
            for name, content in (first | {name: files[name] for name in sorted(files)}).items():
                archive.writestr(info_of(name), content, zipfile.ZIP_DEFLATED, LEVEL)
            for name in sorted(bodies):
                add_body(archive, name, bodies[name])
        digest = digest_of(beside)
        beside.replace(out)
    except OSError as error:
        raise NotWritten(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        remove(beside)
    return digest


def remove(beside: Path) -> None:
    """What is left of a bundle that was not finished."""
    with suppress(OSError):
        beside.unlink(missing_ok=True)


def info_of(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, LONG_AGO)
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
    return info


def add_body(archive: zipfile.ZipFile, name: str, body: Path) -> None:
    """Copy the bytes of a snapshot; they were proven a moment ago, and are again."""
    digest = hashlib.sha256()
    with body.open("rb") as read, archive.open(info_of(name), "w") as written:
        while block := read.read(COPIED_BYTES):
            digest.update(block)
            written.write(block)
    if digest.hexdigest() != name.rpartition("/")[2]:
        raise NotWritten(f"{body} was changed while it was read; nothing was written.")


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
