"""Ids never change; contacts show only what a practitioner publishes."""

from __future__ import annotations

from pipeline.link import Cluster
from pipeline.persons import Identified, identify, practitioner_row
from tests.people import person

KINDS = {"ncbahm": "certifier", "npi_registry": "registry", "board_wa": "board", "aama": "listing"}
A, B = person("npi_registry:1", "Odalys Winterhalter", "Seattle"), person("ncbahm:a", "Odalys Winterhalter", "Seattle")


def ids(persons: list[Identified]) -> dict[str, str]:
    return {member.record_id: entry.id for entry in persons for member in entry.members}


def test_an_id_is_the_same_on_every_build_and_when_a_record_comes_or_goes() -> None:
    first = ids(identify([Cluster([A])], {})[0])
    assert ids(identify([Cluster([A])], {})[0]) == first
    grown = ids(identify([Cluster([A, B])], first)[0])
    assert grown["npi_registry:1"] == grown["ncbahm:a"] == first["npi_registry:1"]
    shrunk = ids(identify([Cluster([B])], grown)[0])
    assert shrunk["ncbahm:a"] == first["npi_registry:1"], "the founding record is gone, the id stays"


def test_a_merge_leaves_a_redirect() -> None:
    before = ids(identify([Cluster([A]), Cluster([B])], {})[0])
    persons, redirects = identify([Cluster([A, B])], before)
    kept = persons[0].id
    assert kept in before.values()
    assert redirects == {old: kept for old in before.values() if old != kept}


def test_a_split_keeps_the_id_once_and_gives_a_new_one() -> None:
    together = ids(identify([Cluster([A, B])], {})[0])
    persons, redirects = identify([Cluster([A]), Cluster([B])], together)
    assert len({entry.id for entry in persons}) == 2
    assert set(together.values()) <= {entry.id for entry in persons}
    assert redirects == {}


def test_a_retired_id_is_never_given_again() -> None:
    (entry,), _ = identify([Cluster([A])], {})
    (other,), _ = identify([Cluster([A])], {}, frozenset({entry.id}))
    assert other.id != entry.id


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
