"""One golden test for all spiders: the sample's bytes give exactly the records that were read and approved.

A source without an expected file gets one written, and the test fails: read the file, then commit it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.catalog import all_sources, source_class, source_names
from crawler.records import Record
from crawler.snapshots import good_runs

EXPECTED = Path(__file__).parent / "expected"
CHANGING = ("fetched_at", "sha256", "also")


def plain(record: Record) -> dict[str, object]:
    """A record without what differs from run to run."""
    return {name: value for name, value in json.loads(record.to_line()).items() if name not in CHANGING}


def read(data: Path, source: str) -> list[dict[str, object]]:
    run, _ = good_runs(data, source)[-1]
    return sorted(map(plain, run.records()), key=lambda row: str(row["source_key"]))


@pytest.mark.parametrize("source", source_names())
def test_every_spider_reads_the_sample_as_approved(sample_data: Path, source: str) -> None:
    path = EXPECTED / f"{source}.json"
    found = read(sample_data, source)
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
        pytest.fail(f"{path} did not exist; it was written. Read it, and commit it when it is right.")
    assert found == json.loads(path.read_text())


def test_a_changed_record_would_be_noticed(sample_data: Path) -> None:
    """The known-wrong case: the comparison is not a tautology."""
    found = read(sample_data, "board_wa")
    found[0] = found[0] | {"fields": {"status": "Wrong"}}
    assert found != json.loads((EXPECTED / "board_wa.json").read_text())


@pytest.mark.parametrize("source", all_sources())
def test_a_source_states_its_facts(source: type) -> None:
    assert source.__module__ == f"crawler.spiders.{source.name}"  # type: ignore[attr-defined]
    for fact in ("title", "publisher", "kind", "homepage", "terms", "cadence_days", "floor", "ceiling", "access"):
        assert getattr(source, fact), f"{source} states no {fact}"
    assert source.__doc__


@pytest.mark.parametrize("source", source_names())
def test_every_column_is_mapped_or_ignored_never_both(source: str) -> None:
    kind = source_class(source)
    assert not set(kind.columns) & kind.ignored
    assert kind.required <= set(kind.columns) | kind.ignored


def test_the_sample_has_every_source_and_only_invented_numbers(sample_data: Path) -> None:
    people = {name: read(sample_data, name) for name in source_names()}
    assert all(people.values())
    npis = {str(row["fields"]["npi"]) for row in people["npi_registry"]}  # type: ignore[index]
    assert all(number.startswith("1999") for number in npis)
