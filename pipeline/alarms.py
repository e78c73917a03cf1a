"""Alarms: what is wrong with the sources, the builds and the machine, each in a plain sentence that says what to do.

In: `Seen`, what there is to look at. Out: alarms with a key that stays the same as long as the trouble does, so that
each can be told once. Nothing is read from the disk here, and nothing is sent. Words and thresholds are rules
(`pipeline.alarm_words`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from crawler.snapshots import TIMES, Manifest
from pipeline.alarm_words import Alarm, alarm, damaged_in, refusals_of, setting
from pipeline.facts import SourceFacts
from pipeline.overview import asked_again, import_words
from pipeline.rules import window_days
from pipeline.world import parsed

CERTIFICATE = re.compile(r"\bcertificate verify failed|\bTLS certificate\b|\bcertificate has expired", re.IGNORECASE)
LONG_QUERY = re.compile(r"(https?://[^\s?]+)\?[^\s,;)]{20,}(?<![.])")
LONGEST_QUOTE = 400
ACCEPTING = re.compile(r"\(?\bwhere [^();]*--accept .*")  # how a refusal ends: who means it calls this
MIB = 1024**2


@dataclass(frozen=True)
class Seen:
    """What alarms look at. `runs`: the verdicts of each source in the order they began; `ran_at`: when the schedule
    ran last, where it says so; `is_at_work`: a run is; `refused`: why the last build, of `tried_at`, was not published;
    `damaged`: a name and a sentence for each file that cannot be read; `on`: keys of the alarms that were on.
    """

    now: datetime
    sources: Sequence[SourceFacts] = ()
    runs: Mapping[str, Sequence[Manifest]] = field(default_factory=dict)
    ran_at: str = ""
    built_at: str = ""
    tried_at: str = ""
    refused: str = ""
    free_bytes: int | None = None
    build_bytes: int = 0
    damaged: Mapping[str, str] = field(default_factory=dict)
    is_at_work: bool = False
    on: Collection[str] = ()


def alarms(seen: Seen) -> list[Alarm]:
    """Everything that is wrong now, the machine's troubles first."""
    found = [*machine_alarms(seen)]
    limit = seen.now + timedelta(hours=setting("clock_hours"))
    for source in seen.sources:
        believed = [run for run in seen.runs.get(source.name, ()) if parsed(dated(run)) <= limit]
        found += source_alarms(source, believed, seen.now)
    covered = {key for each in found for key in each.covers}
    return [each for each in found if each.key not in covered]


def machine_alarms(seen: Seen) -> Iterator[Alarm]:
    """Troubles that are no single source's."""
    for name, what in sorted(seen.damaged.items()):
        yield alarm("damaged", name, what=what).marked(damaged_in(what))
    yield from clock_alarms(seen)
    yield from silent_alarms(seen)
    yield from disk_alarms(seen)
    if seen.refused:
        kept = f"The file of {seen.built_at} is still shown." if seen.built_at else "Nothing is published yet."
        yield alarm("build_refused", at=seen.tried_at, refused=quoted(seen.refused), kept=kept).about(
            refusals_of(seen.refused)
        )
    yield from lost_nights(seen)


def clock_alarms(seen: Seen) -> Iterator[Alarm]:
    """One alarm for the time that lies furthest ahead of now, with what to do about that one."""
    limit = seen.now + timedelta(hours=setting("clock_hours"))
    runs = [run for of_one in seen.runs.values() for run in of_one]
    times = [
        *((dated(run), f"The run {run.run} of {run.source}", without(run)) for run in runs),
        (seen.ran_at, "The last schedule", "the next `diplomate run` dates it anew"),
        (seen.tried_at, "The last build", "the next `diplomate build` dates it anew"),
        (seen.built_at, "The published file", "`diplomate build` says how to go on"),
    ]
    ahead = [found for found in times if found[0] and parsed(found[0]) > limit]
    if ahead:
        at, what, step = max(ahead)
        yield alarm("clock", what=what, at=at, ahead=long_time(seen.now, at), step=step)


def dated(run: Manifest) -> str:
    """The latest time that a verdict bears."""
    return max(run.started, run.finished, run.read_at)


def without(run: Manifest) -> str:
    """What to do about a run that a wrong clock dated: it does not count."""
    return f"`diplomate crawl {run.source}` reads it anew; then remove snapshots/{run.source}/{run.run}"


def silent_alarms(seen: Seen) -> Iterator[Alarm]:
    """The dead man: the schedule's own word counts; where it never gave one, any run or build does.

    A run at work is no silence, unless it has been at it for longer than any run takes.
    """
    hours = setting("at_work_hours" if seen.is_at_work else "silent_hours")
    signs = [run.finished or run.started for runs in seen.runs.values() for run in runs]
    since = seen.ran_at or max([*signs, seen.tried_at, seen.built_at], default="")
    if since and seen.now - parsed(since) > timedelta(hours=hours):
        yield alarm("silent", since=since, ago=f"{long_time(seen.now, since)} ago")


def disk_alarms(seen: Seen) -> Iterator[Alarm]:
    builds = setting("disk_builds")
    needed = max(builds * seen.build_bytes, setting("disk_least_mib") * MIB)
    ends_at = needed * (100 + setting("disk_over_percent")) / 100  # near the limit it would ring and end each night
    if seen.free_bytes is not None and seen.free_bytes < (ends_at if "disk_low" in seen.on else needed):
        yield alarm("disk_low", free=size(seen.free_bytes), needed=size(needed), builds=builds)


def lost_nights(seen: Seen) -> Iterator[Alarm]:
    """Several sources were asked in the last night, and not one answered: the trouble is here, not there."""
    crawls = [run for runs in seen.runs.values() for run in runs if run.kind == "crawl"]
    newest = max((run.started for run in crawls), default="")
    if not newest:
        return
    evening = (parsed(newest) - timedelta(hours=setting("night_hours"))).strftime(TIMES)
    night = {run.source: run for run in sorted(crawls, key=lambda run: run.started) if run.started >= evening}
    if len(night) >= setting("lost_night_sources") and all(run.result == "failed" for run in night.values()):
        yield alarm("nothing_good", count=len(night), at=newest[:10], names=", ".join(sorted(night)))


def source_alarms(source: SourceFacts, runs: Sequence[Manifest], now: datetime) -> Iterator[Alarm]:
    """What is wrong with one source; its runs in the order they began."""
    again, runs = asked_again(source, runs, now), heard(runs)
    if not runs:
        return
    good = max((run.read_at for run in runs if run.result == "good"), default="")
    since_good = newest_that_failed(runs)
    values = said_of(source, runs[-1], good, now) | {"again": again}
    if runs[-1].result == "good" and runs[-1].alarms:
        said = quoted(" ".join(runs[-1].alarms))
        yield alarm("reading_alarm", source.name, said=said, **values).about(runs[-1].alarms)
    if since_good:
        yield failure(source, since_good, values).about(since_good[-1].troubles)
    if good and days_between(good, now) > days_until_late(source):
        yield alarm("source_late", source.name, **values)
    if is_kept_out(source, runs, good, now):
        is_news = bool(good) and days_between(good, now) > window_days("stale")  # no longer only a gate
        yield covering(alarm("blocked", source.name, **values), () if is_news else ("source_late",))


def said_of(source: SourceFacts, run: Manifest, good: str, now: datetime) -> dict[str, object]:
    """The words any sentence about a source may use."""
    return {
        "source": source.name,
        "publisher": source.publisher,
        "every": "every day" if cadence(source) == 1 else f"every {cadence(source)} days",
        "stale": window_days("stale"),
        "at": run.started[:10],
        "run": run.run,
        "trouble": quoted(" ".join(run.troubles)),
        "good": good[:10],
        "days": days_between(good, now) if good else 0,
        "kept": f"what was read on {good[:10]} is still shown." if good else "nothing of it was ever read well.",
        "next_step": next_step(source, run),
    }


def next_step(source: SourceFacts, run: Manifest) -> str:
    """How its rows may still come in: by a machine, or by a person where a gate stands."""
    if run.result == "blocked" or source.details.get("access") == "gated":
        return f"{import_words(source)}."
    return f"Read it with `diplomate crawl {source.name}`."


def heard(runs: Sequence[Manifest]) -> list[Manifest]:
    """The runs that say how the source is, in the order in which it said so: crawls, and files that a person brought.

    A good replay speaks of the bytes it read, so it stands right after the run it replays. A file that was the wrong
    one, and a replay that failed, say nothing of the source.
    """
    began = {run.run: run.started for run in runs}

    def spoken(run: Manifest) -> tuple[str, str]:
        at = max(run.read_at, began.get(run.replay_of, "")) if run.kind == "replay" else run.started
        return at, run.started

    return sorted((run for run in runs if run.kind == "crawl" or run.result == "good"), key=spoken)


def newest_that_failed(runs: Sequence[Manifest]) -> list[Manifest]:
    """The failed crawls since the source was last read well or stood at its gate, in order."""
    failed: list[Manifest] = []
    for run in heard(runs):
        failed = [*failed, run] if run.result == "failed" else []
    return failed


def failure(source: SourceFacts, failed: Sequence[Manifest], values: dict[str, object]) -> Alarm:
    """A certificate is told at once, as what it is; anything else when it goes on."""
    times = failures_in_a_row(failed)
    values = values | {"kept": str(values["kept"]).capitalize(), "times": times}
    if all(CERTIFICATE.search(" ".join(run.troubles)) for run in failed):
        return covering(alarm("certificate", source.name, **values), ["source_late"])
    if times < setting("failures_in_a_row"):
        return alarm("source_failed_once", source.name, **values)
    return covering(alarm("source_failed", source.name, **values), ["source_late"])


def covering(told: Alarm, kinds: Iterable[str]) -> Alarm:
    """The alarm, which says what these kinds would say of the same source once more."""
    about = told.key.partition(":")[2]
    return replace(told, covers=tuple(f"{kind}:{about}" for kind in kinds))


def failures_in_a_row(failed: Iterable[Manifest]) -> int:
    """How often these runs failed: one that was gone on with failed at each attempt."""
    return sum(run.attempts for run in failed)


def days_until_late(source: SourceFacts) -> int:
    """Days after a good reading: a source is late once they have passed. A gate is told of in its own way."""
    if source.details.get("access") == "gated":
        return window_days("stale")
    most = max(setting("late_cadences") * cadence(source), cadence(source) + setting("late_days_least"))
    return min(most, window_days("stale"))


def is_kept_out(source: SourceFacts, runs: Sequence[Manifest], good: str, now: datetime) -> bool:
    """Whether a gate has kept the source from being read for longer than its cadence."""
    if runs[-1].result != "blocked":
        return False
    first = next(run.started for run in runs if run.result == "blocked")
    return days_between(good or first, now) > cadence(source)


def cadence(source: SourceFacts) -> int:
    return int(str(source.details["cadence_days"]))


def days_between(then: str, now: datetime) -> int:
    return (now - parsed(then)).days


def long_time(now: datetime, then: str) -> str:
    """How far apart two times are: in hours, past three days in days."""
    hours = round(abs((now - parsed(then)).total_seconds()) / 3600)
    return f"{hours} hours" if hours <= 72 else f"{hours // 24} days"


def size(number: int) -> str:
    """Bytes as a person reads them: `512 MiB`, `54.3 GiB`."""
    return f"{number / MIB:,.0f} MiB" if number < 1024 * MIB else f"{number / MIB / 1024:,.1f} GiB"


def quoted(text: str) -> str:
    """What somebody else's sentence says, not longer than a message can bear, with a full stop.

    Of a long address with a question only the address is left. How a refusal is accepted is never cut off: a message
    that keeps it from whoever reads it says nothing.
    """
    text = LONG_QUERY.sub(r"\1?…", " ".join(text.split()))
    way = found[0] if (found := ACCEPTING.search(text)) else ""
    said = text.removesuffix(way)
    short = text if len(said) <= LONGEST_QUOTE else f"{said[:LONGEST_QUOTE].rstrip()} … {way}".rstrip()
    return short if short.endswith((".", "!", "?")) or not short else f"{short}."
