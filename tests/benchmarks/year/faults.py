"""What goes wrong in a year: which fault meets which source on which night, by seed.

In: a seed, the night, the sources that are due. Out: `Trouble` for the night. Faults of the web change answers or close
the door; faults of the machine kill the run or fill its disk.
"""

from __future__ import annotations

import csv
import io
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from tests.benchmarks.year.pages import BOARDS
from tests.fault_server import Answer

Change = Callable[[Answer, int], Answer]
CHALLENGE = b"<html><head><title>Just a moment...</title></head><body><div class='cf-turnstile'></div></body></html>"
PAGE = {"Content-Type": "text/html"}
DIRT = "\x00\x1b[31m\x07\r\n"
REFUSED = "outage: refused"  # its address leads to a closed port
FEWER = "content: a third"  # well-formed and consistent, with a third of the rows
KILLS = ("killed in crawl", "killed in build")
DISKS = ("disk full in crawl", "disk full in build")
MACHINE_SHARE, BOARD_SHARE, SLOW_SHARE = 0.12, 0.10, 0.45  # of nights; of nights that ask it; of readings
QUIET = 3  # nights at the end of a year on which everything is read once more
LONG = ("board_il", 150, 250)  # a roster that is down until its tags are too old to stand
GATE_NIGHTS = 70  # the certifier is asked every 30 days, however it answers: the last two readings are good


def say(status: int, body: bytes = b"no", **headers: str) -> Change:
    return lambda sound, number: Answer(body, status, PAGE | headers)


def renamed(sound: Answer, number: int) -> Answer:
    """The layout has changed: every name of a column or of a part of a page is another one."""
    if sound.body[:1] in (b"[", b"{"):
        found = json.loads(sound.body)
        if isinstance(found, list) and found and "count" not in found[0]:
            rows = [{f"{name}_v2": value for name, value in row.items()} for row in found]
            return replace(sound, body=json.dumps(rows).encode())
        if isinstance(found, dict) and "results" in found:
            rows = [
                {("base" if name == "basic" else name): value for name, value in row.items()}
                for row in found["results"]
            ]
            return replace(sound, body=json.dumps(found | {"results": rows}).encode())
        return sound
    text = sound.body.decode()
    new = (
        text.replace("LASTNAME", "LAST_NAME")
        .replace("result-card__item", "rc2")
        .replace('class="gendar"', 'class="g2"')
    )
    return replace(sound, body=new.replace("detail-info__content", "di2").encode())


def bad_rows(kind: str) -> Change:
    """One row in so many is torn, of wrong types, or holds control characters."""

    def spoiled(sound: Answer, number: int) -> Answer:
        if sound.body[:1] in (b"[", b"{"):
            found = json.loads(sound.body)
            rows = found if isinstance(found, list) else found.get("results", [])
            for row in rows[3::9]:
                spoil(row, kind)
            return replace(sound, body=json.dumps(found).encode())
        if sound.body[:8] == b"LASTNAME":
            rows = list(csv.reader(io.StringIO(sound.body.decode())))
            for row in rows[4::9]:
                row[:] = row[: len(row) // 2] if kind == "torn" else [f"{cell}{DIRT}" if cell else "" for cell in row]
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            return replace(sound, body=text.getvalue().encode())
        torn = sound.body.replace(b'<p class="gendar">', b'<p class="gen', 1)
        return replace(sound, body=torn if kind == "torn" else sound.body.replace(b"</h2>", b"\x00\x07</h2>"))

    return spoiled


def spoil(row: dict[str, object], kind: str) -> None:
    for at, name in enumerate(list(row)):
        value = row[name]
        if kind == "torn" and at > len(row) // 3:
            del row[name]
        elif kind == "types" and ("name" in name or name == "basic"):
            row[name] = wrong_type(value)
        elif kind == "control" and isinstance(value, str):
            row[name] = value[:1] + DIRT + value[1:]


def wrong_type(value: object) -> object:
    """A list where a text belongs; in an object each of its texts."""
    return {name: [text] for name, text in value.items()} if isinstance(value, dict) else [value]


def cut(sound: Answer, number: int) -> Answer:
    return replace(sound, cut=len(sound.body) // 2)


def short(sound: Answer, number: int) -> Answer:
    """A body that ends early while its length says that it is whole."""
    return replace(sound, body=sound.body[: len(sound.body) * 2 // 3])


def drip(sound: Answer, number: int) -> Answer:
    return replace(sound, body=sound.body[:400], announced=len(sound.body), drip=0.05)


def empty(sound: Answer, number: int) -> Answer:
    """Well-formed, and nothing in it."""
    body = {b"[": b"[]", b"{": b'{"result_count": 0, "results": []}'}.get(sound.body[:1], b"")
    return replace(sound, body=body)


def without_tag(sound: Answer) -> Answer:
    """Without the validator: other bytes are not "as they were", and a 304 would keep the fault from being met."""
    return replace(sound, headers={name: value for name, value in sound.headers.items() if name != "ETag"})


# kind -> what it does to each answer, and on how many nights in a row at most. Those of `DIRTY` may be survived.
WEB: dict[str, tuple[Change | None, int]] = {
    REFUSED: (None, 4),
    "outage: 500": (say(500), 3),
    "block: 403": (say(403, CHALLENGE, **{"cf-mitigated": "challenge"}), 8),
    "block: 429": (say(429), 3),
    "block: captcha page": (say(200, CHALLENGE), 6),
    "layout: renamed": (renamed, 6),
    "bad rows: torn": (bad_rows("torn"), 2),
    "bad rows: types": (bad_rows("types"), 2),
    "bad rows: control": (bad_rows("control"), 2),
    "body: cut": (cut, 1),
    "body: short": (short, 1),
    "body: drip": (drip, 1),
    "content: page": (say(200, b"<html><body>Welcome to our new site</body></html>"), 2),
    "content: nothing": (empty, 2),
    FEWER: (None, 2),
}
DIRTY = ("bad rows: torn", "bad rows: types", "bad rows: control")


@dataclass
class Trouble:
    """`web`: source -> kind of fault; `machine`: one of KILLS or DISKS, or ""; `at`: how far, from 0 to 1."""

    web: dict[str, str] = field(default_factory=dict)
    machine: str = ""
    at: float = 0.0

    def kinds(self) -> list[str]:
        return [*self.web.values(), *([self.machine] if self.machine else [])]


class Faults:
    """Deals kinds of faults like cards, so that none is forgotten; a short year meets each once."""

    def __init__(self, seed: int, nights: int) -> None:
        self.rng, self.nights = Random(f"{seed} faults of a year"), nights
        self.short = nights < 30
        self.web: deque[str] = deque()
        self.machine: deque[str] = deque()
        self.lasting: dict[str, tuple[str, int]] = {}

    def tonight(self, night: int, due: list[str]) -> Trouble:
        """`due`: sources that the operator will ask tonight. The first and the last nights are quiet."""
        trouble = Trouble(at=self.rng.random())
        if night == 0 or night >= self.nights - (1 if self.short else QUIET):
            return trouble
        if self.meets_machine(night, due):
            trouble.machine = self.dealt(self.machine, [*KILLS, *DISKS])
        spared = BOARDS[night % len(BOARDS)] if self.short and trouble.machine else ""  # so that there is a build
        for source in due:
            kind = "" if source == spared else self.kind_for(source, night)
            if kind:
                trouble.web[source] = kind
        return trouble

    def meets_machine(self, night: int, due: list[str]) -> bool:
        """A card and its profile must be of one night: nights that ask the directory are left alone."""
        if self.short:
            return night % 3 != 1
        return self.rng.random() < MACHINE_SHARE and "ncbahm" not in due

    def kind_for(self, source: str, night: int) -> str:
        """What meets this source, by itself for some nights; "" for nothing."""
        kind, until = self.lasting.get(source, ("", 0))
        if source == LONG[0] and LONG[1] <= night < LONG[2] < self.nights:
            return REFUSED
        if night < until:
            return kind
        share = 1.0 if self.short else BOARD_SHARE if source in BOARDS else SLOW_SHARE
        if self.rng.random() >= share or (source == "ncbahm" and night > self.nights - GATE_NIGHTS):
            return ""
        kind = self.dealt(self.web, list(WEB))
        longest = 1 if self.short else WEB[kind][1]
        self.lasting[source] = kind, night + 1 + int(self.rng.random() * longest)
        return kind

    def dealt(self, deck: deque[str], kinds: list[str]) -> str:
        if not deck:
            self.rng.shuffle(kinds)
            deck.extend(kinds)
        return deck.popleft()
