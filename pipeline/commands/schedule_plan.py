"""When the schedule runs: a cron expression in a time zone, whatever the clocks do.

In: `03:30`, or five cron fields, and the name of a zone. Out: moments in UTC. cronsim has the manners of Debian's cron:
a time that the spring leaves out comes as soon as it can, one that the autumn has twice comes once. It was chosen over
APScheduler and croniter, which plan the latter twice (tried on 2026-11-23: cronsim 2.8, APScheduler 3.11.3, croniter
7.0.0); a job store, threads and executors are not needed where one job runs at a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from pipeline.commands.environment import Wrong

CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Plan:
    """A cron expression and the zone in which its hours are meant."""

    expression: str
    zone: tzinfo

    def after(self, moment: datetime) -> datetime:
        """The first planned moment after this one."""
        from cronsim import CronSim

        return next(CronSim(self.expression, moment.astimezone(self.zone))).astimezone(UTC)


def read_plan(at: str, zone: str) -> Plan:
    """The plan in the words of the command line; raises Wrong for words that say nothing."""
    from cronsim import CronSimError

    clock = CLOCK.fullmatch(at.strip())
    expression = f"{int(clock[2])} {int(clock[1])} * * *" if clock else at.strip()
    plan = Plan(expression, zone_named(zone))
    try:
        plan.after(datetime.now(UTC))
    except (CronSimError, StopIteration) as error:
        said = str(error) or "it never comes"
        raise Wrong(
            f"--at '{at}' is no time ({said}); write 03:30, or five cron fields such as '30 3 * * *'."
        ) from error
    return plan


def zone_named(name: str) -> tzinfo:
    """The zone of that name; the machine's own for "" (TZ, or /etc/localtime)."""
    from zoneinfo import ZoneInfo

    from tzlocal import get_localzone

    try:
        return ZoneInfo(name) if name else get_localzone()
    except (OSError, ValueError, KeyError) as error:
        raise Wrong(f"'{name or 'TZ'}' names no time zone; write one such as America/New_York or UTC.") from error
