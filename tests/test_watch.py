"""A watch tells what changed about its people, once, and nothing else: silence of a source is never news."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.watch import WatchError
from db.watch_compare import Memory, compare, first_memory
from db.watch_reminders import REMINDER_DAYS, Reminded, reminders
from db.watch_rows import CHANGE_COLUMNS, csv_bytes
from db.watch_view import Field, Known, RunsOut, View
from tests.tiny_database import BUILT_AT
from tests.watching import BY_NAME, BY_NUMBER, DISCIPLINED, NOBODY, Nights, write_roster

NEVER_SAID = re.compile(r"unlicensed|not licensed|not certified|fake|fraud|uncertified|score", re.IGNORECASE)
VEILED = re.compile(r"suspen|revo[ck]|disciplin|exclu|board order|reprimand", re.IGNORECASE)


def test_the_first_look_tells_nothing_and_the_second_nothing_either(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    first = nights.night()
    assert (first.changes, first.asked, first.first, first.unreadable) == ([], 5, 5, 1)
    again = nights.night()
    assert (again.changes, again.first) == ([], 0)


def test_a_lapsed_license_is_one_line_with_source_and_date(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.night()
    nights.license("p01", "expired")
    (change,) = nights.night(1).changes
    assert tuple(change) == CHANGE_COLUMNS
    assert (change["row"], change["asked_name"], change["practitioner_id"]) == ("2", "Imelda Quackenbush", "p01")
    assert (change["kind"], change["field"], change["old"], change["new"]) == (
        "lapsed",
        "license WA",
        "active",
        "expired",
    )
    assert "Washington credential roster" in change["sentence"] and "Read 2026-11-20" in change["sentence"]
    assert "not discipline" in change["sentence"] and not NEVER_SAID.search(change["sentence"])
    assert change["page"] == "/practitioner/p01"
    assert nights.lines(2) == []


def test_a_renewal_and_a_new_designation_are_told(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.night()
    nights.set("licenses", {"practitioner_id": "p01"}, expires="2028-03-04")
    nights.set("practitioners", {"id": "p01"}, designations=["Dipl. Ac.", "Dipl. O.M."])
    assert nights.lines(1) == [
        ("2", "detail_changed", "designations", "Dipl. Ac.", "Dipl. Ac.; Dipl. O.M."),
        ("2", "renewed", "license WA AC60000101 expires", "2027-03-04", "2028-03-04"),
    ]


def test_a_certificate_no_longer_listed_is_no_evidence_of_anything(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.night()
    nights.set("tags", {"id": "t-p01-c"}, value="no_evidence", rule="certification_no_evidence")
    nights.set("practitioners", {"id": "p01"}, certification="no_evidence", designations=[])
    (change,) = nights.night(1).changes
    assert change["kind"] == "no_longer_listed" and "Absence is no evidence" in change["sentence"]
    assert not NEVER_SAID.search(change["sentence"])


def test_a_source_that_went_stale_is_told_once_and_its_people_never_lapsed(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.night()
    stale = nights.night(95).changes
    assert {change["kind"] for change in stale} == {"not_read", "reminder"}
    sources = [change["field"] for change in stale if change["kind"] == "not_read"]
    assert sorted(sources) == ["source board_wa", "source leie", "source ncbahm", "source npi_registry"]
    assert all("could not be read lately" in change["sentence"] for change in stale if change["kind"] == "not_read")
    assert nights.lines(96) == []
    nights.read_on(BUILT_AT + timedelta(days=97))
    back = nights.night(97).changes
    assert {change["kind"] for change in back} == {"read_again"} and len(back) == 4
    assert nights.lines(97) == []


def test_what_changed_while_a_source_was_silent_is_told_when_it_speaks(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.night()
    nights.night(125)
    nights.read_on(BUILT_AT + timedelta(days=126))
    nights.license("p01", "expired")
    told = [line for line in nights.lines(126) if line[1] != "read_again"]
    assert told == [("2", "lapsed", "license WA", "active", "expired")]


def test_a_failed_night_of_an_open_source_is_told_once(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.night()
    nights.set("sources", {"name": "board_wa"}, health="failed")
    assert nights.lines(1) == [("", "not_read", "source board_wa", "read", "not read lately")]
    assert nights.lines(2) == []
    nights.set("sources", {"name": "board_wa"}, health="good")
    assert nights.lines(3) == [("", "read_again", "source board_wa", "not read lately", "read")]


def test_a_gate_that_stays_shut_is_no_news_while_what_was_brought_in_is_young(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.night()
    nights.set("sources", {"name": "ncbahm"}, health="blocked")
    assert nights.lines(1) == []
    assert [line[2] for line in nights.lines(40) if line[1] != "reminder"] == ["source ncbahm"]


def test_one_reading_that_grew_too_old_though_its_source_is_read(tmp_path: Path) -> None:
    nights = Nights(tmp_path, (BY_NUMBER, BY_NAME))
    nights.night()
    nights.read_on(BUILT_AT + timedelta(days=91))
    for table in ("licenses", "tags"):
        nights.set(table, {"practitioner_id": "p01"}, as_of="2026-11-20T09:00:00Z")
    told = nights.lines(91)
    assert [line[1:3] for line in told if line[1] != "reminder"] == [
        ("not_read", "certification NCBAHM"),
        ("not_read", "license WA"),
    ]
    assert nights.lines(92) == []


def test_discipline_and_exclusion_are_told_of_the_confirmed_only(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.license("p06", "active", discipline=None)
    exclusions = nights.drop("exclusions", {"practitioner_id": "p06"})
    nights.night()
    nights.tables["exclusions"] = exclusions
    nights.license("p06", "suspended", discipline="Board order on file")
    look = nights.night(1)
    by_row = {row: [c for c in look.changes if c["row"] == row] for row in ("4", "5")}
    assert [c["kind"] for c in by_row["4"]] == ["status_changed", "discipline_shown", "exclusion_appeared"]
    assert "possible match" in by_row["4"][2]["sentence"] and "exclusions.oig.hhs.gov" in by_row["4"][2]["sentence"]
    assert not any(VEILED.search(" ".join(c.values())) for c in by_row["5"])
    nights.tables["exclusions"] = []
    nights.license("p06", "active", discipline=None)
    told = nights.night(2).changes
    assert sorted(c["kind"] for c in told if c["row"] == "4") == [
        *("discipline_changed", "exclusion_went", "status_changed")
    ]
    assert not any(VEILED.search(" ".join(c.values())) for c in told if c["row"] == "5")


def test_what_was_seen_while_confirmed_is_neither_gone_nor_repeated_below_it(tmp_path: Path) -> None:
    nights = Nights(tmp_path, (DISCIPLINED,))
    nights.night()
    nights.set("practitioners", {"id": "p06"}, name="Peregrine Zzyzx", family_name="Zzyzx", given_name="Peregrine")
    told = nights.night(1).changes
    assert not any(VEILED.search(" ".join(change.values())) for change in told)
    assert "no_longer_listed" not in {change["kind"] for change in told}
    nights.set("practitioners", {"id": "p06"}, name="Peregrine Yamanote", family_name="Yamanote")
    assert {change["kind"] for change in nights.night(2).changes} <= {"level_changed", "outcome_changed", "found"}


def test_a_mark_for_review_that_only_names_a_later_reading_is_no_news(tmp_path: Path) -> None:
    nights = Nights(tmp_path, (BY_NUMBER,))
    nights.night()
    nights.set("practitioners", {"id": "p01"}, needs_review="The roster, read whole on 2026-11-20, holds two.")
    (change,) = nights.night(1).changes
    assert change["kind"] == "needs_review" and "on 2026-11-20, holds two." in change["sentence"]
    nights.set("practitioners", {"id": "p01"}, needs_review="The roster, read whole on 2026-11-27, holds two.")
    assert nights.lines(2) == []
    nights.set("practitioners", {"id": "p01"}, needs_review=None)
    assert [line[1] for line in nights.lines(3)] == ["review_ended"]


def test_a_merged_id_is_followed_silently_and_another_person_is_told(tmp_path: Path) -> None:
    nights = Nights(tmp_path, (BY_NUMBER,))
    nights.night()
    for rows in nights.tables.values():
        for row in rows:
            row.update({name: "p01m" for name in ("id", "practitioner_id") if row.get(name) == "p01"})
    nights.tables["redirects"] = [{"old_id": "p01", "new_id": "p01x"}, {"old_id": "p01x", "new_id": "p01m"}]
    assert nights.lines(1) == []
    nights.tables["redirects"] = []
    for rows in nights.tables.values():
        for row in rows:
            row.update({name: "p77" for name in ("id", "practitioner_id") if row.get(name) == "p01m"})
    assert nights.lines(2) == [("2", "other_person", "practitioner_id", "p01m", "p77")]


def test_rows_are_known_by_what_they_ask_not_by_where_they_stand(tmp_path: Path) -> None:
    nights = Nights(tmp_path, (BY_NUMBER, BY_NAME))
    nights.night()
    renamed = ("MARCHBANKS-LIU, Zoe", "Washington", "", "")
    write_roster(tmp_path / "roster.csv", (NOBODY, renamed, BY_NUMBER, BY_NUMBER))
    look = nights.night(1)
    assert (look.changes, look.first) == ([], 1)
    nights.license("p01", "expired")
    assert [line[0] for line in nights.lines(2)] == ["4; 5"]


def test_who_is_gone_is_not_found_in_what_was_read_and_comes_back(tmp_path: Path) -> None:
    nights = Nights(tmp_path, (BY_NAME,))
    nights.night()
    kept = nights.tables
    nights.tables = {
        table: [row for row in rows if "p04" not in (row.get("id"), row.get("practitioner_id"))]
        for table, rows in kept.items()
    }
    (gone,) = nights.night(1).changes
    assert (gone["kind"], gone["old"], gone["new"]) == ("no_longer_found", "found", "read_and_absent")
    assert "does not mean" in gone["sentence"] and not NEVER_SAID.search(gone["sentence"])
    assert nights.lines(2) == []
    nights.tables = kept
    nights.license("p04", "active")
    assert [line[1:] for line in nights.lines(3)] == [
        ("found", "outcome", "read_and_absent", "found"),
        ("status_changed", "license WA", "expired", "active"),
    ]


def test_an_older_file_is_not_compared(tmp_path: Path) -> None:
    nights = Nights(tmp_path, (BY_NUMBER,))
    nights.night(5)
    nights.license("p01", "expired")
    look = nights.night(1)
    assert look.changes == [] and "older" in look.note


def test_a_roster_that_is_gone_or_broken_is_a_sentence(tmp_path: Path) -> None:
    nights = Nights(tmp_path, (BY_NUMBER,))
    (tmp_path / "roster.csv").unlink()
    with pytest.raises(WatchError, match=r"is gone\. Give the roster again"):
        nights.night()
    (tmp_path / "roster.csv").write_bytes(b"PK\x03\x04 nothing of a table")
    with pytest.raises(WatchError, match="cannot be read"):
        nights.night()


def test_reminders_come_by_the_boards_date_each_once(tmp_path: Path) -> None:
    nights = Nights(tmp_path, (BY_NUMBER,))
    ends = date(2027, 3, 4)
    told = {}
    first = BUILT_AT.date()
    for day in range((ends - first).days + 5):
        nights.read_on(BUILT_AT + timedelta(days=day))
        for change in nights.night(day).changes:
            told[(ends - first).days - day] = change
    assert tuple(told) == REMINDER_DAYS
    assert told[28]["sentence"] == (
        "By Washington credential roster, the license AC60000101 (WA) of Imelda Quackenbush runs until 2027-03-04 (in"
        " 28 days). Read 2027-02-04; a renewal since then is not known here. Ask the board."
    )
    assert told[0]["field"] == "license WA AC60000101 expires" and told[0]["new"] == "2027-03-04"


def test_formulas_in_a_roster_are_text_in_what_is_written() -> None:
    change = dict.fromkeys(CHANGE_COLUMNS, "") | {"asked_name": '=HYPERLINK("http://x")'}
    assert b"'=HYPERLINK" in csv_bytes([change])


LICENSE = RunsOut("WA", "AC1", "2027-06-30", "2026-11-20")


def look_on(left: int, reminded: Reminded, first: bool = False) -> tuple[Reminded, list[int]]:
    today = date(2027, 6, 30) - timedelta(days=left)
    remembered, due = reminders([LICENSE], reminded, today, first)
    return remembered, [days for _, days in due]


@given(st.lists(st.integers(-40, 200), unique=True, min_size=1, max_size=40))
def test_however_nights_are_missed_each_reminder_comes_at_most_once(nights: list[int]) -> None:
    """One a look at most, none at the first look, and none is skipped whose days were reached since the look before."""
    order = sorted(nights, reverse=True)
    reminded, told = look_on(order[0], {}, first=True)
    assert told == []
    for before, left in itertools.pairwise(order):
        reached = [step for step in REMINDER_DAYS if left <= step < before or (before == left == step)]
        reminded, told = look_on(left, reminded)
        assert told == ([left] if reached else [])
        assert look_on(left, reminded)[1] == []


def test_no_reminder_after_a_renewal_and_a_new_one_for_the_new_date() -> None:
    reminded, _ = look_on(50, {}, first=True)
    later = RunsOut("WA", "AC1", "2029-06-30", "")
    reminded, due = reminders([later], reminded, date(2027, 6, 20), first=False)
    assert due == []
    assert [days for _, days in reminders([later], reminded, date(2029, 6, 1), first=False)[1]] == [29]
    assert reminders([RunsOut("WA", "AC1", "soon", "")], {}, date(2027, 1, 1), first=False) == ({}, [])


FIELDS = st.sampled_from(
    [
        *(Field("license", "WA"), Field("number", "WA", "AC1"), Field("expires", "WA", "AC1"), Field("exclusion")),
        *(Field("certification", "NCBAHM"), Field("designations"), Field("discipline", "WA", "AC1")),
        Field("needs_review"),
    ]
)
VALUES = st.sampled_from(["active", "expired", "suspended", "listed", "claimed", "not_found", "2027-01-01", "x", ""])
KNOWN = st.builds(Known, VALUES, st.just("2026-11-20"), st.booleans())
PERSON = st.builds(
    View,
    outcome=st.sampled_from(["found", "several_candidates"]),
    level=st.sampled_from(["confirmed", "probable", "possible"]),
    id=st.sampled_from(["p1", "p2"]),
    name=st.just("Somebody Invented"),
    known=st.dictionaries(FIELDS, KNOWN, max_size=8),
    withheld=st.booleans(),
    aged=st.booleans(),
)
NO_PERSON = st.builds(View, outcome=st.sampled_from(["read_and_absent", "source_failed", "several_candidates"]))
VIEWS = st.one_of(PERSON, NO_PERSON)


def same_id(id: str) -> str:
    return id


@settings(max_examples=200)
@given(VIEWS, VIEWS)
def test_the_same_view_twice_is_told_once(before: View, now: View) -> None:
    memory, _ = compare(first_memory(before), now, same_id)
    again, told = compare(memory, now, same_id)
    assert told == [] and again == memory
    assert Memory.from_json(memory.to_json()) == memory


@given(PERSON, PERSON)
def test_below_confirmed_no_discipline_is_told(before: View, now: View) -> None:
    shown = {field: known for field, known in now.known.items() if field.kind not in ("discipline", "exclusion")}
    shown = {field: known for field, known in shown.items() if known.value != "suspended"}
    veiled = View("found", "possible", before.id, now.name, shown, withheld=now.withheld)
    _, told = compare(first_memory(before), veiled, same_id)
    assert not any(
        line.field.kind in ("discipline", "exclusion") or "suspended" in (line.old, line.new) for line in told
    )


@given(PERSON, st.data())
def test_a_silence_is_never_news(before: View, data: st.DataObject) -> None:
    """Whatever is unread now was not lapsed; what is remembered stays, and coming back with it is no news."""
    unread = {field: Known(data.draw(VALUES), unread=True) for field in before.known}
    silent = View(before.outcome, before.level, before.id, before.name, unread)
    memory, told = compare(first_memory(before), silent, same_id)
    assert told == [] and memory.known == first_memory(before).known
    assert compare(memory, before, same_id)[1] == []
