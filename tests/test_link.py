"""Named pairs that must join and must not: a wrong join puts one person's license on another."""

from __future__ import annotations

import random

import pytest

from pipeline.facts import Person
from pipeline.link import link
from tests.people import license_fact, person

ONCE = frozenset({"npi_registry", "ncbahm", "aama"})


def joined(*people: Person) -> set[frozenset[str]]:
    """The clusters, as sets of record keys."""
    return {frozenset(member.record_id for member in cluster.members) for cluster in link(people, ONCE).clusters}


def together(*people: Person) -> bool:
    return len(joined(*people)) == 1


def board(number: str, name: str, status: str = "active", **facts: object) -> Person:
    return person(f"board_wa:{number}", name, licenses=(license_fact("WA", number, status),), **facts)


def npi(number: str, name: str, city: str = "Seattle", license: str = "", **facts: object) -> Person:
    licenses = (license_fact("WA", license),) if license else ()
    return person(f"npi_registry:{number}", name, city, licenses=licenses, **facts)


SEATTLE_PHONE = "+12065550100"
WA_NUMBER = "AC60012345"
WINTERHALTER = board(WA_NUMBER, "ODALYS||WINTERHALTER")
LISTED = person("ncbahm:a", "Odalys Winterhalter", "Seattle")
LISTED_KIM = person("ncbahm:a", "Grace Kim", "Seattle")


def listed(name: str, **facts: object) -> Person:
    return person("ncbahm:a", name, "Seattle", **facts)


SAME = {
    "license number, spelled differently": (WINTERHALTER, npi("1", "Odalys Winterhalter", license="60012345")),
    "license number and a changed surname": (WINTERHALTER, npi("1", "Odalys Prentiss", license="AC 60012345")),
    "an uncommon name in one city": (npi("1", "Odalys Winterhalter"), LISTED),
    "family name first": (
        npi("1", "Rulan||Zhao", phone=SEATTLE_PHONE),
        listed("Zhao Rulan", phone=SEATTLE_PHONE),
    ),
    "initials and the same phone": (
        npi("1", "Juniper|Rose|Stallworth", phone=SEATTLE_PHONE),
        listed("J. R. Stallworth", phone=SEATTLE_PHONE),
    ),
    "an uncommon name, the board prints no place": (WINTERHALTER, LISTED),
    "an uncommon name in two cities of a state": (npi("1", "Odalys Winterhalter", "Spokane"), LISTED),
    "a slip in an East Asian family name under one license number": (
        board(WA_NUMBER, "ZHENGHUA||CHANG"),
        npi("1", "Zhenghua Chan", license="60012345"),
    ),
    "a common name at one phone": (
        npi("1", "Grace Kim", phone=SEATTLE_PHONE),
        listed("Grace Kim", phone=SEATTLE_PHONE),
    ),
}
APART = {
    "two NPIs": (npi("1", "Odalys Winterhalter"), npi("2", "Odalys Winterhalter")),
    "a common name in one city": (npi("1", "Grace Kim"), LISTED_KIM),
    "a common name, the board prints no place": (board("AC1", "GRACE||KIM"), LISTED_KIM),
    "Chan and Chang are two names": (npi("1", "Zhenghua Chan"), listed("Zhenghua Chang")),
    "Seo is no short form of Seon-Sook": (npi("1", "Seon-Sook Jung"), listed("Jung Seo")),
    "a common name in different cities": (npi("1", "Grace Kim", "Spokane"), LISTED_KIM),
    "middle initials disagree": (npi("1", "Odalys|K|Winterhalter"), listed("Odalys J. Winterhalter")),
    "father and son": (npi("1", "Odalys||Winterhalter|Sr."), listed("Odalys Winterhalter Jr.")),
    "Jr. on one side, at one phone: he or his father": (
        npi("1", "Odalys Winterhalter", phone=SEATTLE_PHONE),
        listed("Odalys Winterhalter Jr.", phone=SEATTLE_PHONE),
    ),
    "sex disagrees": (npi("1", "Robin Winterhalter", sex="F"), listed("Robin Winterhalter", sex="M")),
    "a physician and an acupuncturist": (
        npi("1", "Odalys Winterhalter"),
        person("aama:9", "Odalys Winterhalter, MD", "Seattle", kind="physician"),
    ),
    "two people of one given name in one building": (
        person("npi_registry:1", "Brian Winterhalter", "Littleton", "CO", street="7 Oak St"),
        person("ncbahm:a", "Brian Ottoway", "Littleton", "CO", street="7 Oak St"),
    ),
    "a spouse at the same phone": (
        npi("1", "Anselm Dreyer", phone=SEATTLE_PHONE),
        listed("Beatrix Dreyer", phone=SEATTLE_PHONE),
    ),
    "a license number and another name": (WINTERHALTER, npi("1", "Torben Ashgrove", license="60012345")),
    "a common name and the same number in another state": (
        board(WA_NUMBER, "GRACE||KIM"),
        person("npi_registry:1", "Grace Kim", "Portland", "OR", licenses=(license_fact("OR", "60012345"),)),
    ),
    "two live licenses of one board": (board("AC1", "ODALYS||WINTERHALTER"), board("AC2", "ODALYS||WINTERHALTER")),
    "sex disagrees under one license number": (
        board(WA_NUMBER, "ROBIN||WINTERHALTER", sex="F"),
        npi("1", "Robin Winterhalter", license="60012345", sex="M"),
    ),
    "another generation under one license number": (
        board(WA_NUMBER, "HARLOW||WINTERHALTER|Sr"),
        npi("1", "Harlow||Winterhalter|Jr.", license="60012345"),
    ),
    "a revoked license and a changed surname": (
        board(WA_NUMBER, "ODALYS||WINTERHALTER", "revoked"),
        npi("1", "Odalys Prentiss", license="60012345"),
    ),
    "another given name with the same initial": (
        board(WA_NUMBER, "MEI||WINTERHALTER"),
        npi("1", "Maria Winterhalter", license="60012345"),
    ),
    "a revoked license by name alone": (board("AC1", "ODALYS||WINTERHALTER", "revoked"), LISTED),
}


@pytest.mark.parametrize("why", SAME)
def test_one_person(why: str) -> None:
    assert together(*SAME[why])


@pytest.mark.parametrize("why", APART)
def test_two_people(why: str) -> None:
    assert not together(*APART[why])


def test_a_physician_known_by_a_phone_takes_in_no_license_of_a_namesake_in_the_city() -> None:
    """A physician's NPI record may say acupuncturist; it was a bridge to the board's row of somebody else."""
    register = npi("1", "Odalys Winterhalter", phone=SEATTLE_PHONE)
    physician = person("aama:9", "Odalys Winterhalter, MD", "Seattle", kind="physician", phone=SEATTLE_PHONE)
    licensed = person("board_wa:1", "Odalys Winterhalter", "Seattle", licenses=(license_fact("WA", "AC60012345"),))
    assert together(register, physician) and together(register, licensed)
    assert joined(register, physician, licensed) == {
        frozenset((register.record_id, physician.record_id)),
        frozenset((licensed.record_id,)),
    }


def test_a_rival_leaves_both_undecided() -> None:
    people = (
        npi("1", "Odalys Winterhalter"),
        npi("2", "Odalys Winterhalter"),
        person("ncbahm:a", "Odalys Winterhalter", "Seattle"),
    )
    links = link(people, ONCE)
    assert len(links.clusters) == 3
    assert {pair[:2] for pair in links.undecided} == {("ncbahm:a", "npi_registry:1"), ("ncbahm:a", "npi_registry:2")}


def test_a_better_place_settles_a_rivalry() -> None:
    here = npi("1", "Odalys Winterhalter", phone="+12065550100")
    there = npi("2", "Odalys Winterhalter")
    listed = person("ncbahm:a", "Odalys Winterhalter", "Seattle", phone="+12065550100")
    assert frozenset({"npi_registry:1", "ncbahm:a"}) in joined(here, there, listed)


def test_one_number_typed_by_two_people_is_no_proof() -> None:
    """The name decides then; the person whose name differs gets nothing."""
    numbered = [
        npi(key, name, license="60012345") for key, name in (("1", "Odalys Winterhalter"), ("2", "Odette Winterhalter"))
    ]
    people = (WINTERHALTER, *numbered)
    links = link(people, ONCE)
    assert {len(cluster.members) for cluster in links.clusters if "npi_registry:2" in map(key_of, cluster.members)} == {
        1
    }
    assert "confirmed" not in {links.why[key][0] for key in links.why if links.why[key][1].startswith("Same name")}


def key_of(member: Person) -> str:
    return member.record_id


def test_a_revoked_license_joins_by_its_number() -> None:
    assert together(
        board("AC60012345", "ODALYS||WINTERHALTER", "revoked"), npi("1", "Odalys Winterhalter", license="60012345")
    )


def test_the_order_of_records_decides_nothing() -> None:
    people = [member for pair in [*SAME.values(), *APART.values()] for member in pair]
    unique = list({member.record_id: member for member in people}.values())
    first = joined(*unique)
    for seed in range(5):
        random.Random(seed).shuffle(unique)
        assert joined(*unique) == first


def test_every_record_says_why_it_stands_where_it_does() -> None:
    links = link(list(SAME["license number and a changed surname"]), ONCE)
    levels = sorted(links.why.values())
    assert [level for level, _ in levels] == ["confirmed", "probable"], "a changed surname is not the same name"
    assert any("another family name" in reason for _, reason in levels)
