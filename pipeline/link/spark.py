"""Spark: the same comparing of pairs on Spark, for a register that one machine is too small for.

In and out: as engine.py says. The queries stay DuckDB's; sqlglot translates them. An optional extra: `pip install
'diplomate[spark]'` and a Java runtime.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import sqlglot
from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp

from pipeline.link.shares import Step

OTHER_NAMES = {"HASH": "xxhash64", "LIST_HAS_ANY": "arrays_overlap"}


class Spark(AbstractContextManager["Spark"]):
    """A Spark session: the cluster that the environment names, else this machine."""

    def __init__(self) -> None:
        builder: Any = SparkSession.builder
        self.session: SparkSession = (
            builder.appName("diplomate")
            .config("spark.sql.ansi.enabled", "false")
            .config("spark.sql.execution.arrow.pyspark.enabled", "true")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate()
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.stop()

    def put(self, name: str, table: pa.Table) -> None:
        self.keep(name, self.session.createDataFrame(table))

    def make(self, steps: Iterable[Step]) -> None:
        for name, query in steps:
            self.keep(name, self.session.sql(translated(query)))

    def keep(self, name: str, frame: DataFrame) -> None:
        """Compute a table once and cut off how it came about, which would grow with every round."""
        frame.localCheckpoint(eager=True).createOrReplaceTempView(name)

    def get(self, query: str) -> pa.Table:
        return self.session.sql(translated(query)).toArrow()

    def drop(self, *names: str) -> None:
        for name in names:
            self.session.catalog.dropTempView(name)


def translated(query: str) -> str:
    """A query of DuckDB in Spark's words."""
    return sqlglot.parse_one(query, read="duckdb").transform(renamed).sql(dialect="spark")


def renamed(node: exp.Expression) -> exp.Expression:
    """Functions that sqlglot leaves under DuckDB's name."""
    if isinstance(node, exp.ArrayOverlaps):
        return exp.Anonymous(this="arrays_overlap", expressions=[node.this, node.expression])
    if isinstance(node, exp.Anonymous) and str(node.this).upper() in OTHER_NAMES:
        return exp.Anonymous(this=OTHER_NAMES[str(node.this).upper()], expressions=node.expressions)
    return node
