"""The year: each night the nation lives, one operator runs in peace and the other among faults, and both are looked at.

In: nights, people, a seed, a folder. Out: `Report`. Both operators ask the same editions on the same nights; what the
second must know and tell in spite of its faults is worked out by `Ledger` from what the first published.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sized
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from crawler.records import Record
from db.opening import current
from pipeline.commands.source_facts import source_facts
from pipeline.overview import is_due
from tests.benchmarks.year.clock import clock_at, night_time
from tests.benchmarks.year.compared import NEVER, Compared, compare
from tests.benchmarks.year.faults import DIRTY, Faults, Trouble
from tests.benchmarks.year.harm import harmful
from tests.benchmarks.year.ledger import Ledger, edition_at
from tests.benchmarks.year.life import Life
from tests.benchmarks.year.night import Ended, Site, run_night, served
from tests.benchmarks.year.pages import SOURCES, STATES, Edition
from tests.benchmarks.year.seen import Look, Part, Read, Shelf, look

Said = Callable[[str], None]


@dataclass
class Report:
    """What a year was and what was wrong in it; `wrong` is empty in a good one."""

    nights: int
    people: int
    faults: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    unpublished: int = 0
    compared: Compared = field(default_factory=Compared)
    happened: dict[str, int] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    claims: int = 0
    same_end: str = ""
    harm: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    nonsense: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    end: list[str] = field(default_factory=list)
    peace: list[str] = field(default_factory=list)
    minutes: float = 0.0

    def wrong(self) -> dict[str, int]:
        """What may not be, and how often it was."""
        lists: dict[str, Sized] = {
            "harmful": self.harm, "torn": self.torn, "nonsense": self.nonsense, "silent": self.silent,
            "dates": self.dates, "end": self.end, "peace": self.peace,
            "missing": self.compared.missing, "extra": self.compared.extra,
        }  # fmt: skip
        return {name: len(found) for name, found in lists.items() if found}


@dataclass
class Operator:
    """One data folder, the servers it asks, and what was last seen of it."""

    shelf: Shelf
    site: Site
    published: str = ""
    read_at: dict[Part, Read] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.shelf.data

    def has_published(self) -> bool:
        """Whether the run led people to another file than the one before."""
        path = current(self.data)
        name = path.resolve().name if path else ""
        new, self.published = name != self.published, name
        if new:
            self.read_at = self.shelf.read_at()
        return new

    def due(self, night: int) -> list[str]:
        """What a run of tonight will ask."""
        facts = source_facts()
        return [name for name in SOURCES if is_due(self.data, facts[name], night_time(night), STATES)]


class Year:
    def __init__(self, folder: Path, people: int, nights: int, seed: int, sites: list[Site], pace: float = 1.0) -> None:
        self.life = Life(people, seed, pace)
        self.faults = Faults(seed, nights)
        self.whole, self.lossy = (
            Operator(Shelf(folder / name), site) for name, site in zip(("peace", "faults"), sites, strict=True)
        )
        for operator in (self.whole, self.lossy):
            operator.data.mkdir(parents=True)
        self.ledger = Ledger(self.life.same, self.life.person_of)
        self.peaceful = Ledger(self.life.same, self.life.person_of)
        self.editions: dict[tuple[str, int], Edition] = {}
        self.report = Report(nights, self.life.people)
        self.last: dict[str, Look] = {}

    def night(self, night: int, said: Said) -> None:
        with clock_at(night_time(night)):
            self.live(night, said)

    def live(self, night: int, said: Said) -> None:
        if night:
            self.life.live_a_night()
        fresh = self.life.publish(night)
        self.editions |= {(source, night): self.life.editions[source] for source in fresh}
        self.whole.site.editions = self.lossy.site.editions = dict(self.life.editions)
        trouble = self.faults.tonight(night, self.lossy.due(night))
        with ThreadPoolExecutor(2) as pool:  # two nights at once: a machine has two cores
            peaceful = pool.submit(run_night, self.whole.data, self.whole.site, night, Trouble())
            other = pool.submit(run_night, self.lossy.data, self.lossy.site, night, trouble)
            endings = peaceful.result(), other.result()
        self.after_peace(night, fresh, endings[0])
        self.after_faults(night, trouble, endings[1])
        kinds = ", ".join(f"{source} {kind}" for source, kind in trouble.web.items())
        said(
            f"night {night}: {kinds or 'no fault of the web'}; {trouble.machine or 'machine well'}; {self.wrong_yet()}"
        )

    def wrong_yet(self) -> str:
        return ", ".join(f"{count} {name}" for name, count in self.report.wrong().items()) or "nothing wrong"

    def after_peace(self, night: int, fresh: list[str], ended: Ended) -> None:
        """Every source that was due was read, and the file says what it read."""
        if ended.code or not self.whole.has_published():
            self.report.peace.append(f"night {night}: code {ended.code}: {ended.said[-600:]}")
            return
        shown = self.last["peace"] = look(self.whole.data)
        for source in fresh:
            self.ledger.note_edition(source, night, shown)
            self.peaceful.note_edition(source, night, shown)
        self.peaceful.publish(self.whole.read_at)
        self.report.peace += [f"night {night}: {wrong}" for wrong in self.peaceful.wrong_now(shown)]
        self.report.peace += [f"night {night}: {wrong}" for wrong in self.harm_of(self.whole, shown, night)]

    def after_faults(self, night: int, trouble: Trouble, ended: Ended) -> None:
        self.report.torn += [f"night {night}: {wrong}" for wrong in self.lossy.shelf.torn()]
        self.count(night, trouble, ended)
        if self.lossy.has_published():
            self.ledger.publish(self.lossy.read_at)
        else:
            self.report.unpublished += 1
        shown = self.last["faults"] = look(self.lossy.data)
        self.report.nonsense += [f"night {night} {trouble.kinds()}: {wrong}" for wrong in self.ledger.wrong_now(shown)]
        self.report.harm += [f"night {night}: {wrong}" for wrong in self.harm_of(self.lossy, shown, night)]

    def harm_of(self, operator: Operator, shown: Look, night: int) -> list[str]:
        """Against what each part said when it was last read well; the age of a file that stays is its own affair."""
        read: list[Record] = []
        for (source, part), at in operator.read_at.items():
            rows = self.editions[source, edition_at(source, at.night)].rows
            read += [row.record for row in rows if part in ("*", row.record.partition)]
        built = max(at.night for at in operator.read_at.values()) if operator is self.lossy else night
        return harmful(shown, read, self.life.person_of, operator.read_at, built)

    def count(self, night: int, trouble: Trouble, ended: Ended) -> None:
        """What went wrong tonight and how it was said."""
        report = self.report
        report.faults.update(trouble.kinds())
        if trouble.machine:
            report.outcomes[trouble.machine, f"ended with {ended.code}"] += 1
        (self.lossy.data.parent / f"said-{night:03d}.txt").write_text(ended.said, encoding="utf-8")
        nights = self.lossy.shelf.read_at()
        for source in {name for name, _ in nights}:
            due = night % source_facts_cadence(source) == 0
            report.lost[source] += due and not any(
                at.night == night for (name, _), at in nights.items() if name == source
            )
        for source, kind in trouble.web.items():
            result, why = self.lossy.shelf.outcome(source, night)
            report.outcomes[kind, result] += 1
            if trouble.machine:
                continue  # a killed run may have said nothing
            if (
                result == "no verdict"
                or (result != "good" and not all(why))
                or (result == "good" and kind not in DIRTY)
            ):
                report.silent.append(f"night {night}: {source} {kind}: {result} {why}")
            if not ended.code and result != "good":
                report.silent.append(f"night {night}: {source} {kind} was {result}, and the run ended with 0")
        if "Traceback" in ended.said:
            report.silent.append(f"night {night}: {ended.said[-600:]}")

    def end(self) -> Report:
        report, whole, lossy = self.report, self.last["peace"], self.last["faults"]
        report.compared = compare(self.ledger, whole["changes"], lossy["changes"])
        report.dates = self.ledger.wrong_dates(lossy)
        report.peace += self.peaceful.wrong_dates(whole)
        report.kinds = Counter(row["kind"] for row in lossy["changes"])
        report.claims = len(lossy["claims"])
        report.torn += self.lossy.shelf.torn(everything=True)
        report.happened = dict(self.life.happened)
        editions = (
            {part: edition_at(part[0], at.night) for part, at in each.read_at.items()}
            for each in (self.whole, self.lossy)
        )
        one, other = editions
        behind = sorted(part[0] for part in one if one[part] != other.get(part))
        report.same_end = f"not compared: {', '.join(behind)} not read again" if behind else "compared"
        if not behind:
            report.end = differences_at_the_end(self.ledger, whole, lossy)
            report.end += ["a change that was never due"] * report.compared.counts[NEVER]
        return report


def source_facts_cadence(source: str) -> int:
    return int(str(source_facts()[source].details["cadence_days"]))


def differences_at_the_end(ledger: Ledger, whole: Look, lossy: Look) -> list[str]:
    """Who is who, every tag, every license: where both operators read the same editions they show the same."""
    one, other = (end_of(ledger, shown) for shown in (whole, lossy))
    return [f"only in peace: {item}" for item in sorted(one - other)] + [
        f"only with faults: {item}" for item in sorted(other - one)
    ]


def end_of(ledger: Ledger, shown: Look) -> set[str]:
    members: dict[str, list[str]] = {row["id"]: [] for row in shown["practitioners"]}
    for row in shown["records"]:
        if row["practitioner_id"]:
            members[row["practitioner_id"]].append(ledger.first_name(row["id"]))
    person = {practitioner: " ".join(sorted(records)) for practitioner, records in members.items()}
    found = {f"person {name}" for name in person.values()}
    found |= {
        f"tag {person[tag['practitioner_id']]} {tag['kind']} {tag['scope']} {tag['value']}" for tag in shown["tags"]
    }
    return found | {
        f"license {person[row['practitioner_id']]} {row['state']} {row['number']} {row['status']} {row['expires']}"
        for row in shown["licenses"]
    }


def live(
    folder: Path, people: int, nights: int, seed: int, said: Said = print, pace: float = 1.0
) -> tuple[Year, Report]:
    """A whole year; returns it and its report."""
    began = time.monotonic()
    with ExitStack() as stack:
        year = Year(folder, people, nights, seed, [stack.enter_context(served()) for _ in range(2)], pace)
        for night in range(nights):
            year.night(night, said)
        report = year.end()
    report.minutes = (time.monotonic() - began) / 60
    return year, report
