"""The verdict of a run: good, failed or blocked, each trouble and alarm a sentence.

In: a spider that has ended, Scrapy's stats, the last good run. Out: a manifest. Troubles fail the run (its
snapshots stay, the last good run goes on counting); alarms let it count and are said aloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crawler.records import plain_word
from crawler.snapshots import Manifest
from crawler.source import EVERYTHING, Source
from crawler.troubles import Gate

LARGEST_DROP = 0.5  # of the last good run's rows; below it a run is taken for broken


def judge(
    manifest: Manifest,
    source: Source,
    stats: Mapping[str, Any],
    last_good: Manifest | None,
    mirrored: bool,
    vocabulary: Mapping[str, set[str]],
) -> Manifest:
    """Fill in a manifest's result, troubles, alarms, rows and coverage.

    `vocabulary` maps a vocabulary's name to its known words; the crawler itself knows none. A declared floor
    describes the real site, so a mirrored run is measured only against its own last good run.
    """
    manifest.rows = len(source.keys)
    manifest.coverage = source.coverage()
    manifest.requests = int(stats.get("downloader/request_count", 0))
    manifest.counts = dict(source.skipped) | {f"with {name}": number for name, number in sorted(source.filled.items())}
    manifest.alarms = list(dict.fromkeys(source.alarms))
    manifest.troubles = list(dict.fromkeys([str(trouble) for trouble in source.troubles]))
    if not manifest.troubles:
        manifest.troubles = [
            *ended_badly(source, stats),
            *column_troubles(source),
            *unknown_words(source, vocabulary),
            *row_troubles(manifest, source, last_good, mirrored),
        ]
    blocked = any(isinstance(trouble, Gate) for trouble in source.troubles)
    manifest.result = "blocked" if blocked else "failed" if manifest.troubles else "good"
    return manifest


def ended_badly(source: Source, stats: Mapping[str, Any]) -> list[str]:
    """Scrapy's own evidence that something went wrong."""
    reason = stats.get("finish_reason", "never started")
    found = [f"{source.name}: the crawl ended early ({reason})."] if reason != "finished" else []
    errors = int(stats.get("log_count/ERROR", 0)) + int(stats.get("log_count/CRITICAL", 0))
    return found + ([f"{source.name}: {errors} errors were logged; see log.txt of the run."] if errors else [])


def column_troubles(source: Source) -> list[str]:
    """Columns never seen before, and mapped columns that are gone."""
    where = f"map it or ignore it in crawler/spiders/{source.name}.py, then: diplomate crawl {source.name} --replay"
    unknown = [
        f"{source.name}: the column {name!r} was never seen before; {where}." for name in sorted(source.audit.unknown)
    ]
    lost = sorted(source.audit.missing()) if source.keys else []
    return unknown + [
        f"{source.name}: the column {name!r} is missing from every row; the layout has changed." for name in lost
    ]


def unknown_words(source: Source, vocabulary: Mapping[str, set[str]]) -> list[str]:
    """Words that the rule tables do not know; they never fall through to a default."""
    found = []
    for field, name in source.words.items():
        known = vocabulary.get(name)
        for word, rows in sorted(source.found_words[field].items()):
            if known is not None and plain_word(word) not in known:
                found.append(
                    f"{source.name}: the {field} {word!r} ({rows} rows) is unknown; add it to the rules ({name})."
                )
    return found


def row_troubles(manifest: Manifest, source: Source, last_good: Manifest | None, mirrored: bool) -> list[str]:
    """Too few rows: none, fewer than the source counted, than its floor, than half of last time."""
    if not manifest.rows:
        return [f"{source.name}: no acupuncturist was found; nothing is never an answer." + skipped_note(source)]
    if source.saved:
        return []
    short = [
        f"{source.name} {state}: {len(source.keys_in[state])} of {source.expected[state]} rows could be read."
        for state in short_of(source)
    ]
    whole = manifest.states == [EVERYTHING]
    if whole and not mirrored and manifest.rows < source.floor:
        short.append(f"{source.name}: {manifest.rows} rows, below its floor of {source.floor}.")
    if whole and last_good and manifest.rows < last_good.rows * LARGEST_DROP:
        short.append(f"{source.name}: {manifest.rows} rows, less than half of the last good run's {last_good.rows}.")
    if whole and manifest.rows > source.ceiling:
        manifest.alarms.append(f"{source.name}: {manifest.rows} rows, above its ceiling of {source.ceiling}.")
    return short


def short_of(source: Source) -> list[str]:
    """States of which fewer rows were read than the source said; a known residual is an alarm instead."""
    residual = 10**9
    return [state for state, whole in source.coverage().items() if not whole and source.expected[state] < residual]


def skipped_note(source: Source) -> str:
    """What was left out, when that explains why nothing remains."""
    left = [f"{number} {reason}" for reason, number in source.skipped.items()]
    return f" Left out: {', '.join(left)}." if left else ""
