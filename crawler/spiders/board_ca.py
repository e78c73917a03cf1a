"""California Acupuncture Board: its list among the "Licensee Lists" of the Department of Consumer Affairs (DCA).

In: a tab-separated text that is called .xls, monthly, and the board's own counts where they lie beside it. Out: one
record a person's license. The list holds current, inactive, delinquent and suspended licenses: one that was revoked,
surrendered or cancelled is never in it, so being absent from it says nothing about a person. Organizations, wall
licenses (one for each place of practice), providers of education and tutorial programs are counted and left out.
The department's page lets its own script fetch a key for Box; it is not ours, so only what a shared link shows is read.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawler.answers import csv_rows
from crawler.archives import open_member
from crawler.board_file import BoardFile, is_a_street, where
from crawler.box_folder import Item, read_folder, shared_link
from crawler.challenges import refused
from crawler.dca_lists import (
    BOARD_FOLDER,
    COLUMNS,
    COUNTS_FILE,
    COUNTS_HEADER,
    DATA_FILE,
    IGNORED,
    LAYOUT,
    PLAIN_TYPE,
    REQUIRED,
    UNITED_STATES,
    is_license_of_a_person,
)
from crawler.records import Fields, Record, plain_word
from crawler.troubles import SourceTrouble

INDEX = "https://www.dca.ca.gov/consumers/public_info/index.shtml"
ZIP = b"PK\x03\x04"
MOST_BYTES = 64 * 1024 * 1024


class BoardCa(BoardFile):
    """Everybody whose California license is current, inactive, delinquent or suspended."""

    name = "board_ca"
    title = "California licensee list, Acupuncture Board"
    leaves_out = "revoked, surrendered and cancelled licenses"
    publisher = "California Department of Consumer Affairs"
    covers = ("CA",)
    homepage = "https://search.dca.ca.gov/"
    terms = "Copying for non-commercial use only (DCA); ask the department before any other use."
    cadence_days = 14
    floor, ceiling = 9_000, 20_000
    request_ceiling = 20
    columns, ignored, required, layout = COLUMNS, IGNORED, REQUIRED, LAYOUT
    words = {"status": "license_status:board_ca"}
    fill = {"expires": 0.5, "city": 0.5}
    by_hand = (
        f"A person can open {INDEX}, download the Acupuncture Board's file (..._Data00.xls) and call: "
        "diplomate import board_ca FILE."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counted: dict[str, int] = {}
        self.numbers: dict[str, set[str]] = defaultdict(set)

    def first_requests(self) -> Iterator[Request]:
        yield self.ask(INDEX, self.parse)

    def parse(self, response: Response, **_: Any) -> Iterator[Request]:
        """The department's page: its links to the board's files, else the folder it shares on Box."""
        page = HtmlResponse(response.url, body=response.body, headers=response.headers)
        files = [link_item(page, link) for link in page.css("a[href]")]
        folder = shared_link(page.text)
        if any(DATA_FILE.search(item.name) for item in files):
            yield from self.ask_files(files)
        elif folder:
            yield self.ask(folder, self.parse_folder)
        else:
            raise refused(response, f"{response.url} links to no list of the Acupuncture Board. {self.by_hand}")

    def parse_folder(self, response: Response) -> Iterator[Request]:
        """A page of the shared folder, or of the board's folder in it."""
        try:
            items, next_page = read_folder(response)
        except SourceTrouble as trouble:
            raise type(trouble)(f"{trouble} {self.by_hand}") from trouble
        inner = [item.address for item in items if item.is_folder and BOARD_FOLDER.search(item.name)]
        if any(DATA_FILE.search(item.name) for item in items):
            yield from self.ask_files(items)
        elif inner or next_page:
            yield self.ask([*inner, next_page][0], self.parse_folder)
        else:
            raise SourceTrouble(f"{response.url} holds no list of the Acupuncture Board. {self.by_hand}")

    def ask_files(self, items: list[Item]) -> Iterator[Request]:
        """The board's counts and its list (each part of it once, whatever it ends with); the folder may hold more."""
        wanted = [item for item in items if DATA_FILE.search(item.name) or COUNTS_FILE.search(item.name)]
        wanted.sort(key=lambda item: item.name.lower().endswith(".csv"))
        stems = {item.name.lower().rpartition(".")[0]: item for item in reversed(wanted)}
        for stem in sorted(stems):
            yield self.ask(stems[stem].address, self.parse_file)

    def parse_file(self, response: Response) -> Iterator[Record]:
        """One file from the web; a list that was read to its end is whole."""
        try:
            yield from self.read_page(response)
        except SourceTrouble as trouble:
            raise type(trouble)(f"{response.url}: {trouble}") from trouble
        self.read_whole(self.state)

    def read_page(self, response: Response) -> Iterator[Record]:
        """A list, the board's counts, or the ZIP in which Box packs both for a person."""
        if response.body.startswith(ZIP):
            for name in (COUNTS_FILE, DATA_FILE):
                yield from self.read_member(response, name)
        elif COUNTS_HEADER.search(response.body):
            self.read_counts(response)
        else:
            yield from self.read_list(response)

    def read_member(self, response: Response, name: re.Pattern[str]) -> Iterator[Record]:
        """One file of a ZIP; the counts may be missing."""
        try:
            with open_member(response.body, name, MOST_BYTES) as file:
                body = file.read()
        except SourceTrouble as trouble:
            if name is COUNTS_FILE and "no member" in str(trouble):
                return
            raise
        yield from self.read_page(response.replace(body=body))

    def read_counts(self, response: Response) -> None:
        """How many licenses of each type the board says there are."""
        for row in csv_rows(response, frozenset({"License Type Name", "License Count"})):
            kind, number = row["License Type Name"].strip(), row["License Count"].replace(",", "").strip()
            if not number.isdigit():
                raise SourceTrouble(f"The board's count {row['License Count']!r} of {kind!r} is no number.")
            self.counted[plain_word(kind)] = self.counted.get(plain_word(kind), 0) + int(number)

    def read_list(self, response: Response) -> Iterator[Record]:
        """The rows that are a person's license; everything else is counted and left out."""
        seen: dict[str, Fields] = {}
        for row in self.rows_of(io.BytesIO(response.body), response):
            fields, kind, holder = self.audit.read(row), row["License Type"].strip(), row["Indiv/Org"].strip().upper()
            self.numbers[kind].add(row["License Number"].strip())
            if not is_license_of_a_person(kind):
                self.skip(f"left out type: {kind or 'none given'}")
            elif holder[:1] == "O" or not (holder or "given_name" in fields):
                self.skip("organizations")
            elif holder[:1] not in ("", "I"):
                raise SourceTrouble(f"Indiv/Org is {holder!r} for {fields.get('license_number')!r}; I and O are known.")
            else:
                record = self.license_record(fields, response)
                if seen.setdefault(record.source_key, record.fields) != record.fields:
                    self.alarms.append(f"{self.name}: {where(response)} has two rows for {record.source_key}.")
                yield record

    def license_record(self, fields: Fields, response: Response) -> Record:
        """The record, keyed by the number, with its type where the type is not the plain one."""
        number, kind = fields.get("license_number", ""), fields["license_type"]
        key = number if PLAIN_TYPE.fullmatch(kind) else f"{kind} {number}"
        return self.record(response, key, self.homepage, self.with_days(as_elsewhere(fields), key))

    def closed(self, reason: str) -> None:
        """At the end: which types were read, and whether as many licenses as the board itself counts."""
        super().closed(reason)
        read = {kind: len(numbers) for kind, numbers in self.numbers.items() if is_license_of_a_person(kind)}
        self.skipped.update({f"read type: {kind}": number for kind, number in read.items()})
        counted = {kind: self.counted[plain_word(kind)] for kind in read if plain_word(kind) in self.counted}
        wrong = [kind for kind in counted if not 0 <= counted[kind] - read[kind] <= self.damaged_rows]
        for kind in wrong:
            said = f"the list holds {read[kind]} licenses of the type {kind!r}, the board counts {counted[kind]}"
            self.troubles.append(SourceTrouble(f"{self.name}: {said}."))
        if counted and not wrong:
            self.read_whole(self.state)


def link_item(page: HtmlResponse, link: Any) -> Item:
    """What a link leads to, named by its address or, where only that fits, by its text."""
    address = page.urljoin(link.attrib["href"])
    path, text = unquote(urlsplit(address).path), " ".join(link.css("::text").getall()).strip()
    return Item(text if DATA_FILE.search(text) else path.rsplit("/", 1)[-1], False, address)


def as_elsewhere(fields: Fields) -> Fields:
    """The fields as other boards have them: no country for places in the United States, no street for a city."""
    if fields.get("country", "").upper().replace(".", "") in UNITED_STATES:
        del fields["country"]
    if is_a_street(fields.get("city", "")):
        del fields["city"]
    return fields
