"""From pages of clinics' web sites to one record a person of each site.

In: gathered records. Out: the same, where the page records of sources of kind `website` have become person records:
key `page address#name as printed`, the fields every other source uses, and the sentences each claim and each topic
rests on. Nobody of a site is a record unless the site shows an acupuncturist in him or her.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pandas as pd
import phonenumbers

from pipeline.credentials import read_credentials
from pipeline.facts import SourceFacts
from pipeline.frames import rows_of
from pipeline.gather import RECORD_COLUMNS
from pipeline.places import Place, parse_place, state_code, street_key, zip5
from pipeline.rules import state_codes
from pipeline.tables import row_id
from pipeline.web_contacts import without_contacts
from pipeline.web_layout import lines_of
from pipeline.web_people import Member, Site, read_site
from pipeline.web_staff import NOWHERE
from pipeline.web_topics import Topic, shortened, terms_in, tokens_of

WEBSITE = "website"
TABLES = ("conditions", "therapies", "languages", "insurance")
LONGEST_SENTENCE = 300
MOST_STATEMENTS = 30
# The page a person's record is named after: where the site presents its people.
PAGE_ORDER = ("bio", "team", "about", "home")
_TITLE_PART = re.compile(r"\s*[|–—•:»]\s*|\s+-\s+")
_STREET_START = re.compile(r"\b\d{1,6}[A-Z]?\s+(?=[A-Za-z0-9])|\b[Pp]\.?\s?[Oo]\.?\s?[Bb]ox\b")
_ZIP = re.compile(r"\b([A-Z]{2}|[A-Z][a-z]+(?: [A-Z][a-z]+)?)\.?,?\s+\d{5}(?:-\d{4})?\b")
# Words before a telephone number or an address that make it a person's own and not the clinic's.
REACH_OF_PRIVATE = 25
_PRIVATE = re.compile(r"\b(?:home|cell|cellphone|mobile|text me)\b", re.I)
_PRIVATE_AFTER = re.compile(r"\s*\(?(?:home|cell|mobile)\b", re.I)
_PRIVATE_ADDRESS = re.compile(
    r"\b(?:(?:at|her|his|their|my) home|home (?:address|office|phone)|lives (?:at|on))\b", re.I
)
Row = dict[str, Any]


def people_of_pages(records: pd.DataFrame, sources: dict[str, SourceFacts]) -> tuple[pd.DataFrame, list[str]]:
    """The records with persons in place of pages, and what the operator should hear."""
    is_page = records["source"].map(lambda name: sources[name].kind == WEBSITE).astype(bool)
    sites: dict[tuple[str, str], list[Row]] = {}
    for row in rows_of(records[is_page]):
        sites.setdefault((row["source"], row["partition"]), []).append(row)
    found: list[Row] = []
    untied: Counter[str] = Counter()
    for pages in sites.values():
        rows, left = people_of_site(pages)
        found += rows
        untied += left
    people = pd.DataFrame(found, columns=RECORD_COLUMNS)
    kept = records[~is_page]
    notes = [f"{count} claims on clinic websites were left out: {why}." for why, count in sorted(untied.items())]
    return (pd.concat([kept, people], ignore_index=True) if len(people) else kept.reset_index(drop=True)), notes


def people_of_site(pages: list[Row]) -> tuple[list[Row], Counter[str]]:
    """One row for each practitioner of a site."""
    places = places_of_site(pages)
    states = {place.state for place in places}
    site = read_site(pages, next(iter(states)) if len(states) == 1 else "")
    state = only(states or {code for page in pages for code in page["fields"].get("found_in_states", [])})
    shared = fields_of_site(pages, places, site)
    return [person_row(member, pages, shared, state) for member in site.practitioners], site.untied


def only(values: Iterable[str]) -> str:
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def person_row(member: Member, pages: list[Row], shared: dict[str, Any], state: str) -> Row:
    """A person's record: named after the page that presents him or her best, read also from the others."""
    by_url = {page["url"]: page for page in pages}
    urls = list(dict.fromkeys([one.page for one in member.shown if one.page] + [said.page for said in member.claims]))
    best = by_url[min(urls, key=lambda url: page_rank(by_url[url], member))]
    key = f"{best['url']}#{member.name.display}"
    others = dict.fromkeys(by_url[url]["sha256"] for url in urls)
    clinic = best["fields"].get("clinic") or shared["clinic"]
    fields = shared | fields_of_person(member, shared) | {"clinic": clinic}
    return best | {
        "record_id": row_id(best["source"], key),
        "source_key": key,
        "also": [digest for digest in others if digest != best["sha256"]],
        "partition": state,
        "fields": {name: value for name, value in fields.items() if value},
    }


def page_rank(page: Row, member: Member) -> tuple[bool, int, int, str]:
    """Sorts first the page in whose text the person stands, by kind, the shortest address before longer ones."""
    in_text = any(one.page == page["url"] and one.start != NOWHERE for one in member.shown)
    kind = page["fields"].get("page_kind", "")
    order = PAGE_ORDER.index(kind) if kind in PAGE_ORDER else len(PAGE_ORDER)
    return (not in_text, order, len(page["url"]), page["url"])


def fields_of_person(member: Member, shared: dict[str, Any]) -> dict[str, Any]:
    """What the site says of one person; what it says of the clinic is everybody's there."""
    own = [(topic, page) for topic, page in member.topics]
    spoken = {topic for one in member.shown for text in one.languages for topic in languages_in(text)}
    topics = {table: topics_of(table, own, shared[table]) for table in TABLES}
    roles = list(dict.fromkeys(one.role for one in member.shown if one.role))
    return {
        "name": member.name.printed,
        "credential": ", ".join(dict.fromkeys(found.printed for role in roles for found in read_credentials(role))),
        "job_title": shortened(without_contacts(roles[0])) if roles else "",
        "title": member.title,
        "npi": next((one.npi for one in member.shown if one.npi), ""),
        "statements": statements_of(member),
        "findings": [finding(topic, page) for topic, page in own] + not_in(own, shared["findings"]),
        **topics,
        "languages": list(dict.fromkeys([*sorted(spoken), *topics["languages"]])),
    }


def languages_in(text: str) -> list[str]:
    return [topic for topic, _, _ in terms_in("languages", text, tokens_of(text))]


def topics_of(table: str, own: list[tuple[Topic, str]], of_all: list[str]) -> list[str]:
    return list(dict.fromkeys([*(topic.topic for topic, _ in own if topic.table == table), *of_all]))


def not_in(own: list[tuple[Topic, str]], findings: list[dict[str, str]]) -> list[dict[str, str]]:
    known = {(topic.table, topic.topic) for topic, _ in own}
    return [one for one in findings if (one["about"], one["topic"]) not in known]


def finding(topic: Topic, page: str) -> dict[str, str]:
    return {"about": topic.table, "topic": topic.topic, "says": without_contacts(topic.says), "page": page}


def statements_of(member: Member) -> list[dict[str, str]]:
    """Each distinct claim with its sentence and page; a license whose state is not said is none to be looked up."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for said in member.counted:
        claim = said.claim
        if claim.kind == "license" and not claim.state:
            continue
        what = (claim.kind, claim.issuer, claim.designation, claim.state, claim.number, claim.tense)
        found.setdefault(
            what,
            {
                "kind": claim.kind,
                "issuer": claim.issuer,
                "designation": claim.designation,
                "state": claim.state,
                "number": claim.number,
                "tense": claim.tense,
                "says": without_contacts(" ".join(claim.sentence.split()), claim.number)[:LONGEST_SENTENCE],
                "page": said.page,
                "rule": claim.rule,
            },
        )
    return list(found.values())[:MOST_STATEMENTS]


def fields_of_site(pages: list[Row], places: list[Place], site: Site) -> dict[str, Any]:
    """What holds for everybody of the site. A site with several addresses says of nobody where he or she works."""
    fields = [page["fields"] for page in pages]
    once: dict[tuple[str, str], tuple[Topic, str]] = {}
    for topic, page in site.topics:
        once.setdefault((topic.table, topic.topic), (topic, page))
    numbers = Counter(number for one in fields if (number := one.get("phone", "")))
    text_number = next((found for page in pages if (found := phone_in(page["fields"].get("text", "")))), "")
    return {
        "clinic": next((one["clinic"] for one in fields if one.get("clinic")), "") or name_in_titles(fields),
        "phone": (numbers.most_common(1)[0][0] if numbers else text_number) if len(places) < 2 else "",
        "website": next((one["website"] for one in fields if one.get("website")), ""),
        "locations": [as_columns(place) for place in places] if len(places) == 1 else [],
        "findings": [finding(topic, page) for topic, page in once.values()],
        **{table: [topic.topic for (kind, _), (topic, _) in once.items() if kind == table] for table in TABLES},
    }


def name_in_titles(fields: list[dict[str, Any]]) -> str:
    """The part that most titles of the site share: `Our Team - Lantern Acupuncture`."""
    parts = Counter(part for one in fields for part in set(_TITLE_PART.split(one.get("title", ""))) if part)
    name, count = max(parts.items(), key=lambda item: (item[1], len(item[0])), default=("", 0))
    return name if count > 1 else ""


def as_columns(place: Place) -> dict[str, str]:
    return {"street": place.street, "city": place.city, "state": place.state, "zip": place.zip}


def places_of_site(pages: list[Row]) -> list[Place]:
    """The distinct addresses of the clinic: those of its markup, else those its text prints."""
    marked = [marked_place(item) for page in pages for item in page["fields"].get("locations", [])]
    found = [place for place in marked if place.state]
    if not found:
        found = [place for page in pages for place in printed_places(page["fields"].get("text", ""))]
    with_street = [place for place in found if place.street]
    distinct: dict[tuple[str, str], Place] = {}
    for place in with_street or found:
        distinct.setdefault((street_key(place.street) or place.city.casefold(), place.state), place)
    return list(distinct.values())


def marked_place(item: dict[str, str]) -> Place:
    """An address of the markup; one abroad is none here."""
    if item.get("country", "US").upper() not in ("", "US", "USA", "UNITED STATES"):
        return Place()
    if item.get("city"):
        state = state_code(item.get("state", ""))
        return Place(item.get("street", ""), item["city"], state, zip5(item.get("zip", "")))
    return parse_place(item.get("address", ""))


def printed_places(text: str) -> list[Place]:
    """Addresses in the text: a line that ends in state and ZIP code, with the street in it or in the line above."""
    found, above = [], ""
    for _, line in lines_of(text):
        end = _ZIP.search(line)
        if end and state_code(end[1]) in state_codes():
            before = line[: end.end()]
            start = _STREET_START.search(before)
            if start and _PRIVATE_ADDRESS.search(before[: start.start()]):
                continue
            whole = before[start.start() :] if start and start.start() < end.start() else f"{above}, {before}"
            place = parse_place(whole)
            if place.city and place.zip and street_key(place.street):
                found.append(place)
        above = line.strip() if _STREET_START.match(line.strip()) and len(line) < LONGEST_SENTENCE else ""
    return found


def phone_in(text: str) -> str:
    """The first US telephone number of a text that is neither a fax nor somebody's own."""
    for match in phonenumbers.PhoneNumberMatcher(text, "US"):
        before = text[max(0, match.start - REACH_OF_PRIVATE) : match.start]
        is_private = _PRIVATE.search(before) or _PRIVATE_AFTER.match(text, match.end)
        if not is_private and not re.search(r"fax\W{0,4}$|📠\s*$", before, re.I):
            return str(match.raw_string)
    return ""
