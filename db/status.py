"""`/-/status.json` and `/-/metrics`: what this worker serves, how old it is, how much there is, and what is wrong.

Comes in: a connection, the facts, the data folder, the name of the file this worker answers from. Goes out: one
document for a monitor, or gauges. Ages are counted at the moment of asking. No path and nobody's name is in either.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from db import ages
from db.ages import age, moment
from db.facts import Facts
from db.opening import current
from db.overview import source_rows
from db.rows import Row, count, select
from db.status_alarms import Looked, read_looked
from db.status_text import Gauge, single

SILENT_HOURS = 36
PREFIX = "diplomate"
OWN_PATH = re.compile(r"(?<![\w:/.])/(?:[^\s/]+/)+[^\s/]*")  # of this machine; an address on the web stays


@dataclass(frozen=True)
class Where:
    """The data folder and the name of the file this worker answers from (without its ending)."""

    data: Path
    file: str

    @property
    def newest(self) -> str:
        """What `data/current` leads to now; "" where it leads nowhere."""
        path = current(self.data)
        return path.stem if path else ""


def document(connection: sqlite3.Connection, facts: Facts, where: Where, at: datetime | None = None) -> dict[str, Any]:
    """`ok` is false while the file or a source in it is too old, an alarm is on, or the crawler has gone silent."""
    now, looked = at or ages.now(), read_looked(where.data)
    sources = [source(row) for row in source_rows(facts, now)]
    late = [row["name"] for row in sources if row["is_stale"]]
    built = age(facts.built_at, facts.windows, now)
    silent = is_silent(connection, looked, now)
    return {
        "ok": not late and not looked.troubles and not silent and built.level in {"fresh", "warn"},
        "built_at": facts.built_at,
        "built_days_ago": built.days,
        "version": facts.info.get("version"),
        "sample": facts.is_sample,
        "file": where.file,
        "newest_file": where.newest or None,
        "is_newest": where.file == where.newest,
        **counts(connection),
        "troubled_sources": late,
        "failing_sources": [row["name"] for row in sources if row["health"] in {"failed", "blocked"}],
        "sources": sources,
        "alarms": {
            "looked_at": looked.at or None,
            "is_silent": silent,
            "on": [asdict(each) for each in looked.alarms],
        },
    }


def source(row: Row) -> dict[str, Any]:
    """One source: the builder's word for it, and how old its last good reading is now."""
    return {
        "name": row["name"],
        "health": row["health"],
        "last_good_read": row["last_good_read"],
        "days_ago": row["read"].days,
        "cadence_days": row["cadence_days"],
        "is_stale": row["read"].level == "stale",
        "complete": bool(row["complete"]),
        "rows": row["rows"],
        "message": OWN_PATH.sub("…", row["message"] or ""),
    }


def counts(connection: sqlite3.Connection) -> dict[str, Any]:
    """How many people, records and changes there are, and people by tag."""
    return {
        "practitioners": count(connection, "SELECT count(*) FROM practitioners"),
        "records": count(connection, "SELECT count(*) FROM records"),
        "changes": count(connection, "SELECT count(*) FROM changes"),
        "certification": by_tag(connection, "certification"),
        "license": by_tag(connection, "license_status"),
    }


def by_tag(connection: sqlite3.Connection, column: str) -> dict[str, int]:
    sql = f"SELECT {column} AS tag, count(*) AS people FROM practitioners WHERE {column} IS NOT NULL GROUP BY 1"
    return {row["tag"]: row["people"] for row in select(connection, f"{sql} ORDER BY 1")}


def is_silent(connection: sqlite3.Connection, looked: Looked, now: datetime) -> bool:
    """Whether nobody has looked for longer than the rules allow; a site without that file cannot know."""
    then = moment(looked.at)
    if then is None:
        return False
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alarm_settings'").fetchone()
    rows = select(connection, "SELECT value FROM alarm_settings WHERE name = 'silent_hours'") if known else []
    return now - then > timedelta(hours=rows[0]["value"] if rows else SILENT_HOURS)


def gauges(connection: sqlite3.Connection, facts: Facts, where: Where, at: datetime | None = None) -> list[Gauge]:
    """The same as numbers."""
    found = document(connection, facts, where, at)
    rows = {row["name"]: row for row in found["sources"]}
    build = {(where.file, found["version"] or "", str(int(found["sample"]))): 1.0}
    on = [(each["kind"], each["level"]) for each in found["alarms"]["on"]]
    return [
        single(f"{PREFIX}_ok", "1 where nothing is wrong, as status.json says.", found["ok"]),
        Gauge(f"{PREFIX}_build_info", "The file this worker answers from.", ("file", "version", "sample"), build),
        single(f"{PREFIX}_build_timestamp_seconds", "When that file was built.", seconds(facts.built_at)),
        single(f"{PREFIX}_build_is_newest", "1 where no newer file is published.", found["is_newest"]),
        *(single(f"{PREFIX}_{name}", f"Rows of table {name}.", found[name]) for name in COUNTED),
        Gauge(f"{PREFIX}_certification", "Practitioners by certification tag.", ("tag",), tags(found["certification"])),
        Gauge(f"{PREFIX}_license", "Practitioners by license tag of their state.", ("tag",), tags(found["license"])),
        Gauge(
            f"{PREFIX}_source_last_good_read_timestamp_seconds",
            "When a source was last read well.",
            ("source",),
            {(name,): seconds(row["last_good_read"]) for name, row in rows.items()},
        ),
        Gauge(f"{PREFIX}_source_rows", "Its rows.", ("source",), {(name,): row["rows"] for name, row in rows.items()}),
        Gauge(
            f"{PREFIX}_source_health",
            "1 for the word that the build found for it.",
            ("source", "health"),
            {(name, row["health"] or "never_read"): 1.0 for name, row in rows.items()},
        ),
        single(f"{PREFIX}_looked_timestamp_seconds", "When alarms were looked at last.", seconds(looked_at(found))),
        Gauge(f"{PREFIX}_alarms", "Alarms on at that look.", ("kind", "level"), {each: on.count(each) for each in on}),
    ]


COUNTED = ("practitioners", "records", "changes")


def tags(people: dict[str, int]) -> dict[tuple[str, ...], float | None]:
    return {(tag,): number for tag, number in people.items()}


def looked_at(found: dict[str, Any]) -> str:
    return found["alarms"]["looked_at"] or ""


def seconds(time: str | None) -> float | None:
    then = moment(time)
    return then.timestamp() if then else None
