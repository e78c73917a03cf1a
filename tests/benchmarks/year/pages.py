"""What the sources of the simulated year print: rows of the world as the real sites' answers.

In: rows by source, a question (path and body). Out: an `Answer` in the format of the source: Socrata's JSON with its
dates and validators, the NPI Registry's, the certifier's pages, the exclusion list's CSV. Columns are the spiders' own,
turned round.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.catalog import source_class
from crawler.network import origin
from crawler.records import Fields
from crawler.socrata import SocrataSource
from crawler.spiders.leie import FILE, Leie
from crawler.spiders.npi_registry import ADDRESS, API, BASIC, OTHER_NAME, TAXONOMY
from tests.benchmarks.change_feed.rows import Row
from tests.fault_server import Answer
from tests.socrata_host import Host

STATES = ("WA", "CO", "IL")
BOARDS = ("board_co", "board_il", "board_wa")
SOURCES = (*BOARDS, "leie", "ncbahm", "npi_registry")
PAGE_CARDS = 20
HTML = {"Content-Type": "text/html; charset=utf-8"}
Raw = dict[str, Any]


@dataclass(frozen=True)
class Edition:
    """What a source shows from a night on. `changed`: the night of its last real change, which its headers tell."""

    night: int
    rows: tuple[Row, ...]
    changed: int = 0


def site_of(source: str) -> str:
    """The origin that the source's spider asks."""
    kind = source_class(source)
    if issubclass(kind, SocrataSource):
        return f"https://{kind.host}"
    return origin({"npi_registry": API, "leie": FILE}.get(source, kind.homepage))


def answer(source: str, edition: Edition, path: str) -> Answer:
    """What the source says to this question."""
    return PRINTED.get(source, board)(source, edition, path)


def turned(columns: dict[str, str], fields: Fields) -> Raw:
    """Our fields under the source's names."""
    return {theirs: fields[ours] for theirs, ours in columns.items() if ours in fields}


def board(source: str, edition: Edition, path: str) -> Answer:
    """A Socrata host with validators: a data set that stands still answers 304."""
    kind = source_class(source)
    assert issubclass(kind, SocrataSource)
    rows = [board_row(kind, row.fields) for row in edition.rows]
    known = set(kind.columns) | set(kind.asked_only) | {kind.firm_column, kind.type_column}
    host = Host({kind.dataset: rows}, columns={kind.dataset: known}, changed=lambda offset: http_date(edition.changed))
    status, headers, body = host.answer(site_of(source) + path)
    tag = {"ETag": '"' + hashlib.sha256(body).hexdigest()[:20] + '"'}
    return Answer(body, status, {"Content-Type": "application/json;charset=utf-8"} | headers | tag)


def board_row(kind: type[SocrataSource], fields: Fields) -> Raw:
    case = (fields.get("discipline_cases") or [{}])[0]
    flat = fields | {f"discipline_cases.{name}": value for name, value in case.items()}
    row = turned(dict(kind.columns), flat)
    return row | {"license_type": "ACUPUNCTURIST", "business": "N"} if kind.name == "board_il" else row


def http_date(night: int) -> str:
    from email.utils import format_datetime

    from tests.benchmarks.year.clock import night_time

    return format_datetime(night_time(night), usegmt=True)


def registry(_: str, edition: Edition, path: str) -> Answer:
    asked = parse_qs(urlsplit(path).query)
    found = [row for row in edition.rows if row.record.partition == asked["state"][0]]
    shown = [provider(row.fields) for row in found[int(asked["skip"][0]) :][: int(asked["limit"][0])]]
    return Answer(json.dumps({"result_count": len(shown), "results": shown}).encode())


def provider(fields: Fields) -> Raw:
    places = [turned(ADDRESS, place) | {"address_purpose": "LOCATION"} for place in fields["locations"]]
    basic = {name: value for name, value in turned(BASIC, fields).items() if name != "gender"}
    return {
        "number": fields["npi"],
        "enumeration_type": "NPI-1",
        "basic": basic,
        "addresses": places[:1],
        "practiceLocations": places[1:],
        "taxonomies": [{"license": None, "state": None} | turned(TAXONOMY, item) for item in fields["taxonomies"]],
        "other_names": [turned(OTHER_NAME, name) for name in fields.get("other_names", [])],
    }


def exclusions(_: str, edition: Edition, path: str) -> Answer:
    text = io.StringIO()
    columns = [*Leie.columns, "UPIN", "DOB"]
    table = csv.DictWriter(text, columns, restval="")
    table.writeheader()
    table.writerows(turned(dict(Leie.columns), row.fields) for row in edition.rows)
    return Answer(text.getvalue().encode(), headers={"Content-Type": "text/csv"})


def directory(_: str, edition: Edition, path: str) -> Answer:
    """Lists of twenty cards, and the profile behind each."""
    asked = parse_qs(urlsplit(path).query)
    if "AgencyClientId" in asked:
        found = [row for row in edition.rows if row.record.source_key == asked["AgencyClientId"][0]]
        return Answer(profile_page(found[0].fields).encode(), headers=HTML) if found else Answer(b"gone", 404)
    state, page = asked["StateCode"][0], int(asked["PageNo"][0])
    listed = [row for row in edition.rows if row.record.partition == state]
    return Answer(list_page(listed, state, page).encode(), headers=HTML)


def templates() -> ModuleType:
    """The texts of the sample's directory pages."""
    path = Path(__file__).parents[2] / "sample" / "ncbahm_templates.py"
    spec = spec_from_file_location("ncbahm_templates", path)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES = templates()


def list_page(listed: list[Row], state: str, page: int) -> str:
    cards = listed[(page - 1) * PAGE_CARDS : page * PAGE_CARDS]
    body = PAGES.LIST_BODY.format(
        total=len(listed), state=state, page=page, last=-(-len(listed) // PAGE_CARDS), sort_link="",
        cards="\n".join(card(row, at) for at, row in enumerate(cards, start=1)),
    )  # fmt: skip
    return str(PAGES.FRAME.format(title="Find a Practitioner", body=body))


def card(row: Row, at: int) -> str:
    fields = shown(row.fields)
    return str(
        PAGES.CARD.format(
            picture="women",
            url=escape(urlsplit(row.record.url).path + "?AgencyClientId=" + row.record.source_key),
            position=at,
            badges="",
            **fields,
        )
    )


def profile_page(printed: Fields) -> str:
    fields = shown(printed)
    badge = f'<div class="certificate-item"><a href="{escape(printed["badge"])}"></a></div>'
    body = PAGES.PROFILE_BODY.format(
        printed=escape(", ".join(printed["designations"])), about="", locations="", badges=badge, school="", course="",
        languages="\n".join(f"<li>{escape(one)}</li>" for one in printed.get("languages", [])), conditions="",
        **fields,
    )  # fmt: skip
    return str(PAGES.FRAME.format(title="Practitioner profile", body=body))


def shown(fields: Fields) -> dict[str, str]:
    """The cells that cards and profiles share."""
    site = fields.get("website", "")
    link = f'<a href="{escape(site)}"><i class="icon-globe"></i></a>' if site else ""
    cells = {name: escape(str(fields.get(name, "Not Available"))) for name in ("name", "sex", "phone", "address")}
    return cells | {"status": escape(fields["status"]), "website": link}


PRINTED: dict[str, Callable[[str, Edition, str], Answer]] = {
    "npi_registry": registry,
    "leie": exclusions,
    "ncbahm": directory,
}


def rows_of(source: str, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.source == source]
