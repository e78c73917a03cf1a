"""A name that somebody typed, and whom it may mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nicknames import NickNamer

from db.check import Checker, Found, Question
from db.keys import asked_name_words, name_words
from db.license_numbers import LicenseNumbers, marks_of, number_agreement
from db.name_agreement import SHORT_FORM, name_agreement
from db.name_fit import fit, letters_wrong
from db.names import NameIndex, find_names
from db.nicknames import nicknames_of
from db.publish import connect, publish
from tests.tiny_database import BUILT_AT, Row, tiny_tables

MORE = {
    "q01": ("Li Wei", "WA", []),
    "q02": ("Wei Li", "OR", []),
    "q03": ("Patrick Sean O'Brannigan", "WA", []),
    "q04": ("Xiao-Ming Quong", "WA", []),
    "q05": ("Margaret Tuddleworth", "WA", ["Margaret Pelham"]),
    "q06": ("Jane Marie Oxenbridge", "WA", []),
    "q07": ("Jane Anne Oxenbridge", "OR", []),
    "q08": ("Hedwig MacAllasdair", "WA", []),
    "q09": ("Đặng Ngọc Quillfeather", "WA", ["Øystein Bråfjord"]),
    "q10": ("Lukasz Wyrzykovich", "WA", []),
}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    tables = tiny_tables()
    person, record = tables["practitioners"][1], tables["records"][0]
    for number, (id, (name, state, others)) in enumerate(MORE.items()):
        row = person | {"id": id, "name": name, "npi": f"18888888{number:02}", "state": state, "other_names": others}
        tables["practitioners"].append(row | {"city": "Anytown", "family_name": name.split()[-1]})
        tables["records"].append(record | {"id": f"r-{id}", "practitioner_id": id, "name": name})
    connection = connect(publish(tables, tmp_path_factory.mktemp("data"), BUILT_AT))
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def checker(people: sqlite3.Connection) -> Checker:
    return Checker(people, BUILT_AT)


def found(checker: Checker, *question: str, **named: str) -> Found:
    return checker.found(Question(*question, **named))


@pytest.mark.parametrize(
    ("asked", "id", "exact"),
    [
        ("Patrick Obrannigan", "q03", True),
        ("Patrick O'Brannigan", "q03", True),
        ("O BRANNIGAN, PATRICK", "q03", True),
        ("Patrick OBranigan", "q03", False),
        ("Patirck Obrannigan", "q03", False),
        ("Xiaoming Quong", "q04", True),
        ("Xiao Ming Quong", "q04", True),
        ("Quong Xiaoming", "q04", True),
        ("Peggy Tuddleworth", "q05", False),
        ("Margaret Pelham", "q05", True),
        ("Margret Pelam", "q05", False),
        ("Hedwig Mac Allasdair", "q08", True),
        ("Hedwig Macalasdair", "q08", False),
        ("H. MacAllasdair", "q08", False),
        ("Dang Ngoc Quillfeather", "q09", True),
        ("Đặng Ngọc Quillfeather", "q09", True),
        ("Oystein Brafjord", "q09", True),
        ("Dang Quilfeather", "q09", False),
        ("Łukasz Wyrzykovich", "q10", True),
        ("Jane M. Oxenbridge", "q06", False),
        ("Jane Marie Louise Oxenbridge", "q06", False),
    ],
)
def test_slips_are_forgiven_and_named(checker: Checker, asked: str, id: str, exact: bool) -> None:
    answer = found(checker, asked)
    assert answer.matches[0].id == id and answer.matches[0].exact is exact and answer.matches[0].reason
    assert answer.outcome == ("found" if exact and len(answer.matches) == 1 else "several_candidates")
    assert answer.matches[0].level == "possible", "a name alone confirms nobody"


@pytest.mark.parametrize(
    "asked",
    [
        "Li Wang", "Kim Wei", "Jane Smith", "Patricia Brandywine", "Orsolya", "Nobody Thistlewood", "Gwendolyn Pelham",
        "Xxxxxxx Yyyyyy",
    ],
)  # fmt: skip
def test_another_name_is_not_a_slip(checker: Checker, asked: str) -> None:
    assert all(match.reason != "the same name" and not match.exact for match in found(checker, asked).matches)
    assert len(asked.split()) == 1 or not found(checker, asked).matches


def test_the_same_order_stands_before_the_other(checker: Checker) -> None:
    reasons = {match.id: match.reason for match in found(checker, "Li Wei").matches}
    assert list(reasons) == ["q01", "q02"]
    assert reasons == {"q01": "the same name", "q02": "the same name in another order"}
    assert [match.id for match in found(checker, "Wei, Li").matches] == ["q01", "q02"]


def test_the_state_asked_for_stands_first_and_others_apart(checker: Checker) -> None:
    answer = found(checker, "Jane Oxenbridge", "OR")
    assert [match.id for match in answer.matches] == ["q07"] and answer.outcome == "found"
    near = found(checker, "Jane Ann Oxenbridge", "WA")
    assert near.matches[0].id == "q06" and not near.matches[0].exact
    away = found(checker, "Li Wei", "CA")
    assert not away.matches and [match.id for match in away.elsewhere] == ["q01", "q02"]
    assert "Outside California, 2 people of that name can be seen." in away.sentences


def test_one_name_alone_is_never_a_find(checker: Checker) -> None:
    answer = found(checker, "Thistlewood")
    assert answer.outcome == "several_candidates" and [match.id for match in answer.matches] == ["p05"]
    assert "One name is nobody's whole name" in answer.sentences[0]


def test_more_than_are_shown_is_said(tmp_path_factory: pytest.TempPathFactory) -> None:
    tables = tiny_tables()
    person, record = tables["practitioners"][0], tables["records"][0]
    for number in range(40):
        tables["practitioners"].append(person | {"id": f"m{number:02}", "npi": None, "other_names": []})
        tables["records"].append(record | {"id": f"rm{number}", "practitioner_id": f"m{number:02}"})
    checker = Checker(connect(publish(tables, tmp_path_factory.mktemp("data"), BUILT_AT)), BUILT_AT)
    answer = checker.answer(Question("Imelda Quackenbush"))
    assert len(answer.candidates) == 25 and answer.more and answer.to_json()["more_candidates"] is True
    assert answer.sentences[0].startswith("More than 25 practitioners match.")
    assert not checker.answer(Question("Orsolya Thistlewood")).more


def test_a_number_of_another_state_is_recognized_by_its_name(checker: Checker) -> None:
    answer = found(checker, "Orsolya Thistlewood", "OR", "AC60000105")
    assert "In Washington somebody of that name holds this number: was another state meant?" in answer.notes
    assert not [note for note in found(checker, "Xi Wu", "OR", "AC60000105").notes if "Washington" in note]


def test_a_number_of_somebody_else_shows_both(checker: Checker) -> None:
    answer = found(checker, "Orsolya Thistlewood", npi="1999999901")
    assert [match.id for match in answer.matches] == ["p01", "p05"]
    assert answer.matches[0].reason.endswith("but the name differs")
    assert answer.matches[1].reason == "the same name, but the number given leads to somebody else"
    assert {match.level for match in answer.matches} == {"possible"}
    assert "Nobody here has both the number and the name." in answer.sentences[0]


def test_a_short_form_beside_a_number_is_probable(checker: Checker) -> None:
    answer = found(checker, "Peggy Tuddleworth", npi="1888888804")
    assert (answer.outcome, answer.matches[0].level) == ("found", "probable")
    assert name_agreement("Peggy Tuddleworth", ["Margaret Tuddleworth"]) == SHORT_FORM
    assert name_agreement("Peggy Tuddleworth", ["Leopold Tuddleworth"]) == ""


def test_what_is_held_gives_the_same_answers_again(people: sqlite3.Connection, checker: Checker) -> None:
    for question in (Question("Patirck Obrannigan"), Question("Orsolya Thistlewood", "WA", "60000105")):
        again = Checker(people, BUILT_AT, checker.held)
        assert again.found(question) == checker.found(question) == Checker(people, BUILT_AT).found(question)


def test_the_index_keeps_a_bounded_number_of_words(people: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.names.KEPT_WORDS", 3)
    index = NameIndex()
    for word in ("orsolya", "imelda", "zoe", "leopold", "calliope"):
        assert word in index.forms(people, word)
    assert len(index.near) == 3
    assert find_names(people, "Orsola Thistelwood", None, index)[0].id == "p05"


@pytest.mark.parametrize(
    ("asked", "known", "wrong"),
    [
        ("thistelwood", "thistlewood", 1),
        ("obrein", "obrien", 1),
        ("jonsin", "jensen", 2),
        ("wang", "wong", 1),
        ("li", "lu", 0),
        ("kim", "lim", 0),
        ("kim", "kin", 1),
        ("smith", "jones", 0),
    ],
)
def test_how_many_letters_may_be_wrong(asked: str, known: str, wrong: int) -> None:
    assert letters_wrong(asked, known) == wrong


WORDS = st.lists(st.text("abceo", min_size=1, max_size=8), min_size=1, max_size=5)


@given(WORDS, WORDS)
def test_any_two_names_can_be_compared(asked: list[str], known: list[str]) -> None:
    one = fit(asked, known, nicknames_of)
    assert fit(asked, asked, nicknames_of) is None or fit(asked, asked, nicknames_of).cost == 0  # type: ignore[union-attr]
    if one:
        assert one.reason and one.cost >= 0
        assert not one.exact or set("".join(asked)) <= set("".join(known)) | {word for word in asked if len(word) == 1}


@given(st.text(max_size=60))
def test_any_text_can_be_asked(text: str) -> None:
    words = asked_name_words(text)
    assert all(word == word.casefold() for word in words) or words
    fit(words, name_words("Orsolya Thistlewood"), nicknames_of)


MARKS: list[Row] = [
    {"state": "WA", "place": "before", "mark": "AC"},
    {"state": "*", "place": "before", "mark": "LAC"},
    {"state": "NY", "place": "after", "mark": "1"},
    {"state": "NJ", "place": "before", "mark": "25MZ"},
]


@pytest.mark.parametrize(
    ("state", "stored", "asked"),
    [
        ("WA", "AC60000105", "60000105"),
        ("NY", "004999-1", "4999"),
        ("NY", "004999", "004999-1"),
        ("NJ", "25MZ00099900", "99900"),
        ("NJ", "99900", "25mz 00099900"),
        ("OR", "AC 100107", "LAC100107"),
        ("WA", "ABC", "abc"),
    ],
)
def test_held_numbers_lead_to_what_the_comparison_says(
    tmp_path_factory: pytest.TempPathFactory, state: str, stored: str, asked: str
) -> None:
    tables = tiny_tables()
    tables["licenses"] = [tables["licenses"][0] | {"state": state, "number": stored}]
    connection = connect(publish(tables, tmp_path_factory.mktemp("data"), BUILT_AT))
    agreement = number_agreement(stored, asked, marks_of(MARKS, state))
    holders = LicenseNumbers(MARKS).holders(connection, state, asked)
    assert [row["agreement"] for row in holders] == ([agreement] if agreement else [])
    assert agreement


def test_the_list_of_short_forms_is_read_as_its_package_reads_it() -> None:
    package = NickNamer()
    for word in ("bill", "william", "peggy", "margaret", "bob", "ed", "orsolya"):
        assert nicknames_of(word) == (package.canonicals_of(word) | package.nicknames_of(word)) - {word}
