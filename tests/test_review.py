"""`diplomate review` and `diplomate judge`: what to judge, and that a judgment is heeded by every build after it."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from db.publish import current, read_rows
from pipeline.commands.review import command as review_command
from pipeline.commands.run import anything_new
from pipeline.review_list import COLUMNS, write_review
from tests.conftest import run_diplomate

WEIGHED = {
    "level": "possible", "rule": "evidence", "score": 6.5, "probability": 0.71, "namesakes": 1.4, "withheld": 1,
    "agreed": json.dumps([{"feature": "name", "outcome": "same", "words": "the same name", "weight": 6.5}]),
    "disagreed": "[]", "empty": json.dumps([{"feature": "phone", "outcome": "empty", "words": "none", "weight": 0.0}]),
    "reason": "One name.", "model_version": "1-abc",
}  # fmt: skip


def with_a_list(data: Path) -> Path:
    """Give the folder a review list of three pairs of its own records, said to be of Washington and of California.

    Each is the only record of its person, so that nothing but a judgment moves it.
    """
    path = current(data)
    assert path
    counted = Counter(row["practitioner_id"] for row in read_rows(path, "records"))
    alone = [
        row for row in read_rows(path, "records") if row["practitioner_id"] and counted[row["practitioner_id"]] == 1
    ]
    registry, others = (
        [row for row in alone if (row["source"] == "npi_registry") is wanted] for wanted in (True, False)
    )
    pairs = [
        (first["id"], second["id"], first["practitioner_id"], second["practitioner_id"], state)
        for first, second, state in zip(registry, others, ("WA", "CA", "WA"), strict=False)
    ]
    rows = [
        WEIGHED
        | dict(zip(("record_a", "record_b", "practitioner_a", "practitioner_b"), pair[:4], strict=True))
        | {"rank": rank, "states": json.dumps([pair[4]])}
        for rank, pair in enumerate(pairs, start=1)
    ]
    assert all(set(row) == set(COLUMNS) for row in rows)
    write_review(data, rows)
    return data


@pytest.fixture
def asked(data: Path) -> Path:
    return with_a_list(data)


def reviewed(data: Path, *options: str) -> list[dict[str, object]]:
    done = run_diplomate("review", "--json", *options, data=data)
    assert done.code == 0, done.err
    return json.loads(done.out)["pairs"]  # type: ignore[no-any-return]


def owners(data: Path) -> dict[str, str]:
    path = current(data)
    assert path
    return {row["id"]: row["practitioner_id"] for row in read_rows(path, "records")}


def ends(pair: dict[str, object]) -> tuple[str, str]:
    return pair["a"]["id"], pair["b"]["id"]  # type: ignore[index]


def test_the_list_shows_both_records_what_speaks_and_how_to_judge(asked: Path) -> None:
    done = run_diplomate("review", "--limit", "3", data=asked)
    assert done.code == 0 and "3 of " in done.err
    for part in ("1. ", "likely one person", "   A  ", "   B  ", "agrees ", "disagrees ", "empty ", "diplomate judge "):
        assert part in done.out, part
    assert "same|different --reason" in done.out and "practitioner " in done.out


def test_the_list_as_json_by_state_and_cut(asked: Path) -> None:
    pairs = reviewed(asked, "--limit", "1000")
    assert [pair["rank"] for pair in pairs] == [1, 2, 3]
    assert all(pair["level"] == "possible" and ends(pair)[0] != ends(pair)[1] for pair in pairs)
    assert len(reviewed(asked, "--limit", "2")) == 2
    of_washington = reviewed(asked, "--state", "wa", "--limit", "1000")
    assert of_washington and all("WA" in pair["states"] for pair in of_washington)  # type: ignore[operator]
    assert reviewed(asked, "--state", "GU") == []


def test_the_public_table_holds_the_same_pairs_but_those_with_discipline(sample_data: Path) -> None:
    path = current(sample_data)
    assert path
    shown = {(row["record_a"], row["record_b"]) for row in read_rows(path, "candidates")}
    assert shown == {ends(pair) for pair in reviewed(sample_data, "--limit", "9999") if pair["in_public_table"]}
    licenses = {row["practitioner_id"] for row in read_rows(path, "licenses") if row["discipline"]}
    people = {row[name] for row in read_rows(path, "candidates") for name in ("practitioner_a", "practitioner_b")}
    assert not licenses & people


def test_every_practitioner_of_two_records_has_links_that_explain_it(sample_data: Path) -> None:
    path = current(sample_data)
    assert path
    owner = owners(sample_data)
    links = read_rows(path, "links")
    told = {row[name] for row in links for name in ("record_id", "other_record_id")}
    sizes: dict[str, int] = {}
    exclusions = {row["record_id"] for row in read_rows(path, "exclusions")}
    for record, person in owner.items():
        if person and record not in exclusions:
            sizes[person] = sizes.get(person, 0) + 1
    assert all(owner[row["record_id"]] == owner[row["other_record_id"]] == row["practitioner_id"] for row in links)
    assert {r for r, p in owner.items() if sizes.get(p, 0) > 1 and r not in exclusions} == told
    assert {row["level"] for row in links} <= {"confirmed", "probable"}


def test_a_judgment_is_applied_by_the_next_build_and_by_every_one_after(asked: Path) -> None:
    pair = reviewed(asked)[0]
    first, second = ends(pair)
    before = owners(asked)
    done = run_diplomate("judge", first, second, "same", "--reason", "The clinic's page shows both", data=asked)
    assert done.code == 0 and "Written down" in done.err and "next `diplomate build`" in done.err
    assert ends(pair) not in {ends(other) for other in reviewed(asked, "--limit", "1000")}, (
        "judged pairs are not asked again"
    )
    for _ in range(2):
        assert run_diplomate("build", data=asked).code == 0
        now = owners(asked)
        assert now[first] == now[second] in {before[first], before[second]}
    path = current(asked)
    assert path
    (judgment,) = read_rows(path, "judgments")
    assert (judgment["outcome"], judgment["reason"]) == ("applied", "The clinic's page shows both")
    gone = {before[first], before[second]} - {now[first]}
    assert {row["old_id"] for row in read_rows(path, "redirects")} >= gone


@pytest.mark.everything
def test_a_judgment_takes_two_apart_that_a_number_joined(data: Path) -> None:
    path = current(data)
    assert path
    of_person: dict[str, list[dict[str, str]]] = {}
    for row in read_rows(path, "records"):
        if row["practitioner_id"] and row["source"] != "leie":
            of_person.setdefault(row["practitioner_id"], []).append(row)
    first, second = next(rows for rows in of_person.values() if len(rows) == 2)
    named = [f"{row['source']}:{row['source_key']}" for row in (first, second)]
    done = run_diplomate("judge", *named, "different", "--reason", "Father and daughter", data=data)
    assert done.code == 0, done.err
    assert run_diplomate("build", data=data).code == 0
    now = owners(data)
    assert now[first["id"]] != now[second["id"]] and first["practitioner_id"] in (now[first["id"]], now[second["id"]])


NONSENSE = {
    "no such record": (["nobody", "{b}", "same", "--reason", "x"], "no record 'nobody'"),
    "a record with itself": (["{a}", "{a}", "same", "--reason", "x"], "paired with itself"),
    "another verdict": (["{a}", "{b}", "perhaps", "--reason", "x"], "'perhaps'"),
    "no reason": (["{a}", "{b}", "same"], "the reason is empty"),
}


@pytest.mark.parametrize("why", NONSENSE)
def test_nonsense_is_a_sentence_and_exit_2(asked: Path, why: str) -> None:
    first, second = ends(reviewed(asked)[0])
    arguments, sentence = NONSENSE[why]
    done = run_diplomate("judge", *(word.format(a=first, b=second) for word in arguments), data=asked)
    assert done.code == 2 and sentence in done.err and "Traceback" not in done.err
    assert not (asked / "same_person.csv").exists()


def test_an_entry_of_the_exclusion_list_is_nobodys_record(asked: Path) -> None:
    path = current(asked)
    assert path
    excluded = next(row["id"] for row in read_rows(path, "records") if row["source"] == "leie")
    first, _ = ends(reviewed(asked)[0])
    done = run_diplomate("judge", first, excluded, "same", "--reason", "x", data=asked)
    assert done.code == 2 and "exclusion list" in done.err


def test_the_same_again_is_calm_and_the_opposite_is_refused(asked: Path) -> None:
    first, second = ends(reviewed(asked)[0])
    assert run_diplomate("judge", first, second, "different", "--reason", "Two people", data=asked).code == 0
    again = run_diplomate("judge", second, first, "different", "--reason", "Two people", data=asked)
    assert again.code == 0 and "already" in again.err
    opposite = run_diplomate("judge", first, second, "same", "--reason", "After all", data=asked)
    assert opposite.code == 2 and "line 2" in opposite.err and "Delete the line" in opposite.err
    assert len((asked / "same_person.csv").read_text().splitlines()) == 2


def test_a_wrong_file_stops_the_build_with_its_line_and_leaves_what_is_published(data: Path) -> None:
    published = (data / "current").resolve()
    (data / "same_person.csv").write_text(
        "verdict,source_a,key_a,source_b,key_b,reason,decided_on\nsame,a,1,b,2,,2026-11-20\n"
    )
    done = run_diplomate("build", data=data)
    assert done.code == 1 and "line 2" in done.err and "still is" in done.err
    assert (data / "current").resolve() == published


def test_before_the_first_build_there_is_nothing_to_review(tmp_path: Path, data: Path) -> None:
    assert run_diplomate("review", data=tmp_path).code == 2
    (data / "review.csv").unlink()
    done = run_diplomate("review", data=data)
    assert done.code == 2 and "`diplomate build` writes it" in done.err


def test_one_question_after_the_other(asked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIPLOMATE_DATA", str(asked))
    answers = "k\nd\nOne works in Spokane\nq\n"
    done = CliRunner().invoke(review_command, ["--judge"], input=answers)
    assert done.exit_code == 0, done.output
    lines = (asked / "same_person.csv").read_text().splitlines()
    assert len(lines) == 2 and lines[1].startswith("different,") and "One works in Spokane" in lines[1]
    assert os.environ["DIPLOMATE_DATA"] == str(asked)


@pytest.mark.everything
def test_a_new_judgment_is_applied_by_the_next_run_though_nothing_new_was_read(asked: Path) -> None:
    assert not anything_new(asked)
    first, second = ends(reviewed(asked)[0])
    assert run_diplomate("judge", first, second, "different", "--reason", "Two people.", data=asked).code == 0
    assert anything_new(asked)
    assert run_diplomate("build", data=asked).code == 0
    assert not anything_new(asked)
