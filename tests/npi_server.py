"""The NPI Registry as it really answers: 200 rows a page, 1,200 a question, then the last page again.

In: providers. Out: answers for a `fault_site`, and what was asked in parts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fault_server import Answer

ACUPUNCTURIST = "171100000X"


def provider(
    number: int, last: str, state: str, zip_code: str, mailing: str = "", code: str = ACUPUNCTURIST
) -> dict[str, Any]:
    """One row; `mailing` is another state the mail goes to."""
    place = {"city": "NOWHERE", "state": state, "postal_code": zip_code, "country_code": "US", "address_1": "1 A ST"}
    mail = place | {"state": mailing or state, "postal_code": "99999" if mailing else zip_code}
    return {
        "number": str(1999000000 + number),
        "enumeration_type": "NPI-1",
        "basic": {"first_name": "ODALYS", "last_name": last, "status": "A", "last_updated": "2026-01-01"},
        "addresses": [place | {"address_purpose": "LOCATION"}, mail | {"address_purpose": "MAILING"}],
        "taxonomies": [{"code": code, "desc": "Acupuncturist", "primary": True, "state": state, "license": None}],
    }


@dataclass
class Registry:
    """Answers like the API; `page` is the most rows it gives at once."""

    rows: list[dict[str, Any]]
    page: int = 200
    questions: list[dict[str, str]] = field(default_factory=list)

    def answer(self, path: str, body: str) -> Answer:
        asked = dict(parse_qsl(urlsplit(path).query))
        self.questions.append(asked)
        found = [row for row in self.rows if fits(row, asked)]
        skip, limit = min(int(asked["skip"]), 1000), min(int(asked["limit"]), self.page)
        return Answer(json.dumps({"result_count": len(found[skip:][:limit]), "results": found[skip:][:limit]}).encode())

    def parts(self) -> set[tuple[str, str, str]]:
        """State, ZIP and name pattern of every question."""
        return {(each["state"], each.get("postal_code", ""), each.get("last_name", "")) for each in self.questions}


def fits(row: dict[str, Any], asked: dict[str, str]) -> bool:
    """Whether any address of the row is in the state and ZIP asked for, and its last name begins as asked."""
    name = row["basic"]["last_name"]
    placed = any(
        place["state"] == asked["state"] and fnmatchcase(place["postal_code"], asked.get("postal_code", "*") + "*")
        for place in row["addresses"]
    )
    return placed and fnmatchcase(name, asked.get("last_name", "*").upper())
