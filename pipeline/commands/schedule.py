"""`diplomate schedule`: `diplomate run` at its times, for ever.

In: when, in which zone, the data folder. Out: runs, each a process of its own, so that none can take the schedule down;
what they say goes where the schedule's own words go. A second schedule of the folder is refused; a run that cron or a
person began is left alone. SIGTERM ends a run well (crawls can be gone on with, a build is dropped whole) and then the
schedule, with exit code 0. `--show` says what comes, `--check` whether a schedule is at work.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import click

from pipeline.commands.environment import (
    NARROW_SOURCES,
    Failed,
    Wrong,
    alone,
    data_folder,
    now,
    print_json,
    state_codes,
    state_option,
)
from pipeline.commands.log_lines import begin_log, note
from pipeline.commands.run_record import last_begin
from pipeline.commands.schedule_loop import Loop, planned_after
from pipeline.commands.schedule_plan import Plan, read_plan
from pipeline.commands.stopping import Stopped, stopped_well

PATIENCE = 75.0  # seconds for a run to end well; systemd and containers kill after 90, as docs/operate.md sets them
LOCK = "schedule"


@click.command(name="schedule")
@click.option("--at", default="03:30", show_default=True, help="Each day at this time, or five cron fields.")
@click.option("--zone", default="", help="Time zone of --at, such as America/New_York; the machine's own otherwise.")
@state_option(NARROW_SOURCES)
@click.option("--show", is_flag=True, help="Print the next runs and what will be due, and stop.")
@click.option("--check", is_flag=True, help="Exit 0 when a schedule is at work in the data folder, else 1.")
@click.option("--json", "as_json", is_flag=True, help="With --show: one JSON document.")
def command(at: str, zone: str, states: tuple[str, ...], show: bool, check: bool, as_json: bool) -> None:
    """Run when it is time, for ever."""
    if as_json and not show:
        raise Wrong("--json goes with --show.")
    plan, codes, data = read_plan(at, zone), state_codes(states), data_folder()
    if check:
        say_whether_at_work(data)
    elif show:
        show_plan(data, plan, codes, as_json)
    else:
        begin_log()
        keep_running(data, plan, codes)


def keep_running(data: Path, plan: Plan, codes: tuple[str, ...]) -> None:
    """Run at the planned times until told to stop."""
    try:
        with stopped_well(), alone(data, LOCK):
            loop = Loop(plan, last_begin(data, codes), partial(run_once, codes))
            first = planned_after(plan, loop.last, now())
            when = (
                f"{first.astimezone(plan.zone):%Y-%m-%d %H:%M %Z}" if first > now() else "now, to make up for a night"
            )
            note("schedule_begins", f"The next run: {when}.", next=f"{max(first, now()):%Y-%m-%dT%H:%M:%SZ}")
            loop.forever()
    except (Stopped, KeyboardInterrupt):
        note("schedule_ends", "Stopped.")


def run_once(codes: tuple[str, ...]) -> None:
    """One run in a process of its own; whatever interrupts the schedule ends the run well first."""
    call = [sys.executable, "-m", "pipeline.commands.main", "run"]
    try:
        run = subprocess.Popen(
            [*call, *(word for code in codes for word in ("--state", code))], stdin=subprocess.DEVNULL
        )
    except OSError as error:
        note("run_failed", f"No run could begin: {error.strerror}. The next one is tried at its time.", "error")
        return
    try:
        code = run.wait()
    except BaseException:
        end_well(run)
        raise
    if code:
        note("run_failed", f"The run ended with exit code {code}; what it said before tells why.", "error", code=code)


def end_well(run: subprocess.Popen[bytes]) -> None:
    """Ask a run to end; one that does not is killed, which loses nothing that was read."""
    run.terminate()
    try:
        run.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        run.kill()
        run.wait()


def say_whether_at_work(data: Path) -> None:
    try:
        if (data / "locks" / LOCK).exists():
            with alone(data, LOCK):
                pass
    except Failed:
        click.echo(f"A schedule is at work in {data}.")
        return
    raise Failed(f"No schedule is at work in {data}.")


def show_plan(data: Path, plan: Plan, codes: tuple[str, ...], as_json: bool) -> None:
    """The next runs, as lines or as one JSON document."""
    from pipeline.commands.schedule_shown import lines_of, shown

    found = shown(data, plan, codes, now())
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(lines_of(found, plan)))
