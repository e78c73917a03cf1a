"""What a board says of a license, in its several columns, becomes one word of ours; its own words stay beside it."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.discipline import NO, case_text, discipline_text
from pipeline.facts import License, Person, SourceFacts
from pipeline.gather import RECORD_COLUMNS
from pipeline.normalize import persons_of
from pipeline.rule_tables import LICENSE_STATUSES
from pipeline.rules import read_rule_table
from pipeline.statuses import FROM_BEST_TO_WORST, UnknownWord, board_words, known_words, worst
from pipeline.tables import shown_fields
from tests.conftest import REPO

STATES = ("CO", "CT", "DE", "IL", "TX")
SOURCES = {
    f"board_{state.lower()}": SourceFacts(f"board_{state.lower()}", "board", state, state, (state,), {})
    for state in STATES
}
BASE = {"family_name": "OTTOWAY", "given_name": "SERAPH", "license_number": "AC99001", "license_type": "Acupuncturist"}


def person(source: str, **fields: Any) -> Person:
    state = source[-2:].upper()
    row = ["r", source, "k", "u", "2026-11-20T00:00:00Z", None, "s", [], state, BASE | fields]
    (found,) = persons_of(pd.DataFrame([row], columns=RECORD_COLUMNS), SOURCES)
    return found


def license_of(source: str, **fields: Any) -> License:
    (found,) = person(source, **fields).licenses
    return found


def sample(source: str) -> dict[str, Person]:
    """The sample's records, read; by the family name or, where the name is one text, all of it."""
    records = json.loads((REPO / "tests" / "expected" / f"{source}.json").read_text())
    found = [
        persons_of(
            pd.DataFrame(
                [[r["source_key"], source, r["source_key"], r["url"], "t", None, "s", [], r["partition"], r["fields"]]],
                columns=RECORD_COLUMNS,
            ),
            SOURCES,
        )[0]
        for r in records
    ]
    return {item.name.family: item for item in found}


@pytest.mark.parametrize(
    ("registration", "discipline", "licensed", "status", "raw", "disciplined"),
    [
        ("ACTIVE", "NONE", "Y", "active", "ACTIVE", False),
        ("Active", "", "", "active", "Active", False),
        ("ACTIVE", "CLEARED", "Y", "active", "ACTIVE", False),
        ("ACTIVE", "COMPLAINT DISMISSED", "Y", "active", "ACTIVE", False),
        ("ACTIVE", "SUSPENDED BY BOARD", "Y", "suspended", "ACTIVE: SUSPENDED BY BOARD", True),
        ("ACTIVE", "REVOKED", "N", "revoked", "ACTIVE: REVOKED", True),
        ("ACTIVE", "UNDER BOARD ORDER", "Y", "limited", "ACTIVE: UNDER BOARD ORDER", True),
        ("ACTIVE", "AUTOMATIC LICENSURE CANCELLED", "N", "expired", "ACTIVE: AUTOMATIC LICENSURE CANCELLED", False),
        ("EXPIRED", "UNDER BOARD ORDER", "N", "expired", "EXPIRED: UNDER BOARD ORDER", True),
        ("RETIRED", "SUSPENDED BY BOARD", "N", "suspended", "RETIRED: SUSPENDED BY BOARD", True),
        ("REVOKED", "CLEARED", "N", "revoked", "REVOKED", True),
        ("ACTIVE", "NONE", "N", "inactive", "ACTIVE: currently_licensed N", False),
        ("EXPIRED", "NONE", "N", "expired", "EXPIRED", False),
        ("EXPIRED", "NONE", "Y", "expired", "EXPIRED", False),
    ],
)
def test_in_texas_the_worst_for_practice_counts(
    registration: str, discipline: str, licensed: str, status: str, raw: str, disciplined: bool
) -> None:
    found = license_of("board_tx", status=registration, disciplinary_status=discipline, currently_licensed=licensed)
    assert (found.status, found.status_raw, found.disciplined) == (status, raw, disciplined)


@pytest.mark.parametrize(
    ("status", "reason", "word", "raw"),
    [
        ("ACTIVE", "CURRENT", "active", "ACTIVE: CURRENT"),
        ("ACTIVE", "", "active", "ACTIVE"),
        ("INACTIVE", "", "inactive", "INACTIVE"),
        ("INACTIVE", "CURRENT", "inactive", "INACTIVE: CURRENT"),
        ("INACTIVE", "LAPSED DUE TO NON-RENEWAL", "expired", "INACTIVE: LAPSED DUE TO NON-RENEWAL"),
        ("INACTIVE", "VOLUNTARY NON-RENEWAL", "expired", "INACTIVE: VOLUNTARY NON-RENEWAL"),
        ("SUSPENDED", "LAPSED DUE TO NON-RENEWAL", "suspended", "SUSPENDED: LAPSED DUE TO NON-RENEWAL"),
        ("ACTIVE", "PROBATION", "limited", "ACTIVE: PROBATION"),
    ],
)
def test_in_connecticut_the_reason_says_more_and_never_better(status: str, reason: str, word: str, raw: str) -> None:
    found = license_of("board_ct", status=status, status_reason=reason)
    assert (found.status, found.status_raw) == (word, raw)


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        ("board_ct", {"status": "ACTIVE", "status_reason": "Wobbly"}),
        ("board_tx", {"status": "Wobbly"}),
        ("board_tx", {"status": "ACTIVE", "disciplinary_status": "Wobbly"}),
        ("board_tx", {"status": "ACTIVE", "disciplinary_status": "CLOSED"}),
        ("board_tx", {"status": "NONE"}),
    ],
)
def test_an_unknown_word_stops_and_columns_do_not_share_their_words(source: str, fields: dict[str, str]) -> None:
    """`closed` ends a license and says nothing of an order; `none` says no discipline and nothing of a license."""
    with pytest.raises(UnknownWord):
        license_of(source, **fields)


def test_a_vocabulary_of_its_own_has_no_shared_words() -> None:
    words = known_words()
    assert "closed" in words["license_status:board_tx"]
    assert "closed" not in words["license_status:board_tx:disciplinary_status"]


def test_every_status_has_its_rank() -> None:
    assert set(FROM_BEST_TO_WORST) == set(LICENSE_STATUSES)
    assert worst(["active", "suspended", "expired"]) == "suspended"


@given(
    st.sampled_from(["ACTIVE", "EXPIRED", "RETIRED", "INACTIVE", "REVOKED"]),
    st.sampled_from(
        [
            row["raw"]
            for row in read_rule_table("status_words")
            if row["source_kind_or_source"].endswith(":disciplinary_status")
        ]
    ),
    st.sampled_from(["Y", "N", ""]),
)
def test_a_second_column_never_makes_a_license_better(status: str, order: str, licensed: str) -> None:
    alone = worst(board_words("board_tx", {"status": status}).values())
    both = board_words("board_tx", {"status": status, "disciplinary_status": order, "currently_licensed": licensed})
    assert FROM_BEST_TO_WORST.index(worst(both.values())) >= FROM_BEST_TO_WORST.index(alone)


@pytest.mark.parametrize(
    ("case", "text"),
    [
        (
            {
                "action": "Stipulation",
                "case_number": "2021-9",
                "effective": "2021-02-15T00:00:00.000",
                "completed": "02/15/2023",
            },
            "Stipulation (case 2021-9, 2021-02-15 to 2023-02-15)",
        ),
        ({"action": "PROBATION", "reason": "UNPROFESSIONAL CONDUCT"}, "PROBATION, UNPROFESSIONAL CONDUCT"),
        ({"case_number": "2021-9"}, ""),
        ({"case_number": "0", "action": "None"}, ""),
        ({"action": "COMPLAINT DISMISSED", "effective": "2019-01-02"}, ""),
        ({"action": "Fine", "effective": "in spring"}, "Fine (in spring)"),
    ],
)
def test_a_case_is_said_in_the_boards_words(case: dict[str, str], text: str) -> None:
    assert case_text(case) == text


@pytest.mark.parametrize(
    ("action", "cases", "text"),
    [
        ("N", [], ""),
        ("None", [], ""),
        ("Y", [], "Yes"),
        ("Yes", [], "Yes"),
        ("Y", [{"action": "REPRIMAND"}], "REPRIMAND"),
        ("N", [{"action": "REPRIMAND"}, {"action": "FINE"}], "REPRIMAND; FINE"),
    ],
)
def test_cases_say_more_than_a_bare_yes(action: str, cases: list[dict[str, str]], text: str) -> None:
    found = license_of("board_il", status="ACTIVE", action_taken=action, discipline_cases=cases)
    assert (found.discipline, found.disciplined, found.status) == (text, bool(text), "active")


@given(
    st.lists(st.dictionaries(st.sampled_from(["action", "reason", "case_number", "effective"]), st.text(max_size=20)))
)
def test_any_cases_are_said_or_left(cases: list[dict[str, str]]) -> None:
    said = [case.get(part, "").strip().casefold() for case in cases for part in ("action", "reason")]
    assert bool(discipline_text({"discipline_cases": cases})) is any(word not in NO for word in said)


@pytest.mark.parametrize(
    ("state", "printed", "key"),
    [
        ("CO", "1036", "CO:1036"),
        ("CO", "ACU.0001036", "CO:1036"),
        ("TX", "AC02276", "TX:2276"),
        ("TX", "AC 2276", "TX:2276"),
        ("IL", "198.001234", "IL:198001234"),
        ("DE", "Q9-0012482", "DE:Q90012482"),
        ("CT", "000123", "CT:123"),
        ("IL", "19*****99", ""),
    ],
)
def test_numbers_of_these_boards_are_comparable(state: str, printed: str, key: str) -> None:
    assert license_of(f"board_{state.lower()}", status="Active", license_number=printed).key == key


def test_colorados_sample_is_understood() -> None:
    people = sample("board_co")
    (twice,) = people["Ravensbourne"].licenses
    assert twice.status == "active" and twice.disciplined
    assert twice.discipline == (
        "Letter of Admonition (case 2018-99031, 2018-09-21); Stipulation (case 2021-99044, 2021-02-15 to 2023-02-15)"
    )
    assert people["Umberland"].licenses[0].status == "limited" and people["Umberland"].name.suffix == "Jr."
    (place,) = people["Quillfeather"].places
    assert (place.city, place.state, place.zip, place.street) == ("Salida", "CO", "81201", "")


def test_connecticuts_sample_is_understood() -> None:
    people = sample("board_ct")
    assert (people["Brackenridge"].name.given, people["Brackenridge"].name.middle) == ("Isolde", "Q")
    assert people["Brackenridge"].places[0].zip == "06443"
    assert people["Ashdowne"].licenses[0].status == "expired"
    temporary = people["Locksmyth"]
    assert temporary.licenses[0].status == "limited" and not temporary.licenses[0].disciplined
    assert temporary.name.suffix == "Jr." and temporary.states == {"CT", "NJ"}
    assert "del Sarto-Winn" in people


def test_delawares_sample_is_understood() -> None:
    people = sample("board_de")
    assert (
        people["Marchetti-Voss"].licenses[0].discipline
        == "Letter of Reprimand (2019-04-03); Remedial Education (2019-04-03)"
    )
    assert people["Trevelyan-Park"].licenses[0].status == "suspended"
    assert not people["Penhallow"].licenses[0].disciplined and people["Penhallow"].places[0].zip == "19958"


def test_illinois_sample_is_understood() -> None:
    people = sample("board_il")
    assert [people[name].licenses[0].key for name in ("Featherstonehaugh", "Kingfisher")] == ["", ""]
    assert people["Gallowglass"].licenses[0].expires == "2013-06-30"
    assert people["Vanterpool"].licenses[0].discipline == "Yes"


def test_texas_sample_is_understood() -> None:
    people = sample("board_tx")
    (item,) = people["Nightingale-Soto"].licenses
    assert (item.status, item.discipline) == ("suspended", "TEMPORARY SUSPENSION ORDER (2025-02-07)")
    assert not people["Osterhagen"].licenses[0].disciplined


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_no_street_and_no_dismissed_complaint_is_published(source: str) -> None:
    for record in json.loads((REPO / "tests" / "expected" / f"{source}.json").read_text()):
        shown = shown_fields(source, record["fields"])
        assert "street" not in shown and "disciplinary_status" not in shown
        assert shown["status"] and shown["license_number"]
    assert not any(person.publishes_street for person in sample(source).values())
