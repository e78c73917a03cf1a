"""Record: one row as its source published it, pointing at the bytes it was read from.

In: mapped raw values. Out: one JSON line. Nothing here is inferred, cleaned or joined; that is the pipeline's.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass, replace
from typing import Any

Fields = dict[str, Any]
SIGNS = dict.fromkeys(map(ord, "®™©"))


@dataclass(frozen=True)
class Record:
    """One published row.

    `source_key` is the source's own key as it prints it. `fetched_at` is the snapshot's time (UTC, ISO 8601),
    never the clock at parse time. `source_date` is the source's own date for the row, or "". `partition` is the
    state that was asked for, or "" where a source is read whole. `fields` holds raw text under canonical names;
    a value the source did not give is an absent key. `sha256` names the snapshot it was read from, `also` further
    ones (a list's card beside its profile).
    """

    source: str
    source_key: str
    url: str
    sha256: str
    fetched_at: str
    source_date: str
    partition: str
    fields: Fields
    also: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """A short stable name of the row: source and source key, hashed."""
        return hashlib.sha256(f"{self.source}\n{self.source_key}".encode()).hexdigest()[:16]

    def to_line(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_line(cls, line: str) -> Record:
        row = json.loads(line)
        return cls(**row | {"also": tuple(row["also"])})

    def combined(self, later: Record) -> Record:
        """One row printed twice in a run: the newer by the source's own date, else both, the later over this one.

        Lists of both are united: a license that is printed once for each discipline case keeps all of them.
        """
        if self.source_date != later.source_date:
            return max(self, later, key=lambda record: record.source_date)
        also = dict.fromkeys([*later.also, self.sha256, *self.also])
        kept = tuple(digest for digest in also if digest != later.sha256)
        fields = self.fields | later.fields
        fields |= {
            name: united(self.fields[name], value) for name, value in later.fields.items() if name in self.fields
        }
        return replace(later, fields=fields, partition=self.partition, also=kept)


def united(earlier: Any, later: Any) -> Any:
    """Both lists as one, in order and each item once; of anything else the later."""
    if not (isinstance(earlier, list) and isinstance(later, list)):
        return later
    return [*earlier, *(item for item in later if item not in earlier)]


def key_of_row(values: Fields) -> str:
    """A key for a row of a source that prints none: the hash of its kept values."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:20]


def plain_word(raw: str) -> str:
    """A word as rule tables spell it: compatibility form, case folded, blanks squeezed, no trademark signs."""
    text = unicodedata.normalize("NFKC", raw.translate(SIGNS)).casefold()
    return " ".join(unicodedata.normalize("NFKC", text).split())
