"""License numbers: given out board by board in the form each board uses, and written again by their holders.

In: a state. Out: `License` with a number nobody else has, and the ways in which its holder types it. Numbers are dense
where the board counts from one and sparse where it shares them with other professions, so a wrong digit finds somebody
else's number as often as it would.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from math import gcd
from random import Random

from tests.benchmarks.nation.places import states_of
from tests.benchmarks.nation.shares import Shares

FIRST_YEAR, YEARS = 1984, 42
PREFIXES = {"CA": "AC", "FL": "AP", "TX": "AC", "WA": "AC", "HI": "ACU", "OR": "AC", "CO": "ACU", "MD": "U", "PA": "AK"}
DIGITS = {"NY": 6, "TX": 5, "OR": 6, "MD": 5, "PA": 6, "CT": 6}
THE_DEAD = 20  # numbers of dead people kept for a board to give out again


@dataclass(slots=True)
class License:
    """`number` as the board prints it; `ended` says how, where it is not live; `row`: whether a list still shows it."""

    state: str
    number: str
    issued: str
    serial: int
    live: bool = True
    ended: str = ""
    disciplined: bool = False
    given_again: bool = False
    row: bool = True


class Boards:
    """Counts what each board has issued; it holds two numbers a state, whatever the size of the nation."""

    def __init__(self, rng: Random, people: int, shares: Shares) -> None:
        self.rng = rng
        self.issued: Counter[str] = Counter()
        self.room = rooms(people, shares)
        self.step = {state: coprime(room) for state, room in self.room.items()}
        self.dead: dict[str, deque[tuple[str, int]]] = defaultdict(lambda: deque(maxlen=THE_DEAD))
        self.again = shares.number_of_the_dead

    def issue(self, state: str) -> License:
        """A new number of a board; rarely one that belonged to somebody who died."""
        rng, room = self.rng, self.room[state]
        if self.dead[state] and rng.random() < self.again:
            number, serial = self.dead[state].popleft()
            issued = day(rng, FIRST_YEAR + YEARS - 1 - int(rng.random() * 8))
            return License(state, number, issued, serial, given_again=True)
        count = self.issued[state]
        self.issued[state] += 1
        serial = 1 + (count * self.step[state] % room if count < room else count)
        share = min(serial / room, 1.0)
        year = FIRST_YEAR + min(int(YEARS * share**0.75), YEARS - 1)
        return License(state, printed_number(state, serial, share, year), day(rng, year), serial)


def rooms(people: int, shares: Shares) -> dict[str, int]:
    """How many numbers each board will have given out: what this nation needs and those of people long gone."""
    found: dict[str, float] = defaultdict(float)
    for origin, share in shares.origins.items():
        drawn = states_of(origin)
        lower = 0.0
        for state, limit in zip(drawn.values, drawn.limits, strict=True):
            found[state] += share * (limit - lower) / drawn.total
            lower = limit
    return {state: int(people * part * 1.9) + 60 for state, part in found.items()}


def coprime(room: int) -> int:
    step = int(room * 0.6180339887) | 1
    while gcd(step, room) != 1:
        step += 2
    return step


def day(rng: Random, year: int) -> str:
    """ISO date in a year."""
    return f"{year}-{1 + int(rng.random() * 12):02d}-{1 + int(rng.random() * 28):02d}"


def printed_number(state: str, serial: int, share: float, year: int) -> str:
    """A number in the board's own form."""
    if state == "WA":
        return washington(serial, share)
    if state == "IL":
        return f"198{serial:06d}"
    if state == "MO":
        return f"{year}{serial * 37 % 1_000_000:06d}"
    if state == "DE":
        return f"C4-{serial:07d}"
    if state == "NJ":
        return f"25MZ{serial:06d}00"
    if state == "VA":
        return f"0121{serial:06d}"
    if state == "HI":
        return f"ACU-{serial}"
    letters = {"TX": "AC", "OR": "AC", "MD": "U", "PA": "AK"}.get(state, "")
    return f"{letters}{serial:0{DIGITS.get(state, 1)}d}"


def washington(serial: int, share: float) -> str:
    """The department's numbers run through all its professions; the oldest are the board's own."""
    return f"AC{serial:08d}" if share < 0.15 else f"AC{60_000_000 + serial * 23}"


def typed(rng: Random, item: License) -> str:
    """The number as a person types it into a form."""
    state, number = item.state, item.number
    letters = PREFIXES.get(state, "")
    bare = number.removeprefix(letters).lstrip("-") if letters else number
    chance = rng.random()
    if state == "NY":
        other = bare.lstrip("0") if chance < 0.92 else f"{number}01"
        return number if chance < 0.55 else f"{number}-1" if chance < 0.75 else other
    if not letters or chance < 0.35:
        return bare if chance > 0.03 else f"LIC {bare}"
    if chance < 0.72:
        return f"{letters}{bare}"
    return f"{letters} {bare}" if chance < 0.88 else f"{letters}-{bare}" if chance < 0.93 else f"L.Ac. {bare}"


def mistyped(rng: Random, number: str) -> str:
    """One digit wrong, or two that changed places."""
    places = [at for at, sign in enumerate(number) if sign.isdigit()]
    at = places[int(rng.random() * len(places))]
    if rng.random() < 0.3 and at + 1 < len(number) and number[at + 1].isdigit() and number[at] != number[at + 1]:
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    wrong = (int(number[at]) + 1 + int(rng.random() * 9)) % 10
    return f"{number[:at]}{wrong}{number[at + 1 :]}"
