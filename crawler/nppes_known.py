"""The NPIs of acupuncturists that earlier readings of the register brought.

In: the data folder. Out: numbers. The weekly file holds the changes of all professions; a number that left the
register, or the profession, matters only where it is one of these.
"""

from __future__ import annotations

from pathlib import Path

from crawler.snapshots import EVERYTHING, DamagedRun, Manifest, good_runs

SOURCES = ("npi_registry", "nppes_monthly", "nppes_weekly")


def known_npis(data: Path) -> set[str]:
    """Every number of the good runs, back to each source's newest reading of everything."""
    found: set[str] = set()
    for source in SOURCES:
        for run, manifest in reversed(good_runs(data, source)):
            try:
                found |= {record.source_key for record in run.records() if "withdrawn_on" not in record.fields}
            except DamagedRun:
                continue  # the build says so; the reading before it knew nearly the same numbers
            if read_everything(manifest):
                break
    return found


def read_everything(manifest: Manifest) -> bool:
    return manifest.coverage.get(EVERYTHING, False) or (manifest.complete and manifest.states == [EVERYTHING])
