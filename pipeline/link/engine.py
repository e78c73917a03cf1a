"""Engine: where the comparing of pairs runs. DuckDB in this process; Spark where one machine is too small.

In: steps, each a table name and a query. Out: Arrow tables. The queries are written once, for DuckDB.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import duckdb
import pyarrow as pa

from pipeline.link.shares import Step

LEAST_MEMORY, MEMORY_A_RECORD = 1_000, 0.0013  # MB that DuckDB may hold before it writes to disk (2026-11-22)


class Engine(Protocol):
    """What linking asks of an engine."""

    def expect(self, records: int) -> None:
        """How many records will come."""

    def put(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table known under a name, in place of an earlier one."""

    def make(self, steps: Iterable[Step]) -> None:
        """Run queries in order, each into a table of its name."""

    def get(self, query: str) -> pa.Table:
        """The rows of a query."""

    def drop(self, *names: str) -> None:
        """Forget tables that are needed no more."""


class DuckDB(AbstractContextManager["DuckDB"]):
    """DuckDB in memory; what does not fit goes to a folder of its own, which is removed at the end."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="diplomate-link-")
        self.connection = duckdb.connect(config={"temp_directory": str(Path(self.folder.name) / "spill")})
        self.connection.execute("SET preserve_insertion_order = false")
        self.connection.execute("SET enable_progress_bar = false")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
        self.folder.cleanup()

    def expect(self, records: int) -> None:
        """Hold no more memory than so many records need."""
        self.connection.execute(f"SET memory_limit = '{LEAST_MEMORY + MEMORY_A_RECORD * records:.0f}MB'")

    def put(self, name: str, table: pa.Table) -> None:
        self.connection.register("incoming", table)
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM incoming")
        self.connection.unregister("incoming")

    def make(self, steps: Iterable[Step]) -> None:
        for name, query in steps:
            self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS {query}")

    def get(self, query: str) -> pa.Table:
        return self.connection.sql(query).to_arrow_table()

    def drop(self, *names: str) -> None:
        for name in names:
            self.connection.execute(f"DROP TABLE IF EXISTS {name}")
