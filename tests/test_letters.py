"""Letters that can be confused are read by state and by the kind of record, or left unresolved, and it is said."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.gather import RECORD_COLUMNS
from pipeline.ids import Identified
from pipeline.letters import letter_rows, rules
from pipeline.rules import read_rule_table
from tests.people import person
from tests.test_tags import SOURCES

COUNSELOR = [{"code": "101YA0400X"}]
ACUPUNCTURE = [{"code": "171100000X"}]


def rows(
    printed: str, state: str = "", taxonomies: list[dict[str, str]] | None = None, key: str = "aama:1"
) -> list[dict]:
    member = person(key, "Odalys Winterhalter", state=state)
    member = person(key, "Odalys Winterhalter", state=state, states=frozenset({state} - {""}))
    row = dict.fromkeys(RECORD_COLUMNS, "") | {"record_id": key, "source": member.source}
    row["fields"] = {"credential": printed, "taxonomies": taxonomies or []}
    return letter_rows(pd.DataFrame([row]), [Identified("p", [member])], SOURCES, ())


@pytest.mark.parametrize(
    ("printed", "state", "taxonomies", "reading", "says"),
    [
        ("LAC", "SD", ACUPUNCTURE, "resolved", "licensed acupuncturist"),
        ("LAC", "SD", COUNSELOR, "unresolved", "addiction counselor"),
        ("LAC, DACM", "SD", None, "resolved", "acupuncture words beside the letters"),
        ("D.Ac.", "RI", None, "resolved", "Rhode Island license"),
        ("D.Ac.", "NY", None, "resolved", "a school's degree"),
        ("DOM", "NM", None, "resolved", "New Mexico license"),
        ("DOM", "FL", None, "unresolved", "of one's own choice"),
        ("A.P.", "FL", None, "resolved", "Florida license"),
        ("A.P.", "NY", None, "unresolved", "associate professor"),
        ("OMD", "NV", None, "resolved", "Nevada license"),
        ("OMD", "CA", None, "unresolved", "never an M.D."),
        ("R.Ac.", "MI", None, "resolved", "protected the title only"),
        ("R.Ac.", "", None, "unresolved", "the record names no state"),
        ("C.Ac.", "WI", None, "resolved", "authority to practice in Wisconsin"),
        ("C.Ac.", "TN", None, "resolved", "authority to practice in Tennessee"),
        ("C.Ac.", "OH", None, "unresolved", "never national certification"),
        ("EAMP", "WA", None, "resolved", "Washington license"),
        ("AEMP", "OR", None, "unresolved", "nothing in the records ties"),
        ("L.O.M.", "PA", None, "resolved", "Pennsylvania license"),
        ("L.O.M.", "NJ", None, "unresolved", "only in Pennsylvania"),
    ],
)
def test_letters_by_state_and_taxonomy(
    printed: str, state: str, taxonomies: list[dict[str, str]] | None, reading: str, says: str
) -> None:
    (row,) = [one for one in rows(printed, state, taxonomies) if one["credential_id"] not in ("dacm",)]
    assert row["reading"] == reading and row["printed"] in printed
    assert bool(row["means"]) == (reading == "resolved")
    assert says in f"{row['means']} {row['why']} {row['note']}"


def test_a_board_and_the_certifier_say_themselves_that_they_are_of_acupuncture() -> None:
    assert rows("LAC", "WA", key="board_wa:1")[0]["why"] == "on an acupuncture board's roster"
    assert rows("LAC", "WA", key="ncbahm:1")[0]["why"] == "in the certifier's directory"


def test_ca_alone_and_plain_letters_are_no_rows() -> None:
    assert rows("CA", "WI") == rows("L.Ac.", "WA") == rows("", "WA") == []


def test_the_state_of_another_record_counts_where_the_record_names_none() -> None:
    page, board = (
        person("aama:1", "Odalys Winterhalter", states=frozenset()),
        person("board_wa:1", "Odalys Winterhalter", states=frozenset({"WA"})),
    )
    row = dict.fromkeys(RECORD_COLUMNS, "") | {
        "record_id": "aama:1",
        "source": "aama",
        "fields": {"credential": "AEMP"},
    }
    (found,) = letter_rows(pd.DataFrame([row]), [Identified("p", [page, board])], SOURCES, ())
    assert found["why"] == "state WA"
    assert letter_rows(pd.DataFrame([row]), [Identified("p", [page, board])], SOURCES, ["aama:1"]) == []


def test_every_reading_belongs_to_a_credential_and_ends_with_what_holds_elsewhere() -> None:
    known = {row["id"] for row in read_rule_table("credentials")}
    assert set(rules()) <= known
    assert all(not found[-1]["state"] and not found[-1]["field"] for found in rules().values())


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="LACDOMPREv., ", max_size=24), st.sampled_from(["", "WA", "FL", "NM"]))
def test_any_letters_are_read(printed: str, state: str) -> None:
    assert all(row["why"] and row["reading"] in ("resolved", "unresolved") for row in rows(printed, state))
