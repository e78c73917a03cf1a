"""The visible text of a page cut into sentences that know where they stand.

In: text with line breaks, as an extractor of HTML gives it. Out: sentences in order, each with its offsets in the
text, so that the evidence of a claim can be shown word for word. Letters behind names (`L.Ac.`, `Dipl. O.M.`) end no
sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline.credentials import plain_text
from pipeline.web_phrases import word

LONGEST_SENTENCE = 800
_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_END = re.compile(r"[.!?\u2026][\"'\u201d\u2019)\]]*\s+|;\s+(?=(?:I|he|she|we|it|they)\b)")
_CLOSED = re.compile(r"[.!?:;\u2026][\"'\u201d\u2019)\]]*\s*\Z")
_GOES_ON = re.compile(r"\s*(?:[a-z]{2,}|&|,)")
_BULLET = re.compile(r"\A\s*(?:[-*\u2022\u00b7\u2013\u2014\u25aa\u25cf\u2713\u2714\u2605\u2606\u27a2\u25ba>]+\s*)")
_WORD = re.compile(r"[\"'\u201c\u2018(\[]*[^\W_]")
_CODE = re.compile(r"<\w+\s[^>]*=\s?\"|\"@?\w+\"\s?:\s?[\"{\[]|\b(?:alt|title|content)=\"")
_TAG = re.compile(r"<\w+\s[^>]*?\b(?:content|alt|title)=|\b(?:alt|title|content)=")
_KEY = re.compile(r"\"@?\w+\"\s?:|\"EducationalOccupationalCredential\",?|\"Organization\",?")
_BRACES = re.compile(r"[{}\[\]]")
_BROKEN_WORD = re.compile(r"[a-z]-\Z")
_SHORTEST_WRAPPED_LINE = 20
_LONGEST_END = 12


@dataclass(frozen=True)
class Sentence:
    """One sentence: `text` is exactly `page[start:end]`, `plain` the same in plain letters, `alone` says that it is a
    whole line without an end mark: a heading, a badge or an item of a list.
    """

    text: str
    plain: str
    start: int
    end: int
    alone: bool


def sentences_in(text: str) -> list[Sentence]:
    """The sentences of a page in order."""
    found = []
    for start, end in _lines(text):
        cuts = [start, *_cuts(text, start, end), end]
        pieces = [(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]
        found += [_sentence(text, a, b, len(pieces) == 1) for a, b in pieces]
    return found


def _sentence(text: str, start: int, end: int, only: bool) -> Sentence:
    exact = text[start:end]
    start += len(exact) - len(exact.lstrip())
    exact = exact.strip()
    alone = only and not _CLOSED.search(exact)
    return Sentence(exact, _plain(_BULLET.sub("", exact, count=1)), start, start + len(exact), alone)


def _plain(exact: str) -> str:
    """Plain letters; where code of the page was left over, only the words in it."""
    plain = plain_text(exact)
    if not _CODE.search(plain):
        return plain
    values = _BRACES.sub(" ", _KEY.sub(" | ", _TAG.sub("", plain))).replace('"', " ")
    return " ".join(values.split()).strip(" |,>")


def _lines(text: str) -> list[tuple[int, int]]:
    """The lines, joined where one is plainly the continuation of the line before."""
    joined: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        if joined and _continues(text, joined[-1], line):
            joined[-1] = (joined[-1][0], line.end())
        else:
            joined.append(line.span())
    return joined


def _continues(text: str, before: tuple[int, int], line: re.Match[str]) -> bool:
    gap = text[before[1] : line.start()]
    if gap in ("\n", "\r\n") and _BROKEN_WORD.search(text[before[0] : before[1]]) and line.group()[:1].islower():
        return True
    return (
        gap in ("\n", "\r\n")
        and before[1] - before[0] >= _SHORTEST_WRAPPED_LINE
        and not _CLOSED.search(text[max(before[0], before[1] - _LONGEST_END) : before[1]])
        and _GOES_ON.match(line.group()) is not None
    )


def _cuts(text: str, start: int, end: int) -> list[int]:
    """Where sentences begin inside one line."""
    cuts = [found.end() for found in _END.finditer(text, start, end) if _ends_a_sentence(text, start, found)]
    pieces = pairwise([start, *cuts, end])
    long = [at for a, b in pieces for at in range(a + LONGEST_SENTENCE, b, LONGEST_SENTENCE)]
    return sorted({*cuts, *(_space_before(text, at) for at in long)})


def _space_before(text: str, at: int) -> int:
    space = text.rfind(" ", at - 200, at)
    return space + 1 if space >= 0 else at


def _ends_a_sentence(text: str, start: int, mark: re.Match[str]) -> bool:
    """Whether an end mark ends a sentence: not inside an abbreviation, unless a word that opens sentences follows."""
    if not mark.group().startswith("."):
        return True
    before, after = text[max(start, mark.start() - 30) : mark.start() + 1], text[mark.end() : mark.end() + 30]
    if _abbreviation().search(before):
        return _opener().match(after) is not None and _title().search(before) is None
    return not after or (_WORD.match(after) is not None and not after[:1].islower())


@cache
def _abbreviation() -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s(,/&.])(?:{word('abbreviation')}|[A-Z])\.\Z")


@cache
def _title() -> re.Pattern[str]:
    return re.compile(rf"{word('title')}\.?\Z")


@cache
def _opener() -> re.Pattern[str]:
    return re.compile(word("sentence_opener"))
