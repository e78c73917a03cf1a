"""What people decided: read with every fault named, followed through new keys, written down for good."""

from __future__ import annotations

import csv
import multiprocessing
import os
import signal
import stat
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.judged_csv import MOST_FAULTS
from pipeline.judged_file import NoJudgment, write_judgment
from pipeline.judgments import (
    COLUMNS,
    FILE,
    Judgment,
    applied,
    judgment_files,
    judgment_rows,
    read_judgments,
    record_id,
)
from pipeline.renamings import Renamings, renaming_rows
from pipeline.rules import RuleError

TODAY = date(2026, 11, 22)
HEADER = ",".join(COLUMNS)
NOBODY_RENAMED = Renamings([])


def written(data: Path, *lines: str, header: str = HEADER) -> Path:
    data.mkdir(exist_ok=True)
    (data / FILE).write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return data


def line(a: str, verdict: str, b: str, reason: str = "asked her", on: str = "2026-11-20") -> str:
    return ",".join([verdict, *a.split(":"), *b.split(":"), reason, on])


def fault(data: Path, *lines: str, header: str = HEADER) -> str:
    with pytest.raises(RuleError) as trouble:
        read_judgments(written(data, *lines, header=header), TODAY)
    return str(trouble.value)


def cells(a: str, verdict: str, b: str, reason: str = "asked her") -> list[str]:
    return [verdict, *a.split(":"), *b.split(":"), reason]


def test_the_file_of_the_rules_is_there_and_the_operators_need_not_be(tmp_path: Path) -> None:
    rules, own = judgment_files(tmp_path)
    assert rules.read_text().startswith(HEADER) and not own.exists()
    assert read_judgments(tmp_path, TODAY) == []


def test_a_line_becomes_a_judgment_between_record_ids(tmp_path: Path) -> None:
    lines = read_judgments(written(tmp_path, line("board_wa:AC1", "same", "ncbahm:a", '"One face, two lists"')), TODAY)
    assert applied(lines, NOBODY_RENAMED) == [
        Judgment(record_id("board_wa", "AC1"), record_id("ncbahm", "a"), True, "One face, two lists", "2026-11-20")
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (line("a:1", "sames", "b:2"), "the verdict is 'sames'"),
        (line("a:1", "same", "b:2", ""), "the reason is empty; say why a:1 and b:2 are same"),
        (line("a:1", "same", "b:2", on="11/20/2026"), "decided_on is '11/20/2026'"),
        (line("a:1", "same", "b:2", on="2026-02-30"), "decided_on is '2026-02-30'"),
        (line("a:1", "same", "b:2", on="2062-11-20"), "in the future"),
        (line("a:1", "same", "a:1"), "a:1 is paired with itself"),
        (line("a:", "same", "b:2"), "key_a is empty"),
        ("same,a,1,b,2", "5 cells instead of 7"),
        (line("a:1", "same", "b:2", '"never closed'), "cannot be read as CSV"),
    ],
)
def test_each_fault_is_a_sentence_with_line_and_value(tmp_path: Path, wrong: str, said: str) -> None:
    sentence = fault(tmp_path, line("x:1", "same", "y:2"), wrong)
    assert said in sentence
    assert "line 3" in sentence or "cannot be read" in sentence


def test_all_faults_are_told_at_once_but_not_a_thousand(tmp_path: Path) -> None:
    sentence = fault(tmp_path, *(line("a:1", "maybe", "b:2") for _ in range(50)))
    assert "line 2" in sentence and "line 11" in sentence and f"{50 - MOST_FAULTS} faults more" in sentence


def test_line_numbers_hold_behind_a_reason_of_two_lines(tmp_path: Path) -> None:
    assert "line 4:" in fault(tmp_path, line("a:1", "same", "b:2", '"two\nlines"'), line("a:1", "?", "b:2"))


def test_another_header_another_encoding_and_a_spreadsheets_mark(tmp_path: Path) -> None:
    assert "must start with the columns verdict," in fault(tmp_path, header="a,b")
    (tmp_path / FILE).write_bytes(b"verdict\xff\xfe")
    with pytest.raises(RuleError, match="UTF-8"):
        read_judgments(tmp_path, TODAY)
    (tmp_path / FILE).write_bytes(f"\ufeff{HEADER}\r\n{line('a:1', 'same', 'b:2')}\r\n\r\n".encode())
    assert len(read_judgments(tmp_path, TODAY)) == 1


def test_contradictions_are_told_also_over_a_chain(tmp_path: Path) -> None:
    direct = fault(tmp_path, line("a:1", "same", "b:2"), line("b:2", "different", "a:1"))
    assert "line 3" in direct and "line 2" in direct and "b:2 and a:1 are judged different" in direct
    lines = line("a:1", "same", "b:2"), line("b:2", "same", "c:3"), line("a:1", "different", "c:3")
    chained = fault(tmp_path, *lines)
    assert all(f"line {number}" in chained for number in (2, 3, 4))


def test_the_same_decision_twice_is_no_fault_and_counts_once(tmp_path: Path) -> None:
    lines = read_judgments(written(tmp_path, line("a:1", "same", "b:2"), line("b:2", "same", "a:1")), TODAY)
    assert len(applied(lines, NOBODY_RENAMED)) == 1


def renaming(source: str, old: str, new: str, since: str) -> dict[str, str]:
    old_id, new_id = record_id(source, old), record_id(source, new)
    return {
        "old_id": old_id, "new_id": new_id, "since": since, "source": source, "old_key": old, "new_key": new,
    }  # fmt: skip


def test_a_judgment_follows_its_record_through_every_new_key(tmp_path: Path) -> None:
    lines = read_judgments(written(tmp_path, line("ncbahm:a", "different", "board_wa:1")), TODAY)
    renamings = Renamings(
        [
            renaming("ncbahm", "b", "c", "2027-06-01T00:00:00Z"),
            renaming("ncbahm", "a", "b", "2026-12-01T00:00:00Z"),
            renaming("ncbahm", "z", "a", "2026-12-01T00:00:00Z"),
        ]
    )
    (judgment,) = applied(lines, renamings)
    assert (judgment.first_id, judgment.same) == (record_id("ncbahm", "c"), False)
    assert renamings.earlier_keys()[record_id("ncbahm", "c")] == ("a", "b")


def test_a_key_that_is_given_again_means_the_record_of_that_day(tmp_path: Path) -> None:
    renamings = Renamings([renaming("ncbahm", "a", "b", "2026-05-01T00:00:00Z")])
    first, later = line("ncbahm:a", "same", "x:1", on="2026-04-30"), line("ncbahm:a", "same", "x:2", on="2026-11-20")
    lines = read_judgments(written(tmp_path, first, later), TODAY)
    assert [item.first_id for item in applied(lines, renamings)] == [
        record_id("ncbahm", "b"),
        record_id("ncbahm", "a"),
    ]


def test_keys_that_go_round_end(tmp_path: Path) -> None:
    rows = [renaming("ncbahm", "a", "b", "2026-12-01T00:00:00Z"), renaming("ncbahm", "b", "a", "2027-01-01T00:00:00Z")]
    assert Renamings(rows).today(record_id("ncbahm", "a"), "2026-11-20") == record_id("ncbahm", "a")


def test_renamings_add_up_with_the_keys_in_words() -> None:
    before = [{"id": "old", "source": "ncbahm", "source_key": "a"}]
    today = [{"id": "new", "source": "ncbahm", "source_key": "b"}]
    (row,) = renaming_rows({"old": "new"}, before, today, "2027-01-01T00:00:00Z")
    assert (row["old_key"], row["new_key"], row["since"]) == ("a", "b", "2027-01-01T00:00:00Z")


def test_lines_that_contradict_each_other_only_under_todays_keys_are_told(tmp_path: Path) -> None:
    lines = read_judgments(
        written(tmp_path, line("n:a", "same", "x:1"), line("n:b", "different", "x:1", on="2026-11-21")), TODAY
    )
    with pytest.raises(RuleError, match="line 3"):
        applied(lines, Renamings([renaming("n", "a", "b", "2026-11-20T12:00:00Z")]))


def test_the_published_table_says_what_became_of_each_line(tmp_path: Path) -> None:
    decided = ("a:1", "same", "b:2"), ("a:1", "different", "c:3"), ("a:1", "same", "d:4"), ("b:2", "different", "e:5")
    lines = read_judgments(written(tmp_path / "data", *(line(*item) for item in decided)), TODAY)
    owners = {
        record_id(*end.split(":")): owner for end, owner in (("a:1", "p"), ("b:2", "p"), ("c:3", "p"), ("e:5", "q"))
    }
    rows = judgment_rows(lines, NOBODY_RENAMED, owners)
    assert [row["outcome"] for row in rows] == ["applied", "not_applied", "waiting", "applied"]
    assert [row["file"] for row in rows] == [f"data/{FILE}"] * 4, "a folder of the operator's is nobody's business"


def test_a_judgment_is_written_down_once_and_read_again(tmp_path: Path) -> None:
    assert write_judgment(tmp_path, cells("a:1", "same", "b:2", " two\n words "), NOBODY_RENAMED, TODAY)
    assert not write_judgment(tmp_path, cells("b:2", "same", "a:1"), NOBODY_RENAMED, TODAY)
    (found,) = read_judgments(tmp_path, TODAY)
    assert (found.reason, found.decided_on) == ("two words", "2026-11-22")
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_line_is_added_to_whatever_a_person_left(tmp_path: Path) -> None:
    data = written(tmp_path, line("a:1", "same", "b:2"))
    (data / FILE).write_bytes((data / FILE).read_bytes().rstrip(b"\n"))
    write_judgment(data, cells("c:3", "different", "d:4", 'he said "no, Jr."'), NOBODY_RENAMED, TODAY)
    assert [found.key_a for found in read_judgments(data, TODAY)] == ["1", "3"]


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (cells("a:1", "maybe", "b:2"), "'maybe'"),
        (cells("a:1", "same", "a:1"), "paired with itself"),
        (cells("a:1", "same", "b:2", "  "), "the reason is empty"),
        (cells("a:1", "same", "b:2", "x" * 501), "501 characters"),
        (cells("a:1", "same", "b:2", "a\x00b"), "cannot be printed"),
        (cells("x:1", "different", "y:2"), "Delete the line that is wrong"),
    ],
)
def test_nonsense_is_refused_and_the_file_stays(tmp_path: Path, decision: list[str], said: str) -> None:
    data = written(tmp_path, line("x:1", "same", "y:2"))
    before = (data / FILE).read_bytes()
    with pytest.raises(NoJudgment, match=said):
        write_judgment(data, decision, NOBODY_RENAMED, TODAY)
    assert (data / FILE).read_bytes() == before


PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
REASON = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1).filter(lambda text: text.strip())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(PLAIN, PLAIN, REASON), min_size=1, max_size=5, unique_by=lambda item: item[:2]))
def test_whatever_a_source_prints_as_a_key_comes_back(
    tmp_path_factory: pytest.TempPathFactory, decisions: list[tuple[str, str, str]]
) -> None:
    data = tmp_path_factory.mktemp("judged")
    for number, (source, key, reason) in enumerate(decisions):
        write_judgment(data, ["same", source, key, "other", f"#{number}", reason], NOBODY_RENAMED, TODAY)
    found = [(item.source_a, item.key_a, item.reason) for item in read_judgments(data, TODAY)]
    assert found == [(source, key, " ".join(reason.split())) for source, key, reason in decisions]


def judge_many(data: Path, who: str, count: int) -> None:
    for number in range(count):
        write_judgment(data, cells(f"{who}:{number}", "different", f"z:{number}"), NOBODY_RENAMED, TODAY)


def test_two_who_judge_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    judges = [context.Process(target=judge_many, args=(tmp_path, who, 15)) for who in ("a", "b")]
    for judge in judges:
        judge.start()
    for judge in judges:
        judge.join()
    assert len(read_judgments(tmp_path, TODAY)) == 30


@pytest.mark.parametrize("moment", [0.0, 0.01, 0.03, 0.06])
def test_a_process_that_is_killed_leaves_whole_lines(tmp_path: Path, moment: float) -> None:
    write_judgment(tmp_path, cells("first:1", "same", "z:1"), NOBODY_RENAMED, TODAY)
    judge = multiprocessing.get_context("fork").Process(target=judge_many, args=(tmp_path, "a", 2000))
    judge.start()
    time.sleep(moment)
    os.kill(judge.pid or 0, signal.SIGKILL)
    judge.join()
    kept = read_judgments(tmp_path, TODAY)
    assert kept[0].source_a == "first"
    assert [item.key_a for item in kept[1:]] == [str(number) for number in range(len(kept) - 1)]
    write_judgment(tmp_path, cells("last:1", "same", "z:0"), NOBODY_RENAMED, TODAY)
    assert list(csv.reader((tmp_path / FILE).open()))[-1][1] == "last"
