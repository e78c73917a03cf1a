"""What the schedule will do: the next runs, and what will be due at each if every source can be read.

In: the data folder, a plan. Out: one document, and its lines.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.commands.crawl import speaking_for
from pipeline.commands.run_record import last_begin, read_last_run
from pipeline.commands.schedule_loop import planned_after
from pipeline.commands.schedule_plan import Plan
from pipeline.commands.source_facts import source_facts
from pipeline.overview import due_at, waits

SHOWN_RUNS = 5
TIMES = "%Y-%m-%dT%H:%M:%SZ"


def shown(data: Path, plan: Plan, states: tuple[str, ...], now: datetime) -> dict[str, Any]:
    """The document: `next` holds the runs to come, `missed` says whether the first makes up for one that was missed."""
    last, began = read_last_run(data), last_begin(data, states)
    first = planned_after(plan, began, now)
    return {
        "at": plan.expression,
        "zone": str(plan.zone),
        "missed": began is not None and first <= now,
        "last_run": vars(last) if last else None,
        "next": [
            {"at": f"{moment:{TIMES}}", "due": due}
            for moment, due in due_at_each(data, moments(plan, first, now), states, now)
        ],
    }


def moments(plan: Plan, first: datetime, now: datetime) -> list[datetime]:
    """The next planned moments; what was missed is done now."""
    found = [max(first, now)]
    while len(found) < SHOWN_RUNS:
        found.append(plan.after(found[-1]))
    return found


def due_at_each(
    data: Path, planned: list[datetime], states: tuple[str, ...], now: datetime
) -> list[tuple[datetime, list[str]]]:
    """Each moment with the sources that are due then, each counted as read when it was due."""
    facts = source_facts()
    due = {name: due_at(data, facts[name], now, states) for name in speaking_for(list(facts), states)}
    waiting: dict[str, timedelta] = {name: waits(facts[name]) for name in due}
    found = []
    for moment in planned:
        names = [name for name, when in due.items() if when <= moment]
        due |= {name: moment + waiting[name] for name in names}
        found.append((moment, names))
    return found


def lines_of(found: dict[str, Any], plan: Plan) -> list[str]:
    """The document for a person."""
    last = found["last_run"]
    lines = [
        f"Last run: {local(last['started'], plan)}{', something was wrong' * bool(last['wrong'])}"
        if last
        else "No run yet"
    ]
    lines += ["A run was missed; a schedule that begins now makes up for it at once."] * found["missed"]
    return lines + [f"{local(run['at'], plan)}  {', '.join(run['due']) or 'nothing is due'}" for run in found["next"]]


def local(time: str, plan: Plan) -> str:
    return f"{datetime.fromisoformat(time).astimezone(plan.zone):%Y-%m-%d %H:%M %Z}"
