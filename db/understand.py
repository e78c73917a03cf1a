"""What one box of text asks for: a name, a condition, a place, or several of them at once.

Comes in: the text as typed ("leg pain near Seattle", "Li Wei 98101", "cupping Portland OR") and the vocabulary.
Goes out: `Understood`: topics, a place, a state, numbers to check, and the words that are left, which are looked for in
names, clinics and towns. Whatever was read out of the text is said on the page, with a way to search the words
themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from db.keys import name_words
from db.places import find_place, is_town, town_key, town_parts, zip_towns
from db.vocabulary import Vocabulary, Wanted

MOST_WORDS = 40
LONGEST_TOWN = 4
BEFORE_PLACES = frozenset("in near around at by close to".split())
LINKING = BEFORE_PLACES | frozenset(
    "and or for with who that treat treats treating help helps helping speak speaks speaking accept accepts accepting"
    " take takes taking does doing offer offers offering need".split()
)
ARTICLES = frozenset("a an the my our".split())  # An, The and My are names too: taken out only before what they lead to
ZIP_WORDS = frozenset("zip zipcode zip-code code".split())
PROFESSION = frozenset("acupuncture acupuncturist acupuncturists practitioner practitioners".split())
NO_LOCATION = "This site does not ask where you are: write a ZIP, or a city and state, to search nearby."
_TOKEN = re.compile(r"[^\s,;]+")
_LICENSE = re.compile(r"(?=.*\d{3})[A-Za-z]{1,4}[.-]?\d{1,4}-?\d{2,9}|\d{6,9}")
_HERE = re.compile(r"\b(?:near\s*(?:by|me)|around\s+here|close\s+to\s+me)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Understood:
    """`words` are left for names, clinics and towns; `npi` and `license` are numbers that look like one."""

    words: str
    topics: tuple[Wanted, ...] = ()
    near: str = ""
    state: str = ""
    npi: str = ""
    license: str = ""
    also_in: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class Reading:
    """Words not understood yet, and what was understood of the others."""

    left: list[str]
    topics: list[Wanted]
    near: str = ""
    state: str = ""
    npi: str = ""
    license: str = ""
    also_in: tuple[str, ...] = ()


def understand(
    text: str, vocabulary: Vocabulary, state_code: Callable[[str], str | None], bears_name: Callable[[str], int]
) -> Understood:
    """Read a text; `state_code` gives the code of a state's name, `bears_name` how many people have a word as name."""
    text, asks_here = _HERE.subn(" ", text)
    reading = Reading(_TOKEN.findall(text)[:MOST_WORDS], [])
    take_numbers(reading)
    take_town_and_state(reading, state_code)
    take_topics(reading, vocabulary)
    if not reading.near:
        take_town(reading, vocabulary, bears_name)
    take_profession(reading)
    notes = (NO_LOCATION,) if asks_here and not reading.near else ()
    return Understood(
        " ".join(reading.left),
        tuple(reading.topics),
        reading.near,
        reading.state,
        reading.npi,
        reading.license,
        reading.also_in,
        notes,
    )


def take_numbers(reading: Reading) -> None:
    """A ZIP is a place; ten digits that begin as an NPI does, and letters with digits behind, are numbers to check."""
    for word in list(reading.left):
        if re.fullmatch(r"[12]\d{9}", word):
            reading.npi = word
            reading.left.remove(word)
        elif re.fullmatch(r"\d{5}(-\d{4})?", word) and not reading.near and find_place(word):
            take_zip(reading, reading.left.index(word))
        elif _LICENSE.fullmatch(word):
            reading.license = word
            reading.left.remove(word)


def take_zip(reading: Reading, at: int) -> None:
    """A ZIP with what leads to it: `ZIP code 98101`, `Seattle, WA 98101`, `Seattle 98101`."""
    reading.near, start = reading.left[at][:5], at
    while start and reading.left[start - 1].casefold().strip(":.") in ZIP_WORDS:
        start -= 1
    before = reading.left[:start]
    spans = range(1, min(LONGEST_TOWN + 2, start) + 1)
    lengths = [length for length in spans if is_town_of(before[-length:], *zip_towns()[reading.near])]
    cut(reading, start - max(lengths, default=0), at + 1)


def is_town_of(words: list[str], town: str, state: str) -> bool:
    """Whether words are a town of the ZIP's state and that state, or the ZIP's own town: `Kent` 98101 is a name."""
    text = " ".join(words)
    return town_key(text) == town or any(code == state and is_town(city, code) for city, code in town_parts(text))


def take_town_and_state(reading: Reading, state_code: Callable[[str], str | None]) -> None:
    """`Portland OR`, `St. Louis Missouri`; a state alone only by its name, or by its code in capitals."""
    for start, end, code in states_in(reading.left, state_code):
        for length in range(min(LONGEST_TOWN, start), 0, -1):
            town = " ".join(reading.left[start - length : start])
            if not reading.near and find_place(f"{town}, {code}"):
                reading.near = f"{town}, {code}"
                cut(reading, start - length, end)
                return
    for start, end, code in states_in(reading.left, state_code):
        said = " ".join(reading.left[start:end])
        if len(said) > 2 or (said.isupper() and len(reading.left) > 1):
            reading.state = code
            cut(reading, start, end)
            return


def states_in(words: list[str], state_code: Callable[[str], str | None]) -> list[tuple[int, int, str]]:
    """Where words name a state: (start, end, code), the last and longest first."""
    found = []
    for start in range(len(words)):
        for end in range(start + 1, min(start + 4, len(words)) + 1):
            code = state_code(" ".join(words[start:end]).rstrip("."))
            if code:
                found.append((start, end, code))
    return sorted(found, key=lambda span: (span[1], span[1] - span[0]), reverse=True)


def take_topics(reading: Reading, vocabulary: Vocabulary) -> None:
    """The longest wordings first; `acupuncture` alone is what everybody here does, and narrows nothing."""
    for length in range(min(vocabulary.longest, len(reading.left)), 0, -1):
        start = 0
        while start + length <= len(reading.left):
            words = reading.left[start : start + length]
            wanted = None if is_profession(words) else vocabulary.any_kind(" ".join(words))
            if wanted and wanted not in reading.topics:
                reading.topics.append(wanted)
                cut(reading, start, start + length)
            else:
                start += 1


def is_profession(words: list[str]) -> bool:
    said = {word for text in words for word in name_words(text)}
    return bool(said) and said <= PROFESSION


def take_town(reading: Reading, vocabulary: Vocabulary, bears_name: Callable[[str], int]) -> None:
    """A town without its state, where more people practice in it than bear it as a name."""
    for length in range(min(LONGEST_TOWN, len(reading.left)), 0, -1):
        for start in range(len(reading.left) - length + 1):
            town = " ".join(reading.left[start : start + length])
            states = vocabulary.towns.get(town_key(town), {})
            said = start > 0 and reading.left[start - 1].casefold() in BEFORE_PLACES
            alone = length == len(reading.left)
            if states and (said or ((alone or reading.topics) and sum(states.values()) > bears_name(town))):
                first, *others = sorted(states, key=lambda state: (-states[state], state))
                if find_place(f"{town}, {first}"):
                    reading.near = f"{town}, {first}"
                    reading.also_in = tuple(f"{town}, {state}" for state in others)
                    cut(reading, start, start + length)
                    return


def cut(reading: Reading, start: int, end: int) -> None:
    """Take words out, and the words that led to them (`near`, `who treats`)."""
    if start and reading.left[start - 1].casefold() in ARTICLES:
        start -= 1
    while start and reading.left[start - 1].casefold() in LINKING:
        start -= 1
    del reading.left[start:end]


def take_profession(reading: Reading) -> None:
    """`an acupuncturist who`: everybody here is one; beside other words it may be the name of a clinic."""
    understood = reading.topics or reading.near or reading.state
    if not understood and not all(is_profession([word]) for word in reading.left):
        return
    for word in [word for word in reading.left if is_profession([word])]:
        at = reading.left.index(word)
        cut(reading, at, at + 1)
    if understood:
        reading.left = [word for word in reading.left if word.casefold() not in LINKING]
