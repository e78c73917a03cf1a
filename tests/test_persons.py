"""The practitioner row: contacts show only what a practitioner publishes."""

from __future__ import annotations

from pipeline.ids import Identified
from pipeline.persons import practitioner_row
from tests.people import person

KINDS = {"ncbahm": "certifier", "npi_registry": "registry", "board_wa": "board", "aama": "listing"}
A = person("npi_registry:1", "Odalys Winterhalter", "Seattle")


def test_a_street_is_shown_only_where_the_practitioner_publishes_a_clinic() -> None:
    registry = person("npi_registry:1", "Odalys Winterhalter", "Seattle", street="12 Ninebark Ave Ste 4")
    listed = person("ncbahm:a", "Odalys Winterhalter", "Seattle", street="12 Ninebark Ave Ste 4")
    home = person("ncbahm:a", "Odalys Winterhalter", "Seattle", street="12 Ninebark Ave Apt 4")
    assert practitioner_row(Identified("x", [registry]), KINDS)["street"] is None
    assert practitioner_row(Identified("x", [registry, listed]), KINDS)["street"] == "12 Ninebark Ave Ste 4"
    assert practitioner_row(Identified("x", [registry, home]), KINDS)["street"] is None


def test_positions_are_zip_or_city_centers() -> None:
    row = practitioner_row(Identified("x", [A]), KINDS)
    assert 47 < row["latitude"] < 48 and -123 < row["longitude"] < -122
    nowhere = practitioner_row(Identified("x", [person("board_wa:1", "Odalys Winterhalter")]), KINDS)
    assert nowhere["latitude"] is None and nowhere["state"] == "WA"


def test_the_family_name_is_what_a_source_says_that_prints_it_apart() -> None:
    registry = person("npi_registry:1", "RU LAN||ZHAO", "Seattle")
    row = practitioner_row(Identified("x", [person("ncbahm:a", "Zhao Ru Lan", "Seattle"), registry]), KINDS)
    assert (row["name"], row["given_name"], row["family_name"]) == ("Zhao Ru Lan", "Ru Lan", "Zhao")
