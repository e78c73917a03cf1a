"""Dates and web addresses as sources print them, in one form each.

In: text. Out: `YYYY-MM-DD` or a full http address, "" where the source gives none. A date that cannot be read
is an error, because a silently dropped expiry date would make a license look fresher than it is.
"""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit, urlunsplit

LONGEST_ADDRESS = 2000
_TIME = r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_YEAR_FIRST = re.compile(rf"(?P<y>[0-9]{{4}})(?P<s>[-/]?)(?P<m>[0-9]{{2}})(?P=s)(?P<d>[0-9]{{2}}){_TIME}")
_MONTH_FIRST = re.compile(rf"(?P<m>[0-9]{{1,2}})(?P<s>[-/])(?P<d>[0-9]{{1,2}})(?P=s)(?P<y>[0-9]{{4}}){_TIME}")
_NO_DATE = frozenset(("", "0", "00000000", "0000-00-00"))
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")


class DateError(ValueError):
    """A text that is no date in any known form; the message holds the value."""


def iso_date(text: str) -> str:
    """`YYYY-MM-DD` for `20160115`, `2027-06-30T00:00:00.000`, `06/30/2027`, `06-30-2027`, `2020-12-28`.

    Blank text and `00000000` give "". Raises DateError with the value for anything else.
    """
    value = text.strip()
    if value in _NO_DATE:
        return ""
    found = _YEAR_FIRST.fullmatch(value) or _MONTH_FIRST.fullmatch(value)
    if found is None:
        raise DateError(f"{value[:40]!r} is not a date in a known form.")
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat()
    except ValueError:
        raise DateError(f"{value[:40]!r} is not a day of the calendar.") from None


def website(text: str) -> str:
    """A full http or https address, host in small letters, or "" where the text is none.

    Text that a list cut off (`www.example.co ...`), e-mail addresses and hosts without a dot give "".
    """
    value = text.strip()
    if not value or len(value) > LONGEST_ADDRESS or value.endswith(("...", "\u2026")) or re.search(r"\s", value):
        return ""
    if not re.match(r"https?://", value, re.I):
        value = "http://" + value
    try:
        parts = urlsplit(value)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    host = (parts.hostname or "").rstrip(".")
    if "@" in parts.netloc or not _HOST.fullmatch(host) or not value.isprintable():
        return ""
    return urlunsplit((parts.scheme.lower(), host + port, parts.path, parts.query, parts.fragment))
