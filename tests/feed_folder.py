"""A data folder of a few invented people, read and built as often as a test wants, and what the feed says of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from crawler.records import Record
from crawler.snapshots import EVERYTHING, Manifest, Run
from db.opening import current, read_rows
from pipeline.commands.build import build_and_publish
from tests.benchmarks.change_feed.readings import read_at
from tests.benchmarks.nation.registry import npi

Rows = list[dict[str, Any]]
DAYS = [f"2026-11-{day:02d}T03:00:00Z" for day in range(1, 29)]


def licensed(number: str, given: str, family: str, **said: Any) -> Record:
    """A row of Washington's board."""
    fields = {
        "license_number": number, "given_name": given, "family_name": family, "status": "Active",
        "license_type": "Acupuncturist", "expires": "2027-03-01T00:00:00.000", "action_taken": "No",
    } | said  # fmt: skip
    return Record("board_wa", number, f"https://wa.example/{number}", "", "", "", "WA", fields)


def enumerated(number: str, given: str, family: str, city: str = "SPOKANE", state: str = "WA", **said: Any) -> Record:
    """A row of the NPI Registry."""
    place = {"street": "1 MAIN ST", "city": city, "state": state, "zip": "99201", "country": "US"}
    fields = {
        "npi": number, "given_name": given, "family_name": family, "locations": [place],
        "taxonomies": [{"code": "171100000X", "description": "Acupuncturist", "primary": "True"}],
    } | said  # fmt: skip
    return Record("npi_registry", number, f"https://npi.example/{number}", "", "", "2026-01-05", state, fields)


def diplomate(key: str, name: str, **said: Any) -> Record:
    """A row of the certifier's directory."""
    fields = {"name": name, "status": "Certified Diplomate", "designations": ["Dipl. Ac. (NCCAOM)®"]} | said
    address = {"address": "12 Example Street, Spokane, WA 99201, USA"}
    return Record("ncbahm", key, f"https://certifier.example/{key}", "", "", "", "WA", address | fields)


def excluded(number: str, given: str, family: str, **said: Any) -> Record:
    """A row of the federal exclusion list."""
    fields = {
        "given_name": given, "family_name": family, "npi": number, "state": "WA", "specialty": "ACUPUNCTURIST",
        "general": "IND- LIC HC SERV PRO", "exclusion_type": "1128b4", "excluded_on": "20260918",
    } | said  # fmt: skip
    return Record("leie", f"row of {given} {family} {sorted(said)}", "https://list.example/", "", "", "", "", fields)


CROWD = [
    licensed("AC60000001", "Ottoline", "Grubnik"),
    licensed("AC60000002", "Barnabas", "Yoxtheimer"),
    licensed("AC60000003", "Perpetua", "Zwickelbaum"),
]
NPI, OTHER_NPI = npi(1), npi(2)


class Folder:
    """Reads sources and builds; `day` is the day of the next reading."""

    def __init__(self, data: Path) -> None:
        self.data, self.day, self.told = data, 0, 0

    def copied(self, data: Path) -> Folder:
        """A copy of all of it that goes on by itself: for tests that share how it began."""
        shutil.copytree(self.data, data, symlinks=True)
        copy = Folder(data)
        copy.day, copy.told = self.day, self.told
        return copy

    def read(
        self,
        *records: Record,
        source: str = "board_wa",
        result: str = "good",
        coverage: dict[str, bool] | None = None,
        same_bytes: bool = False,
    ) -> Folder:
        """One run; whole unless `coverage` says otherwise. `same_bytes`: what the run before read."""
        at = DAYS[self.day - same_bytes]
        self.day += not same_bytes
        run = Run.create(self.data, source)
        lines = "".join(read_at(record, at).to_line() + "\n" for record in records)
        (run.folder / "records.jsonl").write_text(lines, encoding="utf-8")
        manifest = Manifest(source, run.name, "crawl", at, finished=at, read_at=at, read_from=at, result=result)
        manifest.coverage = {EVERYTHING: True} if coverage is None else coverage
        manifest.rows, manifest.rows_in = len(records), {record.partition: 1 for record in records}
        run.finish(manifest)
        return self

    def build(self, *accepted: str) -> Rows:
        """Build; the changes that are new since the build before. `accepted`: words of refusals that are meant."""
        build_and_publish(self.data, accept_smaller=True, words=frozenset(accepted))
        feed = self.table("changes")
        fresh, self.told = feed[self.told :], len(feed)
        return fresh

    def table(self, name: str) -> Rows:
        path = current(self.data)
        assert path
        return read_rows(path, name)

    def kinds(self, *accepted: str) -> list[tuple[Any, ...]]:
        """Build; kind, field, old and new of what is new."""
        return sorted((row["kind"], row["field"], row["old"], row["new"]) for row in self.build(*accepted))
