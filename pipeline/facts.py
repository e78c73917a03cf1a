"""The shapes that stand between a raw record and a published row.

In: nothing. Out: dataclasses. `SourceFacts` is what the pipeline must know of a source; the command line fills it
from the source's class, so that the pipeline never imports a spider.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.names import PersonName
from pipeline.places import Place

ACUPUNCTURIST = "171100000X"
CERTIFIER_ISSUER = "NCBAHM"
DISCIPLINE = frozenset({"limited", "surrendered", "suspended", "revoked"})
LIVE = frozenset({"active", "limited"})


@dataclass(frozen=True)
class SourceFacts:
    """A source as the pipeline sees it. `kind` is one of design words: certifier, board, registry, listing, ...

    `numberless`: a board's roster that prints no license number; `leaves_out`: which licenses a roster never shows, so
    that being absent from it says even less; `changes_only`: a source that never shows the whole of anything.
    """

    name: str
    kind: str
    title: str
    publisher: str
    covers: tuple[str, ...]
    details: dict[str, object]
    partitions: tuple[str, ...] = ()
    register: str = ""
    numberless: bool = False
    leaves_out: str = ""
    changes_only: bool = False


@dataclass(frozen=True)
class License:
    """One license as one record states it; `status` is "claimed" where no board says it.

    `unread`: dates as the board printed them that are no dates; nothing is said of a time that cannot be read.

    `disciplined`: the board's word or flag speaks of discipline; on the wrong person it would do the worst harm.
    """

    state: str
    type: str
    number: str
    key: str
    status: str
    status_raw: str
    issued: str
    expires: str
    discipline: str
    primary: bool
    disciplined: bool = False
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class Certification:
    """One certification as one record states it; `status` is listed, listed_inactive or claimed."""

    issuer: str
    designation: str
    status: str
    status_raw: str
    printed: str


@dataclass(frozen=True)
class Person:
    """What one record says about somebody, normalized; nothing of another record is in it.

    `keyless`: a saved page without the source's own key for it (a profile known only by its badge), which may be the
    page of somebody the same source lists under a key.
    """

    record_id: str
    source: str
    source_key: str
    fetched_at: str
    name: PersonName
    other_names: tuple[PersonName, ...]
    sex: str
    npi: str
    kind: str
    places: tuple[Place, ...]
    states: frozenset[str]
    clinic: str
    phone: str
    website: str
    publishes_street: bool
    licenses: tuple[License, ...]
    certifications: tuple[Certification, ...]
    conditions: tuple[str, ...]
    languages: tuple[str, ...]
    keyless: bool = False
    therapies: tuple[str, ...] = ()
    insurance: tuple[str, ...] = ()
