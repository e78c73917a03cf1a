"""Three states of an invented nation, and what happens to their people in a year.

In: how many people, a seed. Out: `Life`, the world of the change-feed benchmark narrowed to the sources of this year,
with people who come back to a list they left. A source shows an edition: what it held when the fault-free operator's
cadence reached it; between two editions nothing of it changes, so that a late reading can be compared with a good one.
"""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from random import Random

from crawler.catalog import source_class
from crawler.records import Record, key_of_row
from tests.benchmarks.change_feed.rows import Row, row_of
from tests.benchmarks.change_feed.world import EVENTS, SYLLABLES, World
from tests.benchmarks.year.pages import SOURCES, STATES, Edition, rows_of

OF_A_NATION = 5.5  # people of a nation for each one in these three states
STRANGERS = 40
PACE = 0.4  # of the change feed's lively nights: a year is long
YEAR_EVENTS = {name: share * PACE for name, share in EVENTS.items()} | {
    "returned": 1.5, "add_exclusion": 0.5, "lifted": 0.3, "rekeyed": 0.3,
}  # fmt: skip


class Life(World):
    """`gone`: rows that left a list and may come back; `editions`: source -> what it shows tonight."""

    def __init__(self, people: int, seed: int, pace: float = 1.0) -> None:
        events = {name: share * pace for name, share in YEAR_EVENTS.items()}
        super().__init__(round(people * OF_A_NATION), seed, events)
        self.gone: list[Row] = []
        self.narrow()
        self.people = len({row.person for row in self.rows.values() if row.source != "leie"})
        self.editions: dict[str, Edition] = {}
        self.person_of = {row.record.id: row.person for row in self.rows.values()}

    def narrow(self) -> None:
        """Only what the sources of this year print."""
        self.rows = {key: row for key, row in self.rows.items() if is_ours(row)}
        kept = {person: [row for row in rows if is_ours(row)] for person, rows in self.later.items()}
        self.later = defaultdict(list, {person: rows for person, rows in kept.items() if rows})
        self.unlisted = [row for row in self.unlisted if is_ours(row)]
        self.rows |= {row.record.id: row for row in strangers(self.rng)}

    def delisted(self) -> bool:
        before = dict(self.rows)
        happened = super().delisted()
        self.gone += [row for key, row in before.items() if key not in self.rows]
        return happened

    @property
    def watched(self) -> set[int]:
        """Who has another key in the directory keeps the name: with both another nobody could know the row again."""
        return super().watched | {row.person for row in self.rows.values() if row.record.id in self.same}

    def rekeyed(self) -> bool:
        """The directory gives a row another key, never one whose name has changed."""
        aside = {key: row for key, row in self.rows.items() if row.source == "ncbahm" and row.facts["name"]}
        self.rows = {key: row for key, row in self.rows.items() if key not in aside}
        happened = super().rekeyed()
        self.rows |= aside
        return happened

    def returned(self) -> bool:
        """Somebody stands in a list again, as before."""
        if not self.gone:
            return False
        row = self.gone.pop(int(self.rng.random() * len(self.gone)))
        self.rows[row.record.id] = row
        return True

    def publish(self, night: int) -> list[str]:
        """Each source whose cadence has come shows what is now; returns their names."""
        due = [source for source in SOURCES if night % source_class(source).cadence_days == 0]
        for source in due:
            self.editions[source] = self.edition(source, night)
        self.person_of |= {row.record.id: row.person for row in self.rows.values()}
        return due

    def edition(self, source: str, night: int) -> Edition:
        rows = tuple(deepcopy(row) for row in rows_of(source, self.rows.values()))
        last = self.editions.get(source)
        same = last is not None and said(last.rows) == said(rows)
        return Edition(night, rows, last.changed if last and same else night)


def strangers(rng: Random) -> list[Row]:
    """People of other trades on the exclusion list, which is never as short as our few would make it."""
    return [stranger("".join(rng.choice(SYLLABLES) for _ in range(4)).upper(), -1 - at) for at in range(STRANGERS)]


def stranger(family: str, person: int) -> Row:
    fields = {
        "family_name": family, "given_name": "ODALYS", "general": "IND- LIC HC SERV PRO", "specialty": "PHARMACY TECH",
        "state": "NV", "exclusion_type": "1128b4", "excluded_on": "20150720",
    }  # fmt: skip
    return row_of(Record("leie", key_of_row(fields), "u", "", "", "", "", fields), person)


def is_ours(row: Row) -> bool:
    return row.source == "leie" or (row.source in SOURCES and row.record.partition in STATES)


def said(rows: tuple[Row, ...]) -> list[object]:
    return [(row.record.id, row.fields) for row in rows]
