"""Which kind of change a new value is.

Comes in: a field with its values before and after. Goes out: one word: listed, lapsed, renewed ... (the words of table
`change_kinds` where it has one). A board's own word that gives way to none is `no_longer_listed`, which says nothing
about the person.
"""

from __future__ import annotations

from db.freshness import MAY_PRACTICE
from db.watch_view import Field

BOARD_WORDS = frozenset(
    "active limited inactive expired retired surrendered suspended revoked pending deceased".split()
)
CERTIFIER_WORDS = frozenset(("listed", "listed_inactive"))


def kind_of(field: Field, old: str, new: str) -> str:
    if field.kind in ("license", "number"):
        return "lapsed" if new == "expired" and old in MAY_PRACTICE else listing_kind(old, new, BOARD_WORDS)
    if field.kind == "certification":
        return listing_kind(old, new, CERTIFIER_WORDS)
    if field.kind == "expires":
        return "renewed" if old and new > old else "detail_changed"
    if field.kind == "discipline":
        return "discipline_changed" if old else "discipline_shown"
    if field.kind == "exclusion":
        return "exclusion_appeared" if new else "exclusion_went"
    if field.kind == "needs_review":
        return "needs_review" if new else "review_ended"
    return "detail_changed"


def listing_kind(old: str, new: str, own_words: frozenset[str]) -> str:
    """Whether a source begins to list, stops listing, or lists with another word."""
    if (old in own_words) == (new in own_words):
        return "status_changed"
    return "listed" if new in own_words else "no_longer_listed"
