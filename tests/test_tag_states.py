"""Every state's rule as it is: what the states table says, and what it makes of a license and of none."""

from __future__ import annotations

import pytest

from pipeline.facts import SourceFacts
from pipeline.gather import Reading
from pipeline.rules import read_rule_table, state_codes
from pipeline.tag import Tag, World, tags_of
from tests.people import license_fact, person
from tests.test_tags import FRESH, NOW

CERTIFICATION = frozenset("AK CO DE GA ID IL IN IA LA ME MA MI MN MS MO NH OH OR SC TN UT VA".split())
EXAMS = frozenset("AZ AR CT DC FL HI KS KY MD MT NE NV NJ NM NY NC ND PA RI TX VT WA WV WI WY".split())
NO_LICENSING = frozenset(("AL", "OK", "SD"))
TERRITORIES = frozenset(("GU", "PR", "VI"))
ASKS_AT_RENEWAL = frozenset("IN IA MN NH SC VA".split())
SURELY = frozenset(("IA", "SC"))
RULES = {row["code"]: row for row in read_rule_table("states")}


def states_where(column: str, value: str) -> set[str]:
    return {code for code, row in RULES.items() if row[column] == value}


def test_fifty_states_the_district_and_the_territories() -> None:
    states = CERTIFICATION | EXAMS | NO_LICENSING | {"CA"}
    assert len(states) == 51 and set(state_codes()) == states | TERRITORIES


def test_the_classes_of_the_issue() -> None:
    assert states_where("certification_class", "certification_required") == CERTIFICATION
    assert states_where("certification_class", "exams_required") == EXAMS
    assert states_where("certification_class", "own_exam") == {"CA"}
    assert states_where("certification_class", "not_regulated") == NO_LICENSING == states_where("regulated", "0")
    assert states_where("certification_class", "unknown") == TERRITORIES
    assert (len(CERTIFICATION), len(EXAMS), len(NO_LICENSING)) == (22, 25, 3)


def test_few_states_ask_again_at_renewal_and_fewer_surely() -> None:
    asked = states_where("certification_timing", "initial_and_renewal")
    assert asked == ASKS_AT_RENEWAL <= CERTIFICATION
    assert {code for code in asked if RULES[code]["timing_confidence"] == "high"} == SURELY
    assert all(RULES[code]["certification_timing"] for code in CERTIFICATION)


def board_world(state: str, read: bool = True) -> World:
    board = SourceFacts(f"board_{state.lower()}", "board", f"{state} roster", state, (state,), {})
    readings = {board.name: Reading(board.name, FRESH, whole={state: FRESH} if read else {})}
    return World({board.name: board}, readings, NOW)


def of_state(state: str, status: str = "active") -> list[Tag]:
    member = person(f"board_{state.lower()}:1", "Odalys Winterhalter", state=state)
    licensed = person(
        f"board_{state.lower()}:1", "Odalys Winterhalter", state=state, licenses=(license_fact(state, "100", status),)
    )
    return tags_of([licensed if status else member], [state], board_world(state))


@pytest.mark.parametrize("state", [code for code in state_codes() if code not in NO_LICENSING])
def test_an_active_license_implies_certification_where_renewal_surely_asks(state: str) -> None:
    certification, tag = of_state(state)
    assert tag.value == "active"
    assert (certification.value == "implied") == (state in SURELY)
    assert of_state(state, "expired")[0].value != "implied"


@pytest.mark.parametrize("state", state_codes())
def test_no_license_says_which_kind_of_not_knowing_it_is(state: str) -> None:
    tag = of_state(state, "")[1]
    if state in NO_LICENSING:
        assert (tag.value, tag.because) == (
            "state_does_not_license",
            f"{RULES[state]['name']} does not license acupuncturists.",
        )
    elif RULES[state]["regulated"]:
        assert tag.value == "not_found"
    else:
        assert tag.value == "not_covered" and "is not established" in tag.because
