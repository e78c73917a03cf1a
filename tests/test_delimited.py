"""Delimited files by column name: whatever stands in a cell comes back, and a broken row never shifts a value."""

from __future__ import annotations

import codecs
import csv
import io
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.delimited import TOLERATED_ROWS, DelimitedFile, Layout, usual_spelling
from crawler.troubles import SourceTrouble

PIPES = Layout("a file of pipes", "|", frozenset({"a", "b"}))
TABS = Layout("a file of tabs", "\t", frozenset({"a", "b"}), quoted=True)
# Any character a text file may hold; a carriage return only inside, for it would be part of the line's end.
CELL = st.text(st.characters(exclude_characters="|\t\n\r\x00", exclude_categories=["Cs"]), max_size=20)
ROWS = st.lists(st.tuples(CELL, CELL, CELL).filter(lambda row: "".join(row).strip() not in ("", "\x1a")), max_size=12)


def file_of(lines: list[str], layout: Layout = PIPES, encoding: str = "utf-8", end: str = "\n") -> DelimitedFile:
    body = "".join(line + end for line in ["a|b|c".replace("|", layout.delimiter), *lines]).encode(encoding)
    return DelimitedFile(io.BytesIO(body), layout)


def values(table: DelimitedFile) -> list[tuple[str, ...]]:
    return [tuple(row.values()) for row in table.rows()]


@given(
    ROWS, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "|"]), st.sampled_from(["utf-8", "utf-16", "utf-8-sig"])
)
def test_whatever_stands_in_a_cell_comes_back(rows: list[tuple[str, ...]], end: str, behind: str, code: str) -> None:
    table = file_of(["|".join(row) + behind for row in rows], encoding=code, end=end)
    assert values(table) == rows
    assert table.header == ["a", "b", "c"] and not table.damage.broken


@given(ROWS)
def test_what_a_spreadsheet_quotes_comes_back(rows: list[tuple[str, ...]]) -> None:
    text = io.StringIO()
    csv.writer(text, "excel-tab", lineterminator="\r\n").writerows([("a", "b", "c"), *rows])
    assert values(DelimitedFile(io.BytesIO(text.getvalue().encode()), TABS)) == rows


@given(st.data(), st.lists(st.tuples(CELL, CELL, CELL), min_size=4, max_size=30), st.sampled_from(["", "|"]))
def test_a_broken_row_is_left_out_and_never_shifts_a_value(
    data: st.DataObject, rows: list[tuple[str, ...]], behind: str
) -> None:
    """Rows that lost or won a value, at any place: every row that is read is one of the good ones, in their order."""
    good = [(f"a{at}{a}", f"b{at}{b}", f"c{at}{c}") for at, (a, b, c) in enumerate(rows)]
    broken = data.draw(
        st.lists(st.sampled_from(["x", "x|y", "x|y|z|w", "x|y|z|w|", "x||y|z||"]), max_size=TOLERATED_ROWS)
    )
    lines = ["|".join(row) + behind for row in good]
    for line in broken:
        lines.insert(data.draw(st.integers(0, len(lines))), line)
    table = file_of(lines)
    assert values(table) == good
    assert table.damage.broken == len(broken)


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_one_sentence(body: bytes) -> None:
    try:
        rows = list(DelimitedFile(io.BytesIO(body), PIPES).rows())
    except SourceTrouble as trouble:
        assert str(trouble).endswith((".", "'."))
    else:
        assert all(list(row) == list(rows[0]) for row in rows)


@given(st.integers(0, 28))
def test_a_file_cut_anywhere_in_a_row_is_said_to_be_cut(kept: int) -> None:
    row = b"one|two|three|\n"
    body = b"a|b|c|\n" + row * 3 + (row * 2)[:kept]
    table = DelimitedFile(io.BytesIO(body), PIPES)
    if body.endswith((b"\n", b"three|")):
        assert len(values(table)) == body.count(b"three|")
    else:
        with pytest.raises(SourceTrouble, match=r"cut short: line \d ends in the middle"):
            list(table.rows())


def test_more_broken_rows_than_a_few_are_refused_with_their_lines() -> None:
    lines = ["1|2|3"] * 40 + ["1|2"] * (TOLERATED_ROWS + 1)
    with pytest.raises(SourceTrouble, match=r"4 rows \(line 42, 43, 44, 45\) do not hold the 3 values"):
        list(file_of(lines).rows())
    table = file_of(lines[:-1])
    assert len(values(table)) == 40
    assert table.said_of(table.damage.broken).startswith("3 rows (line 42, 43, 44)")


def test_a_file_may_have_one_broken_row_in_a_thousand() -> None:
    table = file_of(["1|2|3"] * 4_995 + ["1|2"] * 5)
    assert len(values(table)) == 4_995
    with pytest.raises(SourceTrouble, match="more than 5"):
        list(file_of(["1|2|3"] * 4_995 + ["1|2"] * 6).rows())


def test_rows_that_are_not_looked_for_are_counted_and_not_read() -> None:
    lines = ["1|needle|3", "2|nail|3", "3|nail", "4|needle"]
    table = file_of(lines)
    assert [row["a"] for row in table.rows(lambda line: b"needle" in line)] == ["1"]
    assert (table.damage.rows, table.damage.broken, table.damage.broken_wanted) == (4, 2, 1)
    assert table.damage.lines == [5]


def test_few_good_rows_among_millions_do_not_hide_many_broken_ones() -> None:
    lines = ["1|needle|3"] * 10 + ["2|nail|3"] * 20_000 + ["4|needle"] * 5
    with pytest.raises(SourceTrouble, match="more than 3"):
        list(file_of(lines).rows(lambda line: b"needle" in line))


def test_a_row_with_the_delimiter_in_a_value_is_no_other_row() -> None:
    """In a file whose rows end with a delimiter, one that lacks it and has one too many elsewhere is broken."""
    table = file_of(["1|2|3|"] * 5 + ["1|2|3|4"])
    assert len(values(table)) == 5 and table.damage.broken == 1


def test_rows_of_another_width_than_the_header_are_not_guessed_at() -> None:
    with pytest.raises(SourceTrouble, match="Rows hold 5 values under 3 columns"):
        list(file_of(["1|2|3|4|5"] * 9).rows())


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the column 'a' is missing"),
        (b"\n\n", "the column 'a' is missing"),
        (b"b|c\n1|2\n", "the column 'a' is missing; its first line begins 'b|c'"),
        (b"a|b|a\n1|2|3\n", "the column 'a' stands twice"),
        (b"PK\x03\x04rest", "it is a ZIP archive or an Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "a binary Excel or Word file"),
        (b"\x1f\x8brest", "gzip-compressed"),
        (b"%PDF-1.7", "a PDF"),
        (b"\r\n <html>", "a web page"),
        (b"\xff\xfea\x00", "the column 'b' is missing"),
        (bytes(range(128, 256)), "the column 'a' is missing"),
    ],
)
def test_another_file_is_named_for_what_it_is(body: bytes, sentence: str) -> None:
    with pytest.raises(SourceTrouble) as refusal:
        list(DelimitedFile(io.BytesIO(body), PIPES).rows())
    assert str(refusal.value).startswith("This is not a file of pipes: ") and sentence in str(refusal.value)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_wide_text_is_known_with_and_without_its_mark(encoding: str) -> None:
    assert values(file_of(["Zoé|Łukasz|金"], encoding=encoding)) == [("Zoé", "Łukasz", "金")]


def test_wide_text_that_was_cut_is_said_to_be() -> None:
    body = "a|b|c\n1|2|3\n".encode("utf-16")
    with pytest.raises(SourceTrouble, match="no whole utf-16 text"):
        list(DelimitedFile(io.BytesIO(body[:-1]), PIPES).rows())


def test_lines_that_are_not_utf8_are_read_as_windows_text_and_counted() -> None:
    body = b"a|b|c\nZo\xe9|Mu\xf1oz|\x93x\x94\n" + "Zoé|x|y\n".encode() + b"\x81|no|text\n"
    table = DelimitedFile(io.BytesIO(body), PIPES)
    assert values(table) == [("Zoé", "Muñoz", "“x”"), ("Zoé", "x", "y")]
    assert (table.damage.windows_lines, table.damage.broken) == (1, 1)


def test_a_row_with_nuls_is_damage() -> None:
    table = file_of(["1|2|3"] * 3 + ["1|\x00\x00|3", "\x00" * 20])
    assert values(table) == [("1", "2", "3")] * 3 and table.damage.broken == 2


@pytest.mark.parametrize("ends", [b"", b"\n"])
def test_a_huge_field_is_refused_before_it_fills_the_memory(ends: bytes) -> None:
    class Huge(io.RawIOBase):
        """A header, then 200 MB of one letter."""

        left = 200

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            return b"a|b|c\n" if self.left == 199 else b"x" * size if self.left > 0 else ends

    tracemalloc.start()
    with pytest.raises(SourceTrouble, match="Line 2 is longer than 1,000,000 bytes"):
        list(DelimitedFile(Huge(), PIPES).rows())  # type: ignore[arg-type]
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_dos_end_of_file_and_blank_lines_are_no_rows() -> None:
    table = file_of(["", "1|2|3", "   ", "\x1a"])
    assert values(table) == [("1", "2", "3")] and not table.damage.broken


def test_separators_that_are_no_line_ends_stay_in_their_cell() -> None:
    odd = "x\x0b\x0c\x1c\x85\u2028y"
    assert values(file_of([f"{odd}|2|3"])) == [(odd, "2", "3")]


def test_a_file_without_rows_has_none() -> None:
    assert values(file_of([])) == []
    assert values(DelimitedFile(io.BytesIO(codecs.BOM_UTF8 + b"a|b"), PIPES)) == []


@pytest.mark.parametrize("heading", ["Zip", "ZIP ", "zip", "Zip Code", "zip_code"])
def test_headings_have_one_spelling(heading: str) -> None:
    spelled: Callable[[str], str] = usual_spelling(["Zip", "City"], {"Zip Code": "Zip"})
    assert spelled(heading) == "Zip"
    assert spelled(" Shoe Size ") == "Shoe Size"
