"""Whole tables as files, made once for each published file: CSV, CSV for spreadsheets, Parquet and JSON.

Comes in: a published file. Goes out: `data/files/NAME OF THE FILE/` with the files, `dictionary.csv` (what every column
means) and `manifest.json`: rows, bytes and SHA-256 of each, and the SHA-256 of the published file. The folder takes its
name when everything in it is whole, and stands before anybody is led to the published file.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from db.described import DATABASE, read_metadata
from db.export import export
from db.schema import TABLES

FOLDER = "files"
WHOLE = ("practitioners", "licenses", "certifications", "tags", "records", "changes", "sources", "states")
DICTIONARY, MANIFEST = "dictionary.csv", "manifest.json"
CONTENT_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
}
FORMATS = {
    "csv": (".csv", "Every cell as it is; text stays text."),
    "spreadsheet": (".spreadsheet.csv", "Cells that a spreadsheet would run as a formula begin with an apostrophe."),
    "parquet": (".parquet", "Typed columns, for DuckDB, pandas, R."),
    "json": (".json", "One array of rows; lists as text of JSON, as in the table."),
}


@dataclass(frozen=True)
class WholeFile:
    """One file of the folder; `rows` is 0 where it is no table."""

    name: str
    table: str
    format: str
    rows: int
    bytes: int
    sha256: str


def files_of(published: Path) -> Path:
    """Where the files of a published database are."""
    return published.resolve().parent.parent / FOLDER / published.resolve().stem


def write_whole_files(published: Path, rows: Path | None = None) -> Path:
    """Write every file of a published database; returns the folder. Raises OSError when the disk does not allow it.

    `rows`: the same database where it has not got its name yet.
    """
    final, read = files_of(published), rows or published
    building = final.with_name(final.name + ".building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        made = [whole_file(read, building, table, kind) for table in WHOLE for kind in FORMATS]
        made.append(dictionary(building, read_metadata()["databases"][DATABASE]["tables"]))
        manifest = {"database": published.name, "sha256": digest(read), "files": [asdict(file) for file in made]}
        (building / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        shutil.rmtree(final, ignore_errors=True)
        building.rename(final)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return final


def whole_file(published: Path, folder: Path, table: str, kind: str) -> WholeFile:
    path = folder / (table + FORMATS[kind][0])
    rows = export(published, table, path, for_spreadsheets=kind == "spreadsheet")
    return described_file(path, table, kind, rows)


def described_file(path: Path, table: str, kind: str, rows: int) -> WholeFile:
    """Flush a file to disk and describe it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return WholeFile(path.name, table, kind, rows, path.stat().st_size, digest(path))


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def was_changed(published: Path) -> bool:
    """Whether a published file has other bytes than when it was published; False where that was not written down."""
    known = read_manifest(published).get("sha256")
    return bool(known) and known != digest(published)


def dictionary(folder: Path, described: dict[str, Any]) -> WholeFile:
    """What every column of every whole table means."""
    path, rows = folder / DICTIONARY, 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("table", "column", "type", "meaning"))
        for table in WHOLE:
            meanings = described.get(table, {}).get("columns", {})
            for column in TABLES[table].columns:
                writer.writerow((table, column.name, column.type, meanings.get(column.name, "")))
                rows += 1
    return described_file(path, "", "csv", rows)


def read_manifest(published: Path) -> dict[str, Any]:
    """What the folder holds; {} where the files were not made or cannot be read."""
    try:
        manifest: dict[str, Any] = json.loads((files_of(published) / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest


def remove_files_without_database(data: Path, kept: set[str]) -> None:
    """Remove the folders of databases that are gone, and half-made ones."""
    folder = data / FOLDER
    for old in folder.iterdir() if folder.is_dir() else ():
        if old.name not in kept:
            shutil.rmtree(old, ignore_errors=True)
