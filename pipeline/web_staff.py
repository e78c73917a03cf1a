"""Who is presented on a clinic's page: names in headings, in lines of their own and in markup, with their roles.

In: a page with its headings. Out: `Presented`: a name, its letters and role as printed, and the part of the text that
is about this person. A line is a name when letters, a role beside it or the page's markup say so; a heading that only
looks like one ("Jane Roe") is kept as a mere possibility, never a person by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from pipeline.credentials import read_credentials
from pipeline.name_text import fold
from pipeline.names import PersonName, parse_name
from pipeline.web_layout import PageLayout, has_word, lines_of
from pipeline.web_name_lines import LONGEST_ROLE, NameLine, is_role, letters_in, name_line

ACUPUNCTURIST, PHYSICIAN, STUDENT, OTHER, UNKNOWN = "acupuncturist", "physician", "student", "other", ""
LONGEST_NAME_LINE = 160
MOST_ROLE_LINES = 3
NOWHERE = -1
_LEARNING = re.compile(r"\b(?:candidate|student|intern|trainee|apprentice)\b", re.I)
# Letters that only somebody who practices acupuncture puts behind a name (ids of rules/credentials.csv).
_PRACTICES = frozenset("lac ap_fl dom omd aemp_eamp rac dac_ri pom_pa daom dacm dtcm".split())
_PHYSICIANS = frozenset("dabma faama".split())


@dataclass(frozen=True)
class Presented:
    """A person as one page presents him or her; START and END bound what the page says of this person.

    `sure` says that more than the looks of a heading makes this a person. `title` is acupuncturist, physician,
    student, other or "" (the page does not say).
    """

    name: PersonName
    printed: str
    start: int
    end: int
    role: str
    title: str
    sure: bool
    page: str
    credentials: tuple[str, ...] = ()
    npi: str = ""
    languages: tuple[str, ...] = ()


def presented_on(page: PageLayout, state: str = "") -> list[Presented]:
    """People of one page in the order of its text; each one's part ends where the next one's begins.

    The page's title presents somebody too, but bounds no part of the text.
    """
    lines = lines_of(page.text)
    levels = {heading.start: heading.level for heading in page.headings}
    titled = name_line(page.title)
    named = presented(titled, [], state, "") if titled else None
    found = []
    for index, (start, line) in enumerate(lines):
        level = levels.get(start)
        read = name_line(line) if len(line) <= LONGEST_NAME_LINE or level else None
        if read:
            following = role_lines([text for _, text in lines[index + 1 : index + 1 + MOST_ROLE_LINES]])
            person = presented(read, following, state, path_words(page.url), level is not None)
            if person:
                end = page.section_end(start, level if level else level_around(page, start))
                found.append(replace(person, start=start, end=end, page=page.url))
    return [*([replace(named, page=page.url)] if named else []), *parted(found)]


def path_words(url: str) -> str:
    """The words of a page's address: `/team/jane-roe` is a page of Jane Roe's."""
    return fold(re.sub(r"[-_/.+]", " ", unquote(urlsplit(url).path)))


def level_around(page: PageLayout, at: int) -> int:
    heading = page.heading_before(at)
    return heading.level if heading else 1


def parted(found: list[Presented]) -> list[Presented]:
    """Each one's part ends where the next sure person's begins."""
    parts = []
    for index, one in enumerate(found):
        later = (other.start for other in found[index + 1 :] if other.sure and other.start < one.end)
        parts.append(replace(one, end=next(later, one.end)))
    return parts


def presented(
    read: NameLine, following: list[str], state: str, path: str, is_heading: bool = False
) -> Presented | None:
    """The person of a name line, if letters, a role or the page's address make it one; else a heading that looks so."""
    name, role = parse_name(read.name), "; ".join(filter(None, [read.role, *following]))
    title = title_of(role, state)
    letters = any(letters_in(text) for text in (read.role, *following))
    own_page = is_heading and set(fold(f"{name.given} {name.family}").split()) <= set(path.split())
    sure = bool(title) or letters or own_page or (is_heading and read.introduced)
    if not (name.given and name.family) or not (sure or (is_heading and not read.role)):
        return None
    return Presented(name, read.name, NOWHERE, NOWHERE, role, title, sure, "")


def role_lines(following: list[str]) -> list[str]:
    """The short lines under a name that say what the person is; a sentence or another name ends them."""
    found: list[str] = []
    for line in following:
        text = line.strip()
        is_sentence = text.endswith((".", "!", "?")) and len(text) > LONGEST_ROLE // 2
        if len(text) > LONGEST_ROLE or is_sentence or not (is_role(text) or letters_in(text)) or name_line(text):
            break
        found.append(text)
    return found


def title_of(role: str, state: str = "") -> str:
    """What a role makes of a person; a student stays one whatever he or she studies."""
    parts = [part for part in re.split(r"[,;|•·–—]|\s-\s", role) if part.strip()]
    done = ", ".join(part for part in parts if not _LEARNING.search(part) and not has_word("everybody", part))
    found = {one.id for one in read_credentials(done, state)}
    if found & _PRACTICES or any(one.startswith("nccaom_dipl") for one in found):
        return ACUPUNCTURIST
    if has_word("student_role", role):
        return STUDENT
    if has_word("acupuncture_title", done):
        return ACUPUNCTURIST
    if found & _PHYSICIANS:
        return PHYSICIAN
    return OTHER if has_word("other_role", role) else UNKNOWN


def presented_in_markup(people: list[dict[str, Any]], page: str, state: str = "") -> list[Presented]:
    """People a page's markup names; they have no place in its text."""
    found = []
    for item in people:
        said = [text for text in item.get("credentials", []) if isinstance(text, str)]
        role = "; ".join(filter(None, [item.get("credential", ""), item.get("job_title", "")]))
        read = name_line(item.get("name", ""))
        if not read:
            continue
        name = parse_name(read.name)
        role = "; ".join(filter(None, [read.role, role]))
        title = title_of(role, state) or title_of(", ".join(said), state)
        facts = {"credentials": tuple(said), "npi": item.get("npi", ""), "languages": tuple(item.get("languages", []))}
        if name.given and name.family:
            found.append(Presented(name, read.name, NOWHERE, NOWHERE, role, title, True, page, **facts))
    return found
