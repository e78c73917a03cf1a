"""Read a roster from an Excel workbook: which sheet, which formats, then rows.

Comes in: the path of an .xlsx file, perhaps a sheet's name. Goes out: a `Grid`. The XML inside is read as a stream, by
our own few lines and not by openpyxl: that holds every text of the workbook in memory, cuts rows where a wrong
`dimension` says they end, and does not tell of hidden rows or of formulas without a value. Tests read the same
workbooks with openpyxl and compare.
"""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from db.roster_grid import Grid, RosterError
from db.xlsx_cells import read_formats
from db.xlsx_rows import Sheet, Workbook, damaged
from db.xlsx_strings import SharedStrings

LARGEST = 1 << 30  # bytes a workbook may unpack to; 100,000 rows of 20 columns are about 100 MB
LARGEST_PART = 20 << 20  # bytes of a part that is read whole: the list of sheets, the formats
BROKEN = (zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class SheetEntry:
    name: str
    part: str
    hidden: bool


def read_workbook(path: Path, sheet: str = "") -> Grid:
    """Raises `RosterError` with a sentence for what is no workbook, too big, locked or broken, or a sheet it lacks."""
    try:
        with zipfile.ZipFile(path) as archive:
            refuse_what_is_no_workbook(path, archive)
            entries, since_1904 = read_sheets(archive)
            chosen = choose(path, entries, sheet)
            formats = read_formats(read_part(archive, "xl/styles.xml"), since_1904)
            strings = SharedStrings.of(archive, named_like(archive, "xl/sharedstrings.xml"))
        return grid_of(path, Sheet(Workbook(path, strings, formats), chosen.part), entries, chosen)
    except RosterError:
        raise
    except BROKEN as error:
        raise RosterError(damaged(path, error)) from error


def refuse_what_is_no_workbook(path: Path, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise RosterError(f"{path.name} is protected by a password. Remove it first.")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > LARGEST:
        raise RosterError(
            f"{path.name} unpacks to {unpacked / (1 << 30):.1f} GB; at most 1 GB is read. Save the sheet as .csv."
        )
    if not any(named_like(archive, name) for name in ("xl/workbook.xml",)):
        raise RosterError(f"{path.name} is no Excel workbook{what_instead(archive)}. Save it as .csv or .xlsx.")


def what_instead(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    if "xl/workbook.bin" in names:
        return " of that kind but a binary one (.xlsb)"
    if "word/document.xml" in names:
        return " but a Word document"
    if "mimetype" in names:
        return " but an OpenDocument file"
    return " but another zip archive"


def named_like(archive: zipfile.ZipFile, part: str) -> str:
    """The name of a part, in whatever letters the archive writes it; "" when it has none."""
    return next((name for name in archive.namelist() if name.lower().lstrip("/") == part), "")


def read_part(archive: zipfile.ZipFile, part: str) -> ElementTree.Element | None:
    name = named_like(archive, part)
    if not name:
        return None
    if archive.getinfo(name).file_size > LARGEST_PART:
        raise ValueError(f"its part {part} is too big")
    return ElementTree.fromstring(archive.read(name))


def read_sheets(archive: zipfile.ZipFile) -> tuple[list[SheetEntry], bool]:
    """The sheets with cells, in order, and whether days are counted from 1904."""
    book, links = read_part(archive, "xl/workbook.xml"), read_part(archive, "xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        raise ValueError("it has no list of sheets")
    targets = {link.get("Id", ""): link.get("Target", "") for link in links if "worksheet" in link.get("Type", "")}
    entries = []
    for element in book.iter():
        if local(element.tag) == "sheet":
            link = next((value for name, value in element.attrib.items() if local(name) == "id"), "")
            if link in targets:
                part = posixpath.normpath(posixpath.join("/xl", targets[link])).lstrip("/")
                hidden = element.get("state", "visible") != "visible"
                entries.append(SheetEntry(element.get("name", ""), named_like(archive, part.lower()), hidden))
    since_1904 = any(e.get("date1904") in ("1", "true") for e in book.iter() if local(e.tag) == "workbookPr")
    return entries, since_1904


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def choose(path: Path, entries: list[SheetEntry], wanted: str) -> SheetEntry:
    """The sheet by its name, else the first that is not hidden."""
    names = ", ".join(f"“{entry.name}”" for entry in entries)
    same = [entry for entry in entries if entry.name.strip().casefold() == wanted.strip().casefold()]
    if wanted and not same:
        raise RosterError(f"{path.name} has no sheet “{wanted}”; its sheets are {names or 'none'}.")
    shown = same or [entry for entry in entries if not entry.hidden] or entries
    if not shown or not shown[0].part:
        raise RosterError(f"{path.name} has no sheet with rows.")
    return shown[0]


def grid_of(path: Path, sheet: Sheet, entries: list[SheetEntry], chosen: SheetEntry) -> Grid:
    """Read the sheet once for its size and for what must be said of it."""
    width = length = 0
    for cells in sheet.rows():
        width, length = max(width, len(cells)), length + 1
    if not width:
        raise RosterError(f"{path.name}: the sheet “{chosen.name}” is empty.")
    notes = []
    if len(entries) > 1:
        others = ", ".join(f"“{entry.name}”" for entry in entries if entry is not chosen)
        notes.append(f"The sheet “{chosen.name}” was read; --sheet chooses another: {others}.")
    if sheet.hidden_rows:
        notes.append(f"{counted(sheet.hidden_rows, 'hidden row was', 'hidden rows were')} read like any other.")
    if sheet.formulas_without_value:
        kept = counted(sheet.formulas_without_value, "cell holds a formula", "cells hold formulas")
        notes.append(f"{kept} whose result was never saved, so nothing was read there: save the file in Excel first.")
    return Grid(sheet.rows, width, length, tuple(notes), marked=True)


def counted(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"
