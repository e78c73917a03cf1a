"""The bundled sample as a site that changes: what the sources say in one round, and what in the next.

In: a folder of its own, a seed. Out: the sample's files there, changed a little each round: statuses and dates of three
boards, somebody who leaves a roster and comes back, one more exclusion. Within a round nothing changes, so that
however often a source is read in it, the history must come out the same.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from crawler.sample_site import SAMPLE

CHANGING = {"board_wa": "expirationdate", "board_co": "licenseexpirationdate", "board_il": "expiration_date"}
WIDE = "Acupuncture and Eastern Medicine Practitioner License"  # somebody always has it
EXCLUDED = '"{name}","ODALYS","","","NURSE","NURSE","","0000000000","","1 A ST","RENO","NV","89501"'
TERMS = '"1128b4","20200101","00000000","00000000",""\n'


@dataclass
class Site:
    """`folder` is what is served; `gone` is who left Washington's roster."""

    folder: Path
    rng: Random
    rounds: int = 0
    gone: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        shutil.copytree(SAMPLE, self.folder)

    @property
    def saved(self) -> Path:
        """The file that a person would import."""
        return self.folder / "leie" / "UPDATED.csv"

    def turn(self) -> None:
        """The sources say something new."""
        self.rounds += 1
        for source, dated in CHANGING.items():
            rows = self.rows(source)
            self.change(rows, dated)
            if source == "board_wa":
                self.come_and_go(rows)
            self.path(source).write_text(json.dumps(rows), encoding="utf-8")
        name = f"QUORNDALE{chr(ord('A') + self.rounds % 26)}{chr(ord('A') + self.rounds // 26)}"
        with self.saved.open("a", encoding="utf-8") as file:
            file.write(f"{EXCLUDED.format(name=name)},{TERMS}")

    def path(self, source: str) -> Path:
        return self.folder / source / "rows.json"

    def rows(self, source: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.path(source).read_text(encoding="utf-8"))
        return found

    def change(self, rows: list[dict[str, Any]], dated: str) -> None:
        """A tenth of the rows gets another date, one another status."""
        for row in self.rng.sample(rows, max(1, len(rows) // 10)):
            if row.get(dated):
                row[dated] = later(row[dated], self.rounds)
        row = self.rng.choice(rows)
        if row.get("status") in ("Active", "Expired"):
            row["status"] = "Expired" if row["status"] == "Active" else "Active"

    def come_and_go(self, rows: list[dict[str, Any]]) -> None:
        """The board counts its rows, and a crawl holds them against that."""
        if self.gone:
            rows.append(self.gone.pop())
        else:
            leaving = [row for row in rows if row["credentialtype"] == WIDE]
            self.gone.append(leaving.pop(self.rng.randrange(len(leaving))))
            rows.remove(self.gone[-1])
        path = self.folder / "board_wa" / "types.json"
        counts = Counter(row["credentialtype"] for row in rows)
        told = json.loads(path.read_text(encoding="utf-8"))
        for kind in told:
            kind["count"] = str(counts.get(kind["credentialtype"], kind["count"]))
        path.write_text(json.dumps(told), encoding="utf-8")


def later(date: str, rounds: int) -> str:
    """The same date with another year, whichever way it is written."""
    year = str(2026 + rounds % 9)
    return f"{date[:-4]}{year}" if "/" in date else f"{year}{date[4:]}"
