"""Where reading the clinics' web sites begins: the addresses that other sources' records print.

In: current records of every other source, states to narrow to, mirrors. Out: one `Start` a site, and how many
addresses were left out for which reason. A site is one host (with or without ``www.``, http or https) and port.
Hosts many practitioners share (a social network, a booking service) are nobody's clinic: `not_clinic_sites.csv`.
"""

from __future__ import annotations

import csv
import ipaddress
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import tldextract
import us

from crawler.network import origin
from crawler.records import Record
from crawler.snapshots import EVERYTHING, DamagedRun, Run, good_runs, write_whole

MOST_RECORDS_OF_ONE_CLINIC = 30  # a host that more records name belongs to a chain, a school or a platform
LONGEST_ADDRESS = 500
RESERVED = re.compile(r"(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost|local|internal|lan|onion)$")
STATE_IN_ADDRESS = re.compile(r"\b([A-Z]{2})[ ,]+\d{5}(?:-\d{4})?\b")
STATES = frozenset((*(state.abbr for state in us.states.STATES_AND_TERRITORIES), "DC"))
DEFAULT_PORTS = {"http": 80, "https": 443}
# No suffix list is ever fetched: the one that comes with the package will do.
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@dataclass
class Start:
    """A site to read: its addresses as records print them (the shortest path first), and the states of these."""

    site: str
    addresses: list[str] = field(default_factory=list)
    states: set[str] = field(default_factory=set)
    records: int = 0


class NoSite(ValueError):
    """An address that is no clinic's web site; the message says why, in words to count by."""


def site_of(url: str) -> str:
    """The site an address belongs to: its host without ``www.``, and its port where it is an unusual one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    port = parts.port if parts.port != DEFAULT_PORTS.get(parts.scheme) else None
    return f"{host}:{port}" if port else host


def same_owner(one: str, other: str) -> bool:
    """Whether two addresses stand under one registrable domain (`lantern.com`, `lantern.wixsite.com`)."""
    return registrable(one) == registrable(other)


def registrable(url: str) -> str:
    """The domain somebody registered; of a host under no public suffix its last two names, of a number the number."""
    host = urlsplit(url).hostname or ""
    known = _SUFFIXES(url).top_domain_under_public_suffix
    return known or (host if is_number(host) else ".".join(host.split(".")[-2:]))


def starts(data: Path, own: str, states: Iterable[str], mirrors: Mapping[str, str]) -> tuple[list[Start], Counter[str]]:
    """Every site that a current record of another source names (in these states), and what was left out."""
    found: dict[str, Start] = {}
    left_out: Counter[str] = Counter()
    wanted = set(states)
    for record in other_records(data, own):
        states_of_it = record_states(record)
        if wanted and not wanted & states_of_it:
            continue
        for printed in printed_websites(record.fields):
            try:
                note_address(found, web_address(printed, mirrors), states_of_it)
            except NoSite as reason:
                left_out[str(reason)] += 1
    shared = [site for site, start in found.items() if start.records > MOST_RECORDS_OF_ONE_CLINIC]
    for site in shared:
        left_out["a host that many practitioners share"] += found.pop(site).records
    return [ordered(start, mirrors) for _, start in sorted(found.items())], left_out


def keep(path: Path, sites: Iterable[Start], left_out: Mapping[str, int]) -> None:
    """Write down where a run begins, so that it can go on, or be read again, whatever other sources say by then."""
    rows = [asdict(start) | {"states": sorted(start.states)} for start in sites]
    write_whole(path, json.dumps({"sites": rows, "left_out": left_out}, indent=1, sort_keys=True).encode())


def kept(path: Path) -> tuple[list[Start], Counter[str]]:
    """What `keep` wrote."""
    found = json.loads(path.read_text())
    return [Start(**row | {"states": set(row["states"])}) for row in found["sites"]], Counter(found["left_out"])


def note_address(found: dict[str, Start], url: str, states: set[str]) -> None:
    start = found.setdefault(site_of(url), Start(site_of(url)))
    start.records += 1
    start.states |= states
    if url not in start.addresses:
        start.addresses.append(url)


def ordered(start: Start, mirrors: Mapping[str, str]) -> Start:
    """The address to begin with first: the shortest path, https before http."""
    start.addresses.sort(key=lambda url: (len(urlsplit(url).path.rstrip("/")), not url.startswith("https"), url))
    start.addresses = list(dict.fromkeys(mirrored(url, mirrors) for url in start.addresses))
    return start


def mirrored(url: str, mirrors: Mapping[str, str]) -> str:
    """The address in the spelling (scheme, ``www.``) that a mirror stands for, if one does."""
    parts = urlsplit(url)
    bare = parts.netloc.removeprefix("www.")
    spellings = [f"{scheme}://{host}" for scheme in ("https", "http") for host in (bare, f"www.{bare}")]
    known = [spelling for spelling in (origin(url), *spellings) if spelling in mirrors]
    return url.replace(origin(url), known[0], 1) if known else url


def other_records(data: Path, own: str) -> Iterator[Record]:
    """The current records of every other source, as its good runs leave them."""
    folder = data / "snapshots"
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name != own:
            yield from current_records(good_runs(data, path.name))


def current_records(runs: Iterable[tuple[Run, Any]]) -> list[Record]:
    """Oldest run first; a state that a later run read whole forgets what that run no longer saw."""
    current: dict[str, Record] = {}
    for run, manifest in runs:
        try:
            rows = list(run.records())
        except DamagedRun:
            continue  # the build says so; here it costs a few addresses
        whole = {state for state, complete in manifest.coverage.items() if complete}
        if EVERYTHING in whole:
            current = {}
        current = {key: record for key, record in current.items() if record.partition not in whole}
        current |= {record.source_key: record for record in rows}
    return list(current.values())


def printed_websites(value: Any) -> Iterator[str]:
    """Every `website` in a record's fields, also inside lists of places; several in one text apart."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in ("website", "websites"):
                texts = inner if isinstance(inner, list) else [inner]
                yield from (part for text in texts if isinstance(text, str) for part in apart(text))
            elif isinstance(inner, list | dict):
                yield from printed_websites(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from printed_websites(inner)


def apart(text: str) -> list[str]:
    """`www.one.com, www.two.com` as two; a text without an address, or cut off (`...`), stays whole, to be counted."""
    if text.rstrip().endswith(("...", "…")):
        return [text]
    parts = [part.strip("()<>\"'.") for part in re.split(r"[\s,;|]+", text)]
    return [part for part in parts if "." in part] or ([text] if text.strip() else [])


def record_states(record: Record) -> set[str]:
    """States a record speaks of: the one asked for, those of its places, the one in a printed address."""
    fields = record.fields
    places = [fields, *(place for place in fields.get("locations", []) if isinstance(place, dict))]
    found = {record.partition, *(str(place.get("state", "")) for place in places)}
    found |= set(STATE_IN_ADDRESS.findall(str(fields.get("address", ""))))
    return found & STATES


def web_address(printed: str, mirrors: Mapping[str, str] | None = None) -> str:
    """A full address of a public host; raises NoSite with the reason for anything else."""
    text = printed.strip()
    url = text if re.match(r"https?://", text, re.IGNORECASE) else f"http://{text}"
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        raise NoSite("no web address") from None
    if "@" in parts.netloc or not re.fullmatch(r"[\w-]+(?:\.[\w-]+)*", host) or len(url) > LONGEST_ADDRESS:
        raise NoSite("no web address")
    plain = f"{parts.scheme.lower()}://{host}{port}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
    if origin(mirrored(plain, mirrors or {})) not in (mirrors or {}):
        refuse_host(host, parts)
    return plain


def refuse_host(host: str, parts: SplitResult) -> None:
    """Raises NoSite for a host that is on no public network, or is not one clinic's."""
    if is_number(host) or "." not in host or RESERVED.search(host):
        raise NoSite("a name that is not on the public internet")
    if not _SUFFIXES(host).suffix:
        raise NoSite("no web address")
    for known, kind in not_clinics().items():
        if host.removeprefix("www.") == known or (kind != "host itself" and host.endswith(f".{known}")):
            raise NoSite(f"{kind}, not a clinic's site")


def is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@cache
def not_clinics() -> dict[str, str]:
    """Host -> what it is, from not_clinic_sites.csv."""
    path = Path(__file__).with_name("not_clinic_sites.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {row["host"]: row["kind"] for row in csv.DictReader(file)}
