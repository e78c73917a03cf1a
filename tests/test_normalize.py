"""Records become persons: what is printed is kept, what is not printed is not made up."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pipeline.facts import Person, SourceFacts
from pipeline.gather import RECORD_COLUMNS
from pipeline.normalize import exclusions_of, persons_of
from pipeline.statuses import UnknownWord

SOURCES = {
    "npi_registry": SourceFacts("npi_registry", "registry", "NPI Registry", "CMS", (), {}),
    "ncbahm": SourceFacts("ncbahm", "certifier", "NCBAHM directory", "NCBAHM", (), {}),
    "board_wa": SourceFacts("board_wa", "board", "Washington credentials", "Washington", ("WA",), {}),
    "leie": SourceFacts("leie", "exclusions", "LEIE", "OIG", (), {}),
}


def records(source: str, *fields: dict[str, Any]) -> pd.DataFrame:
    """Gathered records of one source."""
    rows = [
        [f"{source}:{number}", source, str(number), "u", "2026-11-20T00:00:00Z", None, "s", [], "", values]
        for number, values in enumerate(fields)
    ]
    return pd.DataFrame(rows, columns=RECORD_COLUMNS)


def read(source: str, **fields: Any) -> Person:
    (person,) = persons_of(records(source, fields), SOURCES)
    return person


BOARD = {"family_name": "WINTERHALTER", "given_name": "ODALYS", "license_number": "AC1", "license_type": "License"}
NPI = {"family_name": "WINTERHALTER", "given_name": "ODALYS", "npi": "1999100005"}
CARD = {"name": "Odalys Winterhalter", "status": "Certified Diplomate"}


def test_a_temporary_permit_is_a_license_with_limits_and_no_discipline() -> None:
    (permit,) = read("board_wa", **(BOARD | {"license_type": "Temporary Practice Permit", "status": "Active"})).licenses
    assert permit.status == "limited" and not permit.disciplined
    (license_fact,) = read("board_wa", **(BOARD | {"status": "Active"})).licenses
    assert license_fact.status == "active"


@pytest.mark.parametrize(("action", "said"), [("No", ""), ("", ""), ("Yes", "Yes")])
def test_a_board_action_is_kept_in_its_words(action: str, said: str) -> None:
    (license_fact,) = read("board_wa", **(BOARD | {"status": "Active", "action_taken": action})).licenses
    assert (license_fact.discipline, license_fact.disciplined) == (said, bool(said))


def test_an_unknown_status_word_stops() -> None:
    with pytest.raises(UnknownWord, match="Wobbly"):
        read("board_wa", **(BOARD | {"status": "Wobbly"}))


def test_an_entry_without_designations_is_listed_all_the_same() -> None:
    (item,) = read("ncbahm", **CARD).certifications
    assert (item.status, item.issuer) == ("listed", "NCBAHM")


def test_an_entry_that_says_nothing_stops() -> None:
    with pytest.raises(UnknownWord):
        read("ncbahm", name="Odalys Winterhalter")


def test_a_place_abroad_gives_no_place_in_a_state() -> None:
    abroad = {"city": "TORONTO", "state": "ON", "zip": "M5V2T6", "country": "CA"}
    assert read("npi_registry", **NPI, locations=[abroad]).places == ()
    assert (
        read("npi_registry", **NPI, locations=[{"city": "BERLIN", "state": "CA", "country": "DE"}]).states
        == frozenset()
    )


def test_every_location_is_read() -> None:
    addresses = {"address": "1 Ninebark Ave, Salem, OR, USA", "other_addresses": ["2 Ninebark Ave, Reno, NV, USA"]}
    assert [place.state for place in read("ncbahm", **CARD, **addresses).places] == ["OR", "NV"]


def test_a_lost_leading_zero_does_not_lose_the_place() -> None:
    (place,) = read("ncbahm", **CARD, address="1 Ninebark Ave, Barrington, RI 2806").places
    assert (place.city, place.state, place.zip) == ("Barrington", "RI", "02806")


EXCLUDED = {"family_name": "DOE", "given_name": "JANE", "exclusion_type": "1128b4", "excluded_on": "20200101"}


def test_a_reinstated_person_is_not_excluded_in_whatever_order_the_files_came() -> None:
    ended = EXCLUDED | {"reinstated_on": "20210101"}
    assert len(exclusions_of(records("leie", EXCLUDED), SOURCES)) == 1
    assert exclusions_of(records("leie", EXCLUDED, ended), SOURCES) == []
    assert exclusions_of(records("leie", ended, EXCLUDED), SOURCES) == []


def test_a_firm_is_no_person() -> None:
    assert exclusions_of(records("leie", {"business_name": "Lantern LLC", "exclusion_type": "1128b4"}), SOURCES) == []


def test_a_slip_in_a_date_stops_no_build_and_is_kept_as_printed() -> None:
    (item,) = read(
        "board_wa", **(BOARD | {"status": "Active", "expires": "0027-13-45", "first_issued": "20160115"})
    ).licenses
    assert (item.issued, item.expires, item.unread) == ("2016-01-15", "", ("0027-13-45",))


def test_a_mistyped_day_of_reinstatement_keeps_nobody_excluded() -> None:
    row = {"family_name": "WINTERHALTER", "given_name": "ODALYS", "excluded_on": "20190220"}
    assert len(exclusions_of(records("leie", row | {"excluded_on": "2019"}), SOURCES)) == 1
    assert exclusions_of(records("leie", row | {"reinstated_on": "20231345"}), SOURCES) == []
