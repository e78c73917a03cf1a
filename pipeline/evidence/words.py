"""The words of a bundle: README.txt for whoever receives it, and the answer as plain text.

In: the person's published rows, the words and rules as applied. Out: text that depends on nothing else, so that a
verification can write it again and compare.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.frames import Rows

EXCLUSION = (
    "Possible match on the federal exclusion list: verify at exclusions.oig.hhs.gov before drawing any conclusion."
)
README_TEXT = """EVIDENCE ABOUT ONE PRACTITIONER: {name} [{id}]

What this is
The answer of one published file of diplomate (built {built_at}) about one acupuncture practitioner, and
everything it rests on: what public sources sent, the rows read from it, the rules that were applied.
answer.txt is the answer in plain words; begin there.{sample}

What this is not
{pre_check}
It is no report for decisions on employment, insurance, tenancy or credit, and must not be used as one.
It says nothing about today: every fact bears the date on which its source was read.

What lies in it
answer.txt        the answer as text
manifest.json     versions, the time of the build, every file with its size and SHA-256, and what is missing
tables/           the rows as published: tags (with rule, reason and the claims they rest on), claims with first
                  and last sight, licenses, certifications, records, links (why the records stand together)
records.jsonl     the rows as the parser read them, each with the run it stands in and its snapshot
snapshots.jsonl   what was asked, when, and what came back (address, time, status, headers, SHA-256)
snapshots/        the bytes themselves, each file named by its SHA-256
runs.json         the runs those rows stand in, and how they are read again
readings.json     which source was read whole, for which state, when and by which run: tags of absence rest on it
world.json        the sources as described at the time, and which of them hold records that might be this person's
rules/            the rules as applied, as tables

How to verify it, without any network
Install diplomate {version} (Python {python}) and call:  diplomate evidence verify bundle.zip
It compares every file with its hash, parses every snapshot again, applies the rules again, and compares the
result with the tags in tables/. By hand: `sha256sum` of a file must be what manifest.json says.
Hashes prove that nothing was changed by accident or by halves. Somebody who forges snapshots, rows and tags
together can make a bundle that agrees with itself: what counts in the end is what the source itself says.

Other people's data
A board's or the certifier's list is kept as it was sent, so a snapshot may hold thousands of other people, and
home addresses that diplomate never publishes. Keep this bundle as you keep a personnel file: hand it on only to
whoever needs it, search in it for nobody else, delete it when the question is settled. A bundle made with
--without-snapshots leaves the lists out; their hashes and addresses stay. records.jsonl holds this person's rows
whole (a web site's pages with everybody they name), with fields that are not published, and with facts that are
disputed and therefore hidden everywhere else.

How to correct it
{correction}
A wrong fact is corrected at the source that states it (the addresses stand in answer.txt); once that source is
read again, the answer changes. Name the id {id} when you report something.
"""


def readme(person: dict[str, Any], manifest: dict[str, Any], pre_check: str, correction: str) -> bytes:
    sample = "\nEverybody in it is invented: it was made from the bundled sample." if manifest["sample"] else ""
    text = README_TEXT.format(
        name=person["name"],
        id=person["id"],
        built_at=manifest["built_at"],
        version=manifest["versions"]["diplomate"],
        python=manifest["versions"]["python"],
        sample=sample,
        pre_check=pre_check,
        correction=correction,
    )
    return text.encode()


def answer(tables: dict[str, Rows], rules: dict[str, Rows], built_at: str, pre_check: str, correction: str) -> bytes:
    """The answer as the file of that build gives it."""
    person = tables["practitioners"][0]
    place = ", ".join(filter(None, (person.get("city"), person.get("state"))))
    lines = [f"{person['name']}, {place}  [{person['id']}]", f"As published in the file built {built_at}.", ""]
    lines += [line for tag in tables["tags"] for line in tag_lines(tag, rules["tag_words"])]
    lines += section("Licenses", map(license_line, tables.get("licenses", [])))
    lines += section("Certifications", map(certification_line, tables.get("certifications", [])))
    lines += section("Federal exclusion list", [EXCLUSION] if tables.get("exclusions") else [])
    lines += section("Records", map(record_line, tables["records"]))
    lines += section("Where to verify", verify_lines(tables, rules["states"]))
    return "\n".join([*lines, "", pre_check, correction, ""]).encode()


def tag_lines(tag: dict[str, Any], words: Rows) -> list[str]:
    word: dict[str, Any] = next((row for row in words if (row["kind"], row["tag"]) == (tag["kind"], tag["value"])), {})
    shown = [
        f"{tag['kind'].capitalize()} {tag['scope']}: {word.get('label') or tag['value']} (tag {tag['value']})",
        f"  {tag['because']}",
        f"  {word.get('sentence') or ''}",
        f"  Rule {tag['rule']}" + (f", reading of {tag['as_of']}" if tag["as_of"] else ""),
    ]
    review = [f"  Needs review: {tag['needs_review']}"] if tag["needs_review"] else []
    return [line for line in shown if line.strip()] + review


def section(heading: str, lines: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(lines))
    return ["", f"{heading}:", *(f"  {line}" for line in found)] if found else []


def license_line(row: dict[str, Any]) -> str:
    number = row["number"] or "(no number printed)"
    status = row["status"] + (f" (its word: {row['status_raw']})" if row["status_raw"] else "")
    parts = [f"{row['state']} {number}: {status}", row["expires"] and f"expires {row['expires']}", row["discipline"]]
    said = "said by the board" if row["source_kind"] == "primary" else "as the practitioner reported it"
    return "; ".join(filter(None, [*parts, f"{said}, read {row['as_of']}"]))


def certification_line(row: dict[str, Any]) -> str:
    word = f" (its word: {row['status_raw']})" if row["status_raw"] else ""
    return f"{row['issuer']} {row['designation']}: {row['status']}{word}; read {row['as_of']}"


def record_line(row: dict[str, Any]) -> str:
    joined = f"{row['match_level']}: {row['match_reason']}"
    return f"{row['source']} {row['source_key']}, {row['url']}, read {row['fetched_at']}; {joined}"


def verify_lines(tables: dict[str, Rows], states: Rows) -> list[str]:
    """The certifier, the boards of the states, the register and the list where they play a part."""
    sources = tables.get("sources", [])
    lines = [f"{row['title']}: {row['homepage']}" for row in sources if row["kind"] == "certifier"]
    codes = {tag["scope"] for tag in tables["tags"] if tag["kind"] == "license"}
    for row in states:
        where = row["lookup_url"] or row["board_url"]
        if row["code"] in codes and where:
            lines.append(f"{row['name']}, {row['board'] or 'licensing board'}: {where}")
    if tables["practitioners"][0].get("npi"):
        lines.append(f"NPI Registry: https://npiregistry.cms.hhs.gov/provider-view/{tables['practitioners'][0]['npi']}")
    return lines
