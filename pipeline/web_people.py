"""Whose claim is it: the people of one clinic's web site, and which sentence is about whom.

In: the pages of one site. Out: `Member`s with the claims that are surely theirs, and what they treat, do and speak. A
claim belongs to the person its sentence names, else to the person in whose part of the page it stands, else to the only
acupuncturist of the site. What fits several people, or is said of everybody, belongs to nobody: a wrong claim harms a
person, a missed one does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.name_text import fold
from pipeline.names import PersonName, middle_conflict, name_key, parse_name, suffix_conflict
from pipeline.web_claims import TEAM, TextClaim, claims_in
from pipeline.web_layout import PageLayout, has_word, lay_out, lines_of
from pipeline.web_name_lines import name_line
from pipeline.web_staff import (
    ACUPUNCTURIST,
    NOWHERE,
    OTHER,
    PHYSICIAN,
    STUDENT,
    Presented,
    presented_in_markup,
    presented_on,
)
from pipeline.web_topics import Topic, topics_in

CURRENT = "current"
FEWEST_PAGES_TO_REPEAT = 3  # a line on every one of so many pages belongs to the site, not to a person
_QUOTES = frozenset('"“«‘')
_TITLES = frozenset("dr doctor mr mrs ms miss mx prof professor".split())
# The order in which titles are believed where pages differ.
_TITLE_ORDER = (STUDENT, ACUPUNCTURIST, PHYSICIAN, OTHER)


@dataclass(frozen=True)
class Said:
    """One claim of one person and the address of the page that makes it."""

    claim: TextClaim
    page: str


@dataclass
class Member:
    """One person of a site: every place where the site presents him or her, and what is surely his or hers."""

    shown: list[Presented] = field(default_factory=list)
    claims: list[Said] = field(default_factory=list)
    topics: list[tuple[Topic, str]] = field(default_factory=list)

    @property
    def name(self) -> PersonName:
        return self.shown[0].name

    @property
    def sure(self) -> bool:
        return any(one.sure for one in self.shown)

    @property
    def title(self) -> str:
        """What the site says this person is; somebody shown as an acupuncturist anywhere is no mere assistant."""
        titles = {one.title for one in self.shown}
        if ACUPUNCTURIST in titles:
            return ACUPUNCTURIST
        return next((title for title in _TITLE_ORDER if title in titles), "")

    @property
    def practices(self) -> bool:
        """Whether this is somebody for a directory of acupuncturists: by title, or by a claim of his or her own."""
        if self.title == STUDENT:
            return False
        return self.title in (ACUPUNCTURIST, PHYSICIAN) or any(said.claim.tense == CURRENT for said in self.claims)

    def words(self) -> set[str]:
        return set(fold(f"{self.name.given} {self.name.middle} {self.name.family}").split())


@dataclass
class Site:
    """One site: its pages laid out, its people, and how many claims could be tied to nobody."""

    pages: list[PageLayout]
    members: list[Member] = field(default_factory=list)
    everywhere: frozenset[str] = frozenset()
    untied: Counter[str] = field(default_factory=Counter)
    topics: list[tuple[Topic, str]] = field(default_factory=list)

    @property
    def practitioners(self) -> list[Member]:
        return [member for member in self.members if member.practices]


def read_site(records: Iterable[dict[str, Any]], state: str = "") -> Site:
    """Read one site's page records (`url`, `fields`); STATE is the clinic's, where its pages say it."""
    rows = list(records)
    site = Site([lay_out(row["fields"], row["url"]) for row in rows])
    site.everywhere = repeated_lines(site.pages)
    for page, row in zip(site.pages, rows, strict=True):
        for one in [*presented_in_markup(row["fields"].get("people", []), page.url, state), *presented_on(page, state)]:
            add(site.members, one)
    drop_what_is_no_name(site)
    tie_claims(site, rows, state)
    tie_topics(site)
    return site


def repeated_lines(pages: list[PageLayout]) -> frozenset[str]:
    """Lines that stand on every page: headers and footers."""
    if len(pages) < FEWEST_PAGES_TO_REPEAT:
        return frozenset()
    return frozenset.intersection(*(frozenset(line.strip() for _, line in lines_of(page.text)) for page in pages))


def add(members: list[Member], one: Presented) -> Member:
    """The member this is, a new one where no member can be."""
    for member in members:
        if same_person(member.name, one.name):
            member.shown.append(one)
            return member
    members.append(Member([one]))
    return members[-1]


def same_person(one: PersonName, other: PersonName) -> bool:
    """Whether two names of one site are one person's: the same words in either order, nothing against it.

    Father and son often share a clinic, so a name with Jr. is never the one without it.
    """
    apart = suffix_conflict(one, other) or bool(one.suffix) != bool(other.suffix) or middle_conflict(one, other)
    return name_key(one) == name_key(other) and not apart


def drop_what_is_no_name(site: Site) -> None:
    """A heading that only looks like a name is none when the site writes its words in small letters elsewhere."""
    small = {word for page in site.pages for word in re.findall(r"(?<!\S)[a-z]+", page.text)}
    site.members = [member for member in site.members if member.sure or not member.words() <= small]


def tie_claims(site: Site, rows: list[dict[str, Any]], state: str) -> None:
    """Give each claim of the site to the person whose it is."""
    for page, row in zip(site.pages, rows, strict=True):
        for claim in claims_in(page.text, state):
            member = owner(claim, page, site)
            if member is not None:
                member.claims.append(Said(claim, page.url))
        for one in presented_in_markup(row["fields"].get("people", []), page.url, state):
            member = add(site.members, one)
            claims = (claim for text in one.credentials for claim in claims_in(text, state) if claim.about != TEAM)
            member.claims += [Said(claim, page.url) for claim in claims]


def owner(claim: TextClaim, page: PageLayout, site: Site) -> Member | None:
    """The person a claim is about, or None (counted, with the reason)."""
    if claim.about == TEAM:
        return nobody(site, "it is said of everybody")
    if page.is_under("told_by_others", claim.start) or claim.sentence.lstrip()[:1] in _QUOTES:
        return nobody(site, "others say it")
    named = named_in(claim, site)
    if len(named) > 1:
        return nobody(site, "several people are named")
    if named:
        return named[0]
    if claim.subject and is_a_name(claim.subject):
        return stranger(claim, site)
    if has_word("everybody", claim.sentence):
        return nobody(site, "it is said of everybody")
    if claim.sentence.strip() not in site.everywhere:
        here = [member for member in site.members if stands_in_part_of(claim.start, page, member)]
        if here:
            return here[0] if len(here) == 1 else nobody(site, "several people are presented there")
    return only_one(claim, page, site)


def nobody(site: Site, why: str) -> Member | None:
    site.untied[why] += 1
    return None


def named_in(claim: TextClaim, site: Site) -> list[Member]:
    """Members the sentence means by name: by its subject, else by whole names anywhere in it."""
    subject = [word for word in fold(claim.subject).split() if word not in _TITLES]
    if subject:
        meant = [member for member in site.members if set(subject) <= member.words()]
        sure = [member for member in meant if member.sure]
        return sure or meant
    sentence = f" {fold(claim.sentence)} "
    return [member for member in site.members if member.sure and any(name in sentence for name in spellings(member))]


def spellings(member: Member) -> Iterator[str]:
    """The whole name as it may stand in a sentence, between spaces."""
    for one in member.shown:
        yield f" {fold(one.printed)} "
        yield f" {fold(f'{one.name.given} {one.name.family}')} "


def is_a_name(subject: str) -> bool:
    """Whether a subject is somebody's name and not `she` or `our founder`."""
    words = [word for word in subject.split() if fold(word) not in _TITLES]
    return bool(words) and all(word[:1].isupper() for word in words)


def stranger(claim: TextClaim, site: Site) -> Member | None:
    """Somebody whom only this sentence names: a member by a whole name, nobody by one word of it."""
    read = name_line(claim.subject)
    if read is None or read.role:
        return nobody(site, "the name in the sentence is nobody's here")
    name = parse_name(read.name)
    return add(site.members, Presented(name, read.name, NOWHERE, NOWHERE, "", "", True, ""))


def stands_in_part_of(at: int, page: PageLayout, member: Member) -> bool:
    """Whether a place of the page is in a part that is about this person."""
    return member.sure and any(one.page == page.url and one.start <= at < one.end for one in member.shown)


def only_one(claim: TextClaim, page: PageLayout, site: Site) -> Member | None:
    """The person a page is named after, else the only acupuncturist of the site, where the page does not explain."""
    here = [member for member in site.members if member.sure and has_part_of(page, member)]
    named = [member for member in site.members if member.sure and is_page_of(page, member)]
    if len(named) == 1 and here in ([], named):
        return named[0]
    titled = [member for member in site.members if member.title in (ACUPUNCTURIST, PHYSICIAN)]
    heading = page.heading_before(claim.start)
    explains = page.kind == "faq" or (heading is not None and heading.words.endswith("?"))
    if len(titled) != 1 or explains:
        return nobody(site, "the page explains" if explains else "nobody or several people may be meant")
    return titled[0]


def has_part_of(page: PageLayout, member: Member) -> bool:
    """Whether some of the page's text is about this person."""
    return any(one.page == page.url and one.start != NOWHERE for one in member.shown)


def is_page_of(page: PageLayout, member: Member) -> bool:
    """Whether the page's title or its first heading of the highest level is this person's name."""
    top = [heading.words for heading in page.headings if heading.level == 1][:1]
    titles = f" {fold(' | '.join([page.title, *top]))} "
    return any(name in titles for name in spellings(member))


def tie_topics(site: Site) -> None:
    """What stands in one person's part of a page is that person's, the rest the clinic's."""
    for page in site.pages:
        for topic in topics_in(page):
            members = [member for member in site.members if stands_in_part_of(topic.start, page, member)]
            if members and topic.says not in site.everywhere:
                members[0].topics.append((topic, page.url))
            else:
                site.topics.append((topic, page.url))
