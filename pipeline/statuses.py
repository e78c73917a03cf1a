"""Words of boards and of the certifier, turned into the words of the design, or stopped.

In: a status or designation as its source prints it. Out: the normalized word. A word that no rule file knows
raises UnknownWord, which names the file to correct: a status never falls through to a default.

A board may say the status of one license in several columns, each with words of its own: `source:column` in
rules/status_words.csv names such a vocabulary, and the words of every board (`*`) are not read there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from crawler.records import plain_word
from pipeline.facts import LIVE
from pipeline.rules import read_rule_table

_BODIES = ("nccaom", "ncbahm", "ncca")
_BODY = re.compile(rf"\s*\((?:{'|'.join(_BODIES)})\)")
SOURCE = "source_kind_or_source"
EVERY_SOURCE = "*"
# What allows practice first, then what ends it, from the least to the most that is said of it.
FROM_BEST_TO_WORST = "active limited pending inactive expired retired surrendered suspended revoked deceased".split()
SAYS_NO = frozenset({"n", "no", "false", "0"})


class UnknownWord(ValueError):
    """A word that its rule file lacks: `vocabulary`, the `word` as printed; the message names its file."""

    def __init__(self, vocabulary: str, word: str, file: str) -> None:
        self.vocabulary = vocabulary
        self.word = word[:80]
        super().__init__(f"The word {self.word!r} is not known as {vocabulary}; add it to pipeline/rules/{file}.")


def license_status(source: str, raw: str) -> str:
    """The license word of the design for a board's RAW word. Raises UnknownWord."""
    words = _license_words(source)
    word = plain_word(raw)
    if word not in words:
        raise UnknownWord(f"license_status:{source}", raw, "status_words.csv")
    return words[word]


def board_words(source: str, fields: Mapping[str, str]) -> dict[str, str]:
    """What a board's columns say of one license: raw word -> our word, the status itself first.

    A column that sets no limit to practice (no discipline, a dismissed complaint, a reason `current`) says nothing.
    """
    found = {fields["status"]: license_status(source, fields["status"])}
    if reason := fields.get("status_reason", ""):
        found.setdefault(reason, license_status(source, reason))
    if order := fields.get("disciplinary_status", ""):
        word = license_status(f"{source}:disciplinary_status", order)
        found |= {} if word == "active" else {order: word}
    if fields.get("currently_licensed", "").strip().casefold() in SAYS_NO and worst(found.values()) in LIVE:
        found[f"currently_licensed {fields['currently_licensed']}"] = "inactive"
    return found


def worst(words: Iterable[str]) -> str:
    """The word that allows least."""
    return max(words, key=FROM_BEST_TO_WORST.index)


def certification_status(raw: str) -> str:
    """`listed` or `listed_inactive` for the certifier's RAW status word. Raises UnknownWord."""
    words = _certification_words()
    word = plain_word(raw)
    if word not in words:
        raise UnknownWord("certification_status", raw, "certification_status_words.csv")
    return words[word]


def designation(raw: str) -> tuple[str, str]:
    """(issuer, designation) for a badge or a printed designation. Raises UnknownWord.

    `AC Certification` and `Dipl. Ac. (NCCAOM)\u00ae` both give `("NCBAHM", "Dipl. Ac.")`.
    """
    words = _designation_words()
    word = plain_word(raw)
    for spelling in (word, _BODY.sub("", word).strip()):
        if spelling in words:
            return words[spelling]
    raise UnknownWord("designation", raw, "designation_words.csv")


def known_words() -> dict[str, set[str]]:
    """Every vocabulary and its words: `certification_status`, `designation`, `exclusion_type`, `license_status:SOURCE`.

    `license_status:*` holds the words that are read alike from every board; each source has them besides its
    own.
    """
    sources = {row[SOURCE] for row in read_rule_table("status_words")}
    found = {f"license_status:{source}": set(_license_words(source)) for source in sorted(sources)}
    found["certification_status"] = set(_certification_words())
    found["exclusion_type"] = {plain_word(row["code"]) for row in read_rule_table("exclusion_types")}
    words = set(_designation_words())
    found["designation"] = words | {f"{word} ({body})" for word in words for body in _BODIES}
    return found


@cache
def _license_words(source: str) -> dict[str, str]:
    rows = read_rule_table("status_words")
    shared = EVERY_SOURCE if ":" not in source else ""
    words = {row["raw"]: row["status"] for row in rows if row[SOURCE] == shared}
    return words | {row["raw"]: row["status"] for row in rows if row[SOURCE] == source}


@cache
def _certification_words() -> dict[str, str]:
    return {row["raw"]: row["status"] for row in read_rule_table("certification_status_words")}


@cache
def _designation_words() -> dict[str, tuple[str, str]]:
    rows = read_rule_table("designation_words")
    return {row["raw"]: (row["issuer"], row["designation"]) for row in rows}
