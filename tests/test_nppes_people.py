"""What one row of the NPPES file says: invented rows, and the real ones where they are at hand."""

from __future__ import annotations

import csv
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.nppes_columns import ACUPUNCTURIST, CODES, KNOWN, REQUIRED
from crawler.nppes_people import (
    BadValue,
    deactivated_on,
    is_acupuncturist,
    is_person,
    iso,
    read_person,
    state_of,
    whole_number,
)
from crawler.nppes_rows import RowFile
from tests.nppes_answers import (
    CODE,
    Row,
    person,
)


def test_a_person_reads_as_in_the_registry() -> None:
    row = person(
        Provider_Sex_Code="F",
        Is_Sole_Proprietor="N",
        Provider_Enumeration_Date="02/29/2020",
        Provider_Name_Prefix_Text="--",
        Provider_Other_Last_Name="OAKAPPLE",
    )
    row |= {"Provider Other Last Name Type Code": "1", "Healthcare Provider Primary Taxonomy Switch_1": "Y"}
    row |= {"Healthcare Provider Taxonomy Code_15": "111N00000X", "Provider License Number_15": "B1"}
    assert read_person(row) == {
        "npi": "1999990017",
        "family_name": "QUILLFEATHER",
        "given_name": "ISOLDE",
        "enumerated": "2020-02-29",
        "updated": "2026-11-04",
        "sex": "F",
        "npi_status": "A",
        "sole_proprietor": "NO",
        "other_names": [{"type": "Former Name", "family_name": "OAKAPPLE"}],
        "locations": [
            {"street": "3 TEASEL COURT", "city": "OLYMPIA", "state": "WA", "zip": "985010001", "phone": "3605550161"}
        ],
        "taxonomies": [
            {"code": ACUPUNCTURIST, "description": "Acupuncturist", "primary": "True"},
            {"code": "111N00000X", "license_number": "B1"},
        ],
    }


@pytest.mark.parametrize(
    ("printed", "country", "state"),
    [
        ("WA", "US", "WA"),
        ("wa", "", "WA"),
        ("WASHINGTON", "US", "WA"),
        ("BC", "CA", ""),
        ("", "US", ""),
        ("PR", "PR", "PR"),
    ],
)
def test_the_state_of_practice(printed: str, country: str, state: str) -> None:
    place = {name: text for name, text in {"state": printed, "country": country}.items() if text}
    assert state_of({"locations": [place]}) == state


@pytest.mark.parametrize(
    ("left", "back", "deactivated"),
    [
        ("", "", ""),
        ("11/03/2026", "", "2026-11-03"),
        ("11/03/2026", "11/05/2026", ""),
        ("05/23/2005", "05/23/2005", ""),
        ("11/05/2026", "11/03/2019", "2026-11-05"),
    ],
)
def test_deactivation_and_reactivation(left: str, back: str, deactivated: str) -> None:
    assert deactivated_on({"NPI Deactivation Date": left, "NPI Reactivation Date": back}) == deactivated


def test_dates_and_numbers() -> None:
    assert [iso(text) for text in ("", "11/08/2026", "2026-11-08")] == ["", "2026-11-08", "2026-11-08"]
    assert [whole_number(text) for text in ("985010001.0", "98501", "5.05", "")] == ["985010001", "98501", "5.05", ""]
    for wrong in ("13/45/2026", "soon", "2026"):
        with pytest.raises(BadValue, match=wrong):
            iso(wrong)


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_a_bad_value(text: str) -> None:
    with suppress(BadValue):
        assert len(iso(text)) in (0, 10)


def real_file(real_data: Path, name: str) -> Path:
    (path,) = (real_data / "nppes").glob(f"npidata_slice_{name}*.csv")
    return path


@pytest.mark.parametrize(
    ("name", "acupuncturists", "deactivated"), [("2016-10", 2, 13), ("2023-11", 0, 4), ("2025-04", 4, 79)]
)
def test_real_rows(real_data: Path, name: str, acupuncturists: int, deactivated: int) -> None:
    """Every row of the real files is read as the csv module reads it, and every acupuncturist among them is found."""
    path = real_file(real_data, name)
    with path.open(encoding="utf-8", newline="") as file:
        wanted = list(csv.DictReader(file, strict=True))
    coded = [row["NPI"] for row in wanted if ACUPUNCTURIST in {row[code] for code in CODES}]
    content = path.read_bytes()
    found = [row for row in all_rows(content, b"") if is_person(row) and is_acupuncturist(row)]
    assert [row["NPI"] for row in found] == [row["NPI"] for row in all_rows(content, CODE) if is_person(row)] == coded
    assert len(all_rows(content, b"")) == len(wanted)
    assert acupuncturists == len(coded)
    assert deactivated == sum(bool(deactivated_on(row)) for row in all_rows(content, b""))


def test_real_people_are_read(real_data: Path) -> None:
    """Every person of the real files, whatever the profession, has a name, a number and dates that compare."""
    for name in ("2016-10", "2023-11", "2025-04"):
        rows = all_rows(real_file(real_data, name).read_bytes(), b"")
        people = [read_person(row) for row in rows if is_person(row) and not deactivated_on(row)]
        assert len(people) > 50
        assert all(person["updated"][:2] == "20" and len(person["npi"]) == 10 for person in people)
        assert all(place.get("zip", "0").isdigit() for person in people for place in person.get("locations", []))
        assert sum(bool(state_of(person)) for person in people) > len(people) * 0.95


def test_real_headers_hold_nothing_unknown(real_data: Path) -> None:
    for path in (real_data / "nppes").glob("npidata_*.csv"):
        header = RowFile(iter([path.read_bytes()])).header
        assert set(header) <= KNOWN
        assert set(header) >= REQUIRED


def all_rows(content: bytes, held: bytes) -> list[Row]:
    rows = RowFile(iter([content]))
    rows.take(KNOWN, REQUIRED)
    found = list(rows.rows(held))
    assert not rows.broken
    return found
