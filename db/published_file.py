"""A published file as Datasette reads it, with some of Datasette's habits put right.

Comes in: the SQL of Datasette's pages, the address of a whole table. Goes out: rows; the address in the order of the
key. Datasette opens a file whose name is gone as a new, empty one. It orders the first page of a sorted table by the
sorted column alone, the following pages by the key too: where more rows than a page holds carry one value, rows are
lost between the pages, and a whole table as CSV is silently not whole. And it reads a whole table in the order that
people like to see, sorting it anew for each thousand rows, until the time limit ends the file. A table as CSV ends
after a page unless the whole is asked for; here a page is what has to be asked for. Failed SQL is printed with what
visitors asked; here it is not, and what fails while an answer is on its way is told to its sender (`TROUBLES`).
"""

from __future__ import annotations

import re
import sqlite3
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from datasette.database import QueryInterrupted
from datasette.utils import escape_sqlite

from db.kept_answers import KeptAnswers
from db.opening import connect
from db.schema import TABLES

# What Datasette's table page writes: one table, one column to sort by, a limit.
FIRST_PAGE = re.compile(
    r"(?P<before>select .* from \[?(?P<table>\w+)\]? (?:where .* )?order by (?P<column>\[?\w+\]?(?: desc)?))"
    r" limit (?P<limit>\d+)",
    re.DOTALL,
)


TROUBLES: ContextVar[list[Exception] | None] = ContextVar("troubles", default=None)
WHOLE_TABLE = re.compile(r"/\w+/(?P<table>\w+)\.csv")


class PublishedFile(KeptAnswers):
    """One published file, which never changes."""

    def connect(self, write: bool = False) -> sqlite3.Connection:
        connection = connect(Path(self.path))
        self._all_file_connections.append(connection)
        return connection

    async def execute(self, sql: str, *values: Any, **settings: Any) -> Any:
        try:
            return await super().execute(with_whole_order(sql), *values, **{**settings, "log_sql_errors": False})
        except QueryInterrupted as error:
            told(error)
            raise QueryInterrupted(error.e, error.sql, {}) from None
        except sqlite3.Error as error:
            told(error)
            raise


def told(error: Exception) -> None:
    troubles = TROUBLES.get()
    if troubles is not None:
        troubles.append(error)


def with_whole_order(sql: str) -> str:
    """The query of a table's first page, ordered as the pages after it are; any other query as it is."""
    found = FIRST_PAGE.fullmatch(sql.strip())
    if not found or found["table"] not in TABLES:
        return sql
    keys = ", ".join(escape_sqlite(key) for key in TABLES[found["table"]].pk or ("rowid",))
    return f"{found['before']}, {keys} limit {found['limit']}"


def in_key_order(path: str, query: bytes) -> bytes:
    """The query of a table as CSV: whole, in the order of its key, unless the visitor asks for a page or another."""
    found = WHOLE_TABLE.fullmatch(path)
    if not found or found["table"] not in TABLES or is_one_page(query):
        return query
    key = TABLES[found["table"]].pk
    more = [b"_stream=on"] * (b"_stream=" not in query)
    more += [b"_sort=" + name.encode() for name in key[:1] if b"_sort" not in query]
    return b"&".join(filter(None, (query, *more)))


def is_one_page(query: bytes) -> bool:
    """Whether a visitor leafs through a table, or asks for so many rows."""
    asked = parse_qs(query.decode("latin-1"))
    return "_stream" not in asked and ("_next" in asked or asked.get("_size", ["max"])[-1] != "max")
