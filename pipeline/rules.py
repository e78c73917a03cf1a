"""The rules of the field, read from `pipeline/rules/*.csv`: nothing a state or a board decides is written in
code.

In: the CSV files, UTF-8, one header row, lists written as `a; b; c`. Out: checked rows of text, and the same
rows with lists and integers converted, ready to be published as tables. A wrong row stops the program with
the file, the line and the value, because a rule that is half read would become a wrong word about a person.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from pipeline.rule_tables import RULE_TABLES, RuleTable

RULES_FOLDER = Path(__file__).parent / "rules"


class RuleError(ValueError):
    """A rule file is wrong; the message names file, line and value."""


def split_list(text: str) -> list[str]:
    """The items of a list cell written as `a; b; c`."""
    return [item.strip() for item in text.split(";") if item.strip()]


@cache
def read_rule_table(name: str) -> list[dict[str, str]]:
    """The rows of `rules/NAME.csv` as text, in file order, checked once.

    Raises RuleError with file, line and value for another header, a row of the wrong width, a blank or
    repeated key, an empty required cell, a word outside the column's vocabulary, or a number that is none.
    """
    if name not in RULE_TABLES:
        raise RuleError(f"There is no rule table {name!r}; there are {', '.join(sorted(RULE_TABLES))}.")
    path = RULES_FOLDER / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return check_rule_rows(path, RULE_TABLES[name], list(csv.reader(lines)))


def check_rule_rows(path: Path, table: RuleTable, rows: list[list[str]]) -> list[dict[str, str]]:
    """Rows of a rule file (header first) as dictionaries. Raises RuleError for the first wrong value."""
    if not rows or tuple(rows[0]) != table.columns:
        raise RuleError(f"{path.name} must start with the columns {','.join(table.columns)}.")
    seen: set[tuple[str, ...]] = set()
    checked = []
    for line, cells in enumerate(rows[1:], start=2):
        where = f"{path.name}, row {line}"
        row = _row_of(where, table, cells)
        _check_key(where, table, row, seen)
        _check_values(where, table, row)
        checked.append(row)
    return checked


def _row_of(where: str, table: RuleTable, cells: list[str]) -> dict[str, str]:
    if len(cells) != len(table.columns):
        raise RuleError(f"{where}: {len(cells)} cells instead of {len(table.columns)}: {cells!r}.")
    return dict(zip(table.columns, (cell.strip() for cell in cells), strict=True))


def _check_key(where: str, table: RuleTable, row: dict[str, str], seen: set[tuple[str, ...]]) -> None:
    key = tuple(row[column] for column in table.key)
    if not all(key):
        raise RuleError(f"{where}: the key {', '.join(table.key)} is blank in {key!r}.")
    if key in seen:
        raise RuleError(f"{where}: {', '.join(table.key)} {key!r} stands twice.")
    seen.add(key)


def _check_values(where: str, table: RuleTable, row: dict[str, str]) -> None:
    for column in table.filled:
        if not row[column]:
            raise RuleError(f"{where}: {column} is empty.")
    for column, words in table.words.items():
        if row[column] not in words:
            raise RuleError(f"{where}: {column} is {row[column]!r}, not one of {', '.join(sorted(words))}.")
    for column in table.integers:
        if row[column] and not (row[column].isascii() and row[column].isdigit()):
            raise RuleError(f"{where}: {column} is {row[column]!r}, not a whole number.")


def published_rule_tables() -> dict[str, list[dict[str, object]]]:
    """Every rule table as it is applied, by table name: lists as Python lists, integers as int, blank as
    None.
    """
    return {name: [_published(table, row) for row in read_rule_table(name)] for name, table in RULE_TABLES.items()}


def _published(table: RuleTable, row: dict[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for column, text in row.items():
        if column in table.lists:
            values[column] = split_list(text)
        elif column in table.integers:
            values[column] = int(text) if text else None
        else:
            values[column] = text or None
    return values


@cache
def window_days(name: str) -> int:
    """Days of the freshness window NAME (warn, stale, never_confirmed)."""
    for row in read_rule_table("windows"):
        if row["name"] == name:
            return int(row["days"])
    raise RuleError(f"windows.csv has no window {name!r}.")


@cache
def tag_setting(name: str) -> float:
    """The number of tag_settings.csv under this NAME."""
    for row in read_rule_table("tag_settings"):
        if row["name"] == name:
            return float(row["value"])
    raise RuleError(f"tag_settings.csv has no setting {name!r}.")


@cache
def state_rule(code: str) -> dict[str, str]:
    """The row of states.csv for a two-letter CODE. Raises RuleError for a code that is no US jurisdiction."""
    for row in read_rule_table("states"):
        if row["code"] == code:
            return row
    raise RuleError(f"states.csv has no jurisdiction {code!r}.")


@cache
def state_codes() -> tuple[str, ...]:
    """The two-letter codes of the jurisdictions in states.csv, in file order."""
    return tuple(row["code"] for row in read_rule_table("states"))


def tag_word(kind: str, tag: str) -> dict[str, str]:
    """The label, sentence and tone of a tag (KIND certification or license)."""
    for row in read_rule_table("tag_words"):
        if (row["kind"], row["tag"]) == (kind, tag):
            return row
    raise RuleError(f"tag_words.csv has no {kind} tag {tag!r}.")


@cache
def exclusion_meaning(code: str) -> dict[str, str]:
    """The row of exclusion_types.csv for an EXCLTYPE CODE. Raises RuleError for a code the file lacks."""
    wanted = code.strip().casefold()
    for row in read_rule_table("exclusion_types"):
        if row["code"].casefold() == wanted:
            return row
    raise RuleError(f"exclusion_types.csv has no code {code!r}.")
