"""A pair of records side by side, as an operator reads it.

In: a row of the review list and its two published records. Out: lines for a terminal, or a document for --json. What is
shown of a record is what is published of it.
"""

from __future__ import annotations

import json
import shlex
from typing import Any

Row = dict[str, Any]
FACTS = {
    "license": ("license_type", "license_number", "status", "expires"),
    "NPI": ("npi",),
    "place": ("address", "city", "state", "zip"),
    "phone": ("phone",),
    "clinic": ("clinic",),
    "website": ("website",),
    "certificate": ("designations",),
    "credential": ("credential",),
}
NO_EVIDENCE = "nothing"
KEPT_BACK = "Not in the public table: a record of one of the two carries discipline or may be on the exclusion list."


def pair_lines(row: Row, first: Row, second: Row) -> list[str]:
    """How likely, both records, what speaks for and against, and the two commands that answer."""
    head = f"{row['rank']}. {likely(row)}"
    sides = [line for name, record in (("A", first), ("B", second)) for line in side_lines(name, record)]
    return [
        head,
        *sides,
        f"   agrees     {evidence_words(row['agreed'])}",
        f"   disagrees  {evidence_words(row['disagreed'])}",
        f"   empty      {', '.join(item['feature'] + weight(item) for item in row['empty']) or NO_EVIDENCE}",
        *([f"   {KEPT_BACK}"] if row["withheld"] == "1" else []),
        f"   to judge:  {judge_command(first, second)}",
    ]


def likely(row: Row) -> str:
    """How likely, and beside it how common such a name is."""
    share = min(max(row["probability"], 0.001), 0.999)
    others = f"about {row['namesakes']:.1f} others" if row["namesakes"] >= 0.05 else "hardly any other"
    return f"{share:.1%} likely one person by the evidence ({row['score']:+.1f} bits); {others} of such a name expected"


def side_lines(name: str, record: Row) -> list[str]:
    """One record: who, where from, and every fact it prints."""
    person = f", practitioner {record['practitioner_id']}" if record["practitioner_id"] else ""
    title = record["source_title"] or record["source"]
    lines = [
        f"   {name}  {record['name']}",
        f"      {title}, {record['source']}:{record['source_key']} (record {record['id']}{person})",
    ]
    facts = facts_of(record)
    return lines + [f"      {fact}: {value}" for fact, value in facts.items()] + [f"      {record['url']}"]


def facts_of(record: Row) -> dict[str, str]:
    """The record's facts in words; a registry prints places and licenses as lists."""
    fields = json.loads(record["fields"])
    facts = {fact: joined(fields, names) for fact, names in FACTS.items()}
    for place in fields.get("locations", [])[:3]:
        facts["place"] = "; ".join(filter(None, [facts["place"], joined(place, ("city", "state", "zip", "phone"))]))
    for item in fields.get("taxonomies", []):
        told = joined(item, ("state", "license_number"))
        facts["license"] = "; ".join(filter(None, [facts["license"], told and f"{told} (self-reported)"]))
    return {fact: value for fact, value in facts.items() if value}


def joined(fields: Row, names: tuple[str, ...]) -> str:
    values = [fields.get(name) for name in names]
    texts = [", ".join(map(str, value)) if isinstance(value, list) else str(value) for value in values if value]
    return ", ".join(texts)


def evidence_words(items: list[Row]) -> str:
    """Each part with its bits: `the same phone (+12.0)`."""
    return "; ".join(f"{item['words']}{weight(item)}" for item in items) or NO_EVIDENCE


def weight(item: Row) -> str:
    return f" ({item['weight']:+.1f})" if item["weight"] else ""


def judge_command(first: Row, second: Row) -> str:
    ends = " ".join(shlex.quote(f"{end['source']}:{end['source_key']}") for end in (first, second))
    return f'diplomate judge {ends} same|different --reason "…"'


def pair_json(row: Row, first: Row, second: Row) -> Row:
    """The same for a program; names and order stay."""
    weighed = ("rank", "level", "rule", "score", "probability", "namesakes", "agreed", "disagreed", "empty", "reason")
    return {
        **{name: row[name] for name in weighed},
        "model_version": row["model_version"],
        "states": row["states"],
        "in_public_table": row["withheld"] != "1",
        "a": side_json(first),
        "b": side_json(second),
        "judge": judge_command(first, second),
    }


def side_json(record: Row) -> Row:
    names = ("id", "source", "source_key", "name", "practitioner_id", "url", "fetched_at")
    return {name: record[name] for name in names} | {"fields": json.loads(record["fields"])}
