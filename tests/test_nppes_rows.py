"""The fast reader of the NPPES file finds what a CSV parser finds, and says what it cannot read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crawler.nppes_columns import ACUPUNCTURIST, CODES, HEADER, IGNORED, KNOWN, REQUIRED
from crawler.nppes_people import read_person
from crawler.nppes_rows import LONGEST_ROW, RowFile
from crawler.spiders.nppes_monthly import NppesMonthly
from crawler.troubles import SourceTrouble
from tests.benchmarks.nppes_file import make_file
from tests.nppes_answers import (
    CODE,
    Row,
    in_file,
    person,
)


def blocks_of(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def found_in(content: bytes, held: bytes = CODE, size: int = 1 << 20) -> list[Row]:
    """What the reader gives, every column taken."""
    rows = RowFile(blocks_of(content, size))
    rows.take(frozenset(rows.header), frozenset())
    found = list(rows.rows(held))
    assert not rows.broken
    return found


def parsed(content: bytes, held: bytes = CODE) -> list[Row]:
    """The same by the csv module alone, over the whole decoded file."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    filled = ({name: text.strip() for name, text in row.items() if text.strip()} for row in rows)
    kept = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True) if row][1:]
    return [row for row, raw in zip(filled, kept, strict=True) if any(held.decode() in value for value in raw)]


AWKWARD = st.lists(
    st.sampled_from(
        [ACUPUNCTURIST, '"', '""', ",", "\n", "\r\n", "\r", '\n"1', '\n"1999990017","1', "17110", "X", "é", " ", "7"]
    ),
    max_size=6,
).map("".join)
ROWS = st.lists(st.tuples(st.from_regex(r"[0-9]{1,4}", fullmatch=True), AWKWARD, AWKWARD, AWKWARD), max_size=25)


@settings(max_examples=600, deadline=None)
@given(ROWS, st.integers(1, 90), st.sampled_from(["\n", "\r\n"]), st.sampled_from([CODE, b"", b"7"]), st.booleans())
def test_the_reader_finds_what_a_csv_parser_finds(
    rows: list[tuple[str, ...]], size: int, end: str, held: bytes, mark: bool
) -> None:
    """Newlines, quotes, commas and the code itself inside values; blocks cut anywhere."""
    header = ("NPI", "a", "b", "c")
    content = in_file([dict(zip(header, row, strict=True)) for row in rows], header, end)
    content = (b"\xef\xbb\xbf" if mark else b"") + content
    assert found_in(content, held, size) == parsed(content, held)


@pytest.mark.everything
@settings(max_examples=200, deadline=None)
@given(ROWS, st.integers(1, 90))
def test_a_file_that_quotes_only_where_needed_is_read_too(rows: list[tuple[str, ...]], size: int) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([("NPI", "a", "b", "c"), *rows])
    content = text.getvalue().encode()
    assume(all(len(row) == 4 for row in csv.reader(io.StringIO(text.getvalue(), newline=""))))
    assert found_in(content, CODE, size) == parsed(content)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.integers(1, 90))
def test_no_bytes_make_it_fail_without_a_sentence(content: bytes, size: int) -> None:
    try:
        rows = RowFile(blocks_of(content, size))
        rows.take(frozenset(rows.header), frozenset())
        list(rows.rows(b""))
    except SourceTrouble as trouble:
        assert str(trouble)


@pytest.mark.everything
def test_a_generated_file_gives_the_same_rows(tmp_path: Path) -> None:
    """Three MB in the true format with the benchmark's traps in it."""
    path, _ = make_file(tmp_path, 3_000_000)
    content = path.read_bytes()
    wanted = parsed(content)
    assert len(wanted) > 10
    assert any("\n" in value for row in wanted for value in row.values())
    assert any(ACUPUNCTURIST not in {row.get(name) for name in CODES} for row in wanted), "the code in a name"
    for size in (700, 4096, 500_000):
        assert found_in(content, size=size) == wanted


def test_rows_are_found_across_the_seams_of_blocks() -> None:
    content = in_file([person(f"{1999990000 + number}") for number in range(8)])
    for size in range(len(content) // 9, len(content) // 9 + 40):
        assert len(found_in(content, size=size)) == 8


def said_of(content: bytes) -> str:
    with pytest.raises(SourceTrouble) as caught:
        read_all(content)
    return str(caught.value)


def read_all(content: bytes) -> RowFile:
    rows = RowFile(blocks_of(content, 10_000))
    rows.take(KNOWN, REQUIRED)
    list(rows.rows(CODE))
    return rows


def test_an_unescaped_quote_costs_its_own_row_alone() -> None:
    good = [person(f"{1999990000 + number}") for number in range(6)]
    broken = in_file(good).replace(b'"1999990002","1"', b'"1999990002","1 "odd" "')
    rows = read_all(broken)
    assert len(rows.broken) == 1
    assert "1999990002" in rows.broken[0]


def test_many_broken_rows_are_a_trouble() -> None:
    lines = in_file([person(f"{1999990000 + number}") for number in range(6)]).splitlines(keepends=True)
    longer = lines[0] + b"".join(line.replace(b"\n", b',"more"\n') for line in lines[1:])
    assert "More than 3 rows cannot be read" in said_of(longer)
    assert "331 values under 330 columns" in said_of(longer)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This is no NPPES file: it begins ''"),
        (b"<html>\n<body>", "columns are missing"),
        (b"\x00\x01\x02" * 40_000, "This is no NPPES file: it begins"),
        (in_file([person()])[:-40], "cut short: it ends in the middle of a row"),
        (in_file([person()]).replace(b"ISOLDE", b"\xff\xfe"), "cannot be read: 'utf-8' codec"),
        (in_file([person()]).replace(b'"NPI Deactivation Date"', b'"Left On"'), "'NPI Deactivation Date'"),
        (in_file([person(Provider_First_Name="A" * (LONGEST_ROW + 10))]), "No row begins within 8,388,608 bytes"),
        (in_file([person(Provider_First_Name="A" * 200_000)]), "field larger than field limit"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(content: bytes, said: str) -> None:
    if "cannot be read" in said or "field larger" in said:
        assert said.partition(": ")[2] in read_all(content).broken[0]
    else:
        assert said in said_of(content)


def test_a_last_row_without_newline_is_read() -> None:
    assert len(found_in(in_file([person()]).rstrip(b"\n"))) == 1


def test_nul_bytes_do_not_stop_it() -> None:
    (row,) = found_in(in_file([person(Provider_First_Name="ISO\x00LDE")]))
    assert read_person(row)["given_name"] == "ISOLDE"


def test_the_header_is_the_true_one() -> None:
    """330 names, each once, everything mapped or knowingly left out."""
    assert len(HEADER) == len(set(HEADER)) == 330
    assert KNOWN - set(HEADER) == {"Provider Gender Code"}
    assert not IGNORED & set(NppesMonthly.columns)
