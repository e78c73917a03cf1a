"""The exclusion list: the real files to the last value, supplements, cut names; never more than a possible match."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.snapshots import runs
from crawler.spiders.leie import WIDTHS, Leie
from crawler.troubles import Gate, SourceTrouble
from pipeline.exclusions import fits, match_exclusions
from pipeline.facts import SourceFacts
from pipeline.names import name_from_parts
from pipeline.normalize import Exclusion, exclusions_of
from pipeline.persons import Identified
from pipeline.rules import read_rule_table
from tests.conftest import run_diplomate
from tests.people import person
from tests.reading import read

COLUMNS = (
    "LASTNAME FIRSTNAME MIDNAME BUSNAME GENERAL SPECIALTY UPIN NPI DOB ADDRESS CITY STATE ZIP "
    "EXCLTYPE EXCLDATE REINDATE WAIVERDATE WVRSTATE"
).split()
ROW = {
    "LASTNAME": "BRACKENTHORN",
    "FIRSTNAME": "ODALYS",
    "MIDNAME": "WREN ",
    "GENERAL": "IND- LIC HC SERV PRO",
    "SPECIALTY": "ACUPUNCTURIST",
    "NPI": "0000000000",
    "DOB": "19700101",
    "ADDRESS": "1 INVENTED ST",
    "CITY": "RENO",
    "STATE": "NV",
    "ZIP": "89501",
    "EXCLTYPE": "1128b4   ",
    "EXCLDATE": "20200120",
    "REINDATE": "00000000",
    "WAIVERDATE": "00000000",
}


def file_of(*rows: dict[str, str]) -> bytes:
    """A file as the agency prints it: values quoted, empty ones bare."""
    lines = [",".join(f'"{name}"' for name in COLUMNS)]
    for row in rows:
        lines.append(",".join(f'"{row[name]}"' if row.get(name) else "" for name in COLUMNS))
    return "".join(f"{line}\n" for line in lines).encode()


def test_fillers_and_trailing_blanks_are_nothing_and_birth_dates_stay_behind() -> None:
    (record,) = read(Leie(), file_of(ROW))
    assert record.fields == {
        "family_name": "BRACKENTHORN",
        "given_name": "ODALYS",
        "middle_name": "WREN",
        "general": "IND- LIC HC SERV PRO",
        "specialty": "ACUPUNCTURIST",
        "street": "1 INVENTED ST",
        "city": "RENO",
        "state": "NV",
        "zip": "89501",
        "exclusion_type": "1128b4",
        "excluded_on": "20200120",
    }


@pytest.mark.parametrize(
    ("values", "cut"),
    [
        ({"LASTNAME": "B" * 20}, ["family_name"]),
        ({"LASTNAME": "B" * 19}, None),
        ({"FIRSTNAME": "O" * 15, "MIDNAME": "W" * 14 + " "}, ["given_name"]),
        ({"BUSNAME": "L" * 30}, ["business_name"]),
    ],
)
def test_a_name_that_fills_its_column_is_marked(values: dict[str, str], cut: list[str] | None) -> None:
    (record,) = read(Leie(), file_of(ROW | values))
    assert record.fields.get("cut") == cut


def excluded(family: str, cut: bool) -> Exclusion:
    name = name_from_parts("ODALYS", "", family, "", "")
    return Exclusion("r", name, "1999100013", "NV", "1128b4", "2020-01-20", "", "", "", cut)


@pytest.mark.parametrize(
    ("printed", "cut", "expected"),
    [
        ("BRACKENTHORNEBRIDGEF", True, True),
        ("BRACKENTHORNEBRIDGEF", False, False),
        ("BRACKENTHORNEBRIDGEX", True, False),
        ("BRACKENTHORNEBRIDGEFORD", False, True),
    ],
)
def test_a_cut_family_name_is_never_compared_as_a_whole_one(printed: str, cut: bool, expected: bool) -> None:
    own = person("npi_registry:1999100013", "Odalys||Brackenthornebridgeford||")
    assert fits(excluded(printed, cut), Identified("x", [own])) is expected


def test_another_given_name_never_fits_a_cut_family_name() -> None:
    other = person("npi_registry:1999100013", "Tamsin||Brackenthornebridgeford||")
    assert not fits(excluded("BRACKENTHORNEBRIDGEF", True), Identified("x", [other]))


def test_a_supplement_adds_and_never_replaces_the_list(tmp_path: Path) -> None:
    files = {"2601EXCL.csv": ROW, "2602REIN.csv": ROW | {"REINDATE": "20260210"}}
    for name, row in files.items():
        (tmp_path / name).write_bytes(file_of(row))
    data = tmp_path / "data"
    done = run_diplomate("import", "leie", *(str(tmp_path / name) for name in files), data=data)
    assert done.code == 0, done.err
    manifest = runs(data, "leie")[-1][1]
    assert manifest.rows == 2 and not manifest.complete, "a supplement is no reading of the whole list"


@pytest.mark.parametrize(
    ("in_force", "lifted", "left"),
    [
        ("0000000000", "0000000000", 0),
        ("0000000000", "1999100013", 0),
        ("1999100013", "0000000000", 0),
        ("1999100013", "1999100021", 1),
    ],
)
def test_a_reinstatement_lifts_though_an_npi_was_added_since(in_force: str, lifted: str, left: int) -> None:
    numbers = {"0000000000": {}, "1999100013": {"npi": "1999100013"}, "1999100021": {"npi": "1999100021"}}
    base = {"family_name": "BRACKENTHORN", "exclusion_type": "1128b4", "excluded_on": "20200120"}
    rows = [base | numbers[in_force], base | numbers[lifted] | {"reinstated_on": "20260210"}]
    records = pd.DataFrame(
        [{"record_id": str(at), "source": "leie", "fields": row, "fetched_at": ""} for at, row in enumerate(rows)]
    )
    facts = {"leie": SourceFacts("leie", "exclusions", "LEIE", "OIG", (), {})}
    assert len(exclusions_of(records, facts)) == left


@pytest.mark.parametrize(
    ("body", "trouble", "sentence"),
    [
        (b"<html><title>Just a moment...</title>", Gate, "a challenge instead of a list"),
        (b"<html>Maintenance</html>", SourceTrouble, "is a web page and not the list"),
        (b"", SourceTrouble, "is missing"),
        (file_of(ROW)[:-20], SourceTrouble, "unexpected end of data"),
        (file_of(ROW).rsplit(b",", 2)[0], SourceTrouble, "under 18 columns"),
        (file_of(ROW).replace(b"BRACKENTHORN", b"B\xd1CK"), SourceTrouble, "is not UTF-8"),
    ],
)
def test_another_answer_is_refused_in_words(body: bytes, trouble: type[SourceTrouble], sentence: str) -> None:
    with pytest.raises(trouble, match=sentence):
        read(Leie(), body)


def test_the_real_files_are_read_to_the_last_value(real_data: Path) -> None:
    """Counts only: 1,554 rows of 2016, all of them distinct, none with a filler, every code known."""
    codes = {row["code"] for row in read_rule_table("exclusion_types")}
    found, printed = [], 0
    for path in sorted((real_data / "leie").glob("16*.csv")):
        rows = list(csv.DictReader(path.read_text().splitlines()))
        records = read(Leie(), path.read_bytes())
        assert len(records) == len(rows), path.name
        found += records
        printed += sum(bool(as_printed(value)) for row in rows for name, value in row.items() if name in Leie.columns)
    values = [value for record in found for name, value in record.fields.items() if name != "cut"]
    assert len(found) == 1554 and len({record.source_key for record in found}) == 1554
    assert len(values) == printed and all(value == value.strip() for value in values)
    assert {record.fields["exclusion_type"] for record in found} <= codes
    assert Counter(name for record in found for name in record.fields.get("cut", [])) == {
        "business_name": 6,
        "given_name": 1,
    } | {"middle_name": 4 - trailing_blanks(real_data)}


def as_printed(value: str) -> str:
    """A value of the raw file without what stands for nothing."""
    return "" if not value.strip("0 ") else value.strip()


def trailing_blanks(real_data: Path) -> int:
    """Middle names of fifteen characters whose last one is a blank: they are whole."""
    paths = (real_data / "leie").glob("16*.csv")
    rows = (row for path in paths for row in csv.DictReader(path.read_text().splitlines()))
    return sum(len(row["MIDNAME"]) == WIDTHS["MIDNAME"] and row["MIDNAME"].endswith(" ") for row in rows)


CELL = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40).map(lambda text: text.replace('"', ""))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELL)), max_size=8))
def test_every_row_gives_one_record_of_what_it_prints(rows: list[dict[str, str]]) -> None:
    records = read(Leie(), file_of(*rows))
    assert len(records) == len(rows)
    for record, row in zip(records, rows, strict=True):
        city = row["CITY"].strip()
        assert set(record.fields) <= {*Leie.columns.values(), "cut"}
        assert record.fields.get("city", "") == ("" if city == "--" or not city.strip("0") else city)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=80).map(lambda noise: file_of(ROW) + noise))
def test_any_bytes_give_rows_or_a_sentence(body: bytes) -> None:
    try:
        read(Leie(), body)
    except SourceTrouble as trouble:
        assert str(trouble)


def test_everybody_who_bears_the_excluded_number_is_looked_at_and_only_the_name_decides() -> None:
    """Somebody typed in another one's number: the order of the persons must not hide the one who is meant."""
    name = name_from_parts("Odalys", "", "Winterhalter")
    excluded = Exclusion("leie:1", name, "1999100005", "WA", "1128b4", "2019-02-20", "", "", "2026-11-20T00:00:00Z")
    meant = Identified("p1", [person("npi_registry:1999100005", "Odalys Winterhalter")])
    other = Identified("p2", [person("clinics:7", "Bram Oxenbridge", npi="1999100005")])
    for persons in ([meant, other], [other, meant]):
        assert list(match_exclusions([excluded], persons).confirmed) == ["p1"]
