"""What Datasette asks of a file over and over: a file that never changes need be asked only once.

Comes in: a question about the form of a table, or the count of a facet. Goes out: the answer kept from the first time.
Only forms and counts are kept, never rows, and only as many as MOST: the oldest go first.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from datasette.database import Database

MOST = 2000
FORM = re.compile(r"\s*(?:select count\(\*\) |select .* from sqlite_master |pragma )", re.IGNORECASE | re.DOTALL)
FACET = re.compile(r"\s*select \S+ as value, count\(\*\) as count from \(")


class KeptAnswers(Database):
    """A database that answers what it was asked before without reading again."""

    def __init__(self, *values: Any, **settings: Any) -> None:
        super().__init__(*values, **settings)
        self.answers: OrderedDict[Any, Any] = OrderedDict()

    async def kept(self, question: Any, ask: Callable[[], Awaitable[Any]]) -> Any:
        if question in self.answers:
            self.answers.move_to_end(question)
            return self.answers[question]
        answer = self.answers[question] = await ask()
        while len(self.answers) > MOST:
            self.answers.popitem(last=False)
        return answer

    async def execute(self, sql: str, params: Any = None, *values: Any, **settings: Any) -> Any:
        async def ask() -> Any:
            return await super(KeptAnswers, self).execute(sql, params, *values, **settings)

        question = (sql, bound(params))
        return await self.kept(question, ask) if FORM.match(sql) or FACET.match(sql) else await ask()

    async def table_columns(self, table: str) -> Any:
        return list(await self.kept(("columns", table), lambda: super(KeptAnswers, self).table_columns(table)))

    async def table_column_details(self, table: str) -> Any:
        return list(await self.kept(("details", table), lambda: super(KeptAnswers, self).table_column_details(table)))

    async def primary_keys(self, table: str) -> Any:
        return list(await self.kept(("keys", table), lambda: super(KeptAnswers, self).primary_keys(table)))

    async def fts_table(self, table: str) -> Any:
        return await self.kept(("search", table), lambda: super(KeptAnswers, self).fts_table(table))

    async def foreign_keys_for_table(self, table: str) -> Any:
        return list(await self.kept(("foreign", table), lambda: super(KeptAnswers, self).foreign_keys_for_table(table)))


def bound(params: Any) -> Any:
    """Bound values as part of a key."""
    if isinstance(params, Mapping):
        return tuple(sorted(params.items(), key=lambda pair: pair[0]))
    return tuple(params or ())
