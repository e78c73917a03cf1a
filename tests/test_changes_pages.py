"""`/changes` as page, JSON and feed: sentences, filters, and what is not told of a record that is not surely theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from db.publish import publish
from pipeline.rules import published_rule_tables
from tests.test_site import Visitor
from tests.tiny_database import BUILT_AT, tiny_tables

ATOM = "{http://www.w3.org/2005/Atom}"


def change(id: str, day: int, person: str, kind: str, field: str, **more: Any) -> dict[str, Any]:
    row = {"id": id, "at": f"2026-11-{day:02d}T03:00:00Z", "practitioner_id": person, "kind": kind, "field": field}
    return row | {"old": None, "new": None, "disciplinary": 0, "match_level": "confirmed"} | more


WA, NPI, NCBAHM, LEIE = (
    {"record_id": f"r-{key}", "source": source}
    for key, source in (("wa-p01", "board_wa"), ("npi-p01", "npi_registry"), ("nc-p01", "ncbahm"), ("leie-p06", "leie"))
)
MATCH = {"new": "possible match, 1128b4 of 2020-01-20", "disciplinary": 1}
GONE = {"record_id": "gone", "source": "board_wa", "match_level": "probable"}
CHANGES = [
    change("c1", 20, "p01", "renewed", "license WA AC1 expires", old="2026-12-01", new="2028-12-01", state="WA", **WA),
    change("c2", 19, "p01", "moved", "city", old="Kent, WA", new="Bend, OR", **NPI),
    change("c3", 18, "p06", "status_changed", "certification NCBAHM Dipl. Ac.", new="Suspended", **NCBAHM),
    change("c4", 17, "p06", "exclusion_appeared", "exclusion", **MATCH, **LEIE),
    change("c5", 16, "p05", "exclusion_appeared", "exclusion", **MATCH, **GONE),
    change("c6", 15, "gone", "no_longer_listed", "license CA 9", old="Revoked", state="CA", **GONE),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    tables = tiny_tables()
    tables |= {"changes": CHANGES, "change_kinds": published_rule_tables()["change_kinds"]}
    visitor = Visitor(publish(tables, tmp_path_factory.mktemp("data"), BUILT_AT))
    yield visitor
    visitor.runner.close()


def ids(site: Visitor, query: str) -> list[str]:
    return [row["id"] for row in site.get(f"/changes.json?{query}").json()["changes"]]


def test_changes_are_narrowed_by_day_kind_and_state(site: Visitor) -> None:
    assert ids(site, "") == ["c1", "c2", "c3", "c4", "c6"]
    assert ids(site, "since=2026-11-18") == ["c1", "c2", "c3"]
    assert ids(site, "day=2026-11-19") == ["c2"]
    assert ids(site, "kind=renewed") == ["c1"]
    assert ids(site, "kind=renewed,moved&state=WA") == ["c1", "c2"]
    assert ids(site, "state=CA") == ["c6"]
    assert site.get("/changes.json?kind=promoted").status_code == 400
    for path in ("/changes", "/changes.json", "/changes.atom"):
        refused = site.get(f"{path}?state=ZZ")
        assert refused.status_code == 400 and "is no state known here" in refused.text
    assert site.get("/changes?state=washington,or").status_code == 200


def test_page_and_feed_say_it_in_a_sentence_with_source_and_date(site: Visitor) -> None:
    said = "read on 2026-11-20: license AC1 of"
    assert (
        said in site.get("/changes").text and "renewed until 2028-12-01 (was 2026-12-01)." in site.get("/changes").text
    )
    entries = ElementTree.fromstring(site.get("/changes.atom?kind=renewed").text).findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}summary") for entry in entries] == [
        row["sentence"] for row in site.get("/changes.json?kind=renewed").json()["changes"]
    ]
    category = entries[0].find(f"{ATOM}category")
    assert category is not None and category.get("term") == "renewed"


def test_discipline_of_a_record_below_confirmed_is_not_told(site: Visitor) -> None:
    for path in ("/changes", "/changes.json", "/changes.atom"):
        text = site.get(path).text
        assert "Suspended" not in text and "Revoked" not in text
    rows = {row["id"]: row for row in site.get("/changes.json").json()["changes"]}
    assert rows["c3"]["veiled"] and rows["c6"]["kind"] == "detail_changed"
    assert "see the practitioner" in rows["c3"]["sentence"]
    assert ids(site, "kind=status_changed") == [] and ids(site, "kind=no_longer_listed") == []


def test_an_exclusion_is_told_as_a_possible_match_of_confirmed_records_only(site: Visitor) -> None:
    (row,) = site.get("/changes.json?kind=exclusion_appeared").json()["changes"]
    assert row["id"] == "c4" and "possible match" in row["sentence"] and "Verify it at" in row["sentence"]


def test_a_bad_kind_or_day_is_said_on_the_page(site: Visitor) -> None:
    assert site.get("/changes?kind=promoted").status_code == 400
    assert "is no date" in site.get("/changes?day=soon").text
