"""Spark: the same comparing of pairs on Spark, for a register that one machine is too small for.

In and out: as engine.py says. The queries stay DuckDB's; sqlglot translates them. An optional extra: `pip install
'diplomate[spark]'` and a Java runtime. What Spark and Java print reaches nobody; what fails is one sentence.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from pipeline.link import EngineMissing
from pipeline.link.shares import Step
from pipeline.link.spark_words import translated

ANY_TROUBLE = (PySparkException, Py4JError, OSError)
SETTINGS = {
    "spark.sql.ansi.enabled": "false",  # the first of no phones is nothing, no failure
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
}
# one machine: a shuffle of 200 parts takes longer than the work
LOCAL = {
    "spark.driver.host": "localhost",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": str(os.cpu_count() or 2),
    "spark.default.parallelism": str(os.cpu_count() or 2),
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # hundreds of short queries
}
CLUSTER = ("PYSPARK_SUBMIT_ARGS", "PYSPARK_GATEWAY_PORT", "SPARK_CONF_DIR", "SPARK_HOME")  # who sets one means it
MEMORY = "4g"


class SparkFailed(Exception):
    """Spark gave up in the middle; the message is one sentence."""


class Spark(AbstractContextManager["Spark"]):
    """A Spark session: the cluster that the environment names, else this machine. EngineMissing where none starts."""

    def __init__(self) -> None:
        logging.getLogger("py4j").setLevel(logging.CRITICAL + 1)
        with tempfile.TemporaryFile() as said, printing_to(said):
            try:
                self.session = started()
            except ANY_TROUBLE as error:
                raise EngineMissing(why_not(said)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.session.stop()
        except ANY_TROUBLE:
            return  # a Java that died has stopped too

    def expect(self, records: int) -> None:
        """Nothing: Spark's memory is set where it runs."""

    def put(self, name: str, table: pa.Table) -> None:
        with sentences():
            self.keep(name, self.session.createDataFrame(table))

    def make(self, steps: Iterable[Step]) -> None:
        for name, query in steps:
            with sentences():
                self.keep(name, self.session.sql(translated(query)))

    def keep(self, name: str, frame: DataFrame) -> None:
        """Compute a table once and cut off how it came about, which would grow with every round."""
        frame.localCheckpoint(eager=True).createOrReplaceTempView(name)

    def get(self, query: str) -> pa.Table:
        with sentences():
            return self.session.sql(translated(query)).toArrow()

    def drop(self, *names: str) -> None:
        with sentences():
            for name in names:
                self.session.catalog.dropTempView(name)


def started() -> SparkSession:
    """A session; Java's memory is the operator's to set (SPARK_DRIVER_MEMORY)."""
    local = not any(os.environ.get(name) for name in CLUSTER)
    os.environ.setdefault("SPARK_DRIVER_MEMORY", MEMORY)
    builder: Any = SparkSession.builder
    for name, value in (SETTINGS | LOCAL if local else SETTINGS).items():
        builder = builder.config(name, value)
    session: SparkSession = builder.appName("diplomate").getOrCreate()
    return session


@contextmanager
def printing_to(file: IO[bytes]) -> Iterator[None]:
    """What this process and those it starts print goes to a file meanwhile; Java keeps it for as long as it lives."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [(number, os.dup(number)) for number in (1, 2)]
    try:
        for number, _ in kept:
            os.dup2(file.fileno(), number)
        yield
    finally:
        for number, copy in kept:
            os.dup2(copy, number)
            os.close(copy)


def why_not(said: IO[bytes]) -> str:
    """A sentence for a Spark that did not start."""
    home = os.environ.get("JAVA_HOME")
    java = Path(home, "bin", "java").is_file() if home else shutil.which("java")
    if not java:
        where = f"JAVA_HOME is {home}, which holds none" if home else "there is none"
        return f"The engine spark needs Java 17 or newer, and {where}."
    said.seek(0)
    lines = [
        line for line in said.read().decode(errors="replace").splitlines() if "Error" in line or "Exception" in line
    ]
    return f"The engine spark did not start: {plain(lines[0]) if lines else 'Java ended'}. It needs Java 17 or newer."


@contextmanager
def sentences() -> Iterator[None]:
    """What fails in Spark is SparkFailed, without the stack of its Java."""
    try:
        yield
    except ANY_TROUBLE as error:
        advice = "SPARK_DRIVER_MEMORY=8g gives it more memory"
        raise SparkFailed(f"Spark failed: {plain(str(error)) or type(error).__name__}. {advice}.") from error


def plain(text: str) -> str:
    """The first line that says something."""
    lines = (line.strip().rstrip(".") for line in text.splitlines())
    return next((line for line in lines if line), "")[:300]
