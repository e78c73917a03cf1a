"""What every page and answer needs to know about the published file itself.

Comes in: a connection. Goes out: `Facts`: when it was built, the words for the tags, the rules, the
freshness windows, the states and the sources. All of it is small and read in one go.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from db.rows import Row, select

PRE_CHECK = (
    "This is a pre-check from public sources, not primary source verification. Before you rely on it, ask"
    " the licensing board and the certifier themselves."
)
CORRECTION = (
    "Something wrong? At the source: a board, NCBAHM or the NPI Registry corrects its own list, and the next reading"
    " shows it here. Here: tell whoever runs this site the practitioner's id and what is wrong; what is disputed is"
    " hidden until its source is read again."
)
SAMPLE_NOTE = "Everybody here is invented: this is the bundled sample, for trying diplomate out."
EXCLUSIONS_SEARCH = "https://exclusions.oig.hhs.gov/"


@dataclass(frozen=True)
class Word:
    """How a tag is shown: a short label, a sentence for a patient, and a tone for its color."""

    label: str
    sentence: str
    tone: str


@dataclass(frozen=True)
class Facts:
    info: dict[str, str]
    windows: dict[str, int]
    words: dict[tuple[str, str], Word]
    rules: dict[str, Row]
    states: dict[str, Row]
    sources: dict[str, Row]

    @property
    def built_at(self) -> str:
        return self.info.get("built_at", "")

    @property
    def is_sample(self) -> bool:
        """Whether the people are invented (the bundled sample); every page and answer says so then."""
        return self.info.get("sample") == "1"

    @property
    def leaves_out(self) -> bool:
        """Whether people are left out although a source shows them; then nothing found is no word on any list."""
        return bool(self.info.get("left_out"))

    def word(self, kind: str, tag: str | None) -> Word:
        """Return the words for a tag; a tag without words shows its own name."""
        plain = (tag or "not checked").replace("_", " ").capitalize()
        return self.words.get((kind, tag or "not_checked"), Word(plain, "", "neutral"))

    def rank(self, kind: str, tag: str) -> int:
        """Where a tag stands among the words of its kind; one without words comes last."""
        words = list(self.words)
        return words.index((kind, tag)) if (kind, tag) in self.words else len(words)

    def source_title(self, name: str) -> str:
        return str(self.sources.get(name, {}).get("title") or name)

    def state_name(self, code: str) -> str:
        return str(self.states.get(code, {}).get("name") or code)

    def state_code(self, text: str) -> str | None:
        """Return the code for `wa`, `WA` or `Washington`, or None."""
        asked = text.strip().casefold()
        for code, row in self.states.items():
            if asked in {code.casefold(), str(row["name"]).casefold()}:
                return code
        return None


def read_facts(connection: sqlite3.Connection) -> Facts:
    return Facts(
        info={row["key"]: str(row["value"]) for row in select(connection, "SELECT * FROM build_info")},
        windows={row["name"]: row["days"] for row in select(connection, "SELECT * FROM windows")},
        words={(row["kind"], row["tag"]): word(row) for row in select(connection, "SELECT * FROM tag_words")},
        rules={row["rule"]: row for row in select(connection, "SELECT * FROM tag_rules")},
        states={row["code"]: row for row in select(connection, "SELECT * FROM states ORDER BY name")},
        sources={row["name"]: row for row in select(connection, "SELECT * FROM sources ORDER BY kind, title")},
    )


def word(row: Row) -> Word:
    return Word(row["label"] or row["tag"], row["sentence"] or "", row["tone"] or "neutral")
