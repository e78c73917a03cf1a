"""Finding, exporting and listing changes: the right rows, whole, with text kept as text."""

from __future__ import annotations

import csv
import gzip
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet
import pytest

from db.changes import changes_since
from db.export import ExportError, export
from db.find import FindQuery, FindResult, find, find_all
from db.places import find_place, miles_between
from db.publish import connect, publish
from db.schema import TABLES
from tests.tiny_database import BUILT_AT, publish_tiny, tiny_tables


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_tiny(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def people(path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(path)
    yield connection
    connection.close()


def ids(result: FindResult) -> list[str]:
    return [row["id"] for row in result.rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (FindQuery(q="migraine"), ["p01"]),
        (FindQuery(q="Zoe"), ["p04"]),
        (FindQuery(q="o'fennell"), ["p03"]),
        (FindQuery(q="spokane"), ["p02", "p06"]),
        (FindQuery(q="quackenbush seattle"), ["p01"]),
        (FindQuery(q='"'), []),
        (FindQuery(q="AND"), []),
        (FindQuery(certification="listed", license="active"), ["p12", "p01"]),
        (FindQuery(state="Oregon"), ["p07", "p08"]),
        (FindQuery(state="XX"), []),
        (FindQuery(language="mandarin"), ["p04"]),
        (FindQuery(condition="LOW BACK PAIN", therapy="cupping", insurance="premera"), ["p01"]),
        (FindQuery(near="98402", miles="5"), ["p05", "p03"]),
        (FindQuery(near="Tacoma, WA", miles="5", certification="implied"), ["p05"]),
    ],
)
def test_find(people: sqlite3.Connection, query: FindQuery, expected: list[str]) -> None:
    result = find(people, query)
    assert ids(result) == expected and result.total == len(expected)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("lumbago", ["p01"]),
        ("my bad back near Seattle", ["p01"]),
        ("insomnia", ["p05"]),
        ("mandarin in seattle", ["p04"]),
        ("Quackenbush Imelda", ["p01", "p02"]),
        ("Fennell Bartholomew O", ["p03"]),
        ("Imelda Quackenbush 98101", ["p01"]),
        ("Imelda Quackenbush, seattle, wa 98101", ["p01"]),
        ("insomnia tacoma 98402", ["p05"]),
        ("Thistelwood", ["p05"]),
        ("1999999904", ["p04"]),
        ("Mobile, AL", ["p10"]),
        ("Oregon", ["p07", "p08"]),
        ("Berkeley", ["p09"]),
    ],
)
def test_one_box_takes_anything(people: sqlite3.Connection, box: str, expected: list[str]) -> None:
    assert ids(find(people, FindQuery(q=box))) == expected


def test_why_somebody_matched_is_said_in_the_words_of_the_source(people: sqlite3.Connection) -> None:
    found = find(people, FindQuery(q="bad back"))
    assert found.rows[0]["why"] == ["Treats Low back pain, which “bad back” may mean"]
    assert find(people, FindQuery(condition="lumbago")).rows[0]["why"] == ["Treats Low back pain"]


def test_names_that_are_only_close_are_said_to_be_close(people: sqlite3.Connection) -> None:
    assert "These names are close" in find(people, FindQuery(q="Thistelwood")).notes[0]
    assert not find(people, FindQuery(q="Thistlewood")).notes


def test_a_circle_without_anybody_is_widened_and_said(people: sqlite3.Connection) -> None:
    found = find(people, FindQuery(near="Yakima, WA", miles="10"))
    assert found.widened and found.rows and (found.asked_miles, found.miles) == (10.0, 100.0)
    assert not find(people, FindQuery(near="98402", miles="10")).widened


def test_the_words_themselves_can_be_searched(people: sqlite3.Connection) -> None:
    assert ids(find(people, FindQuery(words="insomnia"))) == ["p05"]
    assert find(people, FindQuery(words="near Seattle")).place is None


def test_listed_and_active_come_first_where_asked(people: sqlite3.Connection) -> None:
    found = find(people, FindQuery(near="98101", miles="60", sort="evidence"))
    assert {row["id"] for row in found.rows[:2]} == {"p01", "p12"}


def test_the_map_has_a_point_for_each_zip(people: sqlite3.Connection) -> None:
    points = {point.zip: point.people for point in find(people, FindQuery(near="98402", miles="60")).points}
    assert points == {"98101": 4, "98402": 2}


def test_near_sorts_by_distance_and_gives_miles(people: sqlite3.Connection) -> None:
    result = find(people, FindQuery(near="98402", miles="60"))
    distances = [row["miles"] for row in result.rows]
    assert distances == sorted(distances) and distances[0] < 1 and distances[-1] > 20
    assert result.place is not None and result.place.label == "ZIP 98402"


@pytest.mark.parametrize("near", ["zzz", "00000", "Nowhere, ZZ", ",", "98402; DROP"])
def test_a_place_that_is_not_understood_finds_nobody_and_says_why(people: sqlite3.Connection, near: str) -> None:
    for result in (find(people, FindQuery(near=near)), find_all(people, FindQuery(near=near, state="WA"))):
        assert result.total == 0 and not result.rows and "was not understood, so nobody is shown" in result.trouble


@pytest.mark.parametrize(
    ("near", "meant"),
    [
        ("Seatle", "Seattle, WA"),
        ("Portlnd", "Portland, OR"),
        ("Portlnd, OR", "Portland, OR"),
        ("Spokan Washington", "Spokane, WA"),
    ],
)
def test_a_mistyped_town_is_asked_back(people: sqlite3.Connection, near: str, meant: str) -> None:
    assert find(people, FindQuery(near=near)).meant[0] == meant


@pytest.mark.parametrize("miles", ["-1", "0", "nan", "inf", "a", "501"])
def test_a_radius_that_cannot_be_searched_is_said(people: sqlite3.Connection, miles: str) -> None:
    assert "25 miles were used" in find(people, FindQuery(near="98402", miles=miles)).notes[0]


PLACES = (
    "St. Louis, MO",
    "saint louis mo",
    "Ft. Worth, TX",
    "63101-1234",
    "new york, NY",
    "ZIP 98101",
    "zip code: 98101",
)
PLACES += (
    "seattle, wa 98103",
    "Seattle WA 98103-1234",
    "Portland, Oregon",
    "Albany New York",
    "Washington, District of Columbia",
)


@pytest.mark.parametrize("text", PLACES)
def test_places_are_understood_as_people_write_them(text: str) -> None:
    assert find_place(text) is not None


def test_a_mile_is_a_mile() -> None:
    assert miles_between(40.7128, -74.0060, 34.0522, -118.2437) == pytest.approx(2445.6, abs=1)


def test_counts_are_of_what_was_found(people: sqlite3.Connection) -> None:
    counts = find(people, FindQuery(near="98402", miles="5")).counts
    assert {count.value: count.rows for count in counts["certification"]} == {"claimed": 1, "implied": 1}


def test_pages_hold_twenty_and_files_hold_all(tmp_path: Path) -> None:
    tables = tiny_tables()
    person, record = tables["practitioners"][0], tables["records"][0]
    for number in range(33):
        tables["practitioners"].append(person | {"id": f"q{number}", "npi": None})
        tables["records"].append(record | {"id": f"rq{number}", "practitioner_id": f"q{number}"})
    connection = connect(publish(tables, tmp_path, BUILT_AT))
    pages = [find(connection, FindQuery(page=page)) for page in (1, 2, 3, 99)]
    assert [len(page.rows) for page in pages] == [20, 20, 5, 5]
    assert len({row["id"] for page in pages[:3] for row in page.rows}) == 45
    assert len(find_all(connection, FindQuery(near="Seattle, WA")).rows) == 39


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet"])
def test_every_table_is_exported_whole(path: Path, tmp_path: Path, ending: str) -> None:
    for table, definition in TABLES.items():
        out = tmp_path / f"{table}{ending}"
        rows = export(path, table, out, [], False)
        header, cells = read_back(out)
        assert header == list(definition.column_names) and len(cells) == rows
    assert [name for name in tmp_path.iterdir() if ".part" in name.name] == []


def read_back(out: Path) -> tuple[list[str], list[list[object]]]:
    if out.name.endswith(".parquet"):
        table = pyarrow.parquet.read_table(out)
        return table.column_names, [list(row.values()) for row in table.to_pylist()]
    data = out.read_bytes()
    text = (gzip.decompress(data) if out.name.endswith(".gz") else data).decode("utf-8")
    header, *rows = csv.reader(io.StringIO(text))
    return header, [list(row) for row in rows]


def test_states_choose_people_and_what_belongs_to_them(path: Path, tmp_path: Path) -> None:
    assert export(path, "practitioners", tmp_path / "p.csv", ["or"], False) == 2
    assert export(path, "tags", tmp_path / "t.csv", ["OR", "CA"], False) == 6
    assert export(path, "states", tmp_path / "s.csv", ["OR"], False) == 1


def test_cells_are_safe_for_spreadsheets_only_when_asked(tmp_path: Path) -> None:
    tables = tiny_tables()
    tables["practitioners"][0]["clinic"] = '=HYPERLINK("http://evil.example")'
    published = publish(tables, tmp_path / "data", BUILT_AT)
    out = tmp_path / "p.csv"
    for safe, start in ((True, "'=HYPER"), (False, "=HYPER")):
        export(published, "practitioners", out, [], safe)
        header, rows = read_back(out)
        first = dict(zip(header, rows[0], strict=True))
        assert str(first["clinic"]).startswith(start)
        assert first["longitude"] == "-122.3305" and first["zip"] == "98101"


@pytest.mark.parametrize(
    ("table", "name", "states", "sentence"),
    [
        ("persons", "a.csv", [], "no table 'persons'; the tables are practitioners, records"),
        ("tags", "a.xlsx", [], "ends in none of"),
        ("sources", "a.csv", ["WA"], "has no state to choose by"),
        ("tags", "absent/a.csv", [], "could not be written"),
    ],
)
def test_exports_that_cannot_be_made(
    path: Path, tmp_path: Path, table: str, name: str, states: list[str], sentence: str
) -> None:
    with pytest.raises(ExportError, match=sentence):
        export(path, table, tmp_path / name, states, False)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_export_leaves_the_old_file(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "tags.csv"
    export(path, "tags", out, [], False)
    before = out.read_bytes()
    monkeypatch.setattr("db.export.safe_cells", broken)
    with pytest.raises(ExportError, match="disk"):
        export(path, "tags", out, [], True)
    assert out.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def broken(row: object) -> list[object]:
    raise OSError(28, "the disk is full")


def test_changes_since_a_date_in_a_state(people: sqlite3.Connection) -> None:
    assert [row["id"] for row in changes_since(people, None, [])] == ["h1", "h2", "h3"]
    assert [row["id"] for row in changes_since(people, "2026-11-01", [])] == ["h1"]
    for one_day in ("20261101", "2026-11-01T00:00:00Z", "2026-10-31T20:00:00-04:00", "2026-W44-7"):
        assert [row["id"] for row in changes_since(people, one_day, [])] == ["h1"]
    assert [row["id"] for row in changes_since(people, None, ["or"])] == ["h2"]
    with pytest.raises(ValueError, match="'yesterday' is no date"):
        changes_since(people, "yesterday", [])


def test_a_cell_with_any_line_break_stays_one_cell(tmp_path: Path) -> None:
    tables = tiny_tables()
    tables["practitioners"][0]["clinic"] = "one\rtwo\nthree\r\nfour"
    out = tmp_path / "people.csv"
    export(publish(tables, tmp_path, BUILT_AT), "practitioners", out)
    with out.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 12 and "one\rtwo\nthree\r\nfour" in {row["clinic"] for row in rows}


def test_a_license_number_in_the_box_finds_its_holder(people: sqlite3.Connection) -> None:
    result = find(people, FindQuery(q="ac-60000105"))
    assert ids(result) == ["p05"] and result.understood.license == "ac-60000105"
    assert ids(find(people, FindQuery(q="thistlewood AC60000101"))) == []
    assert ids(find(people, FindQuery(q="60000105"))) == ["p05"] == ids(find(people, FindQuery(q="060000105")))


def test_words_that_are_also_a_language_are_tried_as_a_name(tmp_path: Path) -> None:
    tables = tiny_tables()
    for row in tables["practitioners"]:
        row["name"] = "Quang Minh Mandarin" if row["id"] == "p02" else row["name"]
    connection = connect(publish(tables, tmp_path, BUILT_AT))
    assert ids(find(connection, FindQuery(q="quang mandarin"))) == ["p02"]
    assert ids(find(connection, FindQuery(q="zoe mandarin"))) == ["p04"], "read as a language where that finds somebody"


def test_who_no_longer_practices_comes_last_of_those_who_are_as_near(tmp_path: Path) -> None:
    tables = tiny_tables()
    for row in tables["practitioners"]:
        row["license_status"] = "deceased" if row["id"] == "p12" else row["license_status"]
    connection = connect(publish(tables, tmp_path, BUILT_AT))
    assert ids(find(connection, FindQuery(near="98101", miles="5"))) == ["p01", "p11", "p04", "p12"]
    assert ids(find(connection, FindQuery(near="98101", miles="5", sort="name")))[0] == "p11"


def test_a_word_that_no_tag_has_is_said(people: sqlite3.Connection) -> None:
    result = find(people, FindQuery(certification="nosuch"))
    assert result.total == 0 and "“nosuch” is no word for a certification here" in result.notes[0]
    assert "listed_inactive" in result.notes[0] and not find(people, FindQuery(certification="listed")).notes
