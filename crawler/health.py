"""The verdict of a run: good, failed or blocked, each trouble and alarm a sentence.

In: a spider that has ended, Scrapy's stats, what earlier runs found. Out: a manifest. Troubles fail the run (its
snapshots stay, the last good run goes on counting); alarms let it count and are said aloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.records import plain_word
from crawler.snapshots import EVERYTHING, Manifest
from crawler.source import Source
from crawler.troubles import Gate, Unanswered

FEWEST_ROWS_TO_COMPARE = 20  # below it a share says nothing
COMMON_FIELD = 0.2  # share of rows; a rarer field may come and go
INTERRUPTED = "the crawl was interrupted."
LARGEST_DROP = 0.5  # of the rows of the last whole reading; below it a reading is taken for broken


@dataclass(frozen=True)
class Known:
    """What a run is measured against: known words by vocabulary, rows of earlier whole readings by state, and
    `earlier_fill`, the share of rows that carried each field in the last whole reading.

    A declared floor describes the real site; a mirrored run is measured only against earlier readings.
    """

    vocabulary: Mapping[str, set[str]]
    earlier_rows: Mapping[str, int]
    mirrored: bool
    earlier_fill: Mapping[str, float] = field(default_factory=dict)


def judge(manifest: Manifest, source: Source, stats: Mapping[str, Any], known: Known) -> Manifest:
    """Fill in a manifest's result, troubles, alarms, rows and coverage."""
    manifest.rows = len(source.keys)
    manifest.rows_in = {state: len(keys) for state, keys in source.keys_in.items()}
    manifest.coverage, manifest.as_of = source.coverage(), source.as_of
    manifest.requests = int(stats.get("downloader/request_count", 0))
    lost = {"sites that could not be read": len(source.lost_sites)} if source.lost_sites else {}
    manifest.counts = (
        dict(source.skipped) | lost | {f"with {name}": number for name, number in sorted(source.filled.items())}
    )
    manifest.alarms = list(dict.fromkeys([*source.alarms, *(() if manifest.sample else source.last_alarms())]))
    manifest.troubles = list(dict.fromkeys(map(str, source.troubles))) or first_troubles(manifest, source, stats, known)
    blocked = any(isinstance(trouble, Gate) for trouble in source.troubles)
    manifest.result = "blocked" if blocked else "failed" if manifest.troubles else "good"
    manifest.cut_off = manifest.kind == "crawl" and was_cut_off(source, stats)
    return manifest


def first_troubles(manifest: Manifest, source: Source, stats: Mapping[str, Any], known: Known) -> list[str]:
    """Troubles no page could know of; a crawl that ended early has only that one."""
    whole_run = [*column_troubles(source), *unknown_words(source, known.vocabulary), *emptied(source, known)]
    return ended_badly(source, stats) or [*whole_run, *row_troubles(manifest, source, known)]


def ended_badly(source: Source, stats: Mapping[str, Any]) -> list[str]:
    """Scrapy's own evidence that something went wrong."""
    reason = stats.get("finish_reason", "never started")
    if reason == "shutdown":
        return [f"{source.name}: {INTERRUPTED}"]
    if reason != "finished":
        return [f"{source.name}: the crawl ended early ({reason})."]
    errors = int(stats.get("log_count/ERROR", 0)) + int(stats.get("log_count/CRITICAL", 0))
    return [f"{source.name}: {errors} errors were logged; see log.txt of the run."] if errors else []


def was_cut_off(source: Source, stats: Mapping[str, Any]) -> bool:
    """Whether nothing was wrong with what was read: the run was interrupted, or the source stopped answering."""
    silent = bool(source.troubles) and all(isinstance(trouble, Unanswered) for trouble in source.troubles)
    return silent or (stats.get("finish_reason") == "shutdown" and not source.troubles)


def column_troubles(source: Source) -> list[str]:
    """Columns never seen before, and mapped columns that are gone."""
    name, lost = source.name, sorted(source.audit.missing()) if source.keys else []
    advice = f"map it or ignore it in crawler/spiders/{name}.py, then: diplomate crawl {name} --replay"
    unknown = [
        f"{name}: the column {column!r} was never seen before; {advice}." for column in sorted(source.audit.unknown)
    ]
    return unknown + [
        f"{name}: the column {column!r} is missing from every row; the layout has changed." for column in lost
    ]


def unknown_words(source: Source, vocabulary: Mapping[str, set[str]]) -> list[str]:
    """Words that the rule tables do not know; they never fall through to a default."""
    found = []
    for column, name in source.words.items():
        known = vocabulary.get(name) or vocabulary.get(name.partition(":")[0] + ":*", set())
        for word, rows in sorted(source.found_words[column].items()):
            if plain_word(word) not in known:
                found.append(
                    f"{source.name}: the {column} {word!r} ({rows} rows) is unknown; add it to the rules ({name})."
                )
    return found


def emptied(source: Source, known: Known) -> list[str]:
    """Fields that far fewer rows carry than must, or than did: a renamed column, a moved heading."""
    rows, found = len(source.keys), []
    if rows < FEWEST_ROWS_TO_COMPARE or source.many_sites:
        return []
    for name in sorted(set(source.fill) | set(known.earlier_fill)):
        share = source.filled[name] / rows
        least, said = source.fill.get(name, 0.0), known.earlier_fill.get(name, 0.0)
        if share < least:
            found.append(f"{source.name}: {share:.0%} of the rows carry {name}; at least {least:.0%} must.")
        elif said >= COMMON_FIELD and share < said * LARGEST_DROP and not source.saved:
            found.append(f"{source.name}: {share:.0%} of the rows carry {name}; last time {said:.0%} did.")
    return found


def row_troubles(manifest: Manifest, source: Source, known: Known) -> list[str]:
    """Too few rows: none, fewer than the source counted, than its floor, than half of an earlier whole reading."""
    if not manifest.rows:
        return [f"{source.name}: no {WANTED.get(source.kind, 'acupuncturist')} was found{left_out(source)}."]
    dropped = {} if source.many_sites else dropped_states(manifest, known.earlier_rows)
    if source.saved:
        manifest.coverage |= dict.fromkeys(dropped, False)
        manifest.alarms += [f"{sentence} It counts as read in part." for sentence in dropped.values()]
        return []
    whole = manifest.states == [EVERYTHING]
    if whole and manifest.rows > source.ceiling:
        manifest.alarms.append(f"{source.name}: {manifest.rows} rows, above its ceiling of {source.ceiling}.")
    below = whole and not known.mirrored and manifest.rows < source.floor
    floor = [f"{source.name}: {manifest.rows} rows, below its floor of {source.floor}."] if below else []
    return [*short_states(manifest, source), *floor, *dropped.values()]


def short_states(manifest: Manifest, source: Source) -> list[str]:
    """States of which fewer rows were read than the source said; a known residual has its own alarm."""
    short = [state for state, whole in manifest.coverage.items() if not whole and state not in source.residual]
    counted = ((state, len(source.keys_in[state]), source.expected[state]) for state in short)
    return [f"{source.name} {state}: {read} of {total} rows could be read." for state, read, total in counted]


def dropped_states(manifest: Manifest, earlier_rows: Mapping[str, int]) -> dict[str, str]:
    """States that were read whole with less than half the rows of their last whole reading, each with a sentence."""
    found = {}
    for state, whole in manifest.coverage.items():
        rows = manifest.rows if state == EVERYTHING else manifest.rows_in.get(state, 0)
        earlier = earlier_rows.get(state, 0)
        if whole and rows < earlier * LARGEST_DROP:
            where = f"{manifest.source} {state}".removesuffix(f" {EVERYTHING}")
            found[state] = f"{where}: {rows} rows, less than half of the last whole reading's {earlier}."
    return found


WANTED = {"exclusions": "exclusion", "listing": "member", "certifier": "diplomate", "website": "page of a clinic"}


def left_out(source: Source) -> str:
    """What was left out, when that explains why nothing remains."""
    left = [f"{number} {reason}" for reason, number in source.skipped.items()]
    return f"; left out: {', '.join(left)}" if left else ""
