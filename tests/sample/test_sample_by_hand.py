"""A new source may bring hand-written answers: the generator and the checks of the sample leave them in peace."""

import csv
import shutil
from pathlib import Path

import pytest

from make_sample import SAMPLE, sample_files, write_sample
from sample_folder import differing, table_faults
from write_pages import split_pages

ANSWER = '{"name": "Odalys Brackenridge", "phone": "503-555-0142", "website": "https://odalys.example.com"}\n'
# Needless quotation marks, a line break inside a field and the order 2, 1: nothing of it may be tidied.
ROWS = [
    'board_by_hand,GET,"https://board.example.com/list?page=2",,"application/json",board_by_hand/list_2.json\n',
    'board_by_hand,POST,https://board.example.com/list,"page\n=1",application/json,board_by_hand/list_1.json\r\n',
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample with a source by hand; one of its rows stands among the generator's, one at the end."""
    copy = tmp_path / "sample"
    shutil.copytree(SAMPLE, copy)
    (copy / "board_by_hand").mkdir()
    for number in (1, 2):
        (copy / f"board_by_hand/list_{number}.json").write_text(ANSWER, encoding="utf-8")
    header, rest = pages(copy).split("\n", 1)
    set_pages(copy, f"{header}\n{ROWS[0]}{rest}{ROWS[1]}")
    return copy


def pages(folder: Path) -> str:
    """pages.csv to the byte."""
    return (folder / "pages.csv").read_bytes().decode()


def set_pages(folder: Path, text: str) -> None:
    """Writes pages.csv to the byte."""
    (folder / "pages.csv").write_bytes(text.encode())


def contents(folder: Path) -> dict[Path, bytes]:
    """Every file of the folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def make(folder: Path) -> dict[Path, bytes]:
    """What `make sample` leaves in the folder."""
    write_sample(folder, folder.parent / "cases.csv")
    return contents(folder)


def test_a_source_by_hand_passes_the_checks_before_and_after_make_sample(folder: Path) -> None:
    files = sample_files()[0]
    assert not differing(folder, files) and not table_faults(folder)
    make(folder)
    assert not differing(folder, files) and not table_faults(folder)


def test_make_sample_keeps_foreign_rows_at_the_end_and_foreign_files(folder: Path) -> None:
    by_hand = split_pages(pages(folder))[1]
    before = contents(folder)
    once = make(folder)
    assert pages(folder) == sample_files()[0]["pages.csv"] + by_hand
    assert by_hand.startswith(ROWS[0]) and by_hand.endswith(ROWS[1])
    assert {path for path in before if before[path] != once.get(path)} == {folder / "pages.csv"}
    assert make(folder) == once


def test_what_the_generator_owns_is_still_checked_and_put_right(folder: Path) -> None:
    (folder / "board_wa/left_over.json").write_text("[]", encoding="utf-8")
    (folder / "leie/UPDATED.csv").write_text("edited", encoding="utf-8")
    (folder / "README.md").write_text("edited", encoding="utf-8")
    set_pages(folder, pages(folder) + "aama,GET,https://board.example.com/,,text/html,aama/form.json\n")
    files = sample_files()[0]
    assert differing(folder, files) == ["README.md", "board_wa/left_over.json", "leie/UPDATED.csv", "pages.csv"]
    make(folder)
    assert not differing(folder, files) and not table_faults(folder)


def test_a_foreign_row_without_a_file_and_a_file_without_a_row_are_named(folder: Path) -> None:
    (folder / "board_by_hand/list_1.json").rename(folder / "board_by_hand/list_3.pdf")
    assert table_faults(folder) == [
        "pages.csv names board_by_hand/list_1.json, which is not in crawler/sample",
        "crawler/sample/board_by_hand/list_3.pdf has no row in pages.csv",
    ]


def test_a_row_that_stops_too_early_is_named(folder: Path) -> None:
    set_pages(folder, pages(folder) + "board_by_hand,GET,https://board.example.com/short\n")
    assert table_faults(folder) == [
        "pages.csv names (no file for https://board.example.com/short), which is not in crawler/sample"
    ]


def test_an_open_quotation_mark_stops_make_sample_before_it_removes_anything(folder: Path) -> None:
    set_pages(folder, pages(folder) + 'board_by_hand,GET,"https://board.example.com/open\n')
    before = contents(folder)
    with pytest.raises(csv.Error):
        make(folder)
    assert contents(folder) == before


def test_make_sample_removes_the_byte_order_mark_of_a_spreadsheet(folder: Path) -> None:
    set_pages(folder, "\ufeff" + pages(folder))
    files = sample_files()[0]
    assert differing(folder, files) == ["pages.csv"]
    make(folder)
    assert pages(folder).startswith(files["pages.csv"])


def test_a_first_run_needs_no_table(tmp_path: Path) -> None:
    make(tmp_path / "sample")
    assert not differing(tmp_path / "sample", sample_files()[0])
