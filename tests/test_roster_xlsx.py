"""Workbooks: what Excel stored is read as Excel shows it, and what cannot be read is a sentence."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.answers import Question
from db.roster import Roster, RosterError, open_roster
from tests.benchmarks.roster_speed import LINKS, MAIN, WORKBOOK, write_xlsx

HEADER = ["Provider Name", "Lic No", "State", "NPI"]


def workbook(path: Path, rows: Any, change: Callable[[Any], None] = lambda book: None) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    change(book)
    book.save(path)
    return path


def cells(roster: Roster) -> list[tuple[str, ...]]:
    return [row.cells for row in roster.rows()]


def test_numbers_dates_and_truths_as_excel_shows_them(tmp_path: Path) -> None:
    def zeros(book: Any) -> None:
        book.worksheets[0]["B2"].number_format = "000000"

    day, hour = datetime.date(2027, 3, 31), datetime.datetime(2027, 3, 31, 14, 30)
    rows = [[*HEADER, "Until", "At", "Ok", "Hours"], ["Bo Tarn", 12345, "OR", 1234567893.0, day, hour, True, 7.25]]
    roster = open_roster(workbook(tmp_path / "staff.xlsx", rows, zeros))
    assert cells(roster) == [
        ("Bo Tarn", "012345", "OR", "1234567893", "2027-03-31", "2027-03-31 14:30:00", "TRUE", "7.25")
    ]
    assert [row.question for row in roster.rows()] == [Question("Bo Tarn", "OR", "012345", "1234567893")]


def test_blank_rows_between_stay_and_blank_rows_at_the_end_are_none(tmp_path: Path) -> None:
    rows = [HEADER, ["Bo Tarn"], [], [None, None], ["Jo Tarn"], [""], [None]]
    roster = open_roster(workbook(tmp_path / "staff.xlsx", rows))
    assert [(row.number, row.blank) for row in roster.rows()] == [(2, False), (3, True), (4, True), (5, False)]
    assert roster.length == 4


def test_hidden_rows_are_read_and_said(tmp_path: Path) -> None:
    def hide(book: Any) -> None:
        book.worksheets[0].row_dimensions[2].hidden = True

    roster = open_roster(workbook(tmp_path / "staff.xlsx", [HEADER, ["Bo Tarn"], ["Jo Tarn"]], hide))
    assert len(cells(roster)) == 2 and "1 hidden row was read like any other." in roster.notes


def test_a_formula_without_its_value_is_said(tmp_path: Path) -> None:
    roster = open_roster(workbook(tmp_path / "staff.xlsx", [HEADER, ['="Bo"&" Tarn"', 7, "OR"]]))
    assert cells(roster) == [("", "7", "OR", "")]
    assert any("1 cell holds a formula whose result was never saved" in note for note in roster.notes)


def test_a_formula_with_its_value_is_its_value(tmp_path: Path) -> None:
    sheet = (
        '<c t="str"><f>A1</f><v>Name</v></c></row><row><c t="str"><f>"Bo"&amp;" Tarn"</f><v>Bo Tarn</v></c>'
        '<c t="e"><f>1/0</f><v>#DIV/0!</v></c><c t="b"><v>0</v></c>'
    )
    assert cells(open_roster(by_hand(tmp_path, f"<row>{sheet}</row>"))) == [("Bo Tarn", "#DIV/0!", "FALSE")]


def by_hand(tmp_path: Path, rows: str, **more: str) -> Path:
    path = tmp_path / "staff.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS)
        archive.writestr(
            "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
        for name, text in more.items():
            archive.writestr(f"xl/{name}.xml", text)
    return path


def test_shared_texts_are_put_together_without_their_hints(tmp_path: Path) -> None:
    shared = "<si><r><t>Na</t></r><r><t>me</t></r></si><si><t>Bo_x0020_Tarn</t><rPh><t>hint</t></rPh></si>"
    rows = '<row r="1"><c t="s"><v>0</v></c></row><row r="2"><c t="s"><v>1</v></c></row>'
    path = by_hand(tmp_path, rows, sharedStrings=f'<sst xmlns="{MAIN}">{shared}</sst>')
    roster = open_roster(path)
    assert roster.header == ("Name",) and cells(roster) == [("Bo Tarn",)]


def test_a_dimension_that_lies_cuts_nothing(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="str"><v>{text}</v></c></row>' for n, text in ((1, "Name"), (2, "Bo"), (3, "Jo"))
    )
    path = by_hand(tmp_path, rows)
    lying = tmp_path / "lying.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(lying, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            new.writestr(name, text.replace("<sheetData>", '<dimension ref="A1:A2"/><sheetData>'))
    assert cells(open_roster(lying)) == [("Bo",), ("Jo",)]


def test_the_first_sheet_that_is_not_hidden_and_any_by_its_name(tmp_path: Path) -> None:
    def more(book: Any) -> None:
        book.worksheets[0].sheet_state = "hidden"
        book.worksheets[0].title = "Old"
        for name in ("Staff", "Other"):
            sheet = book.create_sheet(name)
            sheet.append(HEADER)
            sheet.append([f"Bo {name}"])

    path = workbook(tmp_path / "staff.xlsx", [HEADER, ["Bo Old"]], more)
    assert cells(open_roster(path))[0][0] == "Bo Staff"
    assert "The sheet “Staff” was read; --sheet chooses another: “Old”, “Other”." in open_roster(path).notes
    assert cells(open_roster(path, sheet="other"))[0][0] == "Bo Other"
    with pytest.raises(RosterError, match="has no sheet “Third”; its sheets are “Old”, “Staff”, “Other”"):
        open_roster(path, sheet="Third")


def bomb(path: Path) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(1100):
            part.write(bytes(1 << 20))


def archive_of(name: str, content: str = "x") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, content)

    return write


def cut(path: Path) -> None:
    whole = workbook(path.with_name("whole.xlsx"), [HEADER, ["Bo Tarn"]]).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def locked(path: Path) -> None:
    archive_of("xl/workbook.xml")(path)
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    path.write_bytes(bytes(content))


BAD_BOOKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "text by another name": (lambda path: path.write_text("Name\nBo\n"), "holds text"),
    "a zip bomb": (bomb, "unpacks to 1.1 GB; at most 1 GB is read"),
    "cut short": (cut, "is a damaged workbook"),
    "locked": (locked, "protected by a password"),
    "a Word document": (archive_of("word/document.xml"), "a Word document"),
    "an OpenDocument file": (archive_of("mimetype"), "an OpenDocument file"),
    "a binary workbook": (archive_of("xl/workbook.bin"), "a binary one (.xlsb)"),
    "another archive": (archive_of("readme.txt"), "another zip archive"),
    "an empty archive": (lambda path: zipfile.ZipFile(path, "w").close(), "an empty zip archive"),
    "an empty sheet": (lambda path: workbook(path, []), "is empty"),
    "broken XML": (archive_of("xl/workbook.xml", "<workbook"), "is a damaged workbook"),
}


@pytest.mark.parametrize("why", BAD_BOOKS)
def test_a_workbook_that_cannot_be_read_is_a_sentence(tmp_path: Path, why: str) -> None:
    write, sentence = BAD_BOOKS[why]
    write(tmp_path / "staff.xlsx")
    with pytest.raises(RosterError) as error:
        open_roster(tmp_path / "staff.xlsx")
    assert sentence in str(error.value) and str(error.value).endswith(".")


BAD_ROWS = {
    "a text that is not there": '<row><c t="s"><v>7</v></c></row>',
    "a row twice": '<row r="2"><c t="str"><v>x</v></c></row>' * 2,
    "a row past the last": '<row r="9999999"><c><v>1</v></c></row>',
    "a column past the last": '<row><c r="ZZZZ1"><v>1</v></c></row>',
    "no end": "<row>",
}


@pytest.mark.parametrize("why", BAD_ROWS)
def test_a_damaged_sheet_is_a_sentence(tmp_path: Path, why: str) -> None:
    with pytest.raises(RosterError, match=r"damaged workbook|stands twice"):
        open_roster(by_hand(tmp_path, BAD_ROWS[why]))


def test_entities_that_grow_are_refused(tmp_path: Path) -> None:
    path = by_hand(tmp_path, "")
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 9))
    cell = '<row><c t="str"><v>&e8;</v></c></row>'
    sheet = f'<!DOCTYPE w [<!ENTITY e0 "{"x" * 50}">{levels}]><worksheet xmlns="{MAIN}">{cell}</worksheet>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    with pytest.raises(RosterError, match="damaged workbook"):
        open_roster(path)


def test_the_workbook_of_the_benchmark_is_read_whole(tmp_path: Path) -> None:
    rows = [(f"E{n}", f"Tarn{n}", "Bo", "", "OR", "", "Office & Co") for n in range(2_000)]
    write_xlsx(tmp_path / "staff.xlsx", iter(rows))
    assert cells(open_roster(tmp_path / "staff.xlsx")) == rows


plain_text = st.text(st.characters(min_codepoint=32, max_codepoint=0xFFFD, exclude_categories=["Cs"]), max_size=20)
values = st.one_of(
    st.none(), plain_text.map(lambda text: f"t{text}"), st.integers(-(10**11), 10**11), st.booleans(),
    st.dates(datetime.date(1901, 1, 1), datetime.date(2100, 1, 1)),
)  # fmt: skip


@given(st.lists(st.lists(values, min_size=1, max_size=4), max_size=6))
def test_the_same_cells_as_openpyxl_reads(tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]]) -> None:
    path = workbook(tmp_path_factory.mktemp("book") / "staff.xlsx", [HEADER, *rows])
    theirs = [
        [shown(cell) for cell in row]
        for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2, values_only=True)
    ]
    while theirs and not any(theirs[-1]):
        theirs.pop()
    assert [list(row) for row in cells(open_roster(path))] == theirs


def shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime.datetime) else str(value)
