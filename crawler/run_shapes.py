"""The shapes of what `crawler.snapshots` keeps: one answer, and the verdict of a run.

In: what a source answered and what became of a run. Out: dataclasses that are written as JSON and read back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

EVERYTHING = "*"
TIMES = "%Y-%m-%dT%H:%M:%SZ"
KEPT_HEADERS = (
    "content-type",
    "content-encoding",
    "content-length",
    "etag",
    "last-modified",
    "location",
    "retry-after",
    "cf-mitigated",
    "x-soda2-truth-last-modified",
    "x-soda2-data-out-of-date",
)


@dataclass(frozen=True)
class Snapshot:
    """One answer. `fetched_at` is when its bytes arrived (or, for a saved file, when the person saved it).

    `unchanged_since`: the source said that the bytes we had of that time still stand (status 304), or "".
    """

    method: str
    url: str
    asked: str
    status: int
    headers: dict[str, str]
    fetched_at: str
    sha256: str
    size: int
    saved_as: str = ""
    unchanged_since: str = ""

    def checked(self) -> Snapshot:
        """The same; raises TypeError for a value of another type."""
        refuse_other_types(self, OF_AN_ANSWER)
        return self


@dataclass
class Manifest:
    """The verdict of a run; written last. `coverage` says which states (EVERYTHING: all) were read whole.

    `read_at` is when its youngest byte arrived, `read_from` its oldest: a list is only as fresh as its oldest page.
    `rows_in` counts rows by state; `records_sha256` proves that the records are the ones that were judged.
    `sample` marks a run on the bundled sample: its people are invented, and every page must say so.
    `as_of` is the time up to which a file was made, where it says so: it speaks of then, not of when it was fetched.
    `cut_off` marks a crawl that was interrupted or no longer answered: the next one goes on where it stopped.
    `attempts`: how many times it was begun, those that were gone on with after a verdict of their own among them.
    """

    source: str
    run: str
    kind: str
    started: str
    finished: str = ""
    read_at: str = ""
    read_from: str = ""
    result: str = ""
    rows: int = 0
    requests: int = 0
    states: list[str] = field(default_factory=lambda: [EVERYTHING])
    coverage: dict[str, bool] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    rows_in: dict[str, int] = field(default_factory=dict)
    records_sha256: str = ""
    replay_of: str = ""
    sample: bool = False
    cut_off: bool = False
    as_of: str = ""
    attempts: int = 1

    def check(self) -> None:
        """Raises TypeError or ValueError for a value of another type, a time that is none, a verdict nobody gives."""
        refuse_other_types(self, OF_A_VERDICT)
        if not all(isinstance(text, str) for text in (*self.troubles, *self.alarms, *self.states)):
            raise TypeError("a trouble, an alarm or a state is no text")
        for at in filter(None, (self.started, self.finished, self.read_at, self.read_from)):
            datetime.strptime(at, TIMES)
        if self.result not in ("good", "failed", "blocked") or not self.started:
            raise ValueError(f"its result is {self.result!r}, begun {self.started!r}")

    @property
    def complete(self) -> bool:
        """Whether everything the run set out to read was read."""
        return bool(self.coverage) and all(self.coverage.values())


def types_of(shape: Snapshot | Manifest) -> dict[str, type]:
    return {name: type(value) for name, value in vars(shape).items()}


OF_AN_ANSWER = types_of(Snapshot("", "", "", 200, {}, "", "", 0))
OF_A_VERDICT = types_of(Manifest(source="", run="", kind="", started=""))


def refuse_other_types(shape: Snapshot | Manifest, wanted: dict[str, type]) -> None:
    """Raises TypeError naming the first value that is not of the type that is written."""
    for name, kind in wanted.items():
        if not isinstance(getattr(shape, name), kind):
            raise TypeError(f"{name} is {getattr(shape, name)!r}")
