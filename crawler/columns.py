"""Every column a source sends is either mapped or knowingly ignored.

In: a raw row. Out: its values under canonical names. A column that is neither mapped nor ignored is collected
in `unknown`, a mapped column that no row carried in `missing()`; both fail the run the same day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.records import Fields
from crawler.troubles import SourceTrouble


@dataclass
class ColumnAudit:
    """`columns` maps a source's column to our canonical name; `ignored` names what we knowingly leave out.

    `required` are columns (the source's names) that must appear in at least one row of a run.
    """

    columns: Mapping[str, str]
    ignored: frozenset[str]
    required: frozenset[str]
    unknown: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    def read(self, row: Mapping[str, Any]) -> Fields:
        """Map one row; blanks and nulls become absent keys."""
        self.note(row)
        values = {name: as_text(row.get(column)) for column, name in self.columns.items()}
        return {name: value for name, value in values.items() if value}

    def note(self, names: Iterable[str]) -> None:
        """Remember which columns a row (or a header) carried."""
        present = set(names)
        self.seen |= present
        self.unknown |= present - self.ignored - set(self.columns)

    def missing(self) -> set[str]:
        """Required columns that no row carried."""
        return set(self.required - self.seen)


def as_text(value: Any) -> str:
    """Text of a raw scalar with outer blanks removed; None and the NPPES filler ``--`` are nothing.

    Raises SourceTrouble for a list or an object: written out it would be shown as somebody's name.
    """
    if isinstance(value, (list, dict)):
        raise SourceTrouble(f"Where a text belongs stands {str(value)[:60]!r}; nothing was read.")
    text = "" if value is None else str(value).replace("\x00", "").strip()
    return "" if text == "--" else text
