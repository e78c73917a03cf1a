"""North Carolina Acupuncture Licensing Board: its directory, a WordPress page that grows while it is scrolled.

In: the page, which holds a code (nonce), then ten people an answer: HTML as one JSON text. Out: one record a person.
The list prints no license number: a row is keyed by name and place, and can only be matched by them. The e-mail
addresses it prints are never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from parsel import Selector
from scrapy import FormRequest, Request
from scrapy.http import Response

from crawler.answers import json_of, text_of
from crawler.challenges import refused
from crawler.records import Fields, Record, key_of_row
from crawler.source import Source
from crawler.troubles import SourceTrouble

PAGE = "https://www.ncalb.com/acupuncturist-directory/"
ANSWERS = "https://www.ncalb.com/wp-admin/admin-ajax.php"
NONCE = re.compile(r"""["']?\w*nonce["']?\s*:\s*["']([^"'\\<>\s]{4,64})["']""", re.IGNORECASE)
NEAR = 400  # characters before a nonce in which its script is named
REFUSALS = ("0", "-1")  # what WordPress answers for a code it does not take
LABEL = re.compile(r"^(?:license )?status\s*:\s*", re.IGNORECASE)
ADVICE = "A person may open the page, scroll to its end, save it and bring it in: diplomate import board_nc FILE.html."


class BoardNc(Source):
    """Roster of the board: name, city, state, ZIP and status."""

    name = "board_nc"
    title = "North Carolina acupuncturist directory"
    publisher = "North Carolina Acupuncture Licensing Board"
    kind = "board"
    covers = ("NC",)
    homepage = PAGE
    terms = "Public roster page; terms of use were not seen."
    cadence_days = 7
    floor, ceiling = 200, 3_000
    columns = {"name": "name", "city": "city", "state": "state", "zip": "zip", "status": "status"}
    ignored = frozenset({"email"})
    required = frozenset({"name", "status"})
    words = {"status": "license_status:board_nc"}
    fill = {"city": 0.5, "state": 0.5}
    numberless = True
    request_ceiling = 320

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows: dict[str, Fields] = {}

    def first_requests(self) -> Iterator[Request]:
        yield self.ask(PAGE, self.read_directory)

    def read_directory(self, response: Response) -> Iterator[Record | Request]:
        """The people the page already shows, and the code with which it asks for all of them."""
        nonce = nonce_in(text_of(response))
        if not nonce:
            raise refused(response, f"{response.url} holds no code (nonce) to ask for its list. {ADVICE}")
        yield from self.read_page(response)
        yield self.ask_rows(nonce, 1, 1)

    def ask_rows(self, nonce: str, page: int, size: int) -> Request:
        """The next people; `size` is how many the first answer held."""
        form = {
            "action": "staxx_infinite_scroll",
            "args[post_type]": "acupuncturist",
            "args[paged]": str(page),
            "_ajax_nonce": nonce,
        }
        where = {"nonce": nonce, "page": page, "size": size}
        return FormRequest(ANSWERS, formdata=form, callback=self.parse, errback=self.unanswered, cb_kwargs=where)

    def parse(self, response: Response, **where: Any) -> Iterator[Record | Request]:
        """Ten people, then the next ten; an answer with fewer than the first one held ends the list."""
        page, found = where["page"], list(self.read_page(response))
        if page == 1 and not found:
            raise SourceTrouble(f"{response.url} shows nobody as its first page. {ADVICE}")
        self.note_page("NC", [record.source_key for record in found])
        yield from found
        size = max(where["size"], len(found)) if page == 1 else where["size"]
        if len(found) < size:
            self.read_whole("NC")
        else:
            yield self.ask_rows(where["nonce"], page + 1, size)

    def read_page(self, response: Response) -> Iterator[Record]:
        """The people of the page, of an answer, or of a page a person saved."""
        for entry in entries_of(response):
            fields = self.audit.read(self.read_entry(entry))
            if not fields.get("name"):
                raise SourceTrouble(f"{response.url} shows a person without a name; the layout has changed.")
            yield self.record(response, self.key_of(fields), PAGE, fields)

    def read_entry(self, entry: Selector) -> dict[str, str]:
        """The parts of an entry by the name of their class; a part never seen before is said, and not read."""
        row = {"name": squeezed(entry.css("h4"))}
        for part in entry.xpath(".//*[@class][not(ancestor-or-self::h4)]"):
            classes = part.attrib["class"].split()
            name = next((name for name in classes if name in self.columns or name in self.ignored), "")
            if name:
                row[name] = "" if name in self.ignored else LABEL.sub("", squeezed(part))
            elif classes and not part.xpath("*") and re.search(r"\w", squeezed(part)):
                self.alarms.append(f"board_nc: entries have a part {classes[0]!r} never seen before; it is not read.")
        return row

    def key_of(self, fields: Fields) -> str:
        """Name and place, hashed; two people alike in both are told apart by all that is printed of them."""
        place: Fields = {name: fields[name] for name in ("name", "city", "state", "zip") if name in fields}
        key = key_of_row(place)
        return key if self.rows.setdefault(key, fields) == fields else key_of_row(fields)


def nonce_in(page: str) -> str:
    """The code of the list's own script; where none is near the script's name, the first of the page."""
    found = list(NONCE.finditer(page))
    own = [match for match in found if "staxx" in page[max(0, match.start() - NEAR) : match.start()].lower()]
    return (own or found)[0][1] if found else ""


def entries_of(response: Response) -> list[Selector]:
    """The entry of each person, innermost where entries stand in one another."""
    html = html_of(response)
    found = Selector(text=html).css("div.acupuncturist") if html.strip() else []
    return [entry for entry in found if not entry.css("div.acupuncturist div.acupuncturist")]


def html_of(response: Response) -> str:
    """The HTML of a page, or of an answer that packs it into JSON; "" for an answer that shows nobody."""
    text = text_of(response).strip()
    if text in REFUSALS:
        raise SourceTrouble(f"{response.url} refused the code of the page (it answered {text}). {ADVICE}")
    if "<html" in text[:2000].lower() and "</html" not in text[-4000:].lower():
        raise SourceTrouble(f"{response.url} is cut short: the page has no end.")
    return packed_html(response) if text.startswith(('"', "{", "[", "null", "false")) else text


def packed_html(response: Response) -> str:
    """The HTML inside a JSON answer: a text by itself, or under `data` or `html`."""
    answer = json_of(response)
    while isinstance(answer, dict):
        if answer.get("success") is False:
            raise SourceTrouble(f"{response.url} refused to answer: {str(answer)[:120]}. {ADVICE}")
        answer = answer.get("data") or answer.get("html")
    if answer and not isinstance(answer, str):
        raise SourceTrouble(f"{response.url} answered with {str(answer)[:80]!r}, which holds no page. {ADVICE}")
    return answer or ""


def squeezed(nodes: Any) -> str:
    """All text of a node (or of the first of several), blanks made one, no comma or bar around it."""
    return " ".join(str(nodes.xpath("string()").get(default="")).split()).strip(" ,|")
