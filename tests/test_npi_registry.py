"""The NPI Registry shows 1,200 rows a question: everybody is found all the same, and nothing is asked for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.npi_parts import Part, longer_names
from crawler.records import Record
from crawler.snapshots import Manifest, runs
from tests.conftest import Outcome, run_diplomate
from tests.fault_server import fault_site
from tests.npi_server import Registry, provider

NPI = "https://npiregistry.cms.hhs.gov"
NAMES = [f"{first}{second}QUIST" for first in "ABCDEFGHIJ" for second in "AEIOU"]


def crawl(data: Path, registry: Registry, *states: str) -> Outcome:
    chosen = [word for state in states for word in ("--state", state)]
    with fault_site(registry.answer) as site:
        mirrors = f"{NPI}={site.address}"
        return run_diplomate(
            "crawl", "npi_registry", *chosen, data=data, DIPLOMATE_MIRRORS=mirrors, DIPLOMATE_DELAY="0"
        )


def read(data: Path) -> tuple[set[str], Manifest]:
    run, manifest = runs(data, "npi_registry")[-1]
    return {record.source_key for record in run.records()}, manifest


def people(count: int, zips: list[str], state: str = "DE", start: int = 0) -> list[dict[str, object]]:
    return [provider(start + n, NAMES[n % len(NAMES)], state, zips[n % len(zips)]) for n in range(count)]


def test_a_state_within_the_cap_is_asked_by_state_alone(tmp_path: Path) -> None:
    registry = Registry(people(450, ["19701", "19801"]))
    assert crawl(tmp_path, registry, "DE").code == 0
    found, manifest = read(tmp_path)
    assert len(found) == 450 and manifest.coverage == {"DE": True}
    assert registry.parts() == {("DE", "", "")}
    assert [question["skip"] for question in registry.questions] == ["0", "200", "400"]


@pytest.mark.everything
def test_a_full_state_is_split_by_zip_and_only_where_it_is_full(tmp_path: Path) -> None:
    """Delaware has 19701 to 19980; one ZIP holds more than a question shows, one row a ZIP of another state."""
    crowded = people(1300, ["19801"])
    others = people(400, ["19701", "19901"], start=5000) + [provider(9000, "O BRIEN", "DE", "60601")]
    registry = Registry([*crowded, *others])
    done = crawl(tmp_path, registry, "DE")
    assert done.code == 0, done.err
    found, manifest = read(tmp_path)
    assert found == {row["number"] for row in registry.rows}
    assert manifest.coverage == {"DE": True}
    assert all(int(question["skip"]) <= 1000 for question in registry.questions)
    named = {part for part in registry.parts() if part[2]}
    assert {zip_code for _, zip_code, _ in named} == {"19801"}
    assert {name for _, _, name in named} >= {"AA*", "JU*", "O'*", "Q"}


@pytest.mark.everything
def test_a_part_that_cannot_be_split_any_more_is_counted_and_said(tmp_path: Path) -> None:
    registry = Registry([provider(n, "AAAQUIST", "DE", "19801") for n in range(1300)])
    done = crawl(tmp_path, registry, "DE")
    assert done.code == 1
    assert "npi_registry DE 19801 AAA: more rows than the registry shows" in done.err
    _, manifest = read(tmp_path)
    assert manifest.result == "good" and manifest.coverage == {"DE": False}
    assert manifest.counts["residual partitions"] == 1


def test_rows_that_leak_in_are_left_out_and_counted(tmp_path: Path) -> None:
    """A mailing address brings a neighbor's row, a wide search a counselor's."""
    registry = Registry(
        [
            provider(1, "HOME", "DE", "19801"),
            provider(2, "NEIGHBOR", "PA", "19101", mailing="DE"),
            provider(3, "COUNSELOR", "DE", "19801", code="101YA0400X"),
            provider(4, "ABROAD", "ZZ", "00000", mailing="DE"),
        ]
    )
    assert crawl(tmp_path, registry, "DE").code == 0
    found, manifest = read(tmp_path)
    assert found == {"1999000001", "1999000004"}
    assert manifest.counts["practicing in another state, where they are asked for"] == 1
    assert manifest.counts["not acupuncturists by taxonomy"] == 1


def test_a_torn_row_fails_the_run_and_makes_nobody_leave_the_registry(tmp_path: Path) -> None:
    """A year among faults (tests/benchmarks/year) once read ten torn rows as ten people who had left."""
    registry = Registry(people(30, ["19701"]))
    assert crawl(tmp_path, registry, "DE").code == 0
    del registry.rows[3]["taxonomies"]
    done = crawl(tmp_path, registry, "DE")
    assert done.code == 1 and "A row of the NPI Registry has no taxonomy: '1999000003'." in done.err
    assert read(tmp_path)[1].result == "failed"


@pytest.mark.parametrize("word", [["A"], "X", "deactivated"])
def test_an_unknown_status_fails_the_run_and_makes_nobody_leave_the_registry(tmp_path: Path, word: object) -> None:
    """The same year once read nine numbers whose status came as a list as nine deactivated ones."""
    registry = Registry(people(30, ["19701"]))
    registry.rows[3]["basic"]["status"] = word
    done = crawl(tmp_path, registry, "DE")
    assert done.code == 1 and read(tmp_path)[1].result == "failed", done.err


def test_a_deactivated_number_is_left_out_and_one_without_a_status_is_in_force(tmp_path: Path) -> None:
    registry = Registry(people(30, ["19701"]))
    registry.rows[3]["basic"]["status"], registry.rows[4]["basic"]["status"] = "D", None
    assert crawl(tmp_path, registry, "DE").code == 0
    found, manifest = read(tmp_path)
    assert len(found) == 29 and manifest.counts["deactivated"] == 1


def test_a_country_that_never_fills_a_page_rings_an_alarm(tmp_path: Path) -> None:
    """A registry that gives 100 rows where 200 were asked for would lose every second row without a word."""
    done = crawl(tmp_path, Registry(people(150, ["19701"]), page=100))
    assert done.code == 1
    assert "no state filled its 1200 rows" in done.err


def test_a_page_that_comes_again_fails_the_run(tmp_path: Path) -> None:
    class Stuck(Registry):
        def answer(self, path: str, body: str):  # type: ignore[no-untyped-def]
            return super().answer(path.replace("skip=200", "skip=0"), body)

    done = crawl(tmp_path, Stuck(people(600, ["19701"])), "DE")
    assert done.code == 1 and "shows the same 200 rows as an earlier page" in done.err


@given(st.from_regex(r"[0-9]{5}", fullmatch=True))
def test_zip_parts_hold_every_zip_code_once(code: str) -> None:
    part = Part("CA")
    while len(part.zip_prefix) < 5:
        [part] = [smaller for smaller in part.smaller() if code.startswith(smaller.zip_prefix)]
    assert part.query() == {"state": "CA", "postal_code": code}


@given(st.from_regex(r"[A-Z][' A-Z-]{0,8}", fullmatch=True))
def test_name_parts_hold_every_name(name: str) -> None:
    """The known-wrong case is a name that begins with a mark, which no last name in the registry does."""
    parts = longer_names("")
    assert sum(name == part if len(part) == 1 else name.startswith(part) for part in parts) == 1
    assert not any("'X".startswith(part) for part in parts)


def test_records_of_the_fake_registry_are_records(tmp_path: Path) -> None:
    crawl(tmp_path, Registry(people(1, ["19701"])), "DE")
    run, _ = runs(tmp_path, "npi_registry")[-1]
    record = next(run.records())
    assert isinstance(record, Record) and record.fields["locations"][0]["zip"] == "19701"
