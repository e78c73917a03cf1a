"""Files as people send them: letters, marks, headings and rows; whatever cannot be read is a sentence."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.answers import Question
from db.roster import Roster, RosterError, open_roster
from tests.benchmarks.roster_speed import WRITERS

ROWS = [["Name", "State", "License #"], ["Zoë Marchbanks", "WA", "AC1"], ["Ann, Petra", "OR", "7"], ["", "", ""]]


def written(path: Path, rows: list[list[str]], mark: str = ",", encoding: str = "utf-8") -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def opened(tmp_path: Path, text: str, file: str = "staff.csv", **columns: str) -> Roster:
    path = tmp_path / file
    path.write_text(text, encoding="utf-8", newline="")
    return open_roster(path, columns)


def questions(roster: Roster) -> list[Question | None]:
    return [row.question for row in roster.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_letters_and_any_mark(tmp_path: Path, encoding: str, mark: str) -> None:
    roster = open_roster(written(tmp_path / "staff.csv", ROWS, mark, encoding))
    assert roster.header == ("Name", "State", "License #")
    assert [row.cells for row in roster.rows()] == [tuple(row) for row in ROWS[1:]]
    assert questions(roster) == [Question("Zoë Marchbanks", "WA", "AC1"), Question("Ann, Petra", "OR", "7"), None]


@pytest.mark.parametrize(("encoding", "said"), [("cp1252", "Windows-1252"), ("utf-16", "UTF-16")])
def test_letters_other_than_utf8_are_said(tmp_path: Path, encoding: str, said: str) -> None:
    assert said in " ".join(open_roster(written(tmp_path / "staff.csv", ROWS, ",", encoding)).notes)


def test_bytes_that_windows_leaves_open_are_kept(tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_bytes(b"Name,State\nZo\xeb \x81 Q,WA\n")
    assert [row.cells[0] for row in open_roster(tmp_path / "staff.csv").rows()] == ["Zoë \x81 Q"]


def test_a_letter_far_into_the_file_decides_too(tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_bytes(b"Name\n" + b"Petra Ashgrove\n" * 9_000 + b"Zo\xeb Ashgrove\n")
    assert [row.cells[0] for row in open_roster(tmp_path / "staff.csv").rows()][-1] == "Zoë Ashgrove"


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    roster = opened(tmp_path, 'Name,State,Note\n"Petra\nAshgrove",WA,x\n\n,,\nBo Tarn,OR\nJo Tarn,OR,y,more\n')
    rows = list(roster.rows())
    assert [row.number for row in rows] == [2, 3, 4, 5, 6]
    assert [row.blank for row in rows] == [False, True, True, False, False]
    assert rows[0].cells == ("Petra\nAshgrove", "WA", "x", "") and rows[0].question == Question("Petra Ashgrove", "WA")
    assert roster.header == ("Name", "State", "Note", "column 4") and roster.length == 5
    assert rows[3].cells == ("Bo Tarn", "OR", "", "") and rows[4].cells == ("Jo Tarn", "OR", "y", "more")
    assert rows[1].trouble == "row 3: it is blank"


def test_excels_own_first_line_tells_the_mark(tmp_path: Path) -> None:
    roster = opened(tmp_path, "sep=;\nName;State\nTarn, Bo;OR\n")
    assert questions(roster) == [Question("Tarn, Bo", "OR")]


def test_one_column_of_names_is_not_cut_at_their_commas(tmp_path: Path) -> None:
    assert questions(opened(tmp_path, "Practitioner\nTarn, Bo\nAshgrove, Petra\n")) == [
        Question("Tarn, Bo"),
        Question("Ashgrove, Petra"),
    ]


def test_titles_above_the_headings_stay_rows(tmp_path: Path) -> None:
    roster = opened(tmp_path, "Roster of the Invented Clinic\n\nProvider,Lic State,Lic No\nBo Tarn,OR,7\n")
    rows = list(roster.rows())
    assert [row.number for row in rows] == [1, 2, 4]
    assert rows[0].question is None and rows[0].trouble == "row 1: it stands above the headings"
    assert rows[2].question == Question("Bo Tarn", "OR", "7")
    assert "The headings were found in row 3" in roster.notes[0]


def test_without_headings_columns_are_known_by_what_they_hold(tmp_path: Path) -> None:
    roster = opened(tmp_path, "Bo Tarn,OR,AC100107,1999999907\nPetra Ashgrove,Washington,AC60000101,1999999901\n")
    assert roster.header == ("column 1", "column 2", "column 3", "column 4")
    assert questions(roster)[0] == Question("Bo Tarn", "OR", "AC100107", "1999999907")
    assert roster.notes[0] == "No row of headings was found: row 1 is read as a person."
    assert "name from “column 1”" in roster.notes[1]


def test_columns_by_number_need_no_headings(tmp_path: Path) -> None:
    assert questions(opened(tmp_path, "Bo Tarn\nPetra Ashgrove\n", name="column 1")) == [
        Question("Bo Tarn"),
        Question("Petra Ashgrove"),
    ]


def test_a_thousand_columns_and_long_cells(tmp_path: Path) -> None:
    headings = [f"Extra {number}" for number in range(999)] + ["Full Name"]
    roster = open_roster(written(tmp_path / "staff.csv", [headings, ["x" * 300] * 999 + ["Bo Tarn"]]))
    assert questions(roster) == [Question("Bo Tarn")]


def test_a_zero_byte_in_a_cell_is_kept_and_not_asked(tmp_path: Path) -> None:
    rows = list(opened(tmp_path, "Name,State\nBo\x00 Tarn,OR\n").rows())
    assert rows[0].cells == ("Bo\x00 Tarn", "OR") and rows[0].question == Question("Bo Tarn", "OR")


BAD_FILES = {
    "not there": (None, "There is no file"),
    "nothing in it": (b"", "empty (0 bytes)"),
    "only blank lines": (b"\n\n\n", "nothing but blank lines"),
    "a quotation mark left open": (b'Name,State\n"Bo Tarn,OR\nJo Tarn,OR\n', "row 2: a quotation mark"),
    "one left open in a long file": (b'Name\n"Bo\n' + b"Jo Tarn\n" * 30_000, "never close"),
    "no column of ours": (b"Clinic,City\nx,y\n", "The headings found are “Clinic”, “City”"),
    "a workbook by another name": (b"PK\x03\x04" + b"\0" * 40, "holds an Excel workbook"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel file (.xls)"),
    "a locked workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "protected by a password",
    ),
    "a web page": (b"<html><table></table></html>", "a web page (HTML)"),
    "a PDF": (b"%PDF-1.7\n", "a PDF"),
    "one endless line": (b"Name" + b"x" * 11_000_000, "a line of more than"),
}


@pytest.mark.parametrize("why", BAD_FILES)
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, why: str) -> None:
    content, sentence = BAD_FILES[why]
    if content is not None:
        (tmp_path / "staff.csv").write_bytes(content)
    with pytest.raises(RosterError) as error:
        open_roster(tmp_path / "staff.csv")
    assert sentence in str(error.value) and str(error.value).endswith(".")


@pytest.mark.parametrize(("name", "sentence"), [("staff.ods", "ends in .ods"), ("staff", "ends in nothing")])
def test_another_kind_of_file_is_a_sentence(tmp_path: Path, name: str, sentence: str) -> None:
    with pytest.raises(RosterError, match=sentence):
        opened(tmp_path, "Name\nBo Tarn\n", name)


def test_a_folder_and_a_pipe_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(RosterError, match="is no file that can be read twice"):
        open_roster(tmp_path)


def test_sheets_belong_to_workbooks(tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_text("Name\nBo\n")
    with pytest.raises(RosterError, match="has no sheets"):
        open_roster(tmp_path / "staff.csv", sheet="People")


@pytest.mark.everything
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_roster_is_not_held_in_memory(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"staff.{kind}"
    WRITERS[kind](path, ((f"E{n}", f"Tarn{n}", f"Bo{n}", f"{n}", "OR", "", "x" * 1000 + str(n)) for n in range(3_000)))
    tracemalloc.start()
    assert sum(1 for _ in open_roster(path).rows()) == 3_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 << 19, "the text of the rows is twice that"


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.lists(cells, min_size=1, max_size=5), max_size=12), st.sampled_from([",", ";", "\t", "|"]))
def test_any_text_keeps_its_rows_and_cells(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], mark: str
) -> None:
    """With headings that hold the mark, every cell comes back as it was written."""
    path = tmp_path_factory.mktemp("any") / "staff.csv"
    roster = open_roster(written(path, [["Name", "State", "License", "NPI", "Note"], *rows], mark))
    read = [row.cells for row in roster.rows()]
    assert read == [(*row, *[""] * (5 - len(row))) for row in rows]


@given(st.binary(max_size=400))
def test_any_bytes_are_rows_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "staff.csv"
    path.write_bytes(content)
    try:
        roster = open_roster(path)
    except RosterError as error:
        assert str(error).endswith(".")
    else:
        assert sum(1 for _ in roster.rows()) == roster.length
