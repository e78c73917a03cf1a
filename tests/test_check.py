"""Every kind of answer, in the words it must and must not have."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import timedelta

import pytest

from db.check import Answer, BadQuestion, Question, answer_lines, check
from db.keys import asked_name_words, name_key, number_digits, number_key
from db.license_numbers import number_agreement, plain_number
from db.name_agreement import name_agreement
from db.names import find_names
from db.publish import connect, publish
from tests.tiny_database import BUILT_AT, publish_tiny, tiny_tables


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    connection = connect(publish_tiny(tmp_path_factory.mktemp("data")))
    yield connection
    connection.close()


def ask(people: sqlite3.Connection, name: str = "", state: str = "", license: str = "", npi: str = "") -> Answer:
    return check(people, Question(name, state, license, npi), at=BUILT_AT)


def ids(answer: Answer) -> list[str]:
    return [candidate.profile.id for candidate in answer.candidates]


@pytest.mark.parametrize(
    ("name", "state", "outcome"),
    [
        ("Orsolya Thistlewood", "", "found"),
        ("Orsolya Thistlewood", "WA", "found"),
        ("Imelda Quackenbush", "", "several_candidates"),
        ("Jane Nobody", "WA", "read_and_absent"),
        ("Jane Nobody", "California", "state_not_covered"),
        ("Jane Nobody", "or", "source_failed"),
        ("Jane Nobody", "AL", "state_does_not_license"),
        ("Jane Nobody", "PR", "state_not_covered"),
        ("Jane Nobody", "", "nothing_found"),
    ],
)
def test_outcomes(people: sqlite3.Connection, name: str, state: str, outcome: str) -> None:
    assert ask(people, name, state).outcome == outcome


def test_absence_names_the_source_its_date_and_proves_nothing(people: sqlite3.Connection) -> None:
    answer = ask(people, "Jane Nobody", "WA")
    text = " ".join(answer.sentences)
    assert "Not found in Washington credential roster, read completely on 2026-11-20 (2 days ago)." in text
    assert "This does not mean that the person holds no license" in text
    assert [link.url for link in answer.where_to_verify] == [
        "https://ncbahm.example/",
        "https://lookup-wa.example/",
    ]


def test_a_source_grown_old_since_the_build_answers_no_more(people: sqlite3.Connection) -> None:
    late = check(people, Question("Jane Nobody", "WA"), at=BUILT_AT + timedelta(days=100))
    assert late.outcome == "source_failed"
    assert "2026-11-20, 3 months ago" in late.sentences[0]


def test_a_state_whose_rule_is_not_known_is_not_said_to_license_nobody(people: sqlite3.Connection) -> None:
    text = " ".join(ask(people, "Jane Nobody", "PR").sentences)
    assert "not established" in text and "does not license" not in text


def test_an_answer_lists_only_sources_that_speak_about_the_state(people: sqlite3.Connection) -> None:
    names = [source.name for source in ask(people, "Jane Nobody", "WA").sources]
    assert names == ["board_wa", "ncbahm", "leie", "aama", "npi_registry"]


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Marchbanks-Liu",
        "zoe marchbanks liu",
        "MARCHBANKS-LIU, Zoe",
        "Zoe Marchbanks Liu, L.Ac., Dipl. O.M.",
    ],
)
def test_a_name_is_met_however_it_is_written(people: sqlite3.Connection, name: str) -> None:
    answer = ask(people, name)
    assert ids(answer) == ["p04"] and answer.outcome == "found"
    assert answer.candidates[0].match_level == "possible", "a name alone confirms nobody"


@pytest.mark.parametrize(
    ("name", "id", "reason"),
    [
        ("Zoe Liu", "p04", "a name that holds every word asked for"),
        ("Imelda Rosenkrantz", "p01", "the same name (another name: Imelda Rosenkrantz)"),
        ("Orso Thistle", "p05", "Orsolya begins with Orso; Thistlewood begins with Thistle"),
        ("Orsolya Mary Thistlewood", "p05", "Mary is not in this name"),
        (
            "Orsola Thistelwood",
            "p05",
            "Orsola is one slip of a letter from Orsolya; Thistelwood is one slip of a letter from Thistlewood",
        ),
        ("Bartholomew OFennell", "p03", "the same name"),
    ],
)
def test_weaker_matches_say_what_they_are(people: sqlite3.Connection, name: str, id: str, reason: str) -> None:
    answer = ask(people, name)
    assert ids(answer) == [id] and answer.candidates[0].match_reason == reason


def test_close_spellings_are_never_found(people: sqlite3.Connection) -> None:
    answer = ask(people, "Orsola Thistelwood")
    assert answer.outcome == "several_candidates"
    assert "Nobody here matches exactly. 1 is close; it need not be the person you mean." in answer.sentences


def test_several_are_said_to_be_several(people: sqlite3.Connection) -> None:
    answer = ask(people, "Imelda Quackenbush")
    assert ids(answer) == ["p01", "p02"]
    assert answer.sentences[0].startswith("2 practitioners match.")


def test_people_of_that_name_elsewhere_are_shown_apart(people: sqlite3.Connection) -> None:
    answer = ask(people, "Calliope Brandywine", "WA")
    assert answer.outcome == "read_and_absent" and not answer.candidates
    assert [candidate.profile.place for candidate in answer.elsewhere] == ["Portland, OR"]


def test_nobody_of_the_state_asked_for_is_said_to_be_outside_it(people: sqlite3.Connection) -> None:
    """A number that leads to another name makes people of the name asked for no exact match, wherever they are."""
    answer = ask(people, "Imelda Quackenbush", "WA", "AC60000105")
    assert {"p01", "p02"} <= set(ids(answer)) and not answer.elsewhere
    assert not any("Outside Washington" in sentence for sentence in answer.sentences)


def test_a_record_joined_to_nobody_is_never_called_absent(people: sqlite3.Connection) -> None:
    answer = ask(people, "Nobody Joined", "WA")
    assert answer.outcome == "several_candidates" and not answer.candidates
    assert answer.unjoined[0].source_key == "AC60000999"
    assert "1 record read from the sources below carries it" in answer.sentences[0]


def test_an_exclusion_record_joined_to_nobody_is_never_shown(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    tables = tiny_tables()
    alone = next(row for row in tables["records"] if row["id"] == "r-wa-alone")
    tables["records"].append(alone | {"id": "r-leie-alone", "source": "leie", "name": "Someone Excluded"})
    connection = connect(publish(tables, tmp_path_factory.mktemp("data"), BUILT_AT))
    assert ask(connection, "Someone Excluded").outcome == "nothing_found"


@pytest.mark.parametrize("number", ["AC60000105", "ac 60000105", "AC-6000-0105"])
def test_a_number_and_a_name_confirm_each_other(people: sqlite3.Connection, number: str) -> None:
    answer = ask(people, "Thistlewood, Orsolya", "WA", number)
    assert (answer.outcome, ids(answer)) == ("found", ["p05"])
    assert answer.candidates[0].match_level == "confirmed"


@pytest.mark.parametrize(
    ("name", "state", "number", "outcome", "level"),
    [
        ("", "WA", "AC60000105", "found", "probable"),
        ("", "WA", "60000105", "found", "probable"),
        ("", "WA", "0060000105", "found", "probable"),
        ("", "WA", "LAC 60000105", "found", "probable"),
        ("Orsolya Thistlewood", "WA", "60000105", "found", "confirmed"),
        ("O. Thistlewood", "WA", "AC60000105", "found", "confirmed"),
        ("", "WA", "MA60000105", "several_candidates", "possible"),
        ("Orsolya Thistlewood", "WA", "MA60000105", "several_candidates", "possible"),
        ("", "OR", "100107", "several_candidates", "probable"),
        ("Calliope Brandywine", "OR", "100107", "found", "probable"),
        ("Calliope Brandywine", "OR", "AC100107", "found", "confirmed"),
        ("Calliope Brandywine", "OR", "MA100107", "several_candidates", "possible"),
        ("Orsolya Thistlewoode", "WA", "AC60000105", "several_candidates", "probable"),
    ],
)
def test_how_sure_a_license_number_is(
    people: sqlite3.Connection, name: str, state: str, number: str, outcome: str, level: str
) -> None:
    answer = ask(people, name, state, number)
    assert (answer.outcome, answer.candidates[0].match_level) == (outcome, level)


def test_digits_alone_are_said_to_be_digits_alone(people: sqlite3.Connection) -> None:
    answer = ask(people, state="WA", license="MA60000105")
    assert answer.sentences[0].startswith("The license number is met by its digits alone; other letters can be")
    assert answer.candidates[0].match_reason == "the WA license number AC60000105, of which only the digits agree"


def test_a_number_may_be_short_where_it_agrees_whole() -> None:
    assert number_agreement("ACU-7", "7", [{"place": "before", "mark": "ACU"}]) == "whole"
    assert number_agreement("ACU-7", "7", []) == "", "seven is in use everywhere"
    assert number_agreement("ABC", "XYZ", []) == ""


@pytest.mark.parametrize(
    ("npi", "number", "ids_found", "sentence"),
    [
        ("1234567893", "AC60000105", ["p05"], "No practitioner here has the NPI 1234567893."),
        ("1999999905", "AC60009999", ["p05"], "No practitioner here has the WA license number AC60009999."),
        ("1999999901", "AC60000105", ["p01", "p05"], "do not lead to the same practitioner"),
        ("1999999905", "MA60000105", ["p05"], "met by its digits alone"),
    ],
)
def test_every_number_given_must_agree(
    people: sqlite3.Connection, npi: str, number: str, ids_found: list[str], sentence: str
) -> None:
    answer = ask(people, "Orsolya Thistlewood", "WA", number, npi)
    assert (answer.outcome, ids(answer)) == ("several_candidates", ids_found)
    assert {candidate.match_level for candidate in answer.candidates} == {"possible"}
    assert sentence in " ".join(answer.sentences)


def test_two_numbers_that_agree_are_both_named(people: sqlite3.Connection) -> None:
    answer = ask(people, "Orsolya Thistlewood", "WA", "60000105", "1999999905")
    assert answer.outcome == "found" and answer.candidates[0].match_level == "confirmed"
    assert answer.candidates[0].match_reason == ("the NPI 1999999905 and the WA license number AC60000105 and the name")


@pytest.mark.parametrize("name", ["Orsolya", "Thistlewood", "Mary Thistlewood", "Orsolya Mary", "Xi Wu"])
def test_a_number_under_a_name_that_differs_confirms_nobody(people: sqlite3.Connection, name: str) -> None:
    for npi, number in (("1999999905", ""), ("", "AC60000105")):
        answer = ask(people, name, "WA", number, npi)
        assert answer.outcome == "several_candidates" and answer.candidates[0].match_level == "possible"
        assert answer.candidates[0].match_reason.endswith("but the name differs")
        assert answer.sentences[0].startswith("The number leads to another name than the one given.")


@pytest.mark.parametrize(
    ("asked", "known", "family", "agreement"),
    [
        ("Mary Ann Jones", "Mary Ann Smith", "Smith", ""),
        ("Maria de la Torre", "Juan de la Torre", "Torre", ""),
        ("Maria de la Torre", "Maria Torre", "Torre", "the name"),
        ("Mary Garcia Lopez", "John Garcia Lopez", "Garcia Lopez", ""),
        ("Jones, Mary Ann", "Mary Jones", "Jones", "the name"),
        ("Zhao Rulan", "Rulan Zhao", "Zhao", "the name"),
        ("R. Zhao", "Rulan Zhao", "Zhao", "the name"),
        ("Zoe Marchbanks", "Zoë Marchbanks-Liu", "Marchbanks-Liu", "the name"),
        ("Kim Mary Jones", "Mary Kim", "Kim", ""),
        ("Mary Kim Jr.", "Mary Kim", "Kim", "the name"),
        ("Grace", "Grace Lim", "Lim", ""),
        ("Lim", "Grace Lim", "Lim", ""),
        ("Mary Quill", "Mary Rosenkrantz", "Quackenbush", ""),
        ("Imelda Rosenkrantz", "Imelda Rosenkrantz", "Quackenbush", "the name"),
    ],
)
def test_a_name_agrees_by_family_and_given_name(asked: str, known: str, family: str, agreement: str) -> None:
    assert name_agreement(asked, [known], family) == agreement


def test_a_number_counts_only_in_its_state(people: sqlite3.Connection) -> None:
    answer = ask(people, state="OR", license="AC60000105")
    assert not answer.candidates and answer.sentences[0] == (
        "No practitioner here has the OR license number AC60000105."
    )


def test_an_npi_finds_one_person_whatever_stands_between_its_digits(people: sqlite3.Connection) -> None:
    answer = ask(people, npi="199-999-9901")
    assert ids(answer) == ["p01"] and answer.candidates[0].match_level == "confirmed"


def test_numbers_that_lead_nowhere_fall_back_to_the_name(people: sqlite3.Connection) -> None:
    answer = ask(people, "Orsolya Thistlewood", "WA", "AC1")
    assert ids(answer) == ["p05"] and "No practitioner here has" in answer.sentences[0]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (Question(), "Give a name"),
        (Question("  ", "WA"), "Give a name"),
        (Question(license="AC1"), "needs its state"),
        (Question("A B", "Atlantis"), "'Atlantis' is no state known here"),
        (Question(npi="12345"), "ten digits"),
        (Question(npi="19999999O1"), "ten digits"),
        (Question("x" * 10_000), "longer than 200"),
        (Question('"'), "holds no letter"),
        (Question(license="--", state="WA"), "no letter or digit"),
    ],
)
def test_questions_that_cannot_be_asked(people: sqlite3.Connection, question: Question, sentence: str) -> None:
    with pytest.raises(BadQuestion, match=sentence):
        check(people, question)


@pytest.mark.parametrize(
    "text",
    [
        "' OR 1=1 --",
        '"; DROP TABLE practitioners',
        "NEAR(a b)",
        "a* OR b",
        "{x}: y",
        "\u202eabc",
        "名字 王",
        "%",
        "-a",
    ],
)
def test_hostile_names_are_only_names(people: sqlite3.Connection, text: str) -> None:
    try:
        assert ask(people, text).outcome in {"nothing_found", "several_candidates"}
    except BadQuestion as error:
        assert "holds no letter" in str(error)


NEVER_BELOW_CONFIRMED = ("suspend", "limited", "exclusion", "board order", "1128b4")


@pytest.mark.parametrize(
    "question",
    [
        Question("Peregrine Yamanote"),
        Question("Peregrine Yamanote", "WA"),
        Question("Peregrine Yamanote", "OR"),
        Question("Bartholomew O'Fennell"),
        Question(state="WA", license="AC60000106"),
        Question("Xi Wu", "WA", "AC60000106"),
        Question("Xi Wu", npi="1999999906"),
        Question("Peregrine Yamanote", "WA", "MA60000106"),
        Question("Peregrine Yamanote", "WA", "AC60000106", "1234567893"),
    ],
)
def test_below_confirmed_nothing_is_said_of_discipline_or_exclusion(
    people: sqlite3.Connection, question: Question
) -> None:
    answer = check(people, question, at=BUILT_AT)
    candidate = (*answer.candidates, *answer.elsewhere)[0]
    document = answer.to_json()
    lines = " ".join("\n".join(answer_lines(answer)).partition("SOURCES THIS")[0].split())
    parts = [document[part] for part in ("sentences", "candidates", "elsewhere", "where_to_verify")]
    shown = json.dumps(parts).replace('"exclusion": null', "")
    assert candidate.match_level != "confirmed"
    assert [word for word in NEVER_BELOW_CONFIRMED if word in (shown + lines).casefold()] == []
    assert f"/practitioner/{candidate.profile.id}." in candidate.withheld
    assert not answer.candidates or candidate.withheld in lines
    assert [badge.kind for badge in candidate.profile.badges] == ["certification"]


@pytest.mark.parametrize("question", [Question(npi="1999999906"), Question("P Yamanote", "WA", "AC60000106")])
def test_confirmed_everything_is_said(people: sqlite3.Connection, question: Question) -> None:
    candidate = check(people, question, at=BUILT_AT).candidates[0].to_json()
    assert candidate["match_level"] == "confirmed" and candidate["withheld"] is None
    assert candidate["exclusion"] and candidate["licenses"][0]["discipline"] == "Board order on file"
    assert "suspended" in {tag["value"] for tag in candidate["tags"]}


def test_a_license_without_discipline_is_shown_below_confirmed(people: sqlite3.Connection) -> None:
    candidate = ask(people, "Zoe Marchbanks-Liu").candidates[0]
    assert {badge.value for badge in candidate.profile.badges} == {"listed_inactive", "expired"}
    assert candidate.withheld == ""


def test_words_of_discipline_are_veiled_wherever_they_stand(tmp_path_factory: pytest.TempPathFactory) -> None:
    tables = tiny_tables()
    certificate = next(row for row in tables["certifications"] if row["practitioner_id"] == "p04")
    certificate["status_raw"] = "Revoked"
    tags = {row["id"]: row for row in tables["tags"]}
    tags["t-p04-c"]["because"] = "The directory shows the certificate as no longer current (its words: Revoked)."
    tags["t-p05-l"]["needs_review"] = tables["practitioners"][4]["needs_review"] = "A source says: on probation."
    connection = connect(publish(tables, tmp_path_factory.mktemp("data"), BUILT_AT))
    for name in ("Zoe Marchbanks-Liu", "Orsolya Thistlewood"):
        text = json.dumps(ask(connection, name).to_json()["candidates"]).casefold()
        assert "revoked" not in text and "probation" not in text
    assert "revoked" in json.dumps(ask(connection, npi="1999999904").to_json()).casefold()


def test_an_exclusion_is_always_a_possible_match(people: sqlite3.Connection) -> None:
    candidate = ask(people, npi="1999999906").candidates[0].to_json()
    assert candidate["exclusion"]["sentence"].startswith("Possible match on the federal exclusion list: verify at")
    assert "https://exclusions.oig.hhs.gov/" in [link["url"] for link in candidate["where_to_verify"]]


def test_json_is_a_stable_document(people: sqlite3.Connection) -> None:
    document = ask(people, npi="1999999901").to_json()
    assert json.loads(json.dumps(document)) == document
    assert list(document) == [
        "format", "question", "outcome", "heading", "sentences", "candidates", "more_candidates", "elsewhere",
        "unjoined", "sources", "where_to_verify", "as_of", "shown_on", "disclaimer", "correction",
    ]  # fmt: skip
    assert list(document["candidates"][0]) == [
        "id", "name", "place", "kind", "npi", "match_level", "match_reason", "needs_review", "tags", "licenses",
        "certifications", "exclusion", "evidence", "where_to_verify", "page", "withheld", "note", "claims_then",
    ]  # fmt: skip
    tag = document["candidates"][0]["tags"][0]
    assert tag["label"] == "Listed by the certifier" and tag["because"] and tag["rule"] and tag["claims"]


def test_lines_for_a_terminal_say_source_age_and_disclaimer(people: sqlite3.Connection) -> None:
    text = " ".join("\n".join(answer_lines(ask(people, "Orsolya Thistlewood", "WA"))).split())
    for part in (
        "FOUND",
        "Washington credential roster: read 2026-11-20",
        "not primary source verification",
        "Built",
    ):
        assert part in text


@pytest.mark.parametrize("state", ["WA", "OR", "CA", "AL", ""])
def test_no_answer_passes_a_verdict(people: sqlite3.Connection, state: str) -> None:
    for name in ("Jane Nobody", "Peregrine Yamanote", "Imelda Quackenbush"):
        text = json.dumps(ask(people, name, state).to_json()).casefold()
        for word in ("not certified", "unlicensed", "fake", "fraud", "score"):
            assert word not in text


def test_keys() -> None:
    assert name_key("O'Neil-Ray, Ann") == name_key("ANN oneil ray") == "ann oneil ray"
    assert number_key(" ac-60.00 12 ") == "AC600012" and number_digits("AC-0060 12") == "6012"
    assert asked_name_words("Jane Ma, L.Ac., DACM") == ["jane", "ma"]
    assert asked_name_words("Ma, Jane") == ["ma", "jane"]
    assert asked_name_words("Dr. Jane Doe") == ["jane", "doe"]
    assert name_agreement("Jane Roe", ["Jane Marie Roe"]) == "the name"
    assert name_agreement("Jane Roe", ["Jane Poe"]) == "a name spelled nearly the same"
    assert name_agreement("Jane Roe", ["Xi Wu", "Mary Roe"]) == ""


@pytest.mark.everything
def test_a_search_among_many_names_is_capped(tmp_path_factory: pytest.TempPathFactory) -> None:
    tables = tiny_tables()
    person, record = tables["practitioners"][0], tables["records"][0]
    for number in range(20_000):
        name = f"Imelda {chr(97 + number % 26)}ornbush{number}"
        tables["practitioners"].append(person | {"id": f"q{number}", "name": name, "npi": None})
        tables["records"].append(record | {"id": f"rq{number}", "practitioner_id": f"q{number}"})
    connection = connect(publish(tables, tmp_path_factory.mktemp("data"), BUILT_AT))
    assert len(find_names(connection, "Imelda", None)) == 25
    assert [hit.id for hit in find_names(connection, "Orsola Thistelwood", None)] == ["p05"]


@pytest.mark.parametrize(
    ("stored", "asked", "state"),
    [
        ("25MZ00099900", "25mz 00099900", "NJ"),
        ("004999-1", "4999", "NY"),
        ("004999", "004999-1", "NY"),
        ("AP 9999", "9999", "FL"),
    ],
)
def test_a_number_is_found_however_it_is_written(stored: str, asked: str, state: str) -> None:
    marks = [{"place": "after", "mark": "1"}] if state == "NY" else [{"place": "before", "mark": "AP"}]
    assert plain_number(stored, marks) == plain_number(asked, marks)


@pytest.mark.parametrize(
    ("name", "state", "found"),
    [
        ("1999999905", "", "p05"),
        ("NPI 1999999905", "", "p05"),
        ("Orsolya Thistlewood, NPI: 1999999905", "", "p05"),
        ("AC60000105", "WA", "p05"),
        ("WA AC60000105", "", "p05"),
        ("Orsolya Thistlewood AC60000105", "WA", "p05"),
        ("Orsolya Thistlewood, Tacoma, WA 98402", "", "p05"),
    ],
)
def test_a_number_in_the_place_of_the_name_is_asked_for_as_a_number(
    people: sqlite3.Connection, name: str, state: str, found: str
) -> None:
    answer = ask(people, name, state)
    assert answer.outcome == "found" and ids(answer) == [found]


def test_a_license_number_in_the_place_of_the_name_needs_its_state(people: sqlite3.Connection) -> None:
    with pytest.raises(BadQuestion, match="'AC69082133' looks like a license number, which needs its state"):
        ask(people, "AC69082133", "")


def test_a_name_with_a_house_number_stays_a_name(people: sqlite3.Connection) -> None:
    assert ask(people, "123 Oak Street Clinic", "").outcome == "nothing_found"
