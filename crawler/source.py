"""Source: the base of every spider, and the manual for adding one.

A source is one class in ``crawler/spiders/``; the file's name is the spider's name, the snapshot folder and the
`source` column. It states facts::

    class BoardXX(Source):
        name = "board_xx"                           # = file name
        title = "XX Board of Acupuncture, roster"   # shown to people
        publisher = "XX Board of Acupuncture"
        kind = "board"                              # certifier, board, registry, listing, website, exclusions
        covers = ("XX",)                            # states it can speak for; () = all of them
        partitions = ()                             # states it can be asked for one by one; () = only whole
        access = "open"                             # or "gated": a person must `diplomate import` its pages
        homepage = "https://board.example/"         # where a person looks it up
        terms = "public record; ..."                # what its owner allows
        cadence_days, floor, ceiling = 7, 1500, 9000
        columns = {"lic_no": "license_number"}      # the source's name -> our name
        ignored = frozenset({"row_id"})             # columns we knowingly leave out
        required = frozenset({"lic_no"})            # must appear, or the layout has changed
        fill = {"expires": 0.5}                     # our field -> the least share of rows that must carry it
        request_ceiling = 500                       # more requests than this in one run is a trouble
        most_minutes, most_memory_mib = 60, 2048    # a run that takes more of either is ended, and can be gone on with

and two pieces of code where the site needs them::

    def first_requests(self) -> Iterator[Request]:              # the first pages
        yield self.ask("https://board.example/roster.json", self.parse)

    def read_page(self, response: Response) -> Iterator[Record]:  # the rows of one page
        for row in json_rows(response, of=""):                   # crawler.answers: json_rows, csv_rows, text_of
            fields = self.audit.read(row)
            yield self.record(response, key=fields["license_number"], url="https://...", fields=fields)

`self.record(response, key, url, fields, date="", partition="")` dates the row by its snapshot. `partition` is the
state that was asked for; for a source that covers one state it is that state by itself. `fields` speak these names:

    a name      name (one printed string), or given_name, middle_name, family_name, suffix, credential; other_names
    a place     address (one printed line), or street, city, state, zip, or locations (a list of these)
    a license   license_number, license_type, status, first_issued, expires, action_taken   (kind "board": NEEDED below)
    the rest    npi, sex, phone, website, clinic, designations, languages, conditions, taxonomies

What a record may show in public is an allow-list: a new field needs a row in ``pipeline/rules/published_fields.csv``.

`parse` (the default callback) is `read_page`; override it where pages lead to more pages. A file a person saved
goes through `read_page` too. Anything wrong is raised as a `SourceTrouble` with a whole sentence; a captcha or
sign-in as a `Gate`. So that the run knows what it read whole, call `self.expect(state, total)` when the source says
how many rows it has, or `self.read_whole(state)` when a list has been walked to its end; call
`self.note_page(state, keys)` for each page of a list, which notices a page that repeats an earlier one; call
`self.skip(reason)` for a row that is knowingly left out.

A board whose roster prints no license number says `numberless = True`: such a row is matched by name and place only.
One that never shows some licenses says which in `leaves_out`, and what is said of the absent says so too. A source of
changes, never the whole of anything, says `changes_only = True`.

A file too large for memory is asked with ``meta={"big": True}``: it is streamed to disk, and the callback finds it at
`response.meta["path"]`. A file that says up to when it was made sets `self.as_of`. Sources of one `register` (the name
of the source that stands for it) print the same rows under the same keys, such as an NPI: the newest wins, and a row
whose fields hold `withdrawn_on` says that its key has left the register.

A source of `many_sites` reads independent web sites: what is wrong with one is counted (`lose_site`) and drops that
site, never the run; `sites_at_once` hosts are asked at the same time, each one request at a time.

Vocabulary: `words = {"status": "license_status:board_xx"}` names the fields whose words must be known to the rule
tables (``pipeline/rules/status_words.csv``, column `source_kind_or_source`: `board_xx`, or `*` for every board); an
unknown word fails the run and is named.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

import us
from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.columns import ColumnAudit
from crawler.records import Fields, Record
from crawler.snapshots import EVERYTHING, Snapshot
from crawler.troubles import Gate, NotAsked, SourceTrouble, TooMuch, as_trouble

ALL_STATES = (*(state.abbr for state in us.states.STATES_AND_TERRITORIES), "DC")
# Without these a row of such a source says nothing; an absent status would otherwise become a default.
NEEDED = {"board": ("license_number", "status")}


class Source(Spider):
    """One publisher's listing. See the module docstring for what a subclass states."""

    title: ClassVar[str]
    publisher: ClassVar[str]
    kind: ClassVar[str]
    covers: ClassVar[tuple[str, ...]] = ()
    partitions: ClassVar[tuple[str, ...]] = ()
    access: ClassVar[str] = "open"
    homepage: ClassVar[str]
    terms: ClassVar[str]
    cadence_days: ClassVar[int]
    floor: ClassVar[int]
    ceiling: ClassVar[int]
    delay_seconds: ClassVar[float] = 2.0
    columns: ClassVar[Mapping[str, str]] = {}
    ignored: ClassVar[frozenset[str]] = frozenset()
    required: ClassVar[frozenset[str]] = frozenset()
    words: ClassVar[Mapping[str, str]] = {}
    fill: ClassVar[Mapping[str, float]] = {}
    request_ceiling: ClassVar[int] = 500
    most_minutes: ClassVar[float] = 60
    most_memory_mib: ClassVar[int] = 2048
    register: ClassVar[str] = ""
    many_sites: ClassVar[bool] = False
    sites_at_once: ClassVar[int] = 1
    numberless: ClassVar[bool] = False
    leaves_out: ClassVar[str] = ""
    changes_only: ClassVar[bool] = False

    def __init__(self, states: tuple[str, ...] = (), saved: tuple[Snapshot, ...] = (), **kwargs: Any) -> None:
        """`states` narrows the run ((): all); `saved` are a person's files, read instead of the web."""
        super().__init__(**kwargs)
        self.states = states
        self.saved = saved
        self.audit = ColumnAudit(self.columns, self.ignored, self.required)
        self.troubles: list[SourceTrouble] = []
        self.lost_sites: dict[str, SourceTrouble] = {}
        self.as_of = ""
        self.alarms: list[str] = []
        self.skipped: Counter[str] = Counter()
        self.expected: dict[str, int] = {}
        self.walked: set[str] = set()
        self.residual: set[str] = set()
        self.keys: set[str] = set()
        self.keys_in: dict[str, set[str]] = defaultdict(set)
        self.pages: dict[str, list[frozenset[str]]] = defaultdict(list)
        self.filled: Counter[str] = Counter()
        self.found_words: dict[str, Counter[str]] = {field: Counter() for field in self.words}

    async def start(self) -> AsyncIterator[Request]:
        """First requests of a crawl; a subclass overrides `first_requests`, never this."""
        for request in self.saved_requests() if self.saved else self.first_requests():
            yield request

    def first_requests(self) -> Iterator[Request]:
        raise NotImplementedError(f"{self.name} does not say where it begins")

    def read_page(self, response: Response) -> Iterator[Record]:
        """Rows of one page."""
        raise NotImplementedError(f"{self.name} does not say how a page is read")

    def parse(self, response: Response, **where: Any) -> Iterator[Any]:
        yield from self.read_page(response)

    def saved_requests(self) -> Iterator[Request]:
        """One request for each saved file; it is answered from the file and read like any page."""
        for number, snapshot in enumerate(self.saved):
            meta = {"saved": snapshot, "dont_obey_robotstxt": True, "dont_retry": True}
            yield self.ask(snapshot.url, self.read_saved, meta=meta, dont_filter=True, priority=-number)

    def read_saved(self, response: Response) -> Iterator[Record]:
        """Rows of a saved file; names the file in whatever goes wrong."""
        try:
            yield from self.read_page(response)
        except SourceTrouble as trouble:
            raise type(trouble)(f"{response.meta['saved'].saved_as}: {trouble}") from trouble

    def ask(self, url: str, callback: Callable[..., Any], **kwargs: Any) -> Request:
        """A request whose failure becomes a sentence instead of a log line."""
        return Request(url, callback, errback=self.unanswered, **kwargs)

    def unanswered(self, failure: Failure) -> None:
        """Note why an address gave no answer (robots.txt, refused, timed out, cut short)."""
        if isinstance(failure.value, NotAsked):
            return
        request: Request = failure.request  # type: ignore[attr-defined]
        self.note_trouble(as_trouble(failure.value, request.url), request.url)

    def note_trouble(self, trouble: SourceTrouble, url: str) -> None:
        """Remember what is wrong and stop asking: a failed run is not worth further requests."""
        if self.many_sites and not isinstance(trouble, TooMuch):
            self.lose_site(url, trouble)
            return
        self.troubles.append(trouble)
        if not self.saved and self.crawler.engine is not None:
            reason = "blocked" if isinstance(trouble, Gate) else "trouble"
            closing = self.crawler.engine.close_spider_async(reason=reason)
            self.closing = asyncio.get_running_loop().create_task(closing)

    def lose_site(self, url: str, trouble: SourceTrouble) -> None:
        """One of many sites cannot be read: remember why, once."""
        self.lost_sites.setdefault(urlsplit(url).netloc, trouble)

    def record(
        self, response: Response, key: str, url: str, fields: Fields, date: str = "", partition: str = ""
    ) -> Record:
        """A row of this page, dated by the page's snapshot; raises SourceTrouble for a row that lacks what it needs."""
        for name in NEEDED.get(self.kind, ()):
            if not fields.get(name) and not (self.numberless and name == "license_number"):
                raise SourceTrouble(f"{self.name}: the row {key!r} has no {name.replace('_', ' ')} ({response.url}).")
        snapshot: Snapshot = response.meta["snapshot"]
        state = partition or (self.covers[0] if len(self.covers) == 1 else "")
        return Record(self.name, key, url, snapshot.sha256, snapshot.fetched_at, date, state, fields)

    def note_record(self, record: Record) -> None:
        """Count a row; one whose key was read before in this run counts once (the two are combined)."""
        self.keys_in[record.partition or EVERYTHING].add(record.source_key)
        if record.source_key in self.keys:
            self.skip("read before in this run")
            return
        self.keys.add(record.source_key)
        self.filled.update(record.fields.keys())
        for field, words in self.found_words.items():
            words.update(words_of(record.fields.get(field)))

    def note_page(self, partition: str, keys: list[str]) -> None:
        """Notice a page that shows an earlier page's rows again: a trap that really happened (NCBAHM, 2026-05)."""
        page = frozenset(keys)
        if page and page in self.pages[partition]:
            where = f"{self.name} {partition}: a page shows the same {len(page)} rows as an earlier page"
            if not self.saved:
                raise SourceTrouble(f"{where}; the list was not walked further.")
            self.alarms.append(f"{where}; they were counted once.")
        self.pages[partition].append(page)

    def expect(self, partition: str, total: int) -> None:
        """The source says it has `total` rows for this state (or EVERYTHING)."""
        self.expected[partition] = total

    def read_whole(self, partition: str) -> None:
        """A list that states no total was walked to its end."""
        self.walked.add(partition)

    def skip(self, reason: str) -> None:
        """Count a row that is knowingly left out."""
        self.skipped[reason] += 1

    def left_over(self, state: str) -> None:
        """This state has more rows than the source shows; it can never count as read whole."""
        self.residual.add(state)

    def last_alarms(self) -> Iterator[str]:
        """What only the end of a run can tell; none unless a source says so."""
        return iter(())

    def coverage(self) -> dict[str, bool]:
        """State (or EVERYTHING) -> whether it was read whole, as far as the source says.

        A saved file that states no total counts as the whole source when it holds as many rows as the floor asks.
        """
        whole = dict.fromkeys(self.walked, True)
        whole |= {state: len(self.keys_in[state]) >= total for state, total in self.expected.items()}
        if self.saved and not whole and not self.partitions and len(self.keys) >= self.floor:
            whole = {EVERYTHING: True}
        return whole | dict.fromkeys(self.residual, False)


def words_of(value: Any) -> list[str]:
    """The vocabulary words of a field: a text, or each text of a list."""
    return [value] if isinstance(value, str) else list(value or [])
