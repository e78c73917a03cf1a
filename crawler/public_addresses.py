"""Only the public internet is asked: an address in somebody's record may name a machine inside the operator's network.

In: addresses about to be asked, and names as they are resolved. Out: `NotPublic` for loopback, private, link-local and
every other range that is not public, however it is written, and for names that lead there, at the very moment they are
resolved for the connection. Only hosts that the operator names (mirrors, a proxy) may be anywhere.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.troubles import SourceTrouble

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
NUMBERS_ONLY = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}\.?", re.I)
NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
LOCAL = re.compile(r"(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home\.arpa)$")
PATIENCE = 10.0


class NotPublic(SourceTrouble):
    """An address that is on no public network; it was not asked."""


def refuse_private(url: str, trusted: Collection[str] = ()) -> None:
    """Raise NotPublic for an address whose host says by itself that it is not public; `trusted`: names that resolve to
    a mirror or a proxy, which no address may use by itself."""
    host = host_of(url)
    address = literal(host)
    if address is not None and not is_public(address):
        raise NotPublic(f"{url} leads to {address}, which is on no public network; it was not asked.")
    if address is None and (LOCAL.search(host) or host in trusted or "." not in host):
        raise NotPublic(f"{url} names a machine that is on no public network; it was not asked.")


def host_of(url: str) -> str:
    """The host as a resolver reads it: compatibility letters and other full stops are plain ones, no zone."""
    try:
        host = unquote(urlsplit(url).hostname or "")
    except ValueError:
        return ""
    plain = re.sub("[\u3002\uff0e\uff61]", ".", unicodedata.normalize("NFKC", host))
    return plain.partition("%")[0].casefold().rstrip(".")


def literal(host: str) -> IP | None:
    """The address that a host in numbers means, in any form a resolver takes: 127.1, 0x7f000001, 017700000001."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host)) if NUMBERS_ONLY.fullmatch(host) else None
    except OSError:
        return None


def is_public(address: IP) -> bool:
    """Whether anybody on the internet means the same machine by it; of an IPv4 address inside IPv6, whether that is."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = inside(address)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address carries: mapped, compatible, 6to4, Teredo, NAT64."""
    number = int(address)
    if any(address in network for network in NAT64) or (number >> 32 == 0 and number > 0xFFFF):
        return ipaddress.IPv4Address(number & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def named_by_operator(mirrors: Mapping[str, str]) -> frozenset[str]:
    """Hosts that the operator sends us to."""
    return frozenset(filter(None, map(host_of, (*mirrors.values(), *getproxies().values()))))


class PublicResolver(CachingThreadedResolver):
    """Scrapy's resolver; a name that leads to no public address leads nowhere. What it answers is what is connected to,
    so that a name cannot mean one thing when it is checked and another when it is asked."""

    refused: dict[str, str] = {}

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.trusted: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> PublicResolver:
        made = super().from_crawler(crawler, reactor)
        made.trusted = named_by_operator(crawler.settings["DIPLOMATE_MIRRORS"] or {})
        return made

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        found: Deferred[Any] = super().getHostByName(name, timeout)
        return found.addCallback(self.checked, name)

    def checked(self, address: str, name: str) -> str:
        host = name.casefold().rstrip(".")
        if host not in self.trusted and not is_public(ipaddress.ip_address(address)):
            self.refused[host] = address
            raise DNSLookupError(f"{name} leads to {address}, which is on no public network")
        return address


def refused_name(url: str) -> NotPublic | None:
    """The trouble, where the resolver has refused this address's host."""
    address = PublicResolver.refused.get(host_of(url))
    return NotPublic(f"{url} leads to {address}, which is on no public network; it was not asked.") if address else None


async def refuse_private_name(url: str) -> None:
    """The same for a client with a resolver of its own; a name that leads nowhere is its trouble."""
    look_up = asyncio.to_thread(socket.getaddrinfo, host_of(url), None)
    try:
        found = await asyncio.wait_for(look_up, PATIENCE)
    except (OSError, UnicodeError, TimeoutError):
        return
    for _, _, _, _, sockaddr in found:
        address = ipaddress.ip_address(str(sockaddr[0]).partition("%")[0])
        if not is_public(address):
            raise NotPublic(f"{url} leads to {address}, which is on no public network; it was not asked.")
