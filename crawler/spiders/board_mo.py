"""Missouri Division of Professional Registration: its downloadable list of acupuncturists, active licenses only.

In: the listing page, then the ZIP it links to: one tab-delimited TXT beside a description of its fields. Out: one
record a license. In 2022 the site's certificate could not be verified, and later the page became a portal: then a
person downloads the ZIP and imports it, or the TXT out of it.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any
from urllib.parse import urlsplit

from parsel import Selector
from scrapy import Request
from scrapy.http import Response

from crawler.archives import open_member
from crawler.board_file import BoardFile, is_a_street, opened
from crawler.challenges import refused
from crawler.columns import as_text
from crawler.delimited import Layout, usual_spelling
from crawler.records import Fields, Record
from crawler.troubles import SourceTrouble

PAGE = "https://pr.mo.gov/listings-acu.asp"
ZIP_NAME = re.compile(r"\.zip$", re.IGNORECASE)
DATA = re.compile(r"^(?!__MACOSX/)(?:[^/]*/)*(?!\._)(?![^/]*filedesc)[^/]*\.txt$", re.IGNORECASE)
MOST_BYTES = 64 * 1024 * 1024
OURS = re.compile(r"acupunct|^acu(?![a-z])", re.IGNORECASE)
NOTHING = frozenset({"n/a", "na", "null"})
MIDNIGHT = re.compile(r"[ T]+(?:00:00(?::00(?:\.0+)?)?|12:00(?::00)? ?AM)$", re.IGNORECASE)
DISCIPLINE_WORDS = frozenset({"", "y", "n", "yes", "no", "none"})
NO_DAY = "1901-01-01"  # what the state prints for a day it does not know
RELATED = (
    "type first_name middle_name last_name suffix prc_name lic_number addr1 addr2 city state zip_code".split()
)  # a supervisor or an employer: somebody else
CODE = re.compile(r"[A-Za-z]+")
COLUMNS = {
    "prc_first_name": "given_name",
    "prc_middle_name": "middle_name",
    "prc_last_name": "family_name",
    "prc_suffix": "suffix",
    "prc_dba_name": "clinic",
    "ba_address": "street",
    "ba_2address": "street2",
    "ba_city": "city",
    "ba_state": "state",
    "ba_zip": "zip",
    "ba_cntry": "country",
    "lic_profession": "license_type",
    "clas_description": "license_subtype",
    "lic_number": "license_number",
    "lst_description": "status",
    "les_description": "status_reason",
    "lic_orig_issue_date": "first_issued",
    "lic_exp_date": "expires",
    "discipline": "action_taken",
}
OTHERS = ("ba_cnty", "prc_entity_name", "ctype_description", "cl_description", "ld_description")
OTHER_TRADES = ("employer_name", "school_name", "certification_title", "source_file", "lic_desc")


class BoardMo(BoardFile):
    """Nightly list; a license that is not active is not on it, so that being absent says nothing."""

    name = "board_mo"
    title = "Missouri downloadable listing of acupuncturists"
    publisher = "Missouri Division of Professional Registration"
    covers = ("MO",)
    leaves_out = "licenses that are not active"
    homepage = PAGE
    terms = "Free public listing, made anew every night; active licenses only."
    cadence_days = 7
    floor, ceiling = 60, 1_000
    columns = COLUMNS
    ignored = frozenset({*OTHERS, *OTHER_TRADES, *(f"rel_{name}" for name in RELATED)})
    required = frozenset({"prc_last_name", "prc_first_name", "lic_profession", "lic_number", "lst_description"})
    words = {"status": "license_status:board_mo", "status_reason": "license_status:board_mo"}
    fill = {"expires": 0.9, "first_issued": 0.5, "city": 0.5}
    request_ceiling = 20
    layout = Layout(
        "a license listing of Missouri", "\t", required, usual_spelling([*columns, *ignored], {}), quoted=True
    )
    by_hand = (
        "A person may open the page, download the ZIP of acupuncturists and bring it in: "
        "diplomate import board_mo FILE.zip (the TXT out of it will do)."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.awaited = 0

    def first_requests(self) -> Iterator[Request]:
        yield self.ask(PAGE, self.read_listing, meta={"handle_httpstatus_list": [404, 410]})

    def read_listing(self, response: Response) -> Iterator[Request]:
        """The page's links to ZIPs of acupuncturists; a page without one may be the portal that came after it."""
        links = {address: said for address, said in zip_links(response) if is_ours(address, said)}
        if not links:
            raise refused(response, f"{response.url} links to no ZIP of acupuncturists. {self.by_hand}")
        self.awaited = len(links)
        for address in links:
            code = CODE.match(address.rsplit("/", 1)[-1])
            yield self.ask(address, self.parse, cb_kwargs={"code": code[0] if code else ""})

    def parse(self, response: Response, **where: Any) -> Iterator[Record]:
        """One ZIP of the page; `code` is the profession that its name gives."""
        try:
            yield from self.read_file(response, where["code"])
        except SourceTrouble as trouble:
            raise type(trouble)(f"{response.url}: {trouble} {self.by_hand}") from trouble
        self.awaited -= 1
        if not self.awaited:
            self.read_whole(self.state)

    def read_page(self, response: Response) -> Iterator[Record]:
        """A ZIP or a TXT that a person saved."""
        yield from self.read_file(response, "")

    def read_file(self, response: Response, code: str) -> Iterator[Record]:
        """The TXT, out of its ZIP or by itself."""
        body = opened(response).read()
        if body.startswith(b"PK"):
            with open_member(body, DATA, MOST_BYTES) as member:
                yield from self.read_rows(response, member, code)
        elif body.lstrip().startswith(b"<"):
            raise refused(response, "This is a web page and no listing.")
        else:
            yield from self.read_rows(response, io.BytesIO(body), code)

    def read_rows(self, response: Response, file: IO[bytes], code: str) -> Iterator[Record]:
        """Acupuncturists; `code` is one more name of their profession."""
        others: Counter[str] = Counter()
        found = 0
        for row in self.rows_of(file, response):
            profession = as_text(row["lic_profession"])
            if OURS.search(profession) or (code and profession.upper() == code.upper()):
                found += 1
                yield from self.read_row(response, row)
            else:
                others[profession] += 1
        self.note_others(others, found)

    def note_others(self, others: Counter[str], found: int) -> None:
        """Rows of other professions are counted by name; a file of nothing else is not the file that was meant."""
        for profession, rows in others.items():
            self.skipped[f"rows of the profession {profession!r}"] += rows
        if others and not found:
            named = ", ".join(repr(name) for name, _ in others.most_common(3))
            raise SourceTrouble(f"None of its {others.total()} rows is an acupuncturist's: lic_profession is {named}.")

    def read_row(self, response: Response, row: dict[str, str]) -> Iterator[Record]:
        """The license of a person; one of a firm is counted."""
        given = {name: "" if as_text(value).casefold() in NOTHING else value for name, value in row.items()}
        fields = self.with_classes(self.audit.read(given), given)
        self.note_discipline(fields.get("action_taken", ""))
        if fields.get("family_name") or fields.get("given_name"):
            key = fields.get("license_number", "")
            yield self.record(response, key, PAGE, self.with_days(without_fillers(fields), key))
        else:
            self.skip("licenses of firms" if as_text(given.get("prc_entity_name")) else "rows without a name")

    def note_discipline(self, word: str) -> None:
        """The column's words were not seen; one that is no plain yes or no is shown as it is, and said aloud."""
        if word.casefold() not in DISCIPLINE_WORDS:
            self.alarms.append(f"board_mo: the column 'discipline' says {word[:40]!r}; look at what it means.")

    def with_classes(self, fields: Fields, row: dict[str, str]) -> Fields:
        """Both columns that divide a license type (a temporary license, say) become its subtype."""
        classes = [fields.get("license_subtype", ""), as_text(row.get("ctype_description"))]
        subtype = ", ".join(dict.fromkeys(filter(None, classes)))
        return fields | ({"license_subtype": subtype} if subtype else {})


def without_fillers(fields: Fields) -> Fields:
    """Days lose their midnight, a day the state does not know is none, a street in the place of a city is no city."""
    days = {name: MIDNIGHT.sub("", fields[name]) for name in ("first_issued", "expires") if name in fields}
    kept = {name: value for name, value in (fields | days).items() if value != NO_DAY}
    return {name: value for name, value in kept.items() if name != "city" or not is_a_street(value)}


def zip_links(response: Response) -> Iterator[tuple[str, str]]:
    """Address and words of every link to a ZIP; the words may stand behind the link or in its row of a table."""
    page = response.body.decode("utf-8", "replace") if response.status == 200 else ""
    for link in Selector(text=page).css("a[href]"):
        address = response.urljoin(link.attrib["href"].strip())
        if ZIP_NAME.search(urlsplit(address).path):
            around = link.xpath("string(ancestor::tr[1])").get() or link.xpath("following-sibling::text()[1]").get()
            yield address, f"{link.xpath('string()').get()} {around or ''}"


def is_ours(address: str, said: str) -> bool:
    """Whether a link's words or its file's name are those of acupuncture."""
    return bool(OURS.search(said) or OURS.search(address.rsplit("/", 1)[-1]))
