"""Where things stand on a clinic's page: its headings in the text, and what part of the page a word belongs to.

In: the text and headings of a page record. Out: headings with their offsets, and the headings above any place of the
text. A heading like "Testimonials" or "Continuing education" sets its part aside: what stands there is not the
clinic's own statement about what it does today.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import Any

from pipeline.name_text import fold
from pipeline.rules import read_rule_table

FEWEST_PAGES_TO_REPEAT = 3  # a line on every one of so many pages belongs to the site, not to a person


@dataclass(frozen=True)
class Heading:
    """One heading where it stands in the text."""

    start: int
    end: int
    level: int
    words: str


@dataclass
class PageLayout:
    """A page's text with its headings in place. `kind` is home, about, team, ...; `url` its address.

    From `footer_at` on the text is the page's footer (0: it has none), which is no part of any section.
    """

    url: str
    kind: str
    title: str
    text: str
    headings: list[Heading] = field(default_factory=list)
    footer_at: int = 0

    @cached_property
    def starts(self) -> list[int]:
        return [heading.start for heading in self.headings]

    def heading_before(self, at: int) -> Heading | None:
        """The nearest heading at or above a place of the text."""
        index = bisect_right(self.starts, at) - 1
        return self.headings[index] if index >= 0 else None

    def headings_above(self, at: int) -> list[Heading]:
        """The nearest heading, the one it is part of, and so on up."""
        found: list[Heading] = []
        for heading in reversed(self.headings[: bisect_right(self.starts, at)]):
            if not found or heading.level < found[-1].level:
                found.append(heading)
        return found

    def section_end(self, at: int, level: int) -> int:
        """Where the part that begins at AT ends: at the next heading of this level or a higher one, or the footer."""
        end = self.footer_at if at < self.footer_at else len(self.text)
        later = (heading.start for heading in self.headings if at < heading.start < end and heading.level <= level)
        return next(later, end)

    def is_under(self, kind: str, at: int) -> bool:
        """Whether a heading above holds a word of this kind (`aside`, `told_by_others`)."""
        return any(has_word(kind, heading.words) for heading in self.headings_above(at))


def lay_out(fields: dict[str, Any], url: str) -> PageLayout:
    """The layout of one page record."""
    text = fields.get("text", "")
    headings = place_headings(text, fields.get("headings", []))
    kind, footer_at = fields.get("page_kind", "other"), int(fields.get("footer_at", 0))
    return PageLayout(url, kind, fields.get("title", ""), text, headings, footer_at)


def place_headings(text: str, headings: Iterable[tuple[int, str]]) -> list[Heading]:
    """Find each heading's line, in order; one that is not found (its words were cut) is left out."""
    found: list[Heading] = []
    at = 0
    for level, words in headings:
        match = re.compile(rf"^[^\S\n]*{loose(words)}[^\S\n]*$", re.MULTILINE).search(text, at)
        if match:
            found.append(Heading(match.start(), match.end(), int(level), words))
            at = match.end()
    return found


def loose(words: str) -> str:
    """A pattern for the words with any white space between them."""
    return r"\s+".join(map(re.escape, words.split()))


def lines_of(text: str) -> list[tuple[int, str]]:
    """The lines that are not empty, each with its offset."""
    return [(match.start(), match.group()) for match in re.finditer(r"[^\n]+", text) if match.group().strip()]


def repeated_lines(pages: list[PageLayout]) -> frozenset[str]:
    """Lines that stand on every page: headers and footers."""
    if len(pages) < FEWEST_PAGES_TO_REPEAT:
        return frozenset()
    return frozenset.intersection(*(frozenset(line.strip() for _, line in lines_of(page.text)) for page in pages))


@cache
def page_words(kind: str) -> frozenset[str]:
    """The words of one kind in rules/clinic_page_words.csv, folded."""
    return frozenset(plain(row["word"]) for row in read_rule_table("clinic_page_words") if row["kind"] == kind)


def plain(text: str) -> str:
    """For comparison: folded, `&` as and."""
    return fold(text.replace("&", " and "))


def is_word(kind: str, text: str) -> bool:
    """Whether the whole text is a word of this kind."""
    return plain(text) in page_words(kind)


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    longest_first = sorted(page_words(kind), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


@lru_cache(maxsize=100_000)
def has_word(kind: str, text: str) -> bool:
    """Whether a word of this kind stands anywhere in the text."""
    return _pattern(kind).search(plain(text)) is not None


def found_words(kind: str, folded: str) -> list[tuple[int, int]]:
    """Where words of this kind stand in a text that `plain` has folded."""
    return [match.span() for match in _pattern(kind).finditer(folded)]
