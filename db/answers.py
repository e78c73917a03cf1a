"""The answer to one question about one practitioner: its shape, and the same as JSON.

Comes in: what `db.check` found. Goes out: dataclasses that pages show and `to_json()`, whose names stay: docs/check.md.
The words follow one rule: facts with source and date, never a verdict on a person.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from db.facts import CORRECTION, PRE_CHECK
from db.profiles import EXCLUSION_SENTENCE, Evidence, Link, Profile, practitioner_address
from db.rows import Row

FORMAT = 1  # of the JSON document; another number when a name goes or changes its meaning
OUTCOMES = {
    "found": "Found",
    "several_candidates": "Possible matches, none certain",
    "read_and_absent": "Not found here; the board's list was read",
    "state_not_covered": "This state's board is not covered",
    "source_failed": "The board's list could not be read in time",
    "state_does_not_license": "This state does not license acupuncturists",
    "nothing_found": "Nothing found",
    "nothing_shown_yet": "Nothing was shown yet on that day",
}


class BadQuestion(ValueError):
    """The question cannot be asked this way; the sentence says what to change."""


@dataclass(frozen=True)
class Question:
    """Raw text as a person typed it; every field may be empty, not all of them."""

    name: str = ""
    state: str = ""
    license: str = ""
    npi: str = ""


@dataclass(frozen=True)
class SourceRead:
    """One source that the answer rests on, and when it was last read well."""

    name: str
    title: str
    kind: str
    health: str
    last_good_read: str
    age: str
    complete: bool
    url: str
    freshness: str = ""

    @property
    def sentence(self) -> str:
        if not self.last_good_read:
            return f"{self.title}: never read"
        part = "" if self.complete else ", in part"
        old = ", too old to speak for today" if self.freshness == "stale" else ""
        return f"{self.title}: read {self.last_good_read}{part} ({self.age}{old})"


@dataclass(frozen=True)
class Candidate:
    """One practitioner the question may mean; `match_level` says how sure that is.

    `withheld` is the sentence that stands for license details not shown below `confirmed`, or "". Of a day in the past
    `then` holds the claims that were shown, and `note` says what cannot be told of that day.
    """

    profile: Profile
    match_level: str
    match_reason: str
    withheld: str = ""
    note: str = ""
    then: tuple[Row, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        profile = self.profile
        return {
            "id": profile.id,
            "name": profile.name,
            "place": profile.place,
            "kind": profile.row["kind"],
            "npi": profile.row["npi"],
            "match_level": self.match_level,
            "match_reason": self.match_reason,
            "needs_review": profile.row["needs_review"],
            "tags": [badge.to_json() for badge in profile.badges],
            "licenses": list(profile.licenses),
            "certifications": list(profile.certifications),
            "exclusion": self.exclusion(),
            "evidence": [evidence.to_json() for evidence in profile.evidence],
            "where_to_verify": [asdict(link) for link in profile.verify],
            "page": practitioner_address(profile.id),
            "withheld": self.withheld or None,
            "note": self.note or None,
            "claims_then": None if self.then is None else list(self.then),
        }

    def exclusion(self) -> dict[str, Any] | None:
        if not self.profile.exclusions:
            return None
        return {"sentence": EXCLUSION_SENTENCE, "rows": list(self.profile.exclusions)}


@dataclass(frozen=True)
class Answer:
    """What is known, how it is known, and which kind of not knowing it is otherwise.

    `outcome` is one key of `OUTCOMES`. `candidates` may be the person asked for; `elsewhere` are
    people of that name outside the state asked for, `unjoined` records of that name that were read
    but belong to no practitioner here. `as_of` is when the file was built, `shown_on` the past day asked about, or "".
    `more` when more people match than are given.
    """

    question: Question
    outcome: str
    sentences: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    elsewhere: tuple[Candidate, ...]
    unjoined: tuple[Evidence, ...]
    sources: tuple[SourceRead, ...]
    where_to_verify: tuple[Link, ...]
    as_of: str
    more: bool = False
    shown_on: str = ""
    disclaimer: str = field(default=PRE_CHECK)
    correction: str = field(default=CORRECTION)

    @property
    def heading(self) -> str:
        return OUTCOMES[self.outcome]

    def to_json(self) -> dict[str, Any]:
        """Return the answer as a JSON document; names and order stay the same between versions."""
        return {
            "format": FORMAT,
            "question": asdict(self.question),
            "outcome": self.outcome,
            "heading": self.heading,
            "sentences": list(self.sentences),
            "candidates": [candidate.to_json() for candidate in self.candidates],
            "more_candidates": self.more,
            "elsewhere": [candidate.to_json() for candidate in self.elsewhere],
            "unjoined": [evidence.to_json() for evidence in self.unjoined],
            "sources": [asdict(source) | {"last_good_read": source.last_good_read or None} for source in self.sources],
            "where_to_verify": [asdict(link) for link in self.where_to_verify],
            "as_of": self.as_of,
            "shown_on": self.shown_on or None,
            "disclaimer": self.disclaimer,
            "correction": self.correction,
        }
