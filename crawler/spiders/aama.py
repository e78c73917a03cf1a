"""AAMA: physicians who are members of the American Academy of Medical Acupuncture, a MemberClicks directory.

In: JSON pages of ten, each with the total; all but the name stands in small pieces of HTML. Out: one record a
physician. Membership is not certification: DABMA behind a name is another board's, and is only what the listing prints.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from parsel import Selector
from scrapy import Request
from scrapy.http import JsonRequest, Response

from crawler.answers import json_of, json_rows
from crawler.challenges import refused
from crawler.columns import as_text
from crawler.records import Fields, Record
from crawler.snapshots import EVERYTHING
from crawler.source import Source
from crawler.troubles import Gate, SourceTrouble

SITE = "https://medacu.memberclicks.net"
PAGE = f"{SITE}/patient-referral-directory"
API = f"{SITE}/ui-directory-search/v2"
PAGE_ROWS = 10  # the service refuses larger pages (seen 2026-05-27)
LABELS = {"phone": "phone", "specialty": "specialty"}
WEB_ADDRESS = re.compile(r"(?i)(https?:|www\.)|^\S+\.\S+$")
E_MAIL = re.compile(r"\S@\S")


class Aama(Source):
    """Opt-in listing of MDs and DOs; it lists no licensed acupuncturists as such."""

    name = "aama"
    title = "AAMA patient referral directory"
    publisher = "American Academy of Medical Acupuncture"
    kind = "listing"
    homepage = PAGE
    terms = "Copyrighted membership directory: link, do not mirror."
    cadence_days = 30
    floor, ceiling = 150, 1_500
    columns = {"id": "member_id", "title": "name"}
    ignored = frozenset({"avatar_url", "left", "right", "top", "bottom", "distance"})
    required = frozenset({"id", "title", "left"})
    fill = {"address": 0.5, "phone": 0.5}
    request_ceiling = 200

    def first_requests(self) -> Iterator[Request]:
        """The public page first: it hands out the session cookie that the two addresses behind it ask for."""
        yield self.ask(PAGE, self.ask_form)

    def ask_form(self, response: Response) -> Iterator[Request]:
        yield self.ask(f"{API}/get-directory-search-form/patient-referral-directory", self.ask_first_page)

    def ask_first_page(self, response: Response) -> Iterator[Request]:
        """The search form names the directory's number; an empty form asks for everyone."""
        number = answer_of(response).get("directory_search_id")
        if not number:
            raise SourceTrouble(f"{response.url} names no directory_search_id; the directory has moved.")
        search = {"form": {"directory_search_id": number, "elements": []}}
        yield self.ask_json(f"{API}/search-directory/", search, 1)

    def ask_json(self, url: str, body: dict[str, Any], page: int) -> Request:
        return JsonRequest(url, data=body, callback=self.parse, errback=self.unanswered, cb_kwargs={"page": page})

    def parse(self, response: Response, **where: Any) -> Iterator[Record | Request]:
        """Ten physicians, then the next ten."""
        yield from self.read_page(response)
        answer, page = answer_of(response), where["page"]
        if page >= number_in(answer, "total_page_count", response):
            return
        if not answer.get("results") or not answer.get("data_url"):
            missing = "shows nobody" if answer.get("data_url") else "names no data_url for the next one"
            raise SourceTrouble(f"{response.url}: page {page} {missing}; the list was not walked further.")
        address = f"{answer['data_url']}?pageSize={PAGE_ROWS}&pageNumber={page + 1}"
        yield self.ask_json(f"{API}/search-directory-paged/", {"url": address}, page + 1)

    def read_page(self, response: Response) -> Iterator[Record]:
        total = number_in(answer_of(response), "total_count", response)
        rows = json_rows(response)
        self.expect(EVERYTHING, total)
        self.note_page(EVERYTHING, [as_text(row.get("id")) for row in rows])
        for row in rows:
            fields = self.read_row(row)
            key = fields.pop("member_id")
            yield self.record(response, key, f"{PAGE}#/profile/{key}", fields)

    def read_row(self, row: dict[str, Any]) -> Fields:
        """A physician's name as printed, and what the HTML pieces hold."""
        fields = self.audit.read(row)
        if not fields.get("member_id") or not fields.get("name"):
            raise SourceTrouble(f"An AAMA row has no id or no title: {json.dumps(row)[:120]}.")
        fields["name"] = " ".join(fields["name"].split())
        for piece in [*(row.get("left") or []), *(row.get("right") or [])]:
            fields |= self.read_piece(str(piece.get("html") or ""))
        return fields

    def read_piece(self, html: str) -> Fields:
        """One HTML piece: ``<strong>Label:</strong> value``, an address over lines, or a bare web address."""
        label, value = label_and_value(html)
        if label and label not in LABELS:
            self.alarms.append(f"aama: the label {label!r} was never seen before; its values are not read.")
            return {}
        name = LABELS[label] if label else "website" if WEB_ADDRESS.match(value) else "address"
        return {name: value} if value and not E_MAIL.search(value) else {}


def answer_of(response: Response) -> dict[str, Any]:
    """The JSON object of an answer; raises Gate where a session or a challenge stands before it."""
    if response.body.lstrip()[:1] == b"<":
        raise refused(response, f"{response.url} answered with a web page in the place of the directory's JSON.")
    answer = json_of(response)
    if not isinstance(answer, dict):
        raise SourceTrouble(f"{response.url} holds no object; it begins: {str(answer)[:80]!r}.")
    if answer.get("status") == 401:
        raise Gate(f"{response.url} asks for a session it did not hand out (status 401).")
    return answer


def number_in(answer: dict[str, Any], name: str, response: Response) -> int:
    """A count the directory states; without it nobody could say whether all of it was read."""
    value = answer.get(name)
    if not str(value).isascii() or not str(value).isdigit():
        raise SourceTrouble(f"{response.url} states no {name} (it says {value!r}); the directory has changed.")
    return int(str(value))


def label_and_value(html: str) -> tuple[str, str]:
    """The piece's label in small letters ("" for none) and its text, lines joined by commas."""
    label = as_text(Selector(text=f"<div>{html}</div>").css("strong::text").get())
    lines = (Selector(text=f"<div>{line}</div>") for line in re.split(r"<br\s*/?>|\n", html) if line.strip())
    texts = (" ".join(str(line.xpath("string(//div)").get(default="")).split()).strip(" ,") for line in lines)
    value = ", ".join(text for text in texts if text)
    return label.rstrip(":").lower(), value.removeprefix(label).strip() if label else value
