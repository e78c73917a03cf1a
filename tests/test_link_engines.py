"""Linking on Spark: every query can be said in Spark's words, and both engines find the same people."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.build import once_only
from pipeline.commands import build
from pipeline.commands.source_facts import source_facts
from pipeline.facts import Person
from pipeline.link import Decided, EngineMissing, candidates, decide, link, name_pairs, profiles, rivals, rounds, shares
from tests.benchmarks.link_accuracy.spool import whole_nation
from tests.conftest import Outcome, run_diplomate

PEOPLE = 5000.0
STEPS = [
    *shares.steps(PEOPLE),
    *candidates.steps(),
    *name_pairs.steps(PEOPLE),
    *profiles.first_steps(),
    *profiles.next_steps(),
    *(step for phase in rounds.PHASES for step in rivals.steps(phase, PEOPLE)),
    ("links", rounds.LINKS),
    ("review", rounds.review_query()),
]
# names that sqlglot passes on unread; Spark has these
KNOWN_TO_SPARK = {"ARRAYS_OVERLAP", "XXHASH64", "ARRAY_INTERSECT", "RIGHT"}


def in_spark(query: str) -> str:
    pytest.importorskip("sqlglot", reason="sqlglot is not installed: pip install 'diplomate[spark]'")
    from pipeline.link.spark_words import translated

    return translated(query)


@pytest.mark.parametrize(("name", "query"), STEPS, ids=[f"{at}-{name}" for at, (name, _) in enumerate(STEPS)])
def test_every_query_can_be_said_in_sparks_words(name: str, query: str) -> None:
    said = in_spark(query)
    from sqlglot import exp, parse_one

    tree = parse_one(said, read="spark")
    left = {str(node.this).upper() for node in tree.find_all(exp.Anonymous)}
    assert left <= KNOWN_TO_SPARK, f"{name} calls what Spark may not know"
    assert "LIST_" not in said.upper() and "&&" not in said


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT list_has_any(a, b) FROM t", "SELECT ARRAYS_OVERLAP(a, b) FROM t"),
        ("SELECT hash(a) FROM t", "SELECT XXHASH64(a) FROM t"),
        ("SELECT a[1] FROM t", "SELECT a[0] FROM t"),
        ("SELECT array_length(a) FROM t", "SELECT SIZE(a) FROM t"),
        ("SELECT unnest(a) AS x FROM t", "SELECT EXPLODE(a) AS x FROM t"),
        (
            "SELECT CAST(unnest(a) AS VARCHAR) AS x FROM t",
            "SELECT CAST(item_0 AS STRING) AS x FROM t LATERAL VIEW EXPLODE(a) spread_0 AS item_0",
        ),
    ],
)
def test_lists_and_hashes(query: str, said: str) -> None:
    assert in_spark(query) == said


def raw(decided: Decided) -> dict[tuple[str, int, int], float]:
    """The score of every link and candidate, not rounded as a Link's is."""
    frames = [("link", frame) for frame in decided.outcome.links] + [("candidate", decided.outcome.candidates)]
    return {
        (kind, one, two): score
        for kind, frame in frames
        for one, two, score in zip(frame["rec_a"], frame["rec_b"], frame["score"], strict=True)
    }


@pytest.mark.everything
def test_both_engines_find_the_same_people() -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'diplomate[spark]'")
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("there is no Java on this machine")
    people: list[Person] = whole_nation(300, 20261122).persons
    duckdb, spark = (decide(people, once_only(source_facts()), engine=name) for name in ("duckdb", "spark"))
    assert spark.clusters() == duckdb.clusters()
    assert raw(spark) == pytest.approx(raw(duckdb), abs=1e-6)
    without_order = [sorted(map(repr, decided.links())) for decided in (duckdb, spark)]
    assert without_order[0] == without_order[1]


def refused(outcome: Outcome, *words: str) -> bool:
    """Exit code 2 and one plain sentence that says so."""
    assert "Traceback" not in outcome.err and outcome.out == ""
    return outcome.code == 2 and all(word in outcome.err for word in words)


def test_a_spark_that_is_not_installed_is_one_sentence(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    monkeypatch.delitem(sys.modules, "pipeline.link.spark", raising=False)
    was = (data / "current").resolve()
    done = CliRunner().invoke(build.command, ["--engine", "spark"], env={"DIPLOMATE_DATA": str(data)})
    assert refused(Outcome(done.exit_code, done.stdout, done.stderr), "pip install 'diplomate[spark]'")
    assert len(done.stderr.splitlines()) == 1
    assert (data / "current").resolve() == was


def test_a_java_that_is_missing_is_one_sentence(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'diplomate[spark]'")
    pytest.importorskip("sqlglot", reason="sqlglot is not installed: pip install 'diplomate[spark]'")
    done = run_diplomate("build", "--engine", "spark", data=data, JAVA_HOME=str(tmp_path / "nowhere"))
    assert refused(done, "needs Java 17", "nowhere")
    assert len(done.err.splitlines()) == 1


def test_an_engine_nobody_knows_is_refused(data: Path) -> None:
    assert refused(run_diplomate("build", "--engine", "abacus", data=data), "abacus", "duckdb", "spark")
    with pytest.raises(EngineMissing, match="abacus"):
        link([], frozenset(), engine="abacus")
