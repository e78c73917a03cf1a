"""What a pasted line asks, and that no paste breaks it or loses a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.pasted import MOST_LINES, read_pasted


def asked(line: str) -> tuple[str, str, str, str]:
    question = read_pasted(line).lines[0].question
    return (question.name, question.state, question.license, question.npi) if question else ("", "", "", "")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Odalys Marrero", ("Odalys Marrero", "", "", "")),
        ("Odalys Marrero, WA", ("Odalys Marrero", "WA", "", "")),
        ("Odalys Marrero WA", ("Odalys Marrero", "WA", "", "")),
        ("Odalys Marrero, Washington", ("Odalys Marrero", "WA", "", "")),
        ("WA AC60001234", ("", "WA", "AC60001234", "")),
        ("Odalys Marrero\tSeattle\tWA\tAC60000104", ("Odalys Marrero", "WA", "AC60000104", "")),
        ("Odalys Marrero, Portland, OR 97205", ("Odalys Marrero", "OR", "", "")),
        ("Mary Lee 12345 Seattle WA", ("Mary Lee", "WA", "12345", "")),
        ("MARY LEE 12345 SEATTLE WA", ("MARY LEE", "WA", "12345", "")),
        ("Mary Lee L.Ac. 12345 WA", ("Mary Lee", "WA", "L.Ac. 12345", "")),
        ("Mary Lee AC60000104, Seattle WA", ("Mary Lee", "WA", "AC60000104", "")),
        ("NPI: 1999999999 Odalys Marrero", ("Odalys Marrero", "", "", "1999999999")),
        ("Marrero, Odalys (OR) AC 1234", ("Marrero, Odalys", "OR", "AC 1234", "")),
        ("MA, JUN", ("MA, JUN", "", "", "")),
        ("Jun MA", ("Jun MA", "", "", "")),
        ("De La Cruz, Xiomara", ("De La Cruz, Xiomara", "", "", "")),
        ("AC60001234", ("", "", "", "")),
        ("???", ("", "", "", "")),
    ],
)
def test_a_line_asks_what_a_person_would_read(line: str, expected: tuple[str, str, str, str]) -> None:
    assert asked(line) == expected


def test_a_line_that_asks_nothing_says_why() -> None:
    assert read_pasted("x y\n\nAC60001234").lines[1].trouble == "line 3: license number has no state"


def test_headings_of_a_spreadsheet_are_understood() -> None:
    pasted = read_pasted("Last Name\tFirst Name\tSt\tLic #\nMarrero\tOdalys\tWA\tAC60000104")
    assert len(pasted.lines) == 1 and pasted.lines[0].question is not None
    question = pasted.lines[0].question
    assert (question.name, question.state, question.license) == ("Marrero, Odalys", "WA", "AC60000104")
    assert "Columns used" in pasted.notes[0]


def test_more_than_the_most_is_said() -> None:
    pasted = read_pasted("Odalys Marrero\n" * (MOST_LINES + 5))
    assert len(pasted.lines) == MOST_LINES and "205 lines were given" in pasted.notes[0]


@given(st.lists(st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=60), max_size=12))
def test_any_text_is_read_line_by_line(lines: list[str]) -> None:
    filled = [line for line in "\n".join(lines).splitlines() if line.strip()]
    read = read_pasted("\n".join(lines))
    headings = any(note.startswith("Columns used") for note in read.notes)
    assert len(read.lines) == len(filled) - headings
    assert all(line.question or line.trouble for line in read.lines)
