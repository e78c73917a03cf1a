"""Frames in and out: the one place where a pandas frame becomes plain rows."""

from __future__ import annotations

from typing import Any, cast

import pandas as pd

Rows = list[dict[str, Any]]


def rows_of(frame: pd.DataFrame) -> Rows:
    """Rows of a frame, with None where it holds nothing (NaN and NaT would be published as text)."""
    plain = frame.astype(object).where(frame.notna(), None)
    return cast(Rows, plain.to_dict("records"))
