"""A source that changes its keys changes nobody's id."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.snapshots import Manifest, Run, good_runs
from db.publish import current, read_rows
from pipeline.ids import Past, identify
from pipeline.link import Cluster
from pipeline.succession import successors
from tests.conftest import run_diplomate
from tests.people import license_fact, person

LATER = f"{datetime.now(UTC) + timedelta(hours=20):%Y-%m-%dT%H:%M:%SZ}"  # a day ahead is no longer believed


def row(record: str, name: str, **fields: str) -> dict[str, str]:
    return {"id": record, "source": "ncbahm", "name": name, "fields": json.dumps(fields)}


def test_the_same_entry_under_another_key() -> None:
    assert successors([row("a", "Odalys Winterhalter", phone="1")], [row("b", "ODALYS WINTERHALTER", phone="1")]) == {
        "a": "b"
    }


def test_a_namesake_or_a_record_that_stayed_is_no_successor() -> None:
    old = [row("a", "Odalys Winterhalter", phone="1")]
    assert successors(old, [row("b", "Odalys Winterhalter", phone="2")]) == {}
    assert (
        successors(old, [row("a", "Odalys Winterhalter", phone="1"), row("b", "Odalys Winterhalter", phone="1")]) == {}
    )
    assert (
        successors(old, [row("b", "Odalys Winterhalter", phone="1"), row("c", "Odalys Winterhalter", phone="1")]) == {}
    )


def test_a_directory_that_changes_all_its_keys_changes_no_id_and_no_history(data: Path) -> None:
    path = current(data)
    assert path
    before = {row["name"]: row["id"] for row in read_rows(path, "practitioners") if row["sources"] == '["ncbahm"]'}
    run, manifest = good_runs(data, "ncbahm")[0]
    rows = [json.loads(record.to_line()) for record in run.records()]
    later = Run.create(data, "ncbahm")
    for number, entry in enumerate(rows):
        entry |= {"source_key": f"v2.{number}", "fetched_at": LATER, "sha256": f"{number}"}
    (later.folder / "records.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in rows))
    facts = {"read_at": LATER, "result": "good", "rows": len(rows), "coverage": manifest.coverage}
    later.finish(Manifest("ncbahm", later.name, "crawl", LATER, **facts))  # type: ignore[arg-type]
    done = run_diplomate("build", data=data)
    assert done.code == 0, done.err
    path = current(data)
    assert path
    after = {row["name"]: row["id"] for row in read_rows(path, "practitioners") if row["sources"] == '["ncbahm"]'}
    kept = [name for name in before if after.get(name) == before[name]]
    assert len(before) >= 8 and len(kept) >= 0.95 * len(before)
    renamed = read_rows(path, "renamed_records")
    assert len(renamed) >= 0.95 * len(rows) and {entry["source"] for entry in renamed} == {"ncbahm"}
    assert len(read_rows(path, "changes")) < 30


def test_a_revoked_license_that_parts_from_its_person_does_not_take_the_id() -> None:
    registry = person("npi_registry:1", "Odalys Winterhalter", "Seattle")
    board = person("board_wa:AC1", "Odalys Winterhalter", licenses=(license_fact("WA", "AC1", "revoked"),))
    (together,), _ = identify([Cluster([registry, board])], Past())
    known = dict.fromkeys(("npi_registry:1", "board_wa:AC1"), together.id)
    apart, _ = identify([Cluster([board]), Cluster([registry])], Past(known))
    owner = {member.record_id: entry.id for entry in apart for member in entry.members}
    assert owner["npi_registry:1"] == together.id != owner["board_wa:AC1"]
