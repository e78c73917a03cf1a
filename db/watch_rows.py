"""What changed as rows and files: one line a change, the same in CSV and JSON.

Comes in: questions with their rows, views, differences. Goes out: rows with the keys `CHANGE_COLUMNS`, CSV that no
spreadsheet takes for formulas, and a JSON document that says what it is and how old.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from db.answers import Question
from db.export import safe_cells
from db.facts import CORRECTION, PRE_CHECK, SAMPLE_NOTE, Facts
from db.profiles import practitioner_address
from db.watch_compare import Difference
from db.watch_sources import SourceLine
from db.watch_view import Field, RunsOut, View
from db.watch_words import (
    change_sentence,
    match_sentence,
    not_read_sentence,
    reminder_sentence,
    shown,
    speaker,
    subject,
)

CHANGE_COLUMNS = tuple("row asked_name practitioner_id name kind field old new sentence page as_of".split())
MATCH_FIELDS = ("outcome", "match_level", "practitioner_id")
MOST_ROWS_NAMED = 10


@dataclass(frozen=True)
class Asked:
    """A question and the rows of the roster that ask it, as a spreadsheet counts them."""

    question: Question
    rows: tuple[int, ...]

    @property
    def name(self) -> str:
        asked = self.question
        numbers = f"{asked.state} {asked.license}".strip() if asked.license else f"NPI {asked.npi}"
        return asked.name or numbers

    @property
    def row(self) -> str:
        return "; ".join(map(str, self.rows))


def change_row(asked: Asked, view: View, line: Difference, facts: Facts) -> dict[str, str]:
    if line.field.kind in MATCH_FIELDS:
        said = match_sentence(line.kind, asked.name, line.old, line.new, view, summary(view, facts))
    else:
        said = change_sentence(line.kind, line.field, line.old, line.new, view, line.as_of, facts)
    return row(asked, view, line.kind, line.field.text, line.old, line.new, said, line.as_of or facts.built_at)


def reminder_row(asked: Asked, view: View, license: RunsOut, left: int, facts: Facts) -> dict[str, str]:
    field = Field("number", license.state, license.number)
    said = reminder_sentence(
        view.name, speaker(field, facts), subject(field), license.expires, left, license.as_of, view
    )
    field = field._replace(kind="expires")
    return row(asked, view, "reminder", field.text, "", license.expires, said, license.as_of)


def row(
    asked: Asked, view: View, kind: str, field: str, old: str, new: str, sentence: str, as_of: str
) -> dict[str, str]:
    page = practitioner_address(view.id) if view.id else ""
    cells = (asked.row, asked.name, view.id, view.name, kind, field, old, new, sentence, page, as_of)
    return dict(zip(CHANGE_COLUMNS, cells, strict=True))


def summary(view: View, facts: Facts) -> str:
    """What is shown of a person who was not meant before."""
    tags = [(field, now) for field, now in view.known.items() if field.kind in ("license", "certification")]
    said = [f"{subject(field)} {shown(field, now.value, facts)}" for field, now in tags if not now.unread]
    return f"Shown now: {', '.join(said)}." if said else ""


def source_row(line: SourceLine) -> dict[str, str]:
    cells = ("", "", "", "", line.kind, line.field, line.old, line.new, line.sentence, "", line.as_of)
    return dict(zip(CHANGE_COLUMNS, cells, strict=True))


def field_lines(found: Mapping[Field, Sequence[int]], told: Iterable[str], facts: Facts) -> list[SourceLine]:
    """One line a state or certifier whose single readings grew too old; a source that is told of says it already."""
    lines = []
    for field, rows in found.items():
        if sources_of(field, facts) & set(told):
            continue
        named = ", ".join(map(str, rows[:MOST_ROWS_NAMED])) + (" …" if len(rows) > MOST_ROWS_NAMED else "")
        what = f"{speaker(field, facts)}, {subject(field)} (row {named}),"
        said = not_read_sentence(what, "", len(rows))
        lines.append(SourceLine("not_read", field.text, "read", "not read lately", said, ""))
    return lines


def sources_of(field: Field, facts: Facts) -> set[str]:
    if field.kind == "certification":
        return {name for name, row in facts.sources.items() if row["kind"] == "certifier"}
    return {str(facts.states.get(field.scope, {}).get("license_source") or "")}


def csv_bytes(changes: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(CHANGE_COLUMNS)
    writer.writerows(safe_cells(change.values()) for change in changes)
    return text.getvalue().encode("utf-8")


def json_bytes(name: str, built_at: str, looked_at: str, sample: bool, changes: Sequence[Mapping[str, str]]) -> bytes:
    document = {
        "watch": name,
        "built_at": built_at,
        "looked_at": looked_at,
        **({"sample": SAMPLE_NOTE} if sample else {}),
        "disclaimer": PRE_CHECK,
        "correction": CORRECTION,
        "changes": [dict(change) for change in changes],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8")
