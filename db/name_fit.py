"""How a name that somebody typed fits a name that a source printed, and in what words.

Comes in: folded words of both. Goes out: a `Fit` with a cost (0 is the same name) and the reason a person reads. Small
slips are forgiven: letters wrong or swapped, another order, a short form, an initial, a middle name left out, words
written apart or together. A fit finds candidates; it never says that somebody is the person asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

SAME = "the same name"
OTHER_ORDER = "the same name in another order"
EVERY_WORD = "a name that holds every word asked for"
LEAST_FOR_ONE, LEAST_FOR_TYPO, LEAST_FOR_TWO, LEAST_FOR_BEGINNING = 3, 4, 6, 3
COSTS = {"same": 0.0, "nickname": 2.0, "initial": 2.0, "one letter": 3.0, "beginning": 3.5, "two letters": 5.0}
COSTS |= {"left out": 0.5, "printed initial": 4.0, "absent": 6.0}
EXTRA, ANOTHER_ORDER = 0.5, 0.25
PARTICLES = frozenset("de del della der den di da dos das la las le van von y".split())
MOST_WRONG = 3
INITIALS = ("initial", "printed initial")
Nicknames = Callable[[str], frozenset[str]]


@dataclass(frozen=True)
class Fit:
    """`exact` when every word of the question stands in the name as written; `cost` ranks, the least first."""

    cost: float
    exact: bool
    reason: str


@dataclass(frozen=True)
class Step:
    """How one asked word was met; `known` is the word that met it, "" when nothing did."""

    asked: str
    known: str
    kind: str


def fit(asked: Sequence[str], known: Sequence[str], nicknames: Nicknames) -> Fit | None:
    """Return how an asked name fits a known one, or None when they are too far apart."""
    asked, known = together(asked, known), together(known, asked)
    steps = steps_between(asked, known, nicknames)
    if not near_enough(steps):
        return None
    left = len(known) - sum(bool(step.known) for step in steps)
    cost = sum(COSTS[step.kind] for step in steps) + EXTRA * left
    if all(step.kind == "same" for step in steps):
        same, order = list(asked) == list(known), sorted(asked) == sorted(known)
        reason = SAME if same else (OTHER_ORDER if order else EVERY_WORD)
        return Fit(cost + ANOTHER_ORDER * (reason == OTHER_ORDER), met_words(steps) > 1, reason)
    exact = {step.kind for step in steps} <= {"same", "left out"} and met_words(steps) > 1
    return Fit(cost, exact, "; ".join(said for step in steps if (said := in_words(step))))


def near_enough(steps: list[Step]) -> bool:
    """More words are met than absent, and few letters are wrong: beside an initial or an absent word at most one."""
    kinds = [step.kind for step in steps]
    weak = bool({"absent", *INITIALS} & set(kinds))
    wrong = kinds.count("one letter") + 2 * kinds.count("two letters")
    return met_words(steps) > kinds.count("absent") and wrong <= (1 if weak else MOST_WRONG)


def met_words(steps: list[Step]) -> int:
    return sum(bool(step.known) and step.kind not in INITIALS and len(step.asked) > 1 for step in steps)


def together(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """Write two neighbors as one word where the other name does: `mc donald` beside `mcdonald`."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] + word in others:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def steps_between(asked: Sequence[str], known: Sequence[str], nicknames: Nicknames) -> list[Step]:
    """Meet each asked word with the best known word that is still free, the surest pairs first."""
    pairs = [
        (kind, i, j) for i, a in enumerate(asked) for j, k in enumerate(known) if (kind := met_by(a, k, nicknames))
    ]
    pairs.sort(key=lambda pair: (COSTS[pair[0]], pair[1], pair[2]))
    found: dict[int, tuple[int, str]] = {}
    for kind, i, j in pairs:
        if i not in found and all(j != taken for taken, _ in found.values()):
            found[i] = (j, kind)
    free = [word for j, word in enumerate(known) if all(j != taken for taken, _ in found.values())]
    return [
        Step(word, known[found[i][0]], found[i][1]) if i in found else Step(word, "", why_absent(word, free))
        for i, word in enumerate(asked)
    ]


def why_absent(word: str, free: list[str]) -> str:
    """A particle, or an initial that contradicts no other middle name, may be left out by a source."""
    return "left out" if word in PARTICLES or (len(word) == 1 and not free) else "absent"


def met_by(asked: str, known: str, nicknames: Nicknames) -> str:
    """Return how a known word meets an asked one, or ""."""
    if asked == known:
        return "same"
    if 1 in (len(asked), len(known)):
        kind = "initial" if len(asked) == 1 else "printed initial"
        return kind if asked[0] == known[0] else ""
    if known in nicknames(asked):
        return "nickname"
    if wrong := letters_wrong(asked, known):
        return "one letter" if wrong == 1 else "two letters"
    return "beginning" if len(asked) >= LEAST_FOR_BEGINNING and known.startswith(asked) else ""


def letters_wrong(asked: str, known: str) -> int:
    """Return how many letters are wrong, missing or swapped, or 0 where they are too many to be a slip."""
    most = letters_allowed(len(asked))
    if not most or (len(asked) < LEAST_FOR_TYPO and asked[0] != known[0]):
        return 0
    wrong = OSA.distance(asked, known, score_cutoff=most)
    return wrong if wrong <= most else 0


def letters_allowed(length: int) -> int:
    """How many letters may be wrong in a word of some length: short words of other people differ by less."""
    return 0 if length < LEAST_FOR_ONE else (1 if length < LEAST_FOR_TWO else 2)


def in_words(step: Step) -> str:
    asked, known = step.asked.capitalize(), step.known.capitalize()
    return {
        "same": "",
        "nickname": f"{asked} and {known} are forms of one name",
        "initial": f"{asked} may stand for {known}",
        "printed initial": f"{asked} may be printed as {known}",
        "one letter": f"{asked} is one slip of a letter from {known}",
        "two letters": f"{asked} is two slips from {known}",
        "beginning": f"{known} begins with {asked}",
        "left out": f"the same name without {asked}",
        "absent": f"{asked} is not in this name",
    }[step.kind]
