"""People who asked to be left out: known again by their keys, and in no byte of anything that is published."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.snapshots import Manifest, Run, good_runs, utc_now
from db.publish import KEPT, PublishFailed, current
from db.site import make_datasette
from pipeline.before import Before
from pipeline.commands import build as building
from pipeline.commands import cleaning
from pipeline.commands.run import anything_new, leave_nobody_in
from pipeline.facts import Person
from pipeline.history import CLAIM_COLUMNS
from pipeline.judged_csv import NotWritten
from pipeline.left_out import find_left_out, without_people
from pipeline.left_out_build import is_sure, pattern, without
from pipeline.names import parse_name
from pipeline.places import Place
from pipeline.rules import RuleError
from pipeline.suppression_keys import KINDS, Key, digest, keys_of, looked_up
from pipeline.suppressions import COLUMNS, FILE, SALT, Suppressions, fault_of, read_suppressions
from pipeline.suppressions_file import learn, suppress, withdraw
from tests.conftest import run_diplomate
from tests.people import license_fact, person
from tests.test_tags import NOW

WHO = "243um5fnnl"  # Tuyet Mai Dao of the sample: a board's, a certifier's and a registry's record
ZIP = Place("12 Elm St", "Seattle", "WA", "98103")
BOARD = person("board_wa:AC1", "Odalys Winterhalter", licenses=(license_fact("WA", "AC60012345", "active"),))
REGISTRY = person("npi_registry:1999999906", "Odalys Winterhalter", licenses=(license_fact("WA", "60012345"),))
PAGE = replace(person("clinics:https://w.example/#O", "Winterhalter Odalys"), places=(ZIP,), phone="+12065550100")


def book(data: Path, *keys: Key) -> Suppressions:
    suppress(data, keys, "asked by letter", NOW)
    return read_suppressions(data, NOW)


def left(data: Path, keys: set[Key], *people: Person, before: Before | None = None) -> set[str]:
    return find_left_out(people, before or Before(), book(data, *keys)).records


# Keys


def test_one_number_leads_to_everything_that_bears_the_same_numbers(tmp_path: Path) -> None:
    found = find_left_out([PAGE, BOARD, REGISTRY], Before(), book(tmp_path, Key("npi", REGISTRY.npi)))
    assert found.records == {REGISTRY.record_id, BOARD.record_id}
    assert Key("record", BOARD.record_id) in found.learned[1]


@pytest.mark.parametrize(
    "changed",
    [
        replace(BOARD, record_id="new", source_key="new", name=parse_name("WINTERHALTER-LOW, ODALYS M")),
        replace(BOARD, record_id="new", source_key="new", name=parse_name("Ódalys Brook")),
        replace(PAGE, record_id="new", source_key="new", name=parse_name("Odalys P. Winterhalter, L.Ac.")),
        replace(PAGE, record_id="new", name=parse_name("WINTERHALTER, ODALYS"), places=()),
        replace(REGISTRY, record_id="new", name=parse_name("O Brook"), licenses=()),
    ],
    ids=["two family names", "married", "at the same place", "at the same telephone", "under the same NPI"],
)
def test_another_spelling_is_known_again(tmp_path: Path, changed: Person) -> None:
    keys = keys_of(BOARD) | keys_of(REGISTRY) | keys_of(PAGE)
    assert left(tmp_path, keys, changed) == {changed.record_id}


@pytest.mark.parametrize(
    "somebody",
    [
        replace(PAGE, record_id="x", source_key="x", npi="1888888807", source="npi_registry"),
        replace(PAGE, record_id="x", source_key="x", name=parse_name("Orsolya Winterhalter")),
        replace(PAGE, record_id="x", source_key="x", places=(replace(ZIP, zip="98104"),), phone=""),
        replace(BOARD, record_id="x", source_key="x", name=parse_name("Piers Lamplighter")),
    ],
    ids=["same name and place, another NPI", "same family and place", "same name elsewhere", "same number by mistake"],
)
def test_somebody_else_stays(tmp_path: Path, somebody: Person) -> None:
    keys = keys_of(BOARD) | keys_of(REGISTRY) | keys_of(PAGE)
    assert left(tmp_path, keys, somebody) == set()


def test_a_number_that_anybody_types_in_is_no_key_of_its_owner() -> None:
    typed = replace(PAGE, npi="1999999906")
    assert Key("npi", "1999999906") not in keys_of(typed) and Key("npi", "1999999906") in looked_up(typed)
    assert Key("npi", "1999999906") in keys_of(REGISTRY)


def test_a_record_that_was_published_as_the_same_person_goes_too(tmp_path: Path) -> None:
    before = Before(records=[{"id": one.record_id, "practitioner_id": "p1"} for one in (BOARD, PAGE)])
    assert left(tmp_path, {Key("record", BOARD.record_id)}, BOARD, PAGE, before=before) == {
        BOARD.record_id,
        PAGE.record_id,
    }


def past() -> Before:
    """A file in which p1 is left out and p2 stays."""
    claims = [
        ["c1", "p1", "r1", "board_wa", "k1", "name", "Odalys Winterhalter", "t", "t", 1, "t", ""],
        ["c2", "p2", "r2", "board_wa", "k2", "name", "Piers Lamplighter", "t", "t", 1, "t", ""],
    ]
    changes = [
        {"practitioner_id": "p1", "record_id": "r1", "old": "", "new": "active"},
        {"practitioner_id": "p2", "record_id": "r2", "old": "p1", "new": "p2"},
        {"practitioner_id": "p2", "record_id": "r2", "old": "", "new": "active"},
    ]
    return Before(
        records=[{"id": "r1", "practitioner_id": "p1"}, {"id": "r2", "practitioner_id": "p2"}],
        redirects=[{"old_id": "p0", "new_id": "p1"}, {"old_id": "p3", "new_id": "p2"}],
        renamed_records=[{"old_id": "r0", "new_id": "r1"}],
        exclusions=[{"record_id": "e1", "practitioner_id": "p1"}],
        claims=pd.DataFrame(claims, columns=CLAIM_COLUMNS),
        changes=pd.DataFrame(changes),
        tag_history=pd.DataFrame([{"practitioner_id": "p1"}, {"practitioner_id": "p2"}]),
    )


@pytest.mark.parametrize("key", [Key("person", "p1"), Key("record", "r1")])
def test_the_past_is_told_without_them(tmp_path: Path, key: Key) -> None:
    found = find_left_out([], past(), book(tmp_path, key))
    rest = without_people(past(), found)
    assert (found.people, found.records) == ({"p1"}, {"r1"})
    assert rest.redirects == [{"old_id": "p3", "new_id": "p2"}] and not rest.exclusions and not rest.renamed_records
    assert [list(frame["practitioner_id"]) for frame in (rest.claims, rest.changes, rest.tag_history)] == [["p2"]] * 3


@given(st.sampled_from(KINDS), st.text(max_size=30), st.text(max_size=30))
def test_a_hash_means_one_key_and_one_salt(kind: str, value: str, other: str) -> None:
    assert (digest(b"1" * 32, Key(kind, value)) == digest(b"1" * 32, Key(kind, other))) == (
        value.encode("utf-8", "replace") == other.encode("utf-8", "replace")
    )
    assert digest(b"1" * 32, Key(kind, value)) != digest(b"2" * 32, Key(kind, value))


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=12))
def test_any_name_and_number_make_keys(name: str, number: str, phone: str) -> None:
    one = replace(BOARD, name=parse_name(name), licenses=(license_fact("WA", number, "active"),), phone=phone)
    assert all(digest(b"1" * 32, key) for key in looked_up(one))


def test_a_colleagues_sentence_keeps_a_gap() -> None:
    spelled = pattern({"Odalys Winterhalter"})
    assert spelled is not None
    said = [{"says": "ODALYS WINTERHALTER and Piers are certified.", "page": "x"}]
    assert without(said, spelled) == [{"says": "… and Piers are certified.", "page": "x"}]


def test_what_also_stands_in_hashes_is_no_sure_word() -> None:
    assert not any(map(is_sure, ("990123", "1234567", "AC12", "abc123", "Odalys")))
    assert all(map(is_sure, ("AC60012345", "1999999906", "Odalys Winterhalter", "(206) 555-0100")))


# The file


def test_the_file_holds_no_name_and_no_number(tmp_path: Path) -> None:
    number, new = suppress(tmp_path, keys_of(BOARD) | keys_of(REGISTRY), " asked  by letter ", NOW)
    text = (tmp_path / FILE).read_text()
    assert (number, new) == (1, True) and "asked by letter" in text
    assert not re.search(r"odalys|winterhalter|60012345|1999999906", text, re.I)
    assert oct((tmp_path / SALT).stat().st_mode)[-3:] == oct((tmp_path / FILE).stat().st_mode)[-3:] == "600"


def test_suppressing_twice_adds_nothing_and_learning_adds_once(tmp_path: Path) -> None:
    suppress(tmp_path, keys_of(BOARD), "asked", NOW)
    assert suppress(tmp_path, keys_of(BOARD), "again", NOW) == (1, False)
    assert suppress(tmp_path, {Key("npi", "1999999906")}, "another", NOW) == (2, True)
    mark = read_suppressions(tmp_path, NOW).mark
    learned = learn(tmp_path, {1: keys_of(REGISTRY) | keys_of(BOARD)}, NOW)
    assert len(learned) == len(keys_of(REGISTRY) - keys_of(BOARD))
    assert learn(tmp_path, {1: keys_of(REGISTRY), 9: {Key("npi", "1")}}, NOW) == []
    assert read_suppressions(tmp_path, NOW).mark != mark


def test_a_withdrawn_suppression_hides_nobody_and_stays_in_the_file(tmp_path: Path) -> None:
    suppress(tmp_path, keys_of(BOARD), "asked", NOW)
    withdraw(tmp_path, 1, NOW)
    again = read_suppressions(tmp_path, NOW)
    assert not again and again.lines and not again.of(keys_of(BOARD)) and again.mark == ""
    assert suppress(tmp_path, keys_of(BOARD), "asked again", NOW) == (2, True)
    for number, said in ((1, "withdrawn on 2026-11-22 already"), (7, "There is no suppression 7; there is 1, 2")):
        with pytest.raises(NotWritten, match=said):
            withdraw(tmp_path, number, NOW)


@pytest.mark.parametrize("reason", ["", "x" * 501, "a\x07b"])
def test_a_reason_that_cannot_be_kept_is_refused(tmp_path: Path, reason: str) -> None:
    with pytest.raises(NotWritten, match="Not written down"):
        suppress(tmp_path, keys_of(BOARD), reason, NOW)
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("harm", ["gone", "another", "torn"])
def test_a_lost_salt_stops_everything(tmp_path: Path, harm: str) -> None:
    suppress(tmp_path, keys_of(BOARD), "asked", NOW)
    if harm == "gone":
        (tmp_path / SALT).unlink()
    else:
        (tmp_path / SALT).write_text("ab" * 32 if harm == "another" else "no salt")
    with pytest.raises(RuleError, match="nobody who is left out would be known again"):
        read_suppressions(tmp_path, NOW)
    with pytest.raises(RuleError):
        suppress(tmp_path, keys_of(REGISTRY), "asked", NOW)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["one", "npi", "0" * 32, "why", "2026-11-21", "", "0" * 8], "number is 'one'"),
        (["1", "street", "0" * 32, "why", "2026-11-21", "", "0" * 8], "kind is 'street'"),
        (["1", "npi", "1999999906", "why", "2026-11-21", "", "0" * 8], "key_hash or salt_mark is no hash"),
        (["1", "npi", "0" * 32, "", "2026-11-21", "", "0" * 8], "the reason of suppression 1 is empty"),
        (["1", "npi", "0" * 32, "why", "2062-11-21", "", "0" * 8], "in the future"),
        (["1", "npi", "0" * 32, "why", "2026-11-21", "soon", "0" * 8], "withdrawn_on is 'soon'"),
    ],
)
def test_a_wrong_line_is_named(cells: list[str], said: str) -> None:
    assert said in fault_of(cells, NOW)


def test_a_wrong_file_stops_with_its_line(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(f"{','.join(COLUMNS)}\n1,2\n")
    with pytest.raises(RuleError, match=r"suppressions.csv, line 2: 2 cells instead of 7"):
        read_suppressions(tmp_path, NOW)


# Everything that is published


def words_of(path: Path, id: str) -> set[str]:
    """Everything by which a practitioner could be recognized."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        row = dict(connection.execute("SELECT * FROM practitioners WHERE id = ?", [id]).fetchone())
        found = {str(row[name]) for name in ("id", "name", "family_name", "npi", "phone", "street")}
        for table, column in (("records", "id"), ("records", "source_key"), ("licenses", "number"), ("claims", "id")):
            sql = f"SELECT [{column}] FROM [{table}] WHERE practitioner_id = ?"
            found |= {str(cell) for (cell,) in map(tuple, connection.execute(sql, [id]))}
    found |= {row["phone"].replace(") ", "-").strip("("), row["name"].upper()}
    return found - {"", "None", row["family_name"]}


def published_texts(data: Path) -> Iterator[tuple[str, str]]:
    """Every file that is published, and what people see of a database: its bytes, its cells, its indexes."""
    for path in [*data.glob("published/*"), *data.glob("files/*/*"), data / "review.csv"]:
        yield str(path), path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".parquet":
            yield str(path), json.dumps(pyarrow.parquet.read_table(path).to_pylist(), ensure_ascii=False, default=str)
        if path.suffix == ".db":
            with closing(sqlite3.connect(path)) as connection:
                tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
                for table in tables:
                    rows = connection.execute(f"SELECT * FROM [{table}]").fetchall()
                    yield f"{path}:{table}", "\n".join(repr(row) for row in rows)


def traces(data: Path, words: set[str]) -> list[tuple[str, str]]:
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    return [(where, found[0]) for where, text in published_texts(data) if (found := pattern.search(text))]


PAGES = (
    *("/find?q={name}", "/find.csv?q={name}", "/find.json?q={name}", "/find.geojson?q={name}", "/changes", "/data"),
    *("/check?name={name}&state=CA", "/check.json?name={name}&state=CA", "/check.json?npi={npi}"),
    *("/practitioner/{id}", "/practitioner/{id}.json", "/practitioner/{id}.vcf", "/changes.atom", "/changes.json"),
    *("/diplomate/practitioners.json?_search={name}", "/diplomate/records.csv?_stream=on", "/diplomate/claims.json"),
)


def pages(path: Path, words: dict[str, str]) -> dict[str, tuple[int, str]]:
    """What the site answers to questions about somebody, without the question itself."""

    async def ask() -> dict[str, tuple[int, str]]:
        site, found = make_datasette(path), {}
        for page in PAGES:
            answer = await site.client.get(page.format(**words), follow_redirects=True)
            text = answer.text
            for word in words.values():
                text = text.replace(word, "").replace(word.replace(" ", "+"), "").replace(word.replace(" ", "%20"), "")
            found[page] = (answer.status_code, text)
        return found

    return asyncio.run(ask())


def test_no_trace_is_in_any_published_byte(data: Path) -> None:
    """A person of three sources is suppressed: built, kept, exported, served, watched."""
    path = current(data)
    assert path is not None
    words = words_of(path, WHO)
    assert {"1999506508", "Tuyet Mai Dao", "916-555-0105"} <= words and len(traces(data, words)) > 20, (
        "the search works"
    )
    roster = data / "ours.csv"
    roster.write_text("name,state\nTuyet Mai Dao,CA\nSolveig Marchetto,WA\n")
    assert run_diplomate("watch", str(roster), data=data).code == run_diplomate("watch", "--look", data=data).code == 0

    done = run_diplomate("suppress", "1999506508", "--reason", "asked by letter of 3 May", data=data)
    assert done.code == 0 and "Suppression 1" in done.err and not re.search(r"Tuyet|Dao|1999506508", done.err)
    built = run_diplomate("build", data=data)
    assert built.code == 0, built.err
    assert f"{path.stem} held people who are left out; it was replaced by" in built.err
    assert not re.search(r"Tuyet|1999506508", built.err) and not path.exists()

    assert traces(data, words) == []
    assert len(list(data.glob("published/*.db"))) == 2, "the older file is kept, without the person"
    fresh = current(data)
    assert fresh is not None and not re.search("|".join(words - {WHO}), (data / FILE).read_text())
    check_file(fresh)
    check_pages(fresh, words)
    state = json.loads(next(data.glob("watch/*/state.json")).read_text())
    assert not re.search(rf"1999506508|{WHO}", json.dumps(state["rows"])), "what was remembered is forgotten"
    assert not list(data.glob("watch/*/changes-*")), "no message says that the person is gone"


def check_file(path: Path) -> None:
    """Nothing is left in the file that is no longer used, and the words of names are counted anew."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)
        words = {row[0] for row in connection.execute("SELECT word FROM name_words")}
        found = connection.execute("SELECT count(*) FROM practitioners_fts WHERE practitioners_fts MATCH 'tuyet'")
        assert "tuyet" not in words and found.fetchone() == (0,)
        assert connection.execute("SELECT length(value) FROM build_info WHERE key = 'left_out'").fetchone() == (16,)


def check_pages(path: Path, words: set[str]) -> None:
    """No page speaks of the person, and none says that a list does not hold the person."""
    told = pages(path, {"name": "Tuyet Mai Dao", "npi": "1999506508", "id": WHO})
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    assert {page: found[0] for page, (_, text) in told.items() if (found := pattern.search(text))} == {}
    assert {told[page][0] for page in PAGES if page.startswith("/practitioner")} == {404}
    answer = json.loads(told["/check.json?name={name}&state=CA"][1])
    said = " ".join(answer["sentences"])
    assert "Not found among the people shown here from" in said and "Some people are left out of this directory" in said
    assert "Not found in" not in said and answer["heading"] == "Not found here; the board's list was read"


def recrawled(data: Path, source: str, was: str, key: str, **fields: Any) -> None:
    """The run of a source that holds this row again, with the row as the source prints it today."""
    found = [
        (run, manifest) for run, manifest in good_runs(data, source) if was in {r.source_key for r in run.records()}
    ]
    run, manifest = found[-1]
    rows = {row.source_key: row for row in run.records()}
    hit = rows.pop(was)
    rows[key] = replace(hit, source_key=key, fields=hit.fields | fields)
    new, now = Run.create(data, source), utc_now()
    (new.folder / "records.jsonl").write_text("".join(row.to_line() + "\n" for row in rows.values()))
    dates = {"run": new.name, "started": now, "finished": now, "read_at": now, "read_from": now}
    new.finish(Manifest(**{**vars(manifest), **dates, "kind": "import"}))


@pytest.mark.everything
def test_another_spelling_under_another_key_and_a_rollback_bring_nobody_back(data: Path) -> None:
    path = current(data)
    assert path is not None
    words = words_of(path, WHO)
    assert run_diplomate("suppress", WHO, "--reason", "asked", "--now", data=data).code == 0
    assert traces(data, words) == [], "--now waits for no build"
    assert current(data) not in (None, path)
    recrawled(data, "ncbahm", "vwYxCK07BKu=", "NewKey==", name="DAO, TUYET-MAI")
    for _ in range(2):
        built = run_diplomate("build", data=data)
        assert built.code == 0, built.err
    assert not traces(data, words - {WHO} | {"TUYET-MAI", "NewKey=="})
    back = run_diplomate("rollback", data=data)
    assert back.code == 0 and not traces(data, words), back.err
    assert run_diplomate("suppress", "--withdraw", "1", data=data).code == 0
    assert run_diplomate("build", data=data).code == 0
    assert words_of(current(data) or path, WHO) >= {"1999506508", WHO}, "the id is the same when the person is back"
    assert len(list(data.glob("published/*.db"))) <= KEPT


@pytest.mark.everything
def test_who_is_suppressed_while_a_build_is_at_work_is_not_published_by_it(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = current(data)
    assert path is not None
    words = words_of(path, WHO)
    built = building.build

    def meanwhile(*arguments: Any) -> Any:
        made = built(*arguments)
        assert run_diplomate("suppress", WHO, "--reason", "asked", data=data).code == 0
        return made

    monkeypatch.setattr(building, "build", meanwhile)
    building.build_and_publish(data)
    assert traces(data, words) == []


@pytest.mark.parametrize(("code", "goes"), [(sqlite3.SQLITE_FULL, False), (sqlite3.SQLITE_NOTADB, True)])
def test_a_kept_file_goes_only_where_it_is_broken_itself(
    data: Path, monkeypatch: pytest.MonkeyPatch, code: int, goes: bool
) -> None:
    """A full disk at the wrong moment took every file that one could have gone back to."""
    older = data / "published" / "diplomate-20260101T000000Z-aaaaaa.db"
    shutil.copy(current(data) or data, older)
    assert run_diplomate("suppress", WHO, "--reason", "asked", data=data).code == 0

    def failing(connection: sqlite3.Connection) -> None:
        error = sqlite3.DatabaseError("said by the disk")
        error.sqlite_errorcode = code
        raise error

    monkeypatch.setattr(cleaning, "shown_people", failing)
    with contextlib.suppress(PublishFailed):
        cleaning.clean_kept(data, datetime.now(UTC))
    assert older.exists() is not goes


@pytest.mark.everything
def test_a_night_whose_build_is_refused_leaves_nobody_in(data: Path) -> None:
    path = current(data)
    assert path is not None
    words = words_of(path, WHO)
    assert run_diplomate("suppress", WHO, "--reason", "asked", data=data).code == 0
    leave_nobody_in(data)
    assert traces(data, words) == [] and current(data) not in (None, path)


@pytest.mark.everything
def test_the_next_run_builds_for_who_was_suppressed_before_the_last_file_had_its_name(data: Path) -> None:
    assert not anything_new(data)
    assert run_diplomate("suppress", WHO, "--reason", "asked", data=data).code == 0
    for name in (FILE, SALT):
        os.utime(data / name, (0, 0))
    assert anything_new(data)
    assert run_diplomate("build", data=data).code == 0 and not anything_new(data)
    again = run_diplomate("suppress", WHO, "--reason", "asked", "--now", data=data)
    assert again.code == 0 and "That is suppression 1 already" in again.err, "an id that is gone by now is known"
    assert run_diplomate("suppress", "--withdraw", "1", data=data).code == 0 and anything_new(data)


def test_the_call_itself(data: Path) -> None:
    for arguments, said in (
        ((), "Say one thing"),
        (("1999506509", "--reason", "x"), "is no NPI"),
        (("ZZ:1", "--reason", "x"), "is no license"),
        (("nobody", "--reason", "x"), "Nobody published has the id 'nobody'"),
        (("CA:991295", "--reason", "Ms. Dao asked"), "the reason holds the person's name or number"),
        (("CA:991295",), "--reason is missing"),
    ):
        done = run_diplomate("suppress", *arguments, data=data)
        assert done.code == 2 and said in done.err, (arguments, done.err)
    assert not (data / FILE).exists()
    for who in ("1234567893", "TX:AC00001", "CA:991295"):
        assert run_diplomate("suppress", who, "--reason", "asked", data=data).code == 0
    listed = run_diplomate("suppress", "--list", data=data).out.splitlines()
    assert [line.split("  ")[0] for line in listed] == ["1", "2", "3"] and "1 keys" in listed[0]
