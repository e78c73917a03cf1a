"""Hostile text in every field, through every page and every format: nothing breaks, nothing gets out of its cell."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree

import httpx
import pandas
import pytest

from db.described import read_metadata
from db.schema import TABLES as TABLES_OF_THE_FILE
from db.site import Site, make_datasette
from db.whole_files import WHOLE
from tests.hostile_database import HIT, HOSTILE, hostile_tables, publish_hostile

PEOPLE = [f"/practitioner/p{number:02}" for number in range(1, 13)]
PAGES = [
    *("/", "/find", "/find?state=WA", "/find?near=98402", "/find?q=nobody", "/check", "/check/list", "/states"),
    *("/sources", "/changes", "/methods", "/data", "/diplomate", "/check?npi=1999999901", "/nope"),
    *(f"/states/{code}" for code in ("WA", "OR", "CA", "AL", "PR")),
    *PEOPLE,
]
QUESTIONS = [f"/diplomate/{name}" for name in read_metadata()["databases"]["diplomate"]["queries"]]
TABLES = [f"/diplomate/{name}" for name in TABLES_OF_THE_FILE]
ROWS = ["/diplomate/practitioners/p01", "/diplomate/licenses/l-p06", "/diplomate/practitioners?_facet=clinic"]
MORE = [
    "/check?name=Xi&as_of=2026-11-22",
    "/changes?state=WA",
    "/check?npi=1999999906",
    "/diplomate/records?_sort=name",
]
JSON = [
    *("/find.json", "/find.geojson", "/changes.json", "/check.json?state=WA&license=AC60000101", "/-/status.json"),
    *("/data/manifest.json", "/data/practitioners.json", "/data/records.json", "/diplomate/practitioners/p01.json"),
    *(f"{page}.json" for page in (*PEOPLE, *TABLES, *QUESTIONS)),
]
CSV = ["/find.csv", "/data/dictionary.csv", *(f"/data/{name}.spreadsheet.csv" for name in WHOLE)]
LIST = "Imelda Quackenbush, WA\nWA AC60000106\n1999999901\n" + "\n".join(text[:900] for text in HOSTILE)
SCRIPTS = re.compile(r"/static/(?:map|leaflet/leaflet)\.js\?v=[0-9a-f]{12}")
METRIC = re.compile(r'# (?:HELP|TYPE) \w+ .+|\w+(?:\{(?:\w+="(?:[^"\\\n]|\\.)*",?)*\})? [-+.\w]+')
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, Site]]:
    runner = asyncio.Runner()
    yield runner, make_datasette(publish_hostile(tmp_path_factory.mktemp("hostile")))
    runner.close()


@pytest.fixture(scope="module")
def get(site: tuple[asyncio.Runner, Site]):  # type: ignore[no-untyped-def]
    runner, datasette = site
    return lambda path: runner.run(datasette.client.get(path))


class Elements(HTMLParser):
    """What a browser would make of a page: its elements with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def dangers(answer: httpx.Response) -> list[str]:
    """Elements and attributes that no page of ours has."""
    bad = []
    for tag, values in Elements(answer.text).found:
        addresses = [values[name] or "" for name in ("href", "src", "action", "formaction") if name in values]
        bad += [f"{tag} {name}" for name in values if name.startswith("on") or name == "style"]
        bad += [address[:80] for address in addresses if address.lower().lstrip().startswith(("javascript:", "data:"))]
        if tag in {"img", "iframe", "object", "embed", "svg", "x", "base"}:
            bad.append(tag)
        if tag == "script" and not SCRIPTS.fullmatch(values.get("src") or ""):
            bad.append("script")
    return bad


@pytest.mark.parametrize("path", [*PAGES, *TABLES, *ROWS, *QUESTIONS, *MORE])
def test_no_page_lets_a_field_become_markup(get, path: str) -> None:  # type: ignore[no-untyped-def]
    answer = get(path)
    assert answer.status_code in ({200} if path != "/nope" else {404}), answer.text[:300]
    assert dangers(answer) == [] and ">49<" not in answer.text


def test_the_hostile_texts_are_there_to_be_seen(get) -> None:  # type: ignore[no-untyped-def]
    shown = "".join(get(path).text for path in (*PEOPLE, *TABLES))
    assert "&lt;script&gt;" in shown and "onerror=" in shown and "x" * 300 in shown


@pytest.mark.parametrize("path", JSON)
def test_every_json_is_json(get, path: str) -> None:  # type: ignore[no-untyped-def]
    answer = get(path)
    json.loads(answer.text)
    assert answer.headers["content-type"].startswith(("application/json", "application/geo+json"))


def cells_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("path", [*CSV, *(f"{question}.csv" for question in QUESTIONS)])
def test_every_csv_has_the_same_cells_in_each_row_and_no_formula(get, path: str) -> None:  # type: ignore[no-untyped-def]
    rows = cells_of(get(path).text)
    assert rows and {len(row) for row in rows} == {len(rows[0])}
    assert [cell for row in rows for cell in row if cell.startswith(FORMULAS) and not is_number(cell)] == []


def is_number(cell: str) -> bool:
    try:
        return bool(float(cell)) or True
    except ValueError:
        return False


@pytest.mark.parametrize("table", TABLES_OF_THE_FILE)
def test_a_whole_table_as_csv_has_the_same_cells_in_each_row(get, table: str) -> None:  # type: ignore[no-untyped-def]
    """As it is published twice over: by Datasette, and as a file made beside the database."""
    kept = [f"/data/{table}.csv"] if table in WHOLE else []
    for path in (f"/diplomate/{table}.csv", *kept):
        rows = cells_of(get(path).text)
        there = get(f"/diplomate/{table}.json?_size=1").json()["filtered_table_rows_count"]
        assert len(rows) == there + 1 > 1 and {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.parametrize("table", WHOLE)
def test_a_parquet_file_holds_every_row(get, table: str) -> None:  # type: ignore[no-untyped-def]
    read = pandas.read_parquet(io.BytesIO(get(f"/data/{table}.parquet").content))
    assert len(read) == len(hostile_tables()[table])


def test_a_hostile_list_is_a_table_and_a_csv(site: tuple[asyncio.Runner, Site]) -> None:
    runner, datasette = site
    page, file = (
        runner.run(datasette.client.post(path, data={"list": LIST})) for path in ("/check/list", "/check/list.csv")
    )
    assert page.status_code == file.status_code == 200 and dangers(page) == []
    rows = cells_of(file.text)
    assert len(rows) > 5 and {len(row) for row in rows} == {len(rows[0])}
    assert [cell for row in rows for cell in row if cell.startswith(FORMULAS) and not is_number(cell)] == []


def test_metrics_are_a_line_each(get) -> None:  # type: ignore[no-untyped-def]
    lines = get("/-/metrics").text.splitlines()
    assert [line for line in lines if not METRIC.fullmatch(line)] == [] and len(lines) > 10


def test_the_feed_is_xml(get) -> None:  # type: ignore[no-untyped-def]
    assert len(ElementTree.fromstring(get("/changes.atom").text)) > 4


@pytest.mark.parametrize("path", PEOPLE)
def test_no_field_ends_a_vcard(get, path: str) -> None:  # type: ignore[no-untyped-def]
    lines = get(f"{path}.vcf").text.split("\r\n")
    unfolded = "\r\n".join(lines).replace("\r\n ", "").split("\r\n")
    assert unfolded[0] == "BEGIN:VCARD" and unfolded[-2:] == ["END:VCARD", ""]
    assert [line for line in unfolded[1:-2] if line.startswith(("BEGIN", "END", "X-BAD"))] == []
    assert all(len(line.encode()) <= 75 for line in lines) and all(
        re.match(r"[A-Z-]+[;:]", line) for line in unfolded[:-1]
    )


def test_a_hostile_text_is_only_a_question(get) -> None:  # type: ignore[no-untyped-def]
    for text in HOSTILE:
        for path in ("/find", "/check", "/changes", "/diplomate/practitioners", "/diplomate/states_by_coverage.csv"):
            names = ("q", "near", "name", "as_of", "since", "_search", "clinic")
            answer = get(f"{path}?{httpx.QueryParams(dict.fromkeys(names, text[:3000]))}")
            assert answer.status_code in {200, 400} and HIT not in "".join(dangers(answer))
