"""Dates of licenses that boards print and nobody can read: a slip is noted, a whole column of them stops the build.

In: normalized records. Out: a sentence for the operator a source. Raises DateError where so many dates of a source are
none that it must be printing them in another form: published without expiry, old licenses would look current.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pipeline.dates_and_links import DateError
from pipeline.facts import License, Person

SLIPS = 3  # so few are slips, however short the roster
SLIPS_SHARE = 0.01


def unread_dates(people: Iterable[Person]) -> list[str]:
    """What the operator should hear, without naming anybody."""
    held: dict[str, list[License]] = defaultdict(list)
    for person in people:
        held[person.source] += [item for item in person.licenses if item.primary]
    return [said for source, licenses in sorted(held.items()) if (said := said_of(source, licenses))]


def said_of(source: str, licenses: list[License]) -> str:
    texts = [text for item in licenses for text in item.unread]
    if not texts:
        return ""
    said = f"{source} prints {len(texts)} dates of licenses that cannot be read, such as '{texts[0]}'"
    if len(texts) > max(SLIPS, SLIPS_SHARE * len(licenses)):
        raise DateError(f"{said}, among {len(licenses)} licenses: it may print dates in another form now.")
    return f"{said}; tags that rest on one say so."
