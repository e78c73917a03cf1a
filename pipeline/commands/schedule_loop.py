"""The schedule's loop: one piece of work at each planned moment, for ever, whatever the wall clock does.

In: a plan, the moment the last run began, the work, a clock. Out: calls of the work, one at a time. Moments that passed
while nothing could run (an outage, a suspended machine, a clock put forward) are made up for by one run; those that
pass during a run are not, it has just been done. A clock put back a little repeats nothing; one put back by more than a
day was wrong before, and what it said is forgotten. The wall clock is looked at twice a minute, because a long sleep
knows nothing of its changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from pipeline.commands import environment
from pipeline.commands.schedule_plan import Plan

LOOK_SECONDS = 30.0
PUT_BACK = timedelta(days=1)


class Loop:
    """The state of the loop: `last` is when the last run began, None where none ever did."""

    def __init__(
        self,
        plan: Plan,
        last: datetime | None,
        work: Callable[[], object],
        now: Callable[[], datetime] = environment.now,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.plan, self.last, self.work, self.now, self.sleep = plan, last, work, now, sleep

    def forever(self) -> None:
        """Run and wait until an exception (a signal) ends it."""
        while True:
            self.turn()

    def turn(self) -> None:
        """Work when it is time, else wait a little."""
        now = self.now()
        self.last = known_last(self.last, now)
        planned = planned_after(self.plan, self.last, now)
        if planned > now:
            self.sleep(min(LOOK_SECONDS, (planned - now).total_seconds()))
        else:
            self.work()
            self.last = max(now, self.now())


def planned_after(plan: Plan, last: datetime | None, now: datetime) -> datetime:
    """When the next run is to begin: at once where none ever did; a moment in the past was missed."""
    known = known_last(last, now)
    return plan.after(known) if known else now


def known_last(last: datetime | None, now: datetime) -> datetime | None:
    """When the last run began; `now` where that lies so far ahead that the clock must have been wrong."""
    return now if last and last - now > PUT_BACK else last
