"""What a cell of a workbook shows, as text.

Comes in: a stored value, its type and its format. Goes out: text. A number that was typed into a cell formatted as
`000000` keeps its zeros, a whole number has no `.0`, a day is written 2027-03-31.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree import ElementTree

_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DATE_CODE = re.compile(r"[dmyhs]", re.IGNORECASE)
_ZEROS = re.compile(r"0{2,20}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
MOST_DAYS = 2_958_465  # 9999-12-31


@dataclass(frozen=True)
class Formats:
    """For each style of the workbook: whether it shows dates, and how many digits it fills up with zeros."""

    dates: frozenset[int]
    zeros: dict[int, int]
    first_day: datetime

    def text(self, value: str, kind: str, style: int) -> str:
        """The text of a stored value; `kind` is the cell's type, "n" for numbers."""
        if kind == "b":
            return "TRUE" if value.strip() == "1" else "FALSE"
        if kind == "d":
            return value.removesuffix("T00:00:00")
        if kind != "n":
            return unescaped(value)
        return self.day(value) if style in self.dates else self.number(value, style)

    def number(self, value: str, style: int) -> str:
        try:
            number = float(value)
        except ValueError:
            return value
        if not number.is_integer() or abs(number) >= 1e15:
            return value.strip() if abs(number) >= 1e15 else repr(number)
        return str(int(number)).zfill(self.zeros.get(style, 0))

    def day(self, value: str) -> str:
        """A date, with its time where it has one; a number that is no date stays a number."""
        try:
            days = float(value)
        except ValueError:
            return value
        if not 1 <= days <= MOST_DAYS:
            return value
        if days < 60 and self.first_day.year == 1899:
            days += 1  # Excel believes in a 29th of February 1900
        moment = self.first_day + timedelta(seconds=round(days * 86400))
        return f"{moment:%Y-%m-%d}" if days == int(days) else f"{moment:%Y-%m-%d %H:%M:%S}"


def unescaped(text: str) -> str:
    """`_x000D_` is how a workbook writes a character that XML cannot hold."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def read_formats(styles: ElementTree.Element | None, since_1904: bool) -> Formats:
    """Read xl/styles.xml; a workbook without one has no dates."""
    first_day = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
    if styles is None:
        return Formats(frozenset(), {}, first_day)
    named = {e.tag.rpartition("}")[2]: e for e in styles}
    codes = {int(e.get("numFmtId", 0)): e.get("formatCode", "") for e in named.get("numFmts", ())}
    ids = [int(e.get("numFmtId", 0)) for e in named.get("cellXfs", ())]
    dates = frozenset(style for style, id in enumerate(ids) if id in _BUILT_IN_DATES or is_date(codes.get(id, "")))
    zeros = {style: len(codes[id]) for style, id in enumerate(ids) if _ZEROS.fullmatch(codes.get(id, ""))}
    return Formats(dates, zeros, first_day)


def is_date(code: str) -> bool:
    return bool(_DATE_CODE.search(_NOT_CODE.sub("", code.partition(";")[0]))) and "general" not in code.lower()
