"""Which heading is what, what a cell asks, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.answers import Question
from db.roster import RosterError, open_roster
from db.roster_cells import read_question_of
from db.roster_columns import OURS, heading_rows, ours_of
from db.us_states import state_code, states_in
from pipeline.rules import read_rule_table

HEADINGS = {
    "name": "Name|FULL NAME|Practitioner|Provider Name|Practitioner's Name|Name (Last, First)|Acupuncturist",
    "given_name": "First Name|FirstName|fname|Provider First Name|First name*|GIVEN_NAME|Dr. First Name",
    "family_name": "Last Name|LName|Provider Last Name|Surname|last-name|Provider Last Name (Legal Name)",
    "middle_name": "Middle|MI|M.I.|Provider Middle Name",
    "suffix": "Suffix|Name suffix|Provider Name Suffix Text",
    "state": "State|ST|St.|Practice State|State/Province|Business Practice Location Address State Name",
    "license": "Lic #|License No.|LICENSE NUMBER|LicenseNo|L.Ac. License #|Acupuncture License Number|Licence no"
    "|Provider License Number_1|Credential Number|State License #",
    "license_state": "License State|Lic. St.|State of Licensure|Licensed In|Provider License Number State Code_1",
    "npi": "NPI|NPI #|Npi Number|Individual NPI|Provider NPI|National Provider Identifier (NPI)",
}
NONE_OF_OURS = (
    "Clinic|City|Zip|Group NPI|Phone|License Type|License Expiration|Expiration Date|Notes|Email|Birth Date||#"
)


@pytest.mark.parametrize(("ours", "heading"), [(k, h) for k, v in HEADINGS.items() for h in v.split("|")])
def test_a_heading_is_known_however_it_is_written(ours: str, heading: str) -> None:
    found = ours_of(heading)
    assert found and found[0] == ours


@pytest.mark.parametrize("heading", NONE_OF_OURS.split("|"))
def test_other_headings_are_left_alone(heading: str) -> None:
    assert ours_of(heading) is None


def test_the_rules_that_are_published_are_those_applied() -> None:
    rows = [(row["ours"], row["heading"]) for row in read_rule_table("roster_columns")]
    assert rows == list(heading_rows())
    assert set(OURS) | {"whose", "nothing"} == {ours for ours, _ in rows}


def roster_of(tmp_path: Path, header: str, row: str, **columns: str) -> tuple[Question | None, str]:
    (tmp_path / "staff.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    roster = open_roster(tmp_path / "staff.csv", columns)
    return next(iter(roster.rows())).question, " ".join(roster.notes)


def test_the_better_of_two_columns_is_used_and_the_other_is_said(tmp_path: Path) -> None:
    question, said = roster_of(tmp_path, "Name,State,License,License #", "Bo Tarn,OR,L.Ac.,77")
    assert question == Question("Bo Tarn", "OR", "77")
    assert "“License” (column 3) is not used; --column license=... chooses it." in said


def test_the_user_says_which_column_it_is(tmp_path: Path) -> None:
    header, row = "Who,Name,Lic #,Lic #,State", "Bo Tarn,Invented Clinic,1,2,OR"
    question, said = roster_of(tmp_path, header, row, name="who", license="column 4")
    assert question == Question("Bo Tarn", "OR", "2")
    assert "name from “Who”" in said and "“Name” (column 2) is not used" in said


@pytest.mark.parametrize(
    ("ours", "heading", "sentence"),
    [
        ("license", "Number", "no such heading. The headings are “Name”, “Lic #”, “Lic #”"),
        ("license", "Lic #", "that heading stands 2 times (column 2, column 3)"),
        ("licence_no", "Lic #", "'licence_no' is none of name, given_name"),
        ("npi", "column 9", "no such heading"),
    ],
)
def test_a_wrong_column_is_a_sentence(tmp_path: Path, ours: str, heading: str, sentence: str) -> None:
    with pytest.raises(RosterError) as error:
        roster_of(tmp_path, "Name,Lic #,Lic #", "Bo Tarn,1,2", **{ours: heading})
    assert sentence in str(error.value)


CELLS: list[tuple[dict[str, str], Question | None, str]] = [
    ({"name": "Tarn, Bo L.Ac."}, Question("Tarn, Bo L.Ac."), ""),
    ({"family_name": "Tarn", "given_name": "Bo", "middle_name": "Q"}, Question("Tarn, Bo Q"), ""),
    ({"family_name": "Tarn", "given_name": "Bo", "suffix": "Jr", "name": "x"}, Question("Tarn, Bo Jr"), ""),
    ({"family_name": "Tarn", "given_name": "", "name": ""}, Question("Tarn"), ""),
    ({"family_name": "", "given_name": "", "name": "Bo Tarn", "suffix": "Jr"}, Question("Bo Tarn Jr"), ""),
    ({"license": "WA AC60001234"}, Question("", "WA", "AC60001234"), ""),
    ({"license": "WA-AC60001234", "state": "WA"}, Question("", "WA", "AC60001234"), ""),
    ({"license": "AC60001234 (WA)"}, Question("", "WA", "AC60001234"), ""),
    ({"license": "Washington: AC 60001234"}, Question("", "WA", "AC 60001234"), ""),
    ({"license": "WA AC60001234", "state": "CA"}, Question("", "WA", "AC60001234"), ""),
    ({"license": "LA 1234", "state": "TX"}, Question("", "TX", "LA 1234"), ""),
    ({"license": "WA AC1", "license_state": "OR"}, Question("", "OR", "WA AC1"), ""),
    ({"license": "AC 1234", "state": "CA"}, Question("", "CA", "AC 1234"), ""),
    ({"license": "Lic. # 1234", "state": "CA"}, Question("", "CA", "1234"), ""),
    ({"license": "12345.0", "state": "CA"}, Question("", "CA", "12345"), ""),
    ({"license": "'01234", "state": "CA"}, Question("", "CA", "01234"), ""),
    ({"license": "77", "state": "CA", "license_state": "Oregon"}, Question("", "OR", "77"), ""),
    ({"license": "1; 2", "state": "CA"}, Question("", "CA", "1"), "2 license numbers stand in one cell"),
    ({"license": "77", "state": "WA, OR"}, Question("", "WA", "77"), "2 states stand in one cell; the first, WA"),
    ({"license": "77"}, None, "license number has no state"),
    ({"license": "77", "name": "Bo Tarn"}, Question("Bo Tarn"), "license number has no state"),
    ({"license": "77", "state": "Ontario"}, None, "“Ontario” is no state known here; license number has no state"),
    ({"license": "1.2E+9", "state": "CA"}, None, "was cut by a spreadsheet"),
    ({"license": "L.Ac.", "state": "CA", "name": "Bo Tarn"}, Question("Bo Tarn", "CA"), "holds no digit"),
    ({"license": "n/a", "state": "CA", "name": "Bo Tarn", "npi": "-"}, Question("Bo Tarn", "CA"), ""),
    ({"npi": "1234567893.0"}, Question(npi="1234567893"), ""),
    ({"npi": "NPI: 123-456-7893"}, Question(npi="1234567893"), ""),
    ({"npi": "12345"}, None, "NPI “12345” does not have ten digits"),
    ({"npi": "1.23457E+09"}, None, "was cut by a spreadsheet"),
    ({"npi": "12345", "name": "Bo Tarn"}, Question("Bo Tarn"), "does not have ten digits"),
    ({"state": "CA", "name": ""}, None, "it has no name, license number or NPI"),
    ({"name": "---", "state": "CA"}, None, "it has no name, license number or NPI"),
    ({"name": " ", "state": "", "license": "\xa0"}, None, "it has no name, license number or NPI"),
]


@pytest.mark.parametrize(("cells", "question", "trouble"), CELLS, ids=[str(case[0]) for case in CELLS])
def test_what_the_cells_ask(cells: dict[str, str], question: Question | None, trouble: str) -> None:
    asked, said = read_question_of(cells)
    assert asked == question
    assert trouble in said and bool(trouble) == bool(said)


@pytest.mark.parametrize("text", ["wa", "Washington", "Wash.", "W.A.", "State of Washington", "washington state"])
def test_states_as_people_write_them(text: str) -> None:
    assert state_code(text) == "WA"


def test_a_list_of_states() -> None:
    assert states_in("WA/OR") == ["WA", "OR"] and states_in("WA, Ontario") == [] and states_in("DC") == ["DC"]
