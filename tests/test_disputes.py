"""A disputed fact is hidden everywhere until its record was read again; then it is shown again, or settled."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.snapshots import Manifest, Run
from db.publish import current
from pipeline.claims import claims_of
from pipeline.disputed_people import NO_NAME, shown_member, shown_persons, shown_tags
from pipeline.disputed_tables import MARK, withheld_changes
from pipeline.disputes import (
    COLUMNS,
    FILE,
    HIDDEN,
    REPEATED,
    SETTLED,
    WAITING,
    Dispute,
    Disputed,
    about,
    disputed_today,
    fault_of,
    read_disputes,
    value_hash,
)
from pipeline.disputes_file import withdraw, write_disputes
from pipeline.facts import Certification, Person
from pipeline.ids import Identified
from pipeline.judged_csv import NotWritten
from pipeline.normalize import Exclusion
from pipeline.renamings import Renamings
from pipeline.rules import RuleError
from pipeline.world import World
from tests.conftest import run_diplomate
from tests.people import license_fact, listing, person
from tests.test_tags import NOW, world

NOBODY_RENAMED = Renamings([])
BOARD = person(
    "board_wa:1", "Odalys Winterhalter", licenses=(license_fact("WA", "AC60012345", "active", "Stipulation"),)
)
RECORD = "0123456789abcdef"
BOARD = replace(BOARD, record_id=RECORD)
LICENSE = "license WA AC60012345"


def dispute(member: Person, field: str, value: str, on: str = "2026-11-21T08:00:00Z", number: int = 1) -> Dispute:
    return Dispute(number, member.record_id, field, value_hash(member.record_id, field, value), "asked", on)


def today(member: Person, *lines: Dispute) -> Disputed:
    return disputed_today(lines, [member], [], NOBODY_RENAMED)


def outcome(member: Person, line: Dispute) -> str:
    return today(member, line).standing[0].outcome


def test_a_record_read_before_the_dispute_hides_the_fact_and_a_later_reading_ends_it() -> None:
    line = dispute(BOARD, LICENSE, "Active")
    later = replace(BOARD, fetched_at="2026-11-22T00:00:00Z")
    changed = replace(later, licenses=(license_fact("WA", "AC60012345", "expired"),))
    assert outcome(BOARD, line) == HIDDEN
    assert outcome(later, line) == REPEATED
    assert outcome(changed, line) == SETTLED
    assert outcome(person("npi_registry:9", "Somebody Else"), line) == WAITING
    assert outcome(later, replace(line, withdrawn_on="2026-11-21T09:00:00Z")) == "withdrawn"


def test_the_day_of_a_dispute_counts_whole_where_it_has_no_time() -> None:
    line = dispute(BOARD, LICENSE, "Active", on="2026-11-21")
    assert outcome(replace(BOARD, fetched_at="2026-11-21T23:00:00Z"), line) == HIDDEN
    assert outcome(replace(BOARD, fetched_at="2026-11-22T00:00:00Z"), line) == REPEATED


def test_a_replay_of_the_old_bytes_ends_no_dispute_whatever_it_reads_in_them() -> None:
    reread = replace(BOARD, licenses=(license_fact("WA", "AC60012345", "inactive"),))
    assert today(reread, dispute(BOARD, LICENSE, "Active")).fields == {RECORD: frozenset({LICENSE})}


def test_a_dispute_follows_its_record_to_a_new_key() -> None:
    renamed = Renamings(
        [{"old_id": RECORD, "new_id": "new", "since": "2026-11-21T12:00:00Z", "old_key": "1", "new_key": "2"}]
    )
    line = dispute(BOARD, LICENSE, "Active")
    moved = replace(BOARD, record_id="new")
    assert disputed_today([line], [moved], [], renamed).fields == {"new": frozenset({LICENSE})}
    later = replace(moved, fetched_at="2026-11-22T00:00:00Z")
    assert disputed_today([line], [later], [], renamed).standing[0].outcome == REPEATED


def test_an_exclusion_can_be_disputed() -> None:
    item = Exclusion(RECORD, BOARD.name, "", "WA", "1128b4", "2020-01-20", "", "", "2026-11-20T00:00:00Z")
    line = Dispute(1, RECORD, "exclusion", value_hash(RECORD, "exclusion", "1128b4 2020-01-20"), "no", "2026-11-21")
    assert disputed_today([line], [], [item], NOBODY_RENAMED).exclusions == {RECORD}
    later = replace(item, fetched_at="2026-12-10T00:00:00Z")
    assert disputed_today([line], [], [later], NOBODY_RENAMED).standing[0].outcome == REPEATED


FULL = replace(
    BOARD,
    npi="2000000002",
    clinic="Winter Clinic",
    phone="2065550100",
    website="http://winter.example/",
    other_names=(person("a:b", "Odalys Summer").name,),
    certifications=(listing(),),
    places=person("a:b", "X Y", "Seattle").places,
    conditions=("pain",),
)


@pytest.mark.parametrize("field", sorted({claim.field for claim in claims_of(FULL)}))
def test_every_kind_of_fact_can_be_hidden_alone(field: str) -> None:
    shown = shown_member(FULL, frozenset({field}))
    left = {claim.field for claim in claims_of(replace(shown, name=FULL.name))}
    gone = {claim.field for claim in claims_of(FULL)} - left
    assert gone == {name for name in gone if name.startswith(field)}
    assert (shown.name is NO_NAME) if field == "name" else field in gone


def test_of_a_record_disputed_as_a_whole_nothing_is_left() -> None:
    fields = frozenset(claim.field for claim in claims_of(FULL))
    assert [claim.value for claim in claims_of(shown_member(FULL, fields))] == ["Name disputed"]
    assert shown_member(FULL, fields).conditions == ()


def test_a_hidden_name_is_that_of_another_record_or_none() -> None:
    other = person("npi_registry:1", "Odalys Winter")
    hiding = today(BOARD, dispute(BOARD, "name", BOARD.name.display))
    (both,) = shown_persons([Identified("p", [BOARD, other])], hiding)
    (alone,) = shown_persons([Identified("p", [BOARD])], hiding)
    assert [member.name.display for member in both.members] == ["Odalys Winter"] * 2
    assert alone.members[0].name.display == "Name disputed"


def tags_with(members: list[Person], field: str, value: str, seen: World, states: tuple[str, ...] = ("WA",)) -> list:
    hiding = today(members[0], dispute(members[0], field, value))
    (shown,) = shown_persons([Identified("p", members)], hiding)
    return shown_tags(members, shown.members, list(states), seen, hiding.since(members))


def test_a_hidden_board_record_is_no_absence() -> None:
    _, tag = tags_with([BOARD], LICENSE, "Active", world(board_wa={"WA": "2026-11-20T00:00:00Z"}))
    assert (tag.value, tag.rule, tag.claims) == ("source_failed", "license_disputed", ())
    assert "disputed since 2026-11-21" in tag.because and tag.needs_review


def test_a_hidden_listing_is_no_absence() -> None:
    member = replace(
        person("ncbahm:a", "Odalys Winterhalter", "Seattle", certifications=(listing(),)), record_id=RECORD
    )
    seen = world(ncbahm={"WA": "2026-11-20T00:00:00Z"})
    tag, _ = tags_with([member], "certification NCBAHM Dipl. Ac.", "Certified Diplomate", seen)
    assert (tag.value, tag.rule) == ("not_checked", "certification_disputed")


def test_what_else_is_known_is_shown_with_the_dispute_beside_it() -> None:
    claim = Certification("NCBAHM", "Dipl. Ac.", "claimed", "", "Dipl. Ac.")
    registry = person(
        "npi_registry:1", "Odalys Winterhalter", licenses=(license_fact("WA", "AC60012345"),), certifications=(claim,)
    )
    certification, tag = tags_with([BOARD, registry], LICENSE, "Active", world())
    assert tag.value == "claimed" and "disputed since" in tag.needs_review
    assert certification.value == "claimed" and not certification.needs_review


def test_a_hidden_claim_of_a_state_that_is_not_covered_stays_not_covered() -> None:
    registry = replace(
        person("npi_registry:1", "Odalys Winterhalter", licenses=(license_fact("OR", "AC100"),)), record_id=RECORD
    )
    tag = tags_with([registry], "license OR AC100", "claimed", world(), ("WA", "OR"))[2]
    assert tag.value == "not_covered" and "disputed since" in tag.needs_review


def test_a_person_without_a_dispute_is_the_same_object() -> None:
    other = Identified("q", [person("npi_registry:1", "Somebody Else")])
    hiding = today(BOARD, dispute(BOARD, LICENSE, "Active"))
    assert shown_persons([other], hiding)[0] is other
    assert shown_persons([other], Disputed())[0] is other


def test_the_words_of_changes_are_withheld_and_given_back() -> None:
    claims = pd.DataFrame(
        [{"id": "a" * 16, "record_id": RECORD, "field": "phone", "value": "206-555-0100"}], columns=None
    )
    told = pd.DataFrame(
        [
            {"record_id": RECORD, "field": "phone", "old": "206-555-0199", "new": "206-555-0100"},
            {"record_id": RECORD, "field": "city", "old": "Kent, WA", "new": None},
            {"record_id": "f" * 16, "field": "phone", "old": None, "new": "206-555-0100"},
        ],
        dtype=object,
    )
    hiding = today(FULL, dispute(FULL, "phone", "206-555-0100"))
    hidden = withheld_changes(told, claims, {"a" * 16}, hiding)
    assert hidden["new"].tolist() == [f"[disputed {'a' * 16}]", None, "206-555-0100"]
    assert MARK.fullmatch(hidden["new"][0])
    assert withheld_changes(hidden, claims, set(), hiding).to_dict() == told.to_dict()


# The file


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["nobody", "phone", "0" * 32, "why", "2026-11-21", ""], "record_id is 'nobody'"),
        ([RECORD, "", "0" * 32, "why", "2026-11-21", ""], "field is empty"),
        ([RECORD, "phone", "206-555-0100", "why", "2026-11-21", ""], "value_hash is '206-555-0100'"),
        ([RECORD, "phone", "0" * 32, "", "2026-11-21", ""], "the reason is empty"),
        ([RECORD, "phone", "0" * 32, "why", "11/21/2026", ""], "disputed_on is '11/21/2026'"),
        ([RECORD, "phone", "0" * 32, "why", "2062-11-21", ""], "in the future"),
        ([RECORD, "phone", "0" * 32, "why", "2026-11-21", "soon"], "withdrawn_on is 'soon'"),
    ],
)
def test_a_wrong_line_is_named(cells: list[str], said: str) -> None:
    assert said in fault_of(cells, NOW)
    assert fault_of([RECORD, "phone", "0" * 32, "why", "2026-11-21T09:30:00Z", ""], NOW) == ""


def test_a_wrong_file_stops_with_its_line(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("a,b\n")
    with pytest.raises(RuleError, match="must start with the columns record_id,field"):
        read_disputes(tmp_path, NOW)
    (tmp_path / FILE).write_text(f"{','.join(COLUMNS)}\nx,y,z,w,v,u\n")
    with pytest.raises(RuleError, match=r"disputes.csv, line 2: record_id is 'x'"):
        read_disputes(tmp_path, NOW)
    (tmp_path / FILE).write_text(f"{','.join(COLUMNS)}\nx,y,z,w,v\n")
    with pytest.raises(RuleError, match=r"disputes.csv, line 2: 5 cells instead of 6"):
        read_disputes(tmp_path, NOW)


def test_disputes_are_written_once_numbered_and_withdrawn(tmp_path: Path) -> None:
    stated = [("phone", "206-555-0100"), ("name", "Odalys Winterhalter")]
    new = write_disputes(tmp_path, RECORD, stated, "not  mine", NOW)
    assert [line.number for line in new] == [1, 2]
    assert write_disputes(tmp_path, RECORD, stated[:1], "again", NOW) == []
    withdraw(tmp_path, 1, NOW)
    lines = read_disputes(tmp_path, NOW)
    assert [(line.reason, bool(line.withdrawn_on)) for line in lines] == [("not mine", True), ("not mine", False)]
    assert "Odalys" not in (tmp_path / FILE).read_text() and "555" not in (tmp_path / FILE).read_text()
    for number, said in ((1, "withdrawn on 2026-11-22 already"), (7, "there are 1 to 2")):
        with pytest.raises(NotWritten, match=said):
            withdraw(tmp_path, number, NOW)
    with pytest.raises(NotWritten, match="reason is missing"):
        write_disputes(tmp_path, RECORD, stated, " ", NOW)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_hash_recognizes_its_value_alone(value: str, other: str) -> None:
    line = Dispute(1, RECORD, "phone", value_hash(RECORD, "phone", value), "r", "2026-11-21")
    assert line.is_about("phone", value) and not line.is_about("clinic", value)
    assert line.is_about("phone", other) == (value == other)


def test_what_a_field_is_about_holds_no_number() -> None:
    assert about("license WA AC60012345 expires") == "license WA"
    assert about("certification NCBAHM Dipl. Ac.") == "certification NCBAHM"
    assert about("other name") == "other name"


# The whole way: command, build, another reading


def ask(data: Path, sql: str, *values: str) -> list[tuple]:
    path = current(data)
    assert path
    with sqlite3.connect(path) as connection:
        return connection.execute(sql, values).fetchall()


def read_again(data: Path, source: str, key: str, **fields: str) -> None:
    """A later whole reading of a board; one record says something else."""
    run = next((data / "snapshots" / source).iterdir())
    rows = [json.loads(line) for line in (run / "records.jsonl").read_text().splitlines()]
    at = f"{datetime.now(UTC) + timedelta(hours=20):%Y-%m-%dT%H:%M:%SZ}"  # later, and believed: less than a day ahead
    for row in rows:
        row |= {"fetched_at": at, "sha256": "later"}
        if row["source_key"] == key:
            row["fields"] |= fields
    later = Run.create(data, source)
    (later.folder / "records.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    manifest = Manifest(source, later.name, "crawl", at, read_at=at)
    manifest.result, manifest.rows, manifest.coverage = "good", len(rows), {"WA": True}
    later.finish(manifest)


NUMBER = "AC69003571"


def test_a_dispute_from_the_command_to_the_pages_and_back(data: Path) -> None:
    ((record, person_id),) = ask(data, "SELECT id, practitioner_id FROM records WHERE source_key = ?", NUMBER)
    expires = ask(data, "SELECT value FROM claims WHERE record_id = ? AND field LIKE '%expires'", record)[0][0]
    done = run_diplomate("dispute", f"board_wa:{NUMBER}", "--reason", "is not mine", data=data)
    assert done.code == 0 and "license WA" in done.err, done.err
    assert run_diplomate("build", data=data).code == 0
    assert ask(data, "SELECT * FROM licenses WHERE record_id = ?", record) == []
    hidden = ask(data, "SELECT DISTINCT value, disputed FROM claims WHERE record_id = ?", record)
    assert hidden == [("", "hidden")]
    assert ask(data, "SELECT name, fields, practitioner_id FROM records WHERE id = ?", record) == [
        (None, "{}", person_id)
    ]
    tag = ask(data, "SELECT value, rule FROM tags WHERE practitioner_id = ? AND scope = 'WA'", person_id)
    assert tag[0] in {("source_failed", "license_disputed"), ("claimed", "license_claimed")}
    assert ask(data, "SELECT count(*) FROM changes") == [(0,)]
    assert ask(data, "SELECT DISTINCT outcome FROM disputes") == [("hidden",)]
    shown = "SELECT group_concat(because) FROM tags WHERE practitioner_id = ?"
    assert expires not in (ask(data, shown, person_id)[0][0] or "")
    # built again, and crawled again from the same bytes: still hidden
    assert run_diplomate("build", data=data).code == 0
    assert ask(data, "SELECT DISTINCT disputed FROM claims WHERE record_id = ?", record) == [("hidden",)]
    # read again: the status is another one, everything else stands
    read_again(data, "board_wa", NUMBER, status="Expired")
    built = run_diplomate("build", data=data)
    assert built.code == 0, built.err
    outcomes = dict(ask(data, "SELECT about || ' ' || outcome, count(*) FROM disputes GROUP BY 1"))
    assert "license WA settled" in outcomes and "name repeated" in outcomes
    assert ask(data, "SELECT status FROM licenses WHERE record_id = ?", record) == [("expired",)]
    claims = ask(data, "SELECT field, disputed FROM claims WHERE record_id = ? AND current = 1", record)
    assert ("name", "repeated") in claims and (f"license WA {NUMBER}", "") in claims
    assert ask(data, "SELECT count(*) FROM changes WHERE record_id = ?", record) == [(0,)]
    listed = run_diplomate("dispute", "--list", data=data)
    assert "settled" in listed.out and "repeated" in listed.out


@pytest.mark.everything
def test_a_withdrawn_dispute_brings_everything_back(data: Path) -> None:
    tables = ("practitioners", "licenses", "certifications", "tags", "records", "claims")
    before = {name: ask(data, f"SELECT * FROM {name}") for name in tables}
    assert run_diplomate("dispute", f"board_wa:{NUMBER}", "--field", "name", "--reason", "x", data=data).code == 0
    assert run_diplomate("build", data=data).code == 0
    assert {name: ask(data, f"SELECT * FROM {name}") for name in tables} != before
    back = run_diplomate("rollback", data=data)
    assert back.code == 1 and "is older than dispute 1 and shows what is disputed there. Nothing was" in back.err
    assert {name: ask(data, f"SELECT * FROM {name}") for name in tables} != before
    assert run_diplomate("dispute", "--withdraw", "1", data=data).code == 0
    assert run_diplomate("build", data=data).code == 0
    assert {name: ask(data, f"SELECT * FROM {name}") for name in tables} == before


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ([], "Say one thing"),
        (["board_wa:nobody", "--reason", "x"], "has no record 'board_wa:nobody'"),
        ([f"board_wa:{NUMBER}", "--field", "shoe size", "--reason", "x"], "states no 'shoe size'; it states 'name'"),
        ([f"board_wa:{NUMBER}"], "--reason is missing"),
        (["--withdraw", "4"], "There is no dispute 4; nothing is disputed"),
        (["--list", "--withdraw", "4"], "Say one thing"),
    ],
)
def test_a_wrong_call_is_one_sentence(sample_data: Path, call: list[str], said: str) -> None:
    done = run_diplomate("dispute", *call, data=sample_data)
    assert done.code == 2 and said in done.err and not (sample_data / FILE).exists()
