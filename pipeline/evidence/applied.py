"""The rules as the build applied them: the files of pipeline/rules, held against the published tables.

In: the rule tables of a published file. Out: CSV files. A file that was changed since the build is written anew from
the published table, and said: what is not in the published file cannot have made its tags.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from pipeline.frames import Rows
from pipeline.rule_tables import RULE_TABLES, RuleTable
from pipeline.rules import RULES_FOLDER, published_rule_tables


def rules_applied(published: dict[str, Rows]) -> tuple[dict[str, bytes], list[str]]:
    """File name -> content, and the names of the files that are written anew from the published table."""
    files = {path.name: path.read_bytes() for path in sorted(RULES_FOLDER.glob("*.csv"))}
    installed = published_rule_tables()
    anew = [name for name, rows in published.items() if name in installed and not same(installed[name], rows)]
    files |= {f"{name}.csv": csv_of(RULE_TABLES[name], published[name]) for name in anew}
    return files, sorted(anew)


def same(installed: list[dict[str, object]], published: Rows) -> bool:
    """Whether both hold the same rows in the same order; the published table may have further columns."""
    if len(installed) != len(published):
        return False
    pairs = zip(installed, published, strict=True)
    return all(like(value, row.get(name)) for rule, row in pairs for name, value in rule.items())


def like(installed: object, stored: Any) -> bool:
    """Whether a cell of a rule file and a cell of the database say the same."""
    if isinstance(installed, list):
        return bool(json.loads(stored or "[]") == installed)
    if isinstance(stored, float) and isinstance(installed, str):
        return float(installed) == stored
    return installed == stored or (stored is not None and str(installed) == str(stored))


def csv_of(table: RuleTable, rows: Rows) -> bytes:
    """A published rule table as the file it was read from."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    for row in rows:
        writer.writerow([cell(row.get(name), name in table.lists) for name in table.columns])
    return text.getvalue().encode()


def cell(value: Any, is_list: bool) -> str:
    if is_list:
        return "; ".join(json.loads(value or "[]"))
    return "" if value is None else str(value)
