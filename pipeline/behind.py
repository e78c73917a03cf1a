"""Sources that are read less far than when the last file was published: a reading was set aside in between.

In: what was read then and is today. Out: which registers have fallen behind, and what is left of the news. An older
reading is no news of anybody; and what was told from the lost reading is not told again once the source is read anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline.frames import Rows

COMES, GOES = ("new", "listed"), ("no_longer_listed",)


@dataclass(frozen=True)
class Behind:
    """Register -> when it was last read well: as the last file knew it, and as it is known today."""

    was: Mapping[str, str] = field(default_factory=dict)
    now: Mapping[str, str] = field(default_factory=dict)

    @property
    def registers(self) -> set[str]:
        """Those whose newest reading is older than the one the last file rests on."""
        return {name for name, at in self.was.items() if self.now.get(name, "") < at}

    def keeps(self, claims: pd.DataFrame, records: Iterable[str]) -> pd.Series:
        """Which claims of last time that nobody states today still stand: what would show them was set aside."""
        read = claims["source"].map(self.now).fillna("")
        lost = claims["source"].isin(self.registers) & (claims["last_seen"] > read)
        return lost & ~claims["record_id"].isin(list(records))

    def unbroken(self, sources: pd.Series, last_seen: pd.Series) -> pd.Series:
        """Which claims were seen later than the last file could know: they never went."""
        return last_seen.notna() & (last_seen > sources.map(self.was).fillna("9"))

    def news(self, part: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
        """Without what an older reading says, and without what was told already of the reading that was lost."""
        part = part[~part["source"].isin(self.registers)]
        if part.empty or told.empty:
            return part
        late = told[told["at"] > told["source"].map(self.was).fillna("9")]
        known = {essence(row) for row in late.to_dict("records")}
        return part[[essence(row) not in known for row in part.to_dict("records")]] if known else part


def essence(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    """What a change says, whenever it says so."""
    if row["kind"] in COMES:
        return row["record_id"], "comes"
    if row["kind"] in GOES:
        return row["record_id"], "goes"
    return row["record_id"], row["field"], row["old"] or None, row["new"] or None


def newest_of(read: Mapping[str, str], registers: Mapping[str, str]) -> dict[str, str]:
    """Register -> its newest reading, of source -> when it was last read well."""
    found: dict[str, str] = {}
    for source, at in read.items():
        register = registers.get(source) or source
        found[register] = max(found.get(register, ""), at)
    return found


def behind(before: Rows, readings: Mapping[str, Any], registers: Mapping[str, str]) -> Behind:
    """`before`: the table sources of the last file.

    A register of several sources is behind with any of them: what the monthly file showed no weekly one shows again.
    """
    was = {row["name"]: row["last_good_read"] for row in before if row["last_good_read"]}
    now = {name: each.last_good for name, each in readings.items() if each.last_good}
    fallen = {name: at for name, at in was.items() if now.get(name, "") < at}
    today = {name: now[name] for name in fallen if name in now}
    return Behind(
        newest_of(was, registers) | newest_of(fallen, registers),
        newest_of(now, registers) | dict.fromkeys(newest_of(fallen, registers), "") | newest_of(today, registers),
    )
