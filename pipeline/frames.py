"""Frames in and out: the one place where a pandas frame becomes plain rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast, overload

import pandas as pd

Rows = list[dict[str, Any]]
ROWS_AT_ONCE = 20_000


def rows_of(frame: pd.DataFrame) -> Rows:
    """Rows of a frame, with None where it holds nothing (NaN and NaT would be published as text)."""
    plain = frame.astype(object).where(frame.notna(), None)
    return cast(Rows, plain.to_dict("records"))


class FrameRows(Sequence[dict[str, Any]]):
    """A frame that is read as rows, a part at a time: a row as a dictionary takes ten times the memory."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def __len__(self) -> int:
        return len(self.frame)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for begin in range(0, len(self.frame), ROWS_AT_ONCE):
            yield from rows_of(self.frame.iloc[begin : begin + ROWS_AT_ONCE])

    @overload
    def __getitem__(self, at: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, at: slice) -> Rows: ...
    def __getitem__(self, at: int | slice) -> dict[str, Any] | Rows:
        if isinstance(at, slice):
            return rows_of(self.frame.iloc[at])
        return rows_of(self.frame.iloc[[at]])[0]


def rows_when_read(frame: pd.DataFrame) -> Rows:
    """The rows of a large frame, made when somebody reads them."""
    return cast(Rows, FrameRows(frame))


def framed(rows: Rows | pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """A frame with exactly these columns; one that the rows lack is empty."""
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows, columns=None if rows else list(columns))
    return frame.reindex(columns=list(columns))
