"""Looks at a sample folder on disk: what the generator owns of it, and whether pages.csv and the files agree.

In: a folder like crawler/sample. Out: names and sentences for a test to show; empty lists when all is well.
"""

import csv
from pathlib import Path

from write_pages import SOURCES, split_pages


def answer_files(folder: Path) -> set[str]:
    """The files beside README.md and pages.csv, as pages.csv names them; hidden files (.DS_Store) do not count."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {path.relative_to(folder).as_posix() for path in files} - {"README.md", "pages.csv"}


def owned(folder: Path) -> dict[str, bytes]:
    """What the generator owns: README.md, the files of its sources and its part of pages.csv."""
    names = [name for name in answer_files(folder) if name.split("/")[0] in SOURCES]
    rows = split_pages((folder / "pages.csv").read_bytes().decode())[0]
    return {name: (folder / name).read_bytes() for name in [*names, "README.md"]} | {"pages.csv": rows.encode()}


def differing(folder: Path, files: dict[str, str]) -> list[str]:
    """The names of owned files that are missing, left over or not what the generator writes."""
    found = owned(folder)
    wanted = {name: text.encode() for name, text in files.items()}
    return sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))


def table_faults(folder: Path) -> list[str]:
    """Rows of pages.csv (of any source) without a file, and files without a row."""
    with (folder / "pages.csv").open(encoding="utf-8", newline="") as table:
        named = {row["file"] or f"(no file for {row['url']})" for row in csv.DictReader(table)}
    present = answer_files(folder)
    missing = [f"pages.csv names {name}, which is not in crawler/sample" for name in sorted(named - present)]
    return missing + [f"crawler/sample/{name} has no row in pages.csv" for name in sorted(present - named)]
