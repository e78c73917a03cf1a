"""Bad input to linking: each kind has one stated outcome, and no record is lost.

| what comes in                                              | outcome                                                 |
| ---------------------------------------------------------- | ------------------------------------------------------- |
| no name, one word, punctuation, digits, emoji alone        | stands alone, and says so                               |
| only initials (J. S.), or a family name of one letter      | stands alone, and says so                               |
| a company (Lotus Acupuncture LLC)                          | stands alone, and says so                               |
| Unknown, N/A, Test Test                                    | stands alone, and says so                               |
| a name of 300 or 5,000 letters                             | stands alone, and says so                               |
| Hangul or Han characters alone                             | stands alone, and says so                               |
| Latin letters beside Hangul or Han                         | compared by the Latin letters                           |
| control characters, layout marks, emoji in a name          | compared as if they were not there                      |
| the same but for case                                      | one person                                              |
| one NPI under two names                                    | two people, and a pair to review                        |
| an initial and a common family name (J. Lee), twice        | two people                                              |
| one record id twice                                        | one cluster, and what joins one joins both              |
| a license number reissued to somebody else                 | two people                                              |
| a license number reissued to the same person               | one person                                              |
| Jr. and Sr.                                                | two people, whatever number they share                  |
| no record, one record                                      | no person, one person                                   |
| 40 places                                                  | one person; every place counts                          |
| a placeholder for a phone                                  | no phone                                                |
| a street, phone and website of 3,000 people                | joins nobody, and brings no pairs of strangers          |
| quotes, semicolons, SQL                                    | plain text                                              |
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.build import notes_of
from pipeline.exclusions import Excluded
from pipeline.facts import Person
from pipeline.link import Links, candidates, link
from pipeline.link.engine import DuckDB
from pipeline.link.fields import fields_of
from pipeline.link.members import NAMELESS
from pipeline.link.model import setting
from pipeline.link.readings import readings
from pipeline.names import parse_name
from pipeline.numbers import phone
from pipeline.places import Place
from tests.people import license_fact, person

ONCE = frozenset({"npi_registry", "ncbahm", "aama"})
PHONE = "+12065550100"
NPI = "1999999984"
HOSTILE = "'; DROP TABLE records; --\"\\ ${x} %s {y}"
NOT_COMPARED = {
    "no name": "",
    "white space": " \t\n",
    "one word": "Odalys",
    "one word and letters": "Odalys, L.Ac., Dipl.Ac.",
    "only punctuation": "... --",
    "only digits": "12345 67890",
    "only emoji": "\U0001f600 \U0001f600",
    "only control characters": "\x00\x00 \x1b[31m\x07",
    "only initials": "J. S.",
    "three initials": "J. R. S.",
    "an initial for the family name": "Odalys W.",
    "a company": "Lotus Acupuncture LLC",
    "a company behind a comma": "Lotus Acupuncture, L.L.C.",
    "a company in capitals": "GOLDEN NEEDLE WELLNESS INC",
    "a person's own company": "Odalys Winterhalter, PLLC",
    "a professional corporation": "Odalys Winterhalter P.C.",
    "a clinic in two scripts": "\u9488\u7078 clinic",
    "a clinic in Chinese beside Latin words": "\u4e2d\u533b\u8bca\u6240 Golden Needle",
    "unknown": "Unknown",
    "unknown twice": "UNKNOWN UNKNOWN",
    "given name unknown": "FNU Winterhalter",
    "not available": "N/A",
    "a test": "Test Test",
    "300 letters": "Odalys " + "w" * 293,
    "5,000 letters": "Odalys " + "w" * 5000,
    "5,000 letters in words": "Odalys " + "winter " * 700,
    "Hangul": "\uae40\uc9c0\uc740",
    "Hangul in two words": "\uae40 \uc9c0\uc740",
    "Han": "\u738b\u5c0f\u660e",
    "Han and letters": "\u738b\u5c0f\u660e, L.Ac., Dipl.Ac.",
    "Han and one Latin word": "Xiaoming \u738b",
}
SAME_AS = {
    "Hangul in brackets": ("Jieun Kim (\uae40\uc9c0\uc740)", "Jieun Kim"),
    "Hangul behind": ("Jieun Kim \uae40\uc9c0\uc740", "Jieun Kim"),
    "Hangul behind a turned name": ("Kim, Jieun (\uae40\uc9c0\uc740)", "Jieun Kim"),
    "Han first": ("\u738b\u5c0f\u660e (Xiaoming Wang), L.Ac.", "Xiaoming Wang"),
    "another case": ("ODALYS WINTERHALTER", "odalys winterhalter"),
    "a NUL": ("Odalys\x00Winterhalter", "Odalys Winterhalter"),
    "terminal colors": ("\x1b[31mOdalys Winterhalter\x1b[0m", "Odalys Winterhalter"),
    "marks that turn the text": ("\u202eOdalys\u200f Winterhalter\u202c", "Odalys Winterhalter"),
    "a space of no width": ("Odalys\u200bWinterhalter", "Odalys Winterhalter"),
    "half a character": ("Odalys\ud83d Winterhalter", "Odalys Winterhalter"),
    "an emoji": ("Odalys Winterhalter \U0001f33f", "Odalys Winterhalter"),
}
PEOPLE_WHO_LOOK_ODD = (
    "Min|J|O", "Odalys J. Wellner", "Rosa Clinick", "Beatrice Medicine", "Grace P.C. Wang", "Zack Test",
    "Odalys Winterhalter, Doctor of Acupuncture", "Ng\u1ecdc \u0110\u1eb7ng",
)  # fmt: skip


def every_third(names: Iterable[str]) -> list[Any]:
    """All of them where everything is asked for, else every third."""
    return [pytest.param(name, marks=[pytest.mark.everything] * (at % 3 > 0)) for at, name in enumerate(names)]


def two_records(first: str, second: str) -> tuple[Person, Person]:
    """Two records of two sources that agree in everything but, perhaps, the name."""
    facts = {"street": "811 Invented Ave", "phone": PHONE, "npi": NPI, "website": "https://invented.example/"}
    license = (license_fact("WA", "AC60012345"),)
    return (
        person("npi_registry:1", first, "Seattle", licenses=license, **facts),  # type: ignore[arg-type]
        person("ncbahm:a", second, "Seattle", licenses=license, **facts),  # type: ignore[arg-type]
    )


def clusters(links: Links) -> set[frozenset[str]]:
    return {frozenset(member.record_id for member in cluster.members) for cluster in links.clusters}


def nothing_lost(people: list[Person], links: Links) -> None:
    """Every record stands in one cluster, with a level and a sentence."""
    stood = sorted(member.record_id for cluster in links.clusters for member in cluster.members)
    assert stood == sorted(item.record_id for item in people)
    assert set(links.why) == set(stood)
    assert all(level in ("confirmed", "probable") and reason.endswith(".") for level, reason in links.why.values())


@pytest.mark.parametrize("what", every_third(NOT_COMPARED))
def test_a_name_that_cannot_be_compared_stands_alone_and_says_so(what: str) -> None:
    """Even where street, phone, website, NPI and license number agree."""
    people = list(two_records(NOT_COMPARED[what], NOT_COMPARED[what]))
    links = link([*people, person("aama:9", "Odalys Winterhalter", "Seattle", npi=NPI, phone=PHONE)], ONCE)
    assert len(links.clusters) == 3
    assert {links.why[item.record_id] for item in people} == {("confirmed", NAMELESS)}
    assert links.why["aama:9"] != ("confirmed", NAMELESS)
    assert not links.candidates


@pytest.mark.parametrize("what", every_third(SAME_AS))
def test_a_name_is_compared_by_what_can_be_read_of_it(what: str) -> None:
    links = link(two_records(*SAME_AS[what]), ONCE)
    assert clusters(links) == {frozenset({"npi_registry:1", "ncbahm:a"})}


@pytest.mark.parametrize("name", PEOPLE_WHO_LOOK_ODD)
def test_an_unusual_name_is_still_somebodys(name: str) -> None:
    assert any(True for _ in readings(person("ncbahm:a", name).name))


def test_the_same_but_for_case_is_one_person() -> None:
    """By name and town alone."""
    upper, lower = (
        person("ncbahm:a", "ODALYS WINTERHALTER", "SEATTLE"),
        person("npi_registry:1", "odalys winterhalter", "seattle"),
    )
    assert len(link([upper, lower], ONCE).clusters) == 1


def test_the_build_says_how_many_names_cannot_be_compared() -> None:
    links = link([person("ncbahm:a", "Unknown"), person("ncbahm:b", ""), person("ncbahm:c", "Odalys Ash")], ONCE)
    notes = notes_of(links, Excluded([], 0), [])
    assert "2 records print no name that can be compared; each stands alone." in notes


def test_one_npi_under_two_names_is_two_people() -> None:
    people = two_records("Odalys Winterhalter", "Torben Ashgrove")
    assert len(link(people, ONCE).clusters) == 2


def board(number: str, name: str, status: str, key: str) -> Person:
    return person(f"board_wa:{key}", name, licenses=(license_fact("WA", number, status),))


def test_a_license_number_reissued_to_somebody_else_is_two_people() -> None:
    people = [board("AC1", "Odalys||Winterhalter", "expired", "1"), board("AC1", "Torben||Ashgrove", "active", "2")]
    assert len(link(people, ONCE).clusters) == 2


@pytest.mark.parametrize("before", ["expired", "revoked"])
def test_a_license_number_reissued_to_the_same_person_is_one(before: str) -> None:
    """Dead and live under one number and one name; a lapse and a discipline stay with the person."""
    people = [
        board("AC60012345", "Odalys||Winterhalter", before, "1"),
        board("AC60012345", "Odalys||Winterhalter", "active", "2"),
    ]
    assert len(link(people, ONCE).clusters) == 1


def test_a_son_is_not_his_father_whatever_they_share() -> None:
    people = two_records("Harlow||Winterhalter|Jr.", "Harlow||Winterhalter|Sr.")
    assert len(link(people, ONCE).clusters) == 2


def test_an_empty_register_and_a_register_of_one() -> None:
    assert link([], ONCE) == Links([], {}, [], [])
    one = [person("ncbahm:a", "Odalys Winterhalter")]
    nothing_lost(one, link(one, ONCE))


def test_forty_places_and_every_one_of_them_counts() -> None:
    places = tuple(Place(f"{at} Invented Ave", f"Town {at}", "WA", f"98{at:03d}") for at in range(40))
    many = person("npi_registry:1", "Grace Winterhalter", places=places)
    last = person("ncbahm:a", "Grace Winterhalter", places=places[-1:])
    assert len(link([many, last], ONCE).clusters) == 1


@pytest.mark.parametrize("text", ["000-000-0000", "555-555-5555", "111-111-1111", "123-456-7890", "", HOSTILE])
def test_a_placeholder_is_no_phone(text: str) -> None:
    assert phone(text) == ""


def crowd(names: list[str]) -> list[Person]:
    """People of seven sources who all print one street, one phone and one website."""
    shared = {"street": "811 Invented Ave", "phone": PHONE, "website": "https://invented.example/"}
    return [
        person(f"source_{at % 7}:{at}", name, "Seattle", **shared)  # type: ignore[arg-type]
        for at, name in enumerate(names)
    ]


def invented(count: int, seed: int) -> list[str]:
    letters = random.Random(seed)
    return sorted({"".join(letters.choices(string.ascii_lowercase, k=9)).title() for _ in range(count)})


def candidate_pairs(people: list[Person]) -> int:
    fields = fields_of(people, ONCE)
    with DuckDB() as engine:
        engine.put("records", fields.records)
        engine.put("named", fields.names)
        engine.make(candidates.steps())
        return int(engine.get("SELECT count(*) AS pairs FROM candidates")["pairs"][0].as_py())


def test_a_place_that_thousands_share_pairs_no_strangers() -> None:
    names = [f"{one} {two}" for one, two in zip(invented(3000, 1), invented(3000, 2)[::-1], strict=True)]
    people = crowd(names)
    assert candidate_pairs(people) == 0
    assert len(link(people, ONCE).clusters) == 3000


def test_a_crowded_place_pairs_each_record_with_few_others() -> None:
    """Given and family names are shared as well; without a limit there were 4.5 million pairs."""
    names = [f"{one} {two}" for one in invented(50, 3) for two in invented(60, 4)]
    people = crowd(names)
    assert candidate_pairs(people) <= len(people) * setting("crowded")
    links = link(people, ONCE)
    assert len(links.clusters) == 3000
    nothing_lost(people, links)


def test_a_name_that_thousands_share_at_one_place_brings_no_pairs() -> None:
    assert candidate_pairs(crowd(["Grace Winterhalter"] * 3000)) == 0


def test_hostile_text_in_every_field_is_plain_text() -> None:
    hostile = person(
        f"source_1:{HOSTILE}", f"Odalys {HOSTILE}|{HOSTILE}|{HOSTILE}", HOSTILE, HOSTILE, street=f"1 {HOSTILE}",
        npi=HOSTILE, sex=HOSTILE, kind=HOSTILE, phone=HOSTILE, website=HOSTILE, clinic=HOSTILE,
        licenses=(license_fact("WA", HOSTILE), license_fact("WA", f"AC1{HOSTILE}")), conditions=(HOSTILE,),
        other_names=(parse_name(f"{HOSTILE} {HOSTILE}"), parse_name("Odalys O'Winter;halter")),
    )  # fmt: skip
    people = [hostile, *two_records("Odalys Winterhalter", "Odalys Winterhalter")]
    links = link(people, ONCE)
    nothing_lost(people, links)
    assert len(links.clusters) == 2


NAMES = st.one_of(
    st.sampled_from([*NOT_COMPARED.values(), *(name for pair in SAME_AS.values() for name in pair)]),
    st.sampled_from(["Grace Kim", "Grace E. Kim", "Kim Grace", "J. Kim", "Odalys||Winterhalter|Jr.", HOSTILE]),
    st.text(max_size=30),
)
FACTS = st.fixed_dictionaries(
    {
        "phone": st.sampled_from(["", PHONE, HOSTILE]),
        "npi": st.sampled_from(["", NPI, "1999999992"]),
        "sex": st.sampled_from(["", "F", "M", "X"]),
        "street": st.sampled_from(["", "811 Invented Ave", HOSTILE]),
        "website": st.sampled_from(["", "https://invented.example/", HOSTILE]),
        "licenses": st.sampled_from([(), (license_fact("WA", "AC1"),), (license_fact("WA", "AC1", "revoked"),)]),
        "city": st.sampled_from(["", "Seattle", "\u897f\u96c5\u56fe"]),
    }
)
SOURCES = st.sampled_from(["npi_registry", "ncbahm", "board_wa", "website"])


@st.composite
def odd_records(draw: st.DrawFn) -> list[Person]:
    count = draw(st.integers(0, 12))
    return [person(f"{draw(SOURCES)}:{at}", draw(NAMES), **draw(FACTS)) for at in range(count)]


@pytest.mark.everything
@settings(max_examples=15, deadline=None)
@given(odd_records(), st.randoms(use_true_random=False))
def test_no_list_of_records_fails_and_their_order_decides_nothing(people: list[Person], order: random.Random) -> None:
    links = link(people, ONCE)
    nothing_lost(people, links)
    shuffled = order.sample(people, len(people))
    assert clusters(link(shuffled, ONCE)) == clusters(links)


def test_one_npi_under_two_names_is_up_for_review() -> None:
    people = two_records("Odalys Winterhalter", "Torben Ashgrove")
    without = [replace(item, licenses=()) for item in people]
    links = link(without, ONCE)
    assert links.undecided == [("ncbahm:a", "npi_registry:1")]


def test_one_npi_of_two_of_a_family_at_one_address_is_two_people() -> None:
    people = two_records("Odalys Winterhalter", "Torben Winterhalter")
    assert len(link(people, ONCE).clusters) == 2


def test_initials_and_a_common_family_name_join_nobody() -> None:
    people = [person("npi_registry:1", "J. Lee", "Seattle"), person("ncbahm:a", "J. Lee", "Seattle")]
    assert len(link(people, ONCE).clusters) == 2


def test_a_record_that_comes_twice_stands_in_one_cluster_and_still_joins() -> None:
    twice = [person("npi_registry:1", "Odalys Winterhalter", "Seattle")] * 2
    links = link([*twice, person("ncbahm:a", "Odalys Winterhalter", "Seattle")], ONCE)
    assert [len(cluster.members) for cluster in links.clusters] == [3]
