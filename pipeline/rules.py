"""The rules of the field, read from `pipeline/rules/*.csv`: nothing a state or a board decides is written in
code.

In: the CSV files, UTF-8, one header row, lists written as `a; b; c`. Out: checked rows of text, and the same
rows with lists and integers converted, ready to be published as tables. A wrong row stops the program with
the file, the line and the value, because a rule that is half read would become a wrong word about a person.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

RULES_FOLDER = Path(__file__).parent / "rules"

LICENSE_STATUSES = frozenset(
    "active limited inactive expired retired surrendered suspended revoked pending deceased".split()
)
CERTIFICATION_TAGS = frozenset("listed listed_inactive claimed implied no_evidence not_checked".split())
LICENSE_TAGS = LICENSE_STATUSES | frozenset(
    "claimed not_found not_covered source_failed state_does_not_license".split()
)
CERTIFICATION_CLASSES = frozenset("certification_required exams_required own_exam not_regulated unknown".split())
CONFIDENCES = frozenset(("", "low", "medium", "high"))


class RuleError(ValueError):
    """A rule file is wrong; the message names file, line and value."""


@dataclass(frozen=True)
class RuleTable:
    """What a rule file must look like: its columns in order, its key, and the words a column may hold."""

    columns: tuple[str, ...]
    key: tuple[str, ...]
    filled: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    integers: tuple[str, ...] = ()
    words: dict[str, frozenset[str]] = field(default_factory=dict)


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# What clinics treat, do, speak and are paid by: every wording of a topic is a row.
TOPICS = RuleTable(
    columns=_columns("topic synonym relation area note"),
    key=("topic", "synonym"),
    filled=("area",),
    words={"relation": frozenset(("same", "related"))},
)

RULE_TABLES: dict[str, RuleTable] = {
    "states": RuleTable(
        columns=_columns(
            "code name regulated regulated_since board board_url lookup_url titles post_nominals"
            " certification_class requirement_initial requirement_renewal certification_timing"
            " timing_confidence class_confidence notes sources as_of"
        ),
        key=("code",),
        filled=("name", "certification_class", "class_confidence", "as_of"),
        lists=("titles", "post_nominals", "sources"),
        integers=("regulated",),
        words={
            "regulated": frozenset(("0", "1", "")),
            "certification_class": CERTIFICATION_CLASSES,
            "certification_timing": frozenset(("", "initial_only", "initial_and_renewal", "unknown")),
            "timing_confidence": CONFIDENCES,
            "class_confidence": CONFIDENCES,
        },
    ),
    "credentials": RuleTable(
        columns=_columns("id canonical type issuer proves does_not_prove ambiguous basis sources"),
        key=("id",),
        filled=("canonical", "type", "proves", "does_not_prove"),
        lists=("sources",),
        words={
            "type": frozenset(
                "certification certification_claim license_title license_or_degree degree membership"
                " other_board course_certificate limited_credential ambiguous".split()
            ),
            "basis": frozenset(("seen", "general_knowledge")),
        },
    ),
    "credential_spellings": RuleTable(
        columns=_columns("credential_id pattern flags note"),
        key=("credential_id", "pattern"),
        words={"flags": frozenset(("", "i"))},
    ),
    "name_letters": RuleTable(
        columns=_columns("letters printed certain note"),
        key=("letters",),
        filled=("printed",),
        integers=("certain",),
        words={"certain": frozenset(("0", "1"))},
    ),
    "status_words": RuleTable(
        columns=_columns("source_kind_or_source raw status note"),
        key=("source_kind_or_source", "raw"),
        words={"status": LICENSE_STATUSES},
    ),
    "certification_status_words": RuleTable(
        columns=_columns("raw status note"),
        key=("raw",),
        words={"status": frozenset(("listed", "listed_inactive"))},
    ),
    "designation_words": RuleTable(
        columns=_columns("raw issuer designation note"),
        key=("raw",),
        filled=("issuer", "designation"),
    ),
    "claim_phrases": RuleTable(
        columns=_columns("id kind applied pattern flags value note"),
        key=("id",),
        filled=("kind", "applied", "pattern", "note"),
        integers=("applied",),
        words={"flags": frozenset(("", "i"))},
    ),
    "license_number_marks": RuleTable(
        columns=_columns("state place mark basis note"),
        key=("state", "place", "mark"),
        words={
            "place": frozenset(("before", "after")),
            "basis": frozenset(("seen", "general_knowledge")),
        },
    ),
    "tag_words": RuleTable(
        columns=_columns("kind tag label sentence tone"),
        key=("kind", "tag"),
        filled=("label", "sentence"),
        words={
            "kind": frozenset(("certification", "license")),
            "tag": CERTIFICATION_TAGS | LICENSE_TAGS,
            "tone": frozenset(("good", "note", "caution", "neutral")),
        },
    ),
    "tag_rules": RuleTable(
        columns=_columns("rule kind value when_text source"),
        key=("rule",),
        filled=("value", "when_text"),
        words={"kind": frozenset(("certification", "license"))},
    ),
    "windows": RuleTable(
        columns=_columns("name days meaning source"),
        key=("name",),
        filled=("days", "meaning"),
        integers=("days",),
    ),
    "common_family_names": RuleTable(columns=_columns("family_name note"), key=("family_name",)),
    "limited_license_types": RuleTable(columns=_columns("word note"), key=("word",)),
    "published_fields": RuleTable(columns=_columns("source field note"), key=("source", "field")),
    "conditions": TOPICS,
    "therapies": TOPICS,
    "languages": TOPICS,
    "insurance": TOPICS,
    "clinic_page_words": RuleTable(columns=_columns("kind word note"), key=("kind", "word")),
    "exclusion_types": RuleTable(
        columns=_columns("code section kind meaning"),
        key=("code",),
        filled=("meaning",),
        words={"kind": frozenset(("mandatory", "permissive", "unstated"))},
    ),
}


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
def common_family_names() -> frozenset[str]:
    """Family names, folded to lower case, that prove little on their own."""
    return frozenset(row["family_name"].casefold() for row in read_rule_table("common_family_names"))


@cache
def exclusion_meaning(code: str) -> dict[str, str]:
    """The row of exclusion_types.csv for an EXCLTYPE CODE. Raises RuleError for a code the file lacks."""
    wanted = code.strip().casefold()
    for row in read_rule_table("exclusion_types"):
        if row["code"].casefold() == wanted:
            return row
    raise RuleError(f"exclusion_types.csv has no code {code!r}.")
