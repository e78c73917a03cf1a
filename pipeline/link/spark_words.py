"""Spark's words: the queries of linking, written for DuckDB, as Spark understands them.

In: a query. Out: a query. Needs no Java, so that every step's query is tried in tests.
"""

from __future__ import annotations

from functools import lru_cache

import sqlglot
from sqlglot import exp

OTHER_NAMES = {"HASH": "xxhash64", "LIST_INTERSECT": "array_intersect"}


@lru_cache(maxsize=500)
def translated(query: str) -> str:
    """A query of DuckDB in Spark's words."""
    return sqlglot.parse_one(query, read="duckdb").transform(renamed).transform(unnested).sql(dialect="spark")


def renamed(node: exp.Expression) -> exp.Expression:
    """Functions that sqlglot leaves under DuckDB's name."""
    if isinstance(node, exp.ArrayOverlaps):
        return exp.Anonymous(this="arrays_overlap", expressions=[node.this, node.expression])
    if isinstance(node, exp.Anonymous) and str(node.this).upper() in OTHER_NAMES:
        return exp.Anonymous(this=OTHER_NAMES[str(node.this).upper()], expressions=node.expressions)
    return node


def unnested(node: exp.Expression) -> exp.Expression:
    """A list spread inside another expression is spread beside the table: Spark's explode stands alone."""
    if not isinstance(node, exp.Select):
        return node
    inner = [
        found
        for column in node.expressions
        for found in column.find_all(exp.Explode)
        if found.parent_select is node and found.parent is not column and found is not column
    ]
    for at, found in enumerate(inner):
        item = exp.TableAlias(this=exp.to_identifier(f"spread_{at}"), columns=[exp.to_identifier(f"item_{at}")])
        node.append("laterals", exp.Lateral(this=found.copy(), view=True, alias=item))
        found.replace(exp.column(f"item_{at}"))
    return node
