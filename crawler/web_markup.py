"""What a page says of itself in markup for machines: JSON-LD and microdata of schema.org, read by extruct.

In: a parsed page. Out: people and places of practice under canonical names. Damaged markup is counted and the rest
of the page is read all the same. A person is somebody presented there, never the writer of a review; birth dates,
e-mail addresses and pictures are not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import lxml.etree
import lxml.html

from crawler.records import Fields

Node = dict[str, Any]
LONGEST_TEXT = 300
MOST_NODES = 2000
DEEPEST = 12
PEOPLE = frozenset(("Person", "Physician", "IndividualPhysician"))
PRACTICES = re.compile(
    r"^(?:\w*(?:Clinic|Business|MedicalOrganization|Physician|Acupuncture)|Organization|Corporation|DaySpa|HealthClub)$"
)
NOT_PRESENTED = frozenset("author creator editor reviewedby reviewer contributor publisher review sender".split())
NPI = re.compile(r"\b\d{10}\b")


@dataclass
class Markup:
    """People, places of practice, and how many blocks could not be read."""

    people: list[Fields] = field(default_factory=list)
    practices: list[Fields] = field(default_factory=list)
    damaged: int = 0


def read_markup(root: lxml.html.HtmlElement) -> Markup:
    """Everything a page's markup says of people and practices, each once."""
    found = Markup()
    for node, presented in islice(nodes_of(root, found), MOST_NODES):
        kinds = types_of(node)
        if kinds & PEOPLE and presented and is_one_person(node, kinds):
            keep(found.people, person(node))
        elif any(map(PRACTICES.match, kinds)):
            keep(found.practices, practice(node))
    return found


def keep(items: list[Fields], item: Fields) -> None:
    if item.get("name") and item not in items:
        items.append(item)


def nodes_of(root: lxml.html.HtmlElement, found: Markup) -> Iterator[tuple[Node, bool]]:
    """Every node of every block, and whether the page presents it (and does not only quote its author)."""
    for item in [*json_ld(root, found), *microdata(root, found)]:
        yield from walk(item, True, 0)


def walk(value: Any, presented: bool, depth: int) -> Iterator[tuple[Node, bool]]:
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        yield value, presented
        for name, inner in value.items():
            yield from walk(inner, presented and name.casefold() not in NOT_PRESENTED, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner, presented, depth + 1)


def json_ld(root: lxml.html.HtmlElement, found: Markup) -> list[Node]:
    """Each block by itself: one that is damaged does not take the others with it."""
    from extruct.jsonld import JsonLdExtractor  # takes 0.3 s to load, and only this source needs it

    items: list[Node] = []
    for script in root.xpath("//script[contains(@type, 'ld+json')]"):
        script.set("type", "application/ld+json")
        try:
            items += JsonLdExtractor().extract_items(script)
        except (ValueError, RecursionError):
            found.damaged += 1
    return items


def microdata(root: lxml.html.HtmlElement, found: Markup) -> list[Node]:
    """The items of a page's microdata, in the shape of JSON-LD."""
    if not root.xpath("boolean(//*[@itemscope])"):
        return []
    from extruct.w3cmicrodata import MicrodataExtractor

    try:
        return [as_json_ld(item, 0) for item in MicrodataExtractor().extract_items(root, None)]
    except (ValueError, TypeError, AttributeError, RecursionError, lxml.etree.LxmlError):
        found.damaged += 1
        return []


def as_json_ld(value: Any, depth: int) -> Any:
    if isinstance(value, list):
        return [as_json_ld(inner, depth + 1) for inner in value]
    if not isinstance(value, dict) or depth > DEEPEST:
        return value
    inner = {name: as_json_ld(one, depth + 1) for name, one in (value.get("properties") or {}).items()}
    return {"@type": value.get("type", ""), **inner}


def types_of(node: Node) -> set[str]:
    """`Person` for `https://schema.org/Person`; a node may have several."""
    return {re.split(r"[/#:]", text)[-1] for text in texts(node.get("@type"))}


def is_one_person(node: Node, kinds: set[str]) -> bool:
    """schema.org calls a doctor's office a Physician too; a person has a title, letters or a family name."""
    personal = (
        "jobTitle",
        "honorificSuffix",
        "honorificPrefix",
        "familyName",
        "givenName",
        "hasCredential",
        "worksFor",
    )
    return bool(kinds & {"Person", "IndividualPhysician"}) or any(node.get(name) for name in personal)


def person(node: Node) -> Fields:
    fields = {
        "name": text(node.get("name")) or " ".join(filter(None, map(text, map(node.get, ("givenName", "familyName"))))),
        "credential": ", ".join(texts(node.get("honorificSuffix"))),
        "job_title": ", ".join(texts(node.get("jobTitle"))),
        "credentials": [said for said in map(credential, listed(node.get("hasCredential"))) if said],
        "languages": texts(node.get("knowsLanguage")),
        "npi": npi(node.get("identifier")) or npi(node.get("usNPI")),
    }
    return {name: value for name, value in fields.items() if value}


def credential(value: Any) -> str:
    """A credential in one line: its name, who gave it, its number."""
    if not isinstance(value, dict):
        return text(value)
    given_by = text(value.get("recognizedBy"))
    named = text(value.get("name")) or text(value.get("credentialCategory")) or text(value.get("description"))
    shown = f"{named} ({given_by})" if given_by and given_by not in named else named
    number = text(value.get("identifier"))
    return f"{shown} {number}".strip() if named else ""


def npi(value: Any) -> str:
    """A ten-digit number that calls itself an NPI (or stands where only an NPI can)."""
    for item in listed(value):
        if isinstance(item, dict) and "npi" not in text(item.get("propertyID") or item.get("name")).casefold():
            continue
        found = NPI.search(text(item.get("value")) if isinstance(item, dict) else text(item))
        if found:
            return found[0]
    return ""


def practice(node: Node) -> Fields:
    """A place of practice: its name, telephone and address."""
    address = next((item for item in listed(node.get("address")) if item), "")
    fields = {"name": text(node.get("name")), "phone": text(node.get("telephone")), **place(address)}
    return {name: value for name, value in fields.items() if value}


def place(value: Any) -> Fields:
    if not isinstance(value, dict):
        return {"address": text(value)}
    parts = {"street": "streetAddress", "city": "addressLocality", "state": "addressRegion", "zip": "postalCode"}
    return {name: text(value.get(theirs)) for name, theirs in parts.items()} | {
        "country": text(value.get("addressCountry"))
    }


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def texts(value: Any) -> list[str]:
    return list(dict.fromkeys(filter(None, map(text, listed(value)))))[:20]


def text(value: Any) -> str:
    """The words of a value; of a thing its name."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or ""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    bare = re.sub(r"<[^>]{0,200}>", " ", str(value)[: LONGEST_TEXT * 4]).replace("\x00", "")
    return " ".join(bare.split())[:LONGEST_TEXT]
