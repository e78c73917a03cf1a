"""What alarms look at, gathered from the data folder.

In: the data folder. Out: `Seen`. A run or a published file that cannot be read is itself something that is seen; it
never keeps the rest from being looked at.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from crawler.snapshots import QUARANTINE, Manifest, Run, damaged_runs, good_runs, runs
from crawler.troubles import SourceTrouble
from db.kept import read_through
from db.opening import DamagedFile, connect, current, leads_nowhere, named_damage
from db.publish import UNFINISHED
from db.whole_files import files_of
from pipeline.alarm_words import setting
from pipeline.alarms import Seen
from pipeline.commands import build_record, run_record
from pipeline.commands.alerts_file import read_told
from pipeline.commands.build_record import LastBuild, read_last_build
from pipeline.commands.run_record import LastRun, read_last_run
from pipeline.commands.source_facts import source_facts
from pipeline.gather import still_needed
from pipeline.world import parsed

LONGEST_VALUE = 80


def seen(data: Path, now: datetime) -> Seen:
    """Everything there is to look at."""
    damaged: dict[str, str] = {}
    verdicts = {name: verdicts_of(data, name, damaged) for name in source_facts()}
    tried, ran = read_last_build(data), read_last_run(data)
    ran_at = readable(ran.finished) if ran else ""
    damaged |= dict(records_damaged(data, tried, ran))
    damaged |= {f"run of {name}": said for name in source_facts() for said in runs_aside(data, name, tried)}
    return Seen(
        now=now,
        sources=list(source_facts().values()),
        runs=verdicts,
        ran_at=ran_at,
        built_at=built_at(data, damaged),
        tried_at=readable(tried["at"]) if tried else "",
        refused=tried["refused"] if tried else "",
        free_bytes=free_bytes(data),
        build_bytes=build_bytes(data),
        damaged=damaged,
        is_at_work=not is_recent(ran_at, now) and is_held(data, "run"),
        on=frozenset(on.key for on in read_told(data).alarms),
    )


def verdicts_of(data: Path, source: str, damaged: dict[str, str]) -> list[Manifest]:
    """The verdicts of a source's ended runs in the order they began."""
    try:
        found = [manifest for _, manifest in runs(data, source)]
    except (SourceTrouble, OSError) as error:
        damaged[source] = str(error)
        return []
    unsound = {each.run: said for each in found if (said := wrong_value(each))}
    if unsound:
        folder = data / "snapshots" / source
        named = (f"{folder / run / 'manifest.json'} says {said} where that cannot be" for run, said in unsound.items())
        damaged[source] = f"{'; '.join(named)}. It does not count here; remove the run's folder."
    sound = (each for each in found if each.run not in unsound)
    return sorted(sound, key=lambda manifest: (manifest.started, manifest.run))


def wrong_value(manifest: Manifest) -> str:
    """A time of a verdict that is none, or a sentence that is none, as it is written; "" where all are."""
    times = (manifest.started, manifest.read_at, manifest.finished or manifest.started)
    wrong: list[object] = [at for at in times if not readable(at)]
    wrong += [said for said in (*manifest.troubles, *manifest.alarms) if not isinstance(said, str)]
    return repr(wrong[0])[:LONGEST_VALUE] if wrong else ""


def records_damaged(data: Path, tried: LastBuild | None, ran: LastRun | None) -> Iterator[tuple[str, str]]:
    """What builds and runs wrote down of themselves and cannot be read: the next one writes it anew."""
    for name, read, work in ((run_record.FILE, ran, "run"), (build_record.FILE, tried, "build")):
        if read is None and (data / name).exists():
            yield name, f"{data / name} cannot be read; the next `diplomate {work}` writes it anew."


def runs_aside(data: Path, source: str, tried: LastBuild | None) -> list[str]:
    """One sentence where runs of a source cannot count or lost answers: those seen now, and by the last build."""
    try:
        found = [*damaged_runs(data, source).values(), *quarantined(data, source)]
    except (SourceTrouble, OSError):
        found = []  # `verdicts_of` says it
    if tried:
        found += [said for said in tried["set_aside"] if said.startswith(f"snapshots/{source}/")]
    return [" ".join(dict.fromkeys(found))] if found else []


def quarantined(data: Path, source: str) -> list[str]:
    """A sentence for each run that still counts and lost answers to the quarantine, until the source is read anew."""
    good = good_runs(data, source)
    needed = zip(good, still_needed(good), strict=True)
    lost = [(run, names) for (run, _), wanted in needed if wanted and (names := lost_answers(run))]
    return [
        f"Answers of the run {run.name} of {source} were changed on disk ({', '.join(names)}) and stand in "
        f"{QUARANTINE}/{source}/{run.name}; its rows still count. `diplomate crawl {source}` reads it anew."
        for run, names in lost
    ]


def lost_answers(run: Run) -> list[str]:
    """Short names of answers that were put aside and are not there again."""
    folder = run.put_aside("-").parent
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path.name[:12] for path in there if not run.path_of(path.name).exists()]


def readable(time: str) -> str:
    """The time, or "" where it is none."""
    try:
        return time if parsed(time) else ""
    except (ValueError, TypeError):
        return ""


def built_at(data: Path, damaged: dict[str, str]) -> str:
    """When the published file was built; "" where there is none, or none that can be read."""
    path = current(data)
    if said := leads_nowhere(data):
        damaged["published"] = said
    try:
        if path is None:
            return ""
        read_through(path)
        with closing(connect(path)) as connection, named_damage(path):
            row = connection.execute("SELECT value FROM build_info WHERE key = 'built_at'").fetchone()
            return readable(str(row[0])) if row else ""
    except DamagedFile as error:
        damaged["published"] = str(error)
        return ""


def is_recent(time: str, now: datetime) -> bool:
    return bool(time) and now - parsed(time) <= timedelta(hours=setting("silent_hours"))


def is_held(data: Path, work: str) -> bool:
    """Whether a living process is at this work. Asked only where it matters: who begins just then would be refused."""
    try:
        with (data / "locks" / work).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def free_bytes(data: Path) -> int | None:
    """Free room where the data folder is or will be; what a build at work has written beside will be free again."""
    there = next((folder for folder in (data, *data.parents) if folder.exists()), None)
    try:
        beside = sum(size_of(file) for file in (data / "published").glob(UNFINISHED))
        return shutil.disk_usage(there).free + beside if there else None
    except OSError:
        return None


def build_bytes(data: Path) -> int:
    """What the published file takes, with its downloads; 0 while there is none."""
    path = current(data)
    if path is None:
        return 0
    beside = files_of(path)
    files = [path, *(beside.iterdir() if beside.is_dir() else ())]
    return sum(size_of(file) for file in files)


def size_of(file: Path) -> int:
    """0 for a file that went away while we looked."""
    try:
        return file.stat().st_size
    except OSError:
        return 0
