"""The rule files: what a wrong row says, that the tables hang together, and that no word falls through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.rule_tables import CERTIFICATION_TAGS, LICENSE_STATUSES, LICENSE_TAGS, RULE_TABLES
from pipeline.rules import (
    RULES_FOLDER,
    RuleError,
    check_rule_rows,
    exclusion_meaning,
    published_rule_tables,
    read_rule_table,
    state_codes,
    state_rule,
    tag_word,
    window_days,
)
from pipeline.statuses import (
    UnknownWord,
    certification_status,
    designation,
    known_words,
    license_status,
    plain_word,
)

HEADER = list(RULE_TABLES["tag_words"].columns)
GOOD_ROW = ["license", "active", "Active", "The board lists the license as active.", "good"]


def refused(rows: list[list[str]]) -> str:
    with pytest.raises(RuleError) as trouble:
        check_rule_rows(Path("tag_words.csv"), RULE_TABLES["tag_words"], rows)
    return str(trouble.value)


MAY_BE_EMPTY = {"link_accuracy"}  # nothing was measured yet
PEOPLES = {"same_person"}  # judgments: read by pipeline.judgments, published as table judgments


@pytest.mark.parametrize("name", sorted(set(RULE_TABLES) - MAY_BE_EMPTY))
def test_every_rule_file_is_read(name: str) -> None:
    assert read_rule_table(name)


def test_every_rule_file_has_a_table() -> None:
    assert {path.stem for path in RULES_FOLDER.glob("*.csv")} - PEOPLES == set(RULE_TABLES)


@pytest.mark.parametrize("path", sorted(RULES_FOLDER.glob("*.csv")), ids=lambda path: path.name)
def test_rule_files_are_plain_text_with_unix_lines(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    assert "\r" not in text and "\ufeff" not in text and text.endswith("\n")


def test_a_wrong_row_names_file_row_and_value() -> None:
    assert "row 3" in refused([HEADER, GOOD_ROW, GOOD_ROW]) and "'active'" in refused([HEADER, GOOD_ROW, GOOD_ROW])
    assert "'bright'" in refused([HEADER, [*GOOD_ROW[:4], "bright"]])
    assert "blank" in refused([HEADER, ["license", "", *GOOD_ROW[2:]]])
    assert "sentence is empty" in refused([HEADER, ["license", "active", "Active", "", "good"]])
    assert "4 cells instead of 5" in refused([HEADER, GOOD_ROW[:4]])
    assert "must start with" in refused([["kind"]])
    assert "must start with" in refused([])


def test_a_table_that_is_not_there_is_named() -> None:
    with pytest.raises(RuleError, match="tariffs"):
        read_rule_table("tariffs")


def test_all_jurisdictions_are_there() -> None:
    assert len(state_codes()) == 54
    assert {"DC", "PR", "GU", "VI"} < set(state_codes())
    assert [code for code in state_codes() if state_rule(code)["regulated"] == "0"] == ["AL", "OK", "SD"]
    with pytest.raises(RuleError, match="ZZ"):
        state_rule("ZZ")


def test_only_states_that_ask_for_certification_have_a_timing() -> None:
    for row in read_rule_table("states"):
        asked = row["certification_class"] == "certification_required"
        assert bool(row["certification_timing"]) is asked, row["code"]
    renewing = {r["code"] for r in read_rule_table("states") if r["certification_timing"] == "initial_and_renewal"}
    assert renewing == {"IN", "IA", "MN", "NH", "SC", "VA"}


def test_every_address_is_an_address() -> None:
    tables = published_rule_tables()
    found = [url for name in ("states", "credentials") for row in tables[name] for url in row["sources"]]  # type: ignore[attr-defined]
    found += [row[column] for row in tables["states"] for column in ("board_url", "lookup_url") if row[column]]
    assert found and all(re.fullmatch(r"https?://\S+", str(url)) for url in found)


def test_published_rows_carry_lists_and_numbers() -> None:
    tables = published_rule_tables()
    alabama = tables["states"][0]
    assert (alabama["code"], alabama["regulated"], alabama["titles"]) == ("AL", 0, [])
    assert alabama["board"] is None
    assert [row["days"] for row in tables["windows"]] == [30, 90, 120]
    assert window_days("warn") == 30
    with pytest.raises(RuleError, match="someday"):
        window_days("someday")


def test_spellings_compile_and_belong_to_credentials() -> None:
    known = {row["id"] for row in read_rule_table("credentials")}
    for row in read_rule_table("credential_spellings"):
        assert row["credential_id"] in known
        re.compile(row["pattern"])


def test_every_tag_has_words_and_a_rule() -> None:
    words = {(row["kind"], row["tag"]) for row in read_rule_table("tag_words")}
    assert words == {("certification", tag) for tag in CERTIFICATION_TAGS} | {("license", tag) for tag in LICENSE_TAGS}
    ruled = {(row["kind"], row["value"]) for row in read_rule_table("tag_rules")}
    decided = {pair for pair in words if pair[1] not in LICENSE_STATUSES} | {("license", "board word")}
    assert ruled == decided
    assert tag_word("license", "active")["tone"] == "good"
    with pytest.raises(RuleError, match="shiny"):
        tag_word("license", "shiny")


def test_words_for_patients_are_short_and_accuse_nobody() -> None:
    for row in read_rule_table("tag_words"):
        assert 1 <= len(row["label"].split()) <= 5
        assert not re.search(r"not certified|unlicensed|\bfake|fraud|unsafe", f"{row['label']} {row['sentence']}", re.I)


def test_common_family_names_and_exclusions_are_found() -> None:
    listed = {row["family_name"] for row in read_rule_table("common_family_names")}
    assert {"li", "kim", "nguyen", "tanaka", "garcia", "smith"} <= listed
    assert exclusion_meaning(" 1128b4  ")["kind"] == "permissive"
    with pytest.raises(RuleError, match="1128z9"):
        exclusion_meaning("1128z9")


@pytest.mark.parametrize(
    ("source", "raw", "status"),
    [
        ("board_wa", "Active", "active"),
        ("board_wa", " MILITARY ", "active"),
        ("board_wa", "Unlicensed", "pending"),
        ("board_ca", "CurrentInactive", "inactive"),
        ("board_ct", "Lapsed due to  Non-Renewal", "expired"),
        ("board_il", "NOT RENEWED", "expired"),
        ("board_fl", "Null and Void", "expired"),
        ("board_tx", "UNDER BOARD ORDER", "limited"),
        ("board_or", "Voluntarily Surrendered", "surrendered"),
    ],
)
def test_words_of_boards_are_normalized(source: str, raw: str, status: str) -> None:
    assert license_status(source, raw) == status


def test_a_word_of_one_board_is_not_known_at_another() -> None:
    with pytest.raises(UnknownWord):
        license_status("board_ca", "Unlicensed")


def test_an_unknown_word_names_itself_and_the_file_to_correct() -> None:
    with pytest.raises(UnknownWord, match=r"'Frozen'.*status_words\.csv") as trouble:
        license_status("board_wa", "Frozen")
    assert (trouble.value.vocabulary, trouble.value.word) == ("license_status:board_wa", "Frozen")
    with pytest.raises(UnknownWord, match=r"certification_status_words\.csv"):
        certification_status("Frozen")
    with pytest.raises(UnknownWord, match=r"designation_words\.csv"):
        designation("Frozen Certification")


@pytest.mark.parametrize(
    ("raw", "status"),
    [("Certified Diplomate", "listed"), ("Lapsed", "listed_inactive"), ("PROBATION", "listed_inactive")],
)
def test_words_of_the_certifier_are_normalized(raw: str, status: str) -> None:
    assert certification_status(raw) == status


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ("AC Certification", "Dipl. Ac."),
        ("OM Certification", "Dipl. O.M."),
        ("CH Certification", "Dipl. C.H."),
        ("Dipl. Ac. (NCCAOM)®", "Dipl. Ac."),
        ("Dipl. O.M. (NCBAHM)®", "Dipl. O.M."),
        ("ABT Certification", "Dipl. A.B.T."),
        ("AHM Certification", "Dipl. AHM"),
    ],
)
def test_badges_and_printed_designations_agree(raw: str, named: str) -> None:
    assert designation(raw) == ("NCBAHM", named)


def test_known_words_are_offered_by_vocabulary() -> None:
    words = known_words()
    assert {"certification_status", "designation", "license_status:*", "license_status:board_wa"} <= set(words)
    assert "military" in words["license_status:board_wa"] and "revoked" in words["license_status:board_ca"]
    assert all(word == plain_word(word) for vocabulary in words.values() for word in vocabulary)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_a_status_never_falls_through(raw: str) -> None:
    for read in (lambda word: license_status("board_wa", word), certification_status, designation):
        try:
            read(raw)
        except UnknownWord as trouble:
            assert plain_word(raw) not in known_words()[trouble.vocabulary]
    assert plain_word(plain_word(raw)) == plain_word(raw)
