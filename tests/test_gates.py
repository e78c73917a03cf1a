"""Gates: what is refused, with its figures and the word that accepts it; and what has a reason and is not."""

from __future__ import annotations

import csv
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.gates import Accepted, is_word, refusals, sentence
from db.gates_traces import in_bytes, traces
from db.load import load
from db.opening import DamagedFile
from db.publish import GateRefused, current, publish
from db.refusals import GATES, Refusal
from db.schema import TABLES
from tests.tiny_database import BUILT_AT, Row, tiny_tables

RULES = Path(__file__).resolve().parent.parent / "pipeline" / "rules" / "gates.csv"
PEOPLE = 400
Change = Callable[..., Path]


def limits() -> list[Row]:
    with RULES.open(encoding="utf-8", newline="") as lines:
        return [row | {"share": float(row["share"]), "least": int(row["least"])} for row in csv.DictReader(lines)]


def crowd() -> dict[str, list[Row]]:
    """The tiny database with four hundred more people of Washington, listed and licensed."""
    tables = tiny_tables()
    person, record = tables["practitioners"][0], next(row for row in tables["records"] if row["source"] == "board_wa")
    pair = [row for row in tables["tags"] if row["practitioner_id"] == "p01"]
    for at in range(PEOPLE):
        tables["practitioners"].append(person | {"id": f"q{at}", "npi": f"18{at:08}", "name": f"Wilfreda Crowd {at}"})
        tables["records"].append(record | {"id": f"rq{at}", "source_key": f"AC7{at}", "practitioner_id": f"q{at}"})
        tables["tags"] += [row | {"id": f"{row['id']}-{at}", "practitioner_id": f"q{at}"} for row in pair]
    built_at = [{"key": "built_at", "value": f"{BUILT_AT:%Y-%m-%dT%H:%M:%SZ}"}]
    return tables | {"gates": limits(), "build_info": built_at}


@pytest.fixture(scope="module")
def last(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that is published now."""
    path = tmp_path_factory.mktemp("gates") / "last.db"
    load(path, crowd())
    return path


@pytest.fixture
def changed(last: Path, tmp_path: Path) -> Change:
    """The next file: the last one after some SQL."""

    def made(*statements: str) -> Path:
        path = Path(shutil.copy(last, tmp_path / "next.db"))
        with closing(sqlite3.connect(path)) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        return path

    return made


MANY = "CAST(replace(replace(id, 'r', ''), 'q', '') AS INTEGER) < {} AND (id LIKE 'q%' OR id LIKE 'rq%')"
FIRST = "CAST(substr(practitioner_id, 2) AS INTEGER) < {} AND practitioner_id LIKE 'q%'"
LAPSED = "UPDATE tags SET value = 'listed_inactive' WHERE kind = 'certification' AND " + FIRST.format(100)
FORGOTTEN = "UPDATE tags SET value = 'not_checked' WHERE kind = 'certification' AND " + FIRST.format(100)


def test_the_same_again_is_refused_nothing(changed: Change, last: Path) -> None:
    assert refusals(changed(), last) == [] and refusals(last, None) == []


@pytest.mark.parametrize(
    ("change", "word", "said"),
    [
        (
            "DELETE FROM practitioners WHERE " + MANY.format(300),
            "practitioners",
            "^112 practitioners, less than half of the 412",
        ),
        (
            "DELETE FROM records WHERE " + MANY.format(250),
            "source:board_wa",
            "^board_wa: 158 records, less than 70% of the 408 that are published now",
        ),
        (
            "DELETE FROM practitioners WHERE " + MANY.format(150),
            "state:WA",
            "^WA: 258 practitioners, less than 70% of the 408 that are published now",
        ),
        (
            "UPDATE practitioners SET phone = '' WHERE " + MANY.format(150),
            "fill:practitioners.phone",
            r"^practitioners.phone is filled in 262 of 412 rows \(64%\), 100% in the file that is published now",
        ),
        (
            "UPDATE sources SET floor = 13 WHERE name = 'board_wa'",
            "floor:board_wa",
            "^board_wa: 12 rows, below its floor of 13; the file that is published now has 13",
        ),
        (
            LAPSED,
            "tag:certification.listed",
            r"^100 of the 403 tags certification 'listed' are another word now \(100 listed_inactive\), more than 15%",
        ),
        (
            LAPSED,
            "tag:certification.listed_inactive",
            "^100 tags came to be certification 'listed_inactive' that were another word, beside 1 that were it",
        ),
        (
            "UPDATE tags SET value = 'revoked' WHERE kind = 'license' AND " + FIRST.format(25),
            "tag:license.revoked",
            "^25 tags came to be license 'revoked'",
        ),
        (
            "DELETE FROM tags WHERE kind = 'license' AND " + FIRST.format(200),
            "tag:license.active",
            r"\(200 no word\)",
        ),
        (FORGOTTEN, "tag:certification.listed", r"\(100 not_checked\)"),
    ],
)
def test_what_is_lost_is_refused_with_its_figures(
    changed: Change, last: Path, tmp_path: Path, change: str, word: str, said: str
) -> None:
    if word.startswith("floor"):
        last = Path(shutil.copy(last, tmp_path / "before.db"))
        with closing(sqlite3.connect(last)) as connection, connection:
            connection.execute("UPDATE sources SET rows = 13 WHERE name = 'board_wa'")
    found = refusals(changed(change), last)
    named = {refusal.word: refusal for refusal in found}
    assert re.search(said, named[word].sentence), found
    assert all(is_word(each) for each in named)
    assert f"--accept {word}" in sentence(found) and "\n" not in sentence(found)
    assert Accepted(words={word}).accepts(named[word])
    assert not Accepted(words={*GATES, "tag:license.pending"} - {word}).accepts(named[word])
    assert Accepted(smaller=True).accepts(named[word]) == (word.partition(":")[0] in "practitioners source state floor")


def test_a_record_without_its_source_cannot_be_accepted(changed: Change, last: Path) -> None:
    found = refusals(changed("UPDATE records SET sha256 = NULL WHERE id = 'rq7'"), last)
    assert (
        found[0].sentence == f"1 of {len(crowd()['records'])} rows of records have no sha256, which every row must have"
    )
    assert found[0].word == "" and "--accept" not in sentence(found)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(("DELETE FROM practitioners WHERE " + MANY.format(40),), id="a few fewer"),
        pytest.param((LAPSED.replace("100", "40"),), id="a few moved"),
        pytest.param((FORGOTTEN, "UPDATE windows SET days = 1 WHERE name = 'stale'"), id="too old"),
        pytest.param(
            ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
             " INSERT INTO practitioners (id, name) SELECT 'new' || i, 'New' FROM n",),
            id="people who come without a telephone",
        ),
    ],
)  # fmt: skip
def test_what_has_a_reason_is_not_refused(changed: Change, last: Path, changes: tuple[str, ...]) -> None:
    assert refusals(changed(*changes), last) == []


def test_the_way_back_of_what_was_unknown_has_a_reason_when_read_again(changed: Change, tmp_path: Path) -> None:
    then = shutil.move(changed(FORGOTTEN), tmp_path / "then.db")
    again = """INSERT INTO runs (id, source, result, states) VALUES ('tonight', 'ncbahm', 'good', '["WA"]')"""
    assert refusals(changed(again), Path(then)) == []
    assert [each.word for each in refusals(changed(), Path(then))] == ["tag:certification.not_checked"]


def test_what_an_older_diplomate_did_not_publish_is_not_compared(changed: Change, tmp_path: Path) -> None:
    older = shutil.move(changed("DROP TABLE tags", "ALTER TABLE licenses DROP COLUMN status_raw"), tmp_path / "old.db")
    assert refusals(changed(), Path(older)) == []


def test_a_damaged_last_file_is_named(changed: Change, tmp_path: Path) -> None:
    damaged = tmp_path / "diplomate-x.db"
    damaged.write_bytes(b"no database" * 1000)
    with pytest.raises(DamagedFile, match=damaged.name):
        refusals(changed(), damaged)


def test_the_rules_name_columns_that_are_published() -> None:
    for row in limits():
        if row["gate"] in {"fill", "filled"}:
            table, column = row["subject"].split(".")
            assert column in TABLES[table].column_names


def test_publishing_asks_every_gate(tmp_path: Path) -> None:
    first = publish(tiny_tables(), tmp_path, BUILT_AT)
    empty = tiny_tables() | {"gates": limits()}
    empty["records"][0]["sha256"] = ""
    with pytest.raises(GateRefused, match=r"1 of \d+ rows of records have no sha256"):
        publish(empty, tmp_path, BUILT_AT)
    with pytest.raises(GateRefused, match="show somebody who is not to be shown"):
        publish(tiny_tables(), tmp_path, BUILT_AT, forbidden=["Orsolya Thistlewood"])
    assert current(tmp_path) == first and len(list((tmp_path / "published").iterdir())) == 1


def test_of_two_refusals_each_is_accepted_by_its_own_word(tmp_path: Path) -> None:
    first, next_night = publish(crowd(), tmp_path, BUILT_AT), crowd()
    for tag in next_night["tags"]:
        if tag["practitioner_id"].startswith("q1") and tag["kind"] == "license":
            tag["value"] = "revoked"
    words = {"tag:license.active", "tag:license.revoked"}
    for word in words:
        with pytest.raises(GateRefused) as refused:
            publish(next_night, tmp_path, BUILT_AT, accepted=Accepted(words={word}))
        assert re.findall(r"--accept (\S+?)\)", str(refused.value)) == sorted(words - {word})
    assert current(tmp_path) == first
    assert publish(next_night, tmp_path, BUILT_AT, accepted=Accepted(words=words)) == current(tmp_path) != first


def test_a_word_that_accepts_two_refusals_is_named_once() -> None:
    twice = [Refusal(said, "tag:license.revoked") for said in ("One", "Two")]
    assert sentence(twice).count("--accept") == 1


HIDDEN = "Zyxwulia Forgottenham"


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE practitioners SET name = '{HIDDEN}' WHERE id = 'q3'",
        f"UPDATE tags SET because = 'It is said of {HIDDEN} that' WHERE id = 't-p01-c'",
        f"""UPDATE records SET fields = '{{"a": ["{HIDDEN}"]}}' WHERE id = 'rq3'""",
        f"INSERT INTO name_words VALUES ('{HIDDEN}', 1)",
        "UPDATE practitioners SET npi = 'zq9' WHERE id = 'q3'",
        """UPDATE practitioners SET designations = '["8", "zq9"]' WHERE id = 'q3'""",
    ],
)
def test_no_trace_of_the_suppressed_is_published(changed: Change, last: Path, change: str) -> None:
    assert traces(last, [HIDDEN, "zq9"]) == [] == traces(last, [" "])
    found = traces(changed(change), [HIDDEN, "zq9", "Somebody Else Entirely"])
    assert found and "not to be shown" in found[0]
    assert HIDDEN not in " ".join(found), "the sentence tells nobody who it is"


def test_a_name_that_is_cut_in_two_by_the_ends_of_pages_is_seen(changed: Change) -> None:
    for letters in range(4000, 4200, 10):
        path = changed(f"UPDATE records SET fields = '{'x' * 1000}{HIDDEN}{'y' * letters}' WHERE id = 'rq3'")
        if not in_bytes(path, {HIDDEN}):
            break
    assert in_bytes(path, {HIDDEN}) == set(), "the bytes of the name are to lie in two places"
    assert traces(path, [HIDDEN]) == ["1 rows of records show somebody who is not to be shown, in a long row"]


def test_a_trace_in_a_page_that_nothing_uses_is_seen(changed: Change) -> None:
    path = changed()
    path.write_bytes(path.read_bytes() + HIDDEN.encode().ljust(4096, b"\0"))
    assert traces(path, [HIDDEN]) == ["1 words of people who are not to be shown are still in the bytes of the file"]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=12), max_size=4))
def test_looking_for_traces_never_fails(last: Path, words: list[str]) -> None:
    assert all("not to be shown" in said for said in traces(last, words))
