"""What a clinic's page says it treats, does, speaks and is paid by, each with the sentence that says so.

In: a page with its headings. Out: `Topic`s in the order of the text, words of the tables conditions, therapies,
languages and insurance (rules/*.csv). A term counts where the sentence, the line or the heading above says so
(rules/clinic_page_words.csv: treats, offers, speaks, pays), not where it is asked, denied, told by a patient or
learned at a course.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from pipeline.name_text import fold
from pipeline.rules import read_rule_table
from pipeline.web_layout import PageLayout, found_words, has_word, plain
from pipeline.web_sentences import Sentence, sentences_in

LONGEST_SAYS = 240
LONGEST_ITEM = 80  # characters of a line of a list
MOST_OF_A_PAGE = 150
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BETWEEN = re.compile(r"[ \t\-–/&.'’]{1,3}|(?:\s?\(\s?|\s?\)\s?)")
_SHARED = r"((?:[\w'’-]+(?: [\w'’-]+)?(?:, ?(?:and |or |& ?)?| and | or | ?& ?| ?/ ?))+[\w'’-]+(?: [\w'’-]+)?) {noun}\b"
_ITEM = re.compile(r"[\w'’-]+(?: [\w'’-]+)?(?=,| and | or | ?&| ?/|$)")
# `back, neck & joint pain`, `scalp and ear acupuncture`: the last word belongs to each.
SHARED_NOUNS = {"conditions": "pain", "therapies": "acupuncture"}
Tokens = list[tuple[str, int, int]]
_A_FIELD = re.compile(
    r"\b(?:diplom\w*|doctor(?:ate)?|master\S*|bachelor\S*|degree|school|college|academy|institute|university|commission"
    r"|board|association|council|society|certif\w+|licens\w+|professor|student)\s+(?:of|in|for)\s+(?:[\w&]+,?\s+){0,4}$",
    re.I,
)
_CLAUSE_END = re.compile(r"[.;:!?]|\b(?:but|however|although|yet|though)\b|[—–]")
CUES = {"conditions": "treats", "therapies": "offers", "languages": "speaks", "insurance": "pays"}
# Where a list of short lines needs no further word: the page or its part is about nothing else.
LISTS = {
    "conditions": frozenset(("conditions",)),
    "therapies": frozenset(("services",)),
    "languages": frozenset[str](),
    "insurance": frozenset(("insurance",)),
}
PAGES = {
    "conditions": frozenset(("home", "about", "team", "bio", "conditions", "services")),
    "therapies": frozenset(("home", "about", "team", "bio", "conditions", "services")),
    "languages": frozenset(("home", "about", "team", "bio", "conditions", "services", "insurance", "faq", "other")),
    "insurance": frozenset(("home", "about", "team", "bio", "conditions", "services", "insurance", "faq", "other")),
}


@dataclass(frozen=True)
class Topic:
    """One finding: `table` and `topic` are words of the rules, `says` the sentence, `start` its place in the text."""

    table: str
    topic: str
    says: str
    start: int


@dataclass(frozen=True)
class Wording:
    """One wording of a topic as words to compare; `capitals`: an abbreviation, which counts only in capitals."""

    words: tuple[str, ...]
    topic: str
    capitals: bool


def topics_in(page: PageLayout) -> list[Topic]:
    """Everything one page says, each topic once, with the first sentence that says it."""
    found: dict[tuple[str, str], Topic] = {}
    tables = [table for table, pages in PAGES.items() if page.kind in pages]
    for sentence in sentences_in(page.text) if tables else []:
        if sentence.text.rstrip(" )\"”'").endswith("?") or is_elsewhere(page, sentence.start):
            continue
        tokens = tokens_of(sentence.text)
        for table in tables:
            for topic in stated_topics(table, sentence, tokens, page):
                found.setdefault((table, topic), Topic(table, topic, shortened(sentence.text), sentence.start))
        if len(found) >= MOST_OF_A_PAGE:
            break
    return list(found.values())


def is_elsewhere(page: PageLayout, at: int) -> bool:
    """Whether a part of the page is about something else than what the clinic does: courses, patients' stories."""
    return page.is_under("aside", at) or page.is_under("told_by_others", at)


def stated_topics(table: str, sentence: Sentence, tokens: Tokens, page: PageLayout) -> Iterator[str]:
    """Topics of one table that one sentence states."""
    terms = list(terms_in(table, sentence.text, tokens))
    if not terms or not is_stated(table, sentence, page):
        return
    for topic, start, end in terms:
        if not is_denied(table, topic, sentence.text, start, end):
            yield topic


def is_stated(table: str, sentence: Sentence, page: PageLayout) -> bool:
    """Whether the sentence, its heading or its page says that the clinic treats, offers, speaks or accepts it."""
    if table == "insurance" and says_what_is_covered(sentence.text):
        return False
    if has_word(CUES[table], sentence.text):
        return True
    if len(sentence.text) > LONGEST_ITEM:
        return False
    headings = [heading for heading in page.headings_above(sentence.start) if heading.start != sentence.start]
    return page.kind in LISTS[table] or any(has_word(CUES[table], heading.words) for heading in headings)


def says_what_is_covered(text: str) -> bool:
    """`Medicare covers acupuncture for back pain` explains a plan; it does not say that the clinic takes it."""
    return bool(re.search(r"\bcover(?:s|ed|age)?\b", text, re.I)) and not re.search(
        r"\b(?:we|i|our|accepts?|accepted|in-network)\b", text, re.I
    )


def is_denied(table: str, topic: str, text: str, start: int, end: int) -> bool:
    """Whether words around a term in its clause turn it round (`we do not treat`, `is not accepted`), or make it the
    field of a degree or a board (`Diplomate of Oriental Medicine`).
    """
    if topic in SAYS_NO:
        return False
    before = _CLAUSE_END.split(text[:start])[-1]
    after = _CLAUSE_END.split(text[end:])[0]
    if table == "therapies" and _A_FIELD.search(before):
        return True
    if found_words("only_so", plain(before)):
        return False
    if has_word("not", before):
        return True
    if table == "languages" and has_word("not_a_language", after[:25].lstrip()[:20].split(" ")[0]):
        return True
    return table == "insurance" and has_word("not_after", after[:60])


SAYS_NO = frozenset(("does not accept insurance", "out of network"))


def tokens_of(text: str) -> Tokens:
    """The words of a text for comparison, each with its place."""
    return [(stem(match.group()), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def terms_in(table: str, text: str, tokens: Tokens) -> Iterator[tuple[str, int, int]]:
    """(topic, start, end) of every wording of a topic in the text, the longest at each place."""
    for written, topic in unspaced(table):
        at = text.find(written)
        if at >= 0:
            yield topic, at, at + len(written)
    known, at = wordings(table), 0
    while at < len(tokens):
        wording = wording_at(known.get(tokens[at][0], ()), tokens, at, text)
        if wording:
            yield wording.topic, tokens[at][1], tokens[at + len(wording.words) - 1][2]
        at += len(wording.words) if wording else 1
    noun = SHARED_NOUNS.get(table, "")
    if noun and noun in text.casefold():
        yield from sharing(table, noun, text)


def wording_at(known: Iterable[Wording], tokens: Tokens, at: int, text: str) -> Wording | None:
    """The longest of these wordings that stands here."""
    for wording in known:
        part = tokens[at : at + len(wording.words)]
        same = tuple(word for word, _, _ in part) == wording.words and is_one_piece(part, text)
        if same and (not wording.capitals or text[part[0][1] : part[-1][2]].isupper()):
            return wording
    return None


def is_one_piece(part: Tokens, text: str) -> bool:
    """Whether nothing but a space, a hyphen or the like stands between the words."""
    gaps = (text[one[2] : other[1]] for one, other in pairwise(part))
    return all(_BETWEEN.fullmatch(gap) for gap in gaps)


def sharing(table: str, noun: str, text: str) -> Iterator[tuple[str, int, int]]:
    """Topics of which only the last one has its noun written out."""
    for match in re.finditer(_SHARED.format(noun=noun), text, re.I):
        for item in _ITEM.finditer(match[1]):
            topic = topic_of(table, item.group().split(), noun)
            if topic:
                yield topic, match.start(1) + item.start(), match.end()


def topic_of(table: str, words: list[str], noun: str) -> str:
    """The topic that the last words of an item mean together with a noun."""
    for count in range(min(2, len(words)), 0, -1):
        wanted = tuple(stem(word) for word in [*words[-count:], noun])
        same = (one.topic for one in wordings(table).get(wanted[0], ()) if one.words == wanted)
        topic = next(same, "")
        if topic:
            return topic
    return ""


@cache
def wordings(table: str) -> dict[str, list[Wording]]:
    """Wordings that mean their topic, by first word, the longest first."""
    found: dict[str, list[Wording]] = {}
    for row in read_rule_table(table):
        words = tuple(stem(word) for word in _TOKEN.findall(row["synonym"]))
        if row["relation"] == "same" and words and not is_unspaced(row["synonym"]):
            capitals = row["synonym"].isupper() and len(row["synonym"]) <= 6
            found.setdefault(words[0], []).append(Wording(words, row["topic"], capitals))
    for same_start in found.values():
        same_start.sort(key=lambda wording: -len(wording.words))
    return found


@cache
def unspaced(table: str) -> list[tuple[str, str]]:
    """Wordings in scripts that put no space between words."""
    rows = [row for row in read_rule_table(table) if row["relation"] == "same" and is_unspaced(row["synonym"])]
    return [(row["synonym"], row["topic"]) for row in rows]


def is_unspaced(text: str) -> bool:
    return any("\u2e80" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af" for letter in text)


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A word for comparison: folded, without the s of a plural."""
    plain_word = fold(word)
    if len(plain_word) > 4 and plain_word.endswith("ies"):
        return f"{plain_word[:-3]}y"
    if len(plain_word) > 3 and plain_word.endswith("s") and not plain_word.endswith(("ss", "us", "is")):
        return plain_word[:-1]
    return plain_word


def shortened(text: str) -> str:
    """A sentence for showing, cut at a word."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_SAYS else f"{text[: LONGEST_SAYS - 1].rsplit(' ', 1)[0]}…"
