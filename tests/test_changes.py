"""The change feed: what each kind of change is made by, and what makes no news of anybody."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crawler.records import Record
from db.changes import changes_since
from db.opening import connect, current
from pipeline.rules import read_rule_table
from tests.conftest import run_diplomate
from tests.feed_folder import CROWD, NPI, OTHER_NPI, Folder, diplomate, enumerated, excluded, licensed

NUMBER = "AC60000009"
WORD, EXPIRES, ACTED = (f"license WA {NUMBER}{part}" for part in ("", " expires", " discipline"))


def ida(**said: Any) -> Record:
    return licensed(NUMBER, "Idalina", "Prsbrough", **said)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A first build: the board and the registry read whole, the exclusion list empty but for a stranger."""
    made = Folder(tmp_path_factory.mktemp("first") / "data").read(*CROWD, ida())
    made.read(enumerated(NPI, "IDALINA", "PRSBROUGH"), source="npi_registry")
    made.read(excluded("", "NOBODY", "ELSEWHERE", state="NV"), source="leie")
    assert made.build() == []
    return made


@pytest.fixture
def folder(first: Folder, tmp_path: Path) -> Folder:
    """A copy of it."""
    return first.copied(tmp_path / "data")


def sentences(folder: Folder) -> list[str]:
    path = current(folder.data)
    assert path
    return [row["sentence"] for row in changes_since(connect(path), None)]


@pytest.mark.parametrize(
    ("said", "change"),
    [
        ({"expires": "2029-03-01T00:00:00.000"}, ("renewed", EXPIRES, "2027-03-01", "2029-03-01")),
        ({"expires": "2026-12-31T00:00:00.000"}, ("detail_changed", EXPIRES, "2027-03-01", "2026-12-31")),
        ({"status": "Expired"}, ("lapsed", WORD, "Active", "Expired")),
        ({"status": "Retired"}, ("status_changed", WORD, "Active", "Retired")),
        ({"status": "Suspended"}, ("status_changed", WORD, "Active", "Suspended")),
        ({"action_taken": "Yes"}, ("detail_changed", ACTED, None, "Yes")),
        ({"family_name": "Quillenbrandt"}, ("renamed", "name", "Idalina Prsbrough", "Idalina Quillenbrandt")),
    ],
)
def test_what_a_board_says_otherwise_is_one_change_of_its_kind(
    folder: Folder, said: dict[str, str], change: tuple[str, ...]
) -> None:
    folder.read(*CROWD, ida(**said))
    assert folder.kinds() == [change]
    row = folder.table("changes")[0]
    assert (row["source"], row["state"], row["at"][:10]) == ("board_wa", "WA", "2026-11-04")


def test_capitals_of_a_word_and_the_order_of_a_name_are_how_a_list_is_printed(folder: Folder) -> None:
    folder.read(*CROWD, ida(status="ACTIVE", given_name="IDALINA"))
    assert folder.kinds() == []


def test_an_expiry_that_passes_by_itself_is_no_word_of_a_board(tmp_path: Path) -> None:
    made = Folder(tmp_path).read(*CROWD, ida(expires="2026-11-03T00:00:00.000"))
    made.build()
    made.day = 20
    assert made.read(*CROWD, ida(expires="2026-11-03T00:00:00.000")).kinds() == []


def test_another_city_or_state_is_a_move(folder: Folder) -> None:
    folder.read(enumerated(NPI, "IDALINA", "PRSBROUGH", "SALEM", "OR"), source="npi_registry")
    assert folder.kinds() == [("moved", "city", "Spokane, WA", "Salem, OR")]


def test_a_newcomer_is_one_change_and_one_more_listing_of_somebody_known_another(folder: Folder) -> None:
    folder.read(*CROWD, ida(), licensed("AC60000044", "Thessaly", "Vopnik"))
    folder.read(diplomate("d9", "Idalina Prsbrough"), source="ncbahm")
    assert folder.kinds() == [("new", "practitioner", None, "Thessaly Vopnik")]
    folder.read(diplomate("d9", "Idalina Prsbrough"), diplomate("d44", "Thessaly Vopnik"), source="ncbahm")
    rows = folder.build()
    assert {row["kind"] for row in rows} <= {"listed", "new"} and len(rows) == 1


def test_whoever_a_later_whole_reading_no_longer_shows_is_no_longer_listed(folder: Folder) -> None:
    folder.read(*CROWD)
    assert folder.kinds() == [("no_longer_listed", WORD, "Active", None)]
    said = sentences(folder)[0]
    assert "Absence says nothing" in said and "read on 2026-11-04" in said and "voluntary" not in said
    assert folder.kinds() == []


@pytest.mark.everything
def test_that_listing_is_voluntary_is_said_where_it_is(folder: Folder) -> None:
    folder.read(diplomate("d9", "Idalina Prsbrough"), diplomate("d2", "Barnabas Yoxtheimer"), source="ncbahm").build()
    folder.read(diplomate("d2", "Barnabas Yoxtheimer"), source="ncbahm").build()
    assert sentences(folder)[0].endswith("Listing is voluntary.")


@pytest.mark.parametrize("result", ["failed", "blocked"])
def test_a_failed_or_blocked_run_changes_nothing(folder: Folder, result: str) -> None:
    folder.read(ida(status="Expired"), licensed("AC60000044", "Thessaly", "Vopnik"), result=result)
    assert folder.kinds() == []


def test_a_partial_run_tells_what_it_shows_and_makes_nobody_gone(folder: Folder) -> None:
    folder.read(ida(status="Expired"), coverage={"*": False})
    assert folder.kinds() == [("lapsed", WORD, "Active", "Expired")]


def test_a_run_narrowed_to_a_state_makes_nobody_of_another_gone(folder: Folder) -> None:
    folder.read(
        enumerated(OTHER_NPI, "VESPER", "KLINGMAN", "SALEM", "OR"), source="npi_registry", coverage={"OR": True}
    )
    assert [kind for kind, *_ in folder.kinds()] == ["new"]
    folder.read(source="npi_registry", coverage={"OR": True})
    assert [kind for kind, *_ in folder.kinds()] == ["no_longer_listed"]


def test_a_source_that_is_added_is_no_news_of_the_people_in_it(folder: Folder) -> None:
    folder.read(diplomate("d9", "Idalina Prsbrough"), diplomate("d7", "Wilhelmina Ostrakova"), source="ncbahm")
    assert folder.kinds() == []


@pytest.mark.everything
def test_a_first_whole_reading_after_partial_ones_makes_nobody_new(tmp_path: Path) -> None:
    made = Folder(tmp_path).read(*CROWD, coverage={"*": False})
    made.build()
    assert made.read(*CROWD, ida()).kinds() == []
    assert [kind for kind, *_ in made.read(*CROWD).kinds()] == ["no_longer_listed"]


def test_a_key_that_its_source_changed_is_the_same_row(folder: Folder) -> None:
    folder.read(diplomate("d9", "Idalina Prsbrough", phone="509-555-0100"), source="ncbahm").build()
    later = diplomate("2026-9", "Idalina Prsbrough", phone="509-555-0100", status="Lapsed")
    folder.read(later, source="ncbahm")
    assert folder.kinds() == [("lapsed", "certification NCBAHM Dipl. Ac.", "Certified Diplomate", "Lapsed")]


def test_a_source_that_changes_all_its_keys_and_more_makes_nobody_new_or_gone(tmp_path: Path) -> None:
    names = [
        f"{given} {family}"
        for given in ("Ada", "Bel", "Cy", "Dov", "Eno")
        for family in ("Vroz", "Klapp", "Muth", "Sorn", "Thwe")
    ]
    made = Folder(tmp_path).read(*(diplomate(f"a{at}", name) for at, name in enumerate(names)), source="ncbahm")
    made.build()
    renamed = [diplomate(f"b{at}", f"{name}son", address="") for at, name in enumerate(names)]
    no_address = [f"fill:practitioners.{column}" for column in ("city", "zip", "latitude")]
    assert made.read(*renamed, source="ncbahm").kinds(*no_address) == []


def test_the_same_bytes_read_otherwise_are_no_news(folder: Folder) -> None:
    folder.read(*CROWD, ida()).build()
    folder.read(*CROWD[:2], ida(status="Retired"), licensed("AC60000044", "Thessaly", "Vopnik"), same_bytes=True)
    assert folder.kinds() == []


@pytest.mark.everything
def test_a_column_that_half_a_source_begins_to_print_is_no_news_of_each(tmp_path: Path) -> None:
    people = [(f"AC6100{at:04d}", f"Given{chr(97 + at)}", f"Family{chr(97 + at)}") for at in range(24)]
    made = Folder(tmp_path).read(*(licensed(*person) for person in people))
    made.build()
    assert made.read(*(licensed(*person, action_taken="Yes") for person in people)).kinds() == []
    one = [licensed(*person, action_taken="Yes") for person in people[1:]]
    assert [kind for kind, *_ in made.read(licensed(*people[0]), *one).kinds()] == ["detail_changed"]


def test_a_merge_and_a_split_of_persons_are_no_news(folder: Folder) -> None:
    people = len(folder.table("practitioners"))
    verdict = "different" if people == len(CROWD) + 1 else "same"
    judged = folder.data / "same_person.csv"
    columns = "verdict,source_a,key_a,source_b,key_b,reason,decided_on"
    judged.write_text(f"{columns}\n{verdict},board_wa,{NUMBER},npi_registry,{NPI},Asked both,2026-11-20\n")
    assert folder.kinds() == [] and len(folder.table("practitioners")) != people
    judged.unlink()
    assert folder.kinds() == [] and len(folder.table("practitioners")) == people


def test_a_possible_exclusion_match_appears_and_goes_with_the_list_alone(folder: Folder) -> None:
    stranger = excluded("", "NOBODY", "ELSEWHERE", state="NV")
    folder.read(stranger, excluded(NPI, "IDALINA", "PRSBROUGH"), source="leie")
    (row,) = folder.build()
    assert (row["kind"], row["match_level"], row["new"]) == (
        "exclusion_appeared", "confirmed", "possible match, 1128b4 of 2026-09-18",
    )  # fmt: skip
    assert "possible match" in sentences(folder)[0] and "Verify it at exclusions.oig.hhs.gov" in sentences(folder)[0]
    folder.read(stranger, excluded(NPI, "IDALINA", "PRSBROUGH", city="YAKIMA"), source="leie")
    assert folder.kinds() == []
    folder.read(source="leie", result="failed")
    assert folder.kinds() == []
    folder.read(stranger, source="leie")
    assert [kind for kind, *_ in folder.kinds()] == ["exclusion_went"]


def test_an_exclusion_of_a_name_alone_is_told_of_nobody(folder: Folder) -> None:
    folder.read(excluded("", "IDALINA", "PRSBROUGH"), excluded(NPI, "ANOTHER", "NAMEALTOGETHER"), source="leie")
    assert folder.kinds() == []


def test_a_match_with_somebody_whose_npi_was_not_known_is_no_news_of_the_list(tmp_path: Path) -> None:
    made = Folder(tmp_path).read(*CROWD, ida())
    made.read(enumerated(OTHER_NPI, "VESPER", "KLINGMAN"), source="npi_registry")
    made.read(excluded(NPI, "IDALINA", "PRSBROUGH"), source="leie").build()
    people = (enumerated(OTHER_NPI, "VESPER", "KLINGMAN"), enumerated(NPI, "IDALINA", "PRSBROUGH"))
    assert "exclusion_appeared" not in [kind for kind, *_ in made.read(*people, source="npi_registry").kinds()]


def test_the_first_reading_of_the_exclusion_list_is_no_news(tmp_path: Path) -> None:
    made = Folder(tmp_path).read(*CROWD).read(enumerated(NPI, "IDALINA", "PRSBROUGH"), source="npi_registry")
    made.build()
    assert made.read(excluded(NPI, "IDALINA", "PRSBROUGH"), source="leie").kinds() == []


def test_rows_stay_and_building_again_adds_none(folder: Folder) -> None:
    folder.read(*CROWD, ida(status="Expired")).build()
    first = folder.table("changes")
    assert folder.build() == []
    folder.read(*CROWD, ida()).build()
    again = folder.table("changes")
    assert again[: len(first)] == first and again[-1]["kind"] == "status_changed"


def test_a_value_that_comes_back_stands_since_it_came_back(folder: Folder) -> None:
    folder.read(*CROWD, ida(status="Expired")).build()
    folder.read(*CROWD, ida()).build()
    (claim,) = [row for row in folder.table("claims") if row["field"] == WORD and row["current"]]
    assert (claim["first_seen"][:10], claim["since"][:10]) == ("2026-11-01", "2026-11-05")
    (row,) = [row for row in folder.table("licenses") if row["number"] == NUMBER]
    assert (row["changed"][:10], row["as_of"][:10]) == ("2026-11-05", "2026-11-05")


def test_the_history_of_tags_begins_a_row_only_for_another_tag_and_closes_those_of_people_who_vanish(
    folder: Folder,
) -> None:
    first = folder.table("tag_history")
    assert {row["shown_until"] for row in first} == {None} and len(first) == len(folder.table("tags"))
    folder.read(*CROWD, ida()).build()
    assert folder.table("tag_history") == first
    folder.read(*CROWD[:2], ida(status="Expired")).build()
    rows = folder.table("tag_history")
    assert [row["id"] for row in rows[: len(first)]] == [row["id"] for row in first]
    shown = {(row["practitioner_id"], row["kind"], row["scope"]): row for row in rows if not row["shown_until"]}
    assert len(shown) == len(folder.table("tags"))
    gone = {row["practitioner_id"] for row in first} - {row["id"] for row in folder.table("practitioners")}
    assert len(gone) == 1 and all(row["shown_until"] for row in rows if row["practitioner_id"] in gone)
    for tag in folder.table("tags"):
        row = shown[tag["practitioner_id"], tag["kind"], tag["scope"]]
        assert (row["value"], row["changed"]) == (tag["value"], tag["changed"])
    assert [row["changed"][:10] for row in rows if row["value"] == "expired"] == ["2026-11-05"]


def test_a_word_of_discipline_is_told_only_of_a_record_that_is_surely_the_persons(folder: Folder) -> None:
    folder.read(*CROWD, ida(status="Suspended")).build()
    path = current(folder.data)
    assert path
    (row,) = changes_since(connect(path), None)
    assert row["kind"] == "status_changed" and "'Suspended'" in row["sentence"]
    path.chmod(0o644)
    import sqlite3

    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE records SET match_level = 'probable' WHERE source = 'board_wa'")
    (row,) = changes_since(connect(path), None)
    assert (row["kind"], row["old"], row["new"], row["veiled"]) == ("detail_changed", None, None, True)
    assert "uspend" not in json.dumps(row) and "see the practitioner's page" in row["sentence"]


def test_the_command_tells_changes_in_words_newest_last(folder: Folder) -> None:
    folder.read(*CROWD, ida(expires="2029-03-01T00:00:00.000")).build()
    folder.read(*CROWD, ida(expires="2029-03-01T00:00:00.000", status="Retired")).build()
    lines = run_diplomate("changes", data=folder.data).out.splitlines()
    assert [line[:10] for line in lines] == ["2026-11-04", "2026-11-05"]
    assert f"license {NUMBER} of Idalina Prsbrough renewed until 2029-03-01 (was 2027-03-01)." in lines[0]
    only = json.loads(run_diplomate("changes", "--kind", "renewed", "--state", "WA", "--json", data=folder.data).out)
    assert [row["kind"] for row in only] == ["renewed"]
    assert json.loads(run_diplomate("changes", "--state", "OR", "--json", data=folder.data).out) == []
    wrong = run_diplomate("changes", "--kind", "promoted", data=folder.data)
    assert wrong.code == 2 and "'promoted' is no kind of change" in wrong.err


def test_no_sentence_says_what_absence_or_a_list_cannot() -> None:
    said = " ".join(" ".join(row.values()) for row in read_rule_table("change_kinds")).casefold()
    assert not any(word in said for word in ("unlicensed", "not certified", "fake", "fraud", "not licensed"))


def test_a_build_killed_before_it_is_published_leaves_history_as_it_was(folder: Folder, monkeypatch: Any) -> None:
    folder.read(*CROWD, ida(status="Expired"))
    monkeypatch.setattr("db.publish.seal", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        folder.build()
    assert folder.table("changes") == []
    monkeypatch.undo()
    assert folder.kinds() == [("lapsed", WORD, "Active", "Expired")]
    assert replace(ida(), sha256="") == ida()
