"""People as files: JSON, CSV, GeoJSON and a vCard, each saying what it is and how old.

Comes in: rows already found. Goes out: text in the named format, whole.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from db.export import safe_cells
from db.facts import CORRECTION, PRE_CHECK, Facts
from db.find import FindResult
from db.profiles import Profile, is_web_address
from db.rows import Row
from db.schema import SEARCH_KEYS, TABLES

COLUMNS = tuple(name for name in TABLES["practitioners"].column_names if name not in SEARCH_KEYS)
POSITIONS = "Positions are the centers of ZIP codes, not addresses."


def about(facts: Facts) -> dict[str, str]:
    return {
        "built_at": facts.built_at,
        "disclaimer": PRE_CHECK,
        "correction": CORRECTION,
        "positions": POSITIONS,
    }


def json_text(result: FindResult, facts: Facts, safe: bool = True) -> str:
    """Return JSON of everybody found; JSON needs no making safe."""
    document = {
        "query": result.query.filled(),
        "total": result.total,
        "notes": result.notes,
        **about(facts),
        "practitioners": [public_row(row) for row in result.rows],
    }
    return json.dumps(document, ensure_ascii=False)


def public_row(row: Row) -> Row:
    shown = {name: row[name] for name in COLUMNS}
    return shown | ({"miles": row["miles"]} if "miles" in row else {})


def csv_text(result: FindResult, facts: Facts, safe: bool = True) -> str:
    """Return CSV with a header; `safe` puts a ' before cells that a spreadsheet would run."""
    names = [*COLUMNS, *(["miles"] if result.place else [])]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    for row in result.rows:
        cells = [csv_cell(row[name]) for name in names]
        writer.writerow(safe_cells(cells) if safe else cells)
    return text.getvalue()


def csv_cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


def geojson(result: FindResult, facts: Facts, safe: bool = True) -> str:
    """Return a FeatureCollection of the people whose ZIP is known (RFC 7946: longitude first)."""
    features = [feature(row) for row in result.rows if row["latitude"] is not None and row["longitude"] is not None]
    unplaced = len(result.rows) - len(features)
    collection = {
        "type": "FeatureCollection",
        **about(facts),
        "total": result.total,
        "without_position": unplaced,
    }
    return json.dumps(collection | {"features": features}, ensure_ascii=False)


def feature(row: Row) -> dict[str, Any]:
    properties = {name: value for name, value in public_row(row).items() if name not in {"latitude", "longitude"}}
    point = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
    return {"type": "Feature", "id": row["id"], "geometry": point, "properties": properties}


def vcard(profile: Profile, facts: Facts) -> str:
    """Return a vCard 3.0 (RFC 2426) with contact data and a note that it is a pre-check."""
    row = profile.row
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"FN:{escaped(profile.name)}",
        f"N:{escaped(row['family_name'] or profile.name)};{escaped(row['given_name'])};;;",
        *([f"ORG:{escaped(row['clinic'])}"] if row["clinic"] else []),
        *([f"TEL;TYPE=WORK:{escaped(row['phone'])}"] if row["phone"] else []),
        f"ADR;TYPE=WORK:;;{escaped(row['street'])};{escaped(row['city'])};{escaped(row['state'])};{escaped(row['zip'])};US",
        *([f"URL:{escaped(row['website'])}"] if is_web_address(row["website"]) else []),
        f"NOTE:{escaped(f'Built {facts.built_at}. {PRE_CHECK}')}",
        "END:VCARD",
    ]
    return "\r\n".join(folded(line) for line in lines) + "\r\n"


def escaped(text: str | None) -> str:
    """Escape what has a meaning in a vCard, so that no value can begin a new line or field."""
    value = (text or "").replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(value.splitlines())


def folded(line: str) -> str:
    """Fold a line after 70 bytes, as RFC 2426 asks, never within a letter."""
    parts, size = [""], 0
    for letter in line:
        size += len(letter.encode())
        if size > 70:
            parts.append("")
            size = len(letter.encode())
        parts[-1] += letter
    return "\r\n ".join(parts)
