"""How the answers of a stranger's web site are told apart: moved, gone, refused, silent, too large.

In: responses and failures. Out: where a redirect leads, and words to count by. Nothing is asked here.
"""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response
from scrapy.utils.response import get_meta_refresh

from crawler.troubles import Gate, SourceTrouble
from crawler.web_sites import plain_url

REDIRECTS = (301, 302, 303, 307, 308)
GONE = (404, 410)
LONGEST_REFRESH_SECONDS = 5


def redirect_target(response: Response) -> str:
    """Where an answer sends us, by its status or by a refresh in the page; "" for a page that stays."""
    location = response.headers.get("Location")
    if response.status in REDIRECTS:
        return usable(response.url, location.decode("latin-1").strip() if location else "")
    if isinstance(response, HtmlResponse):
        wait, target = get_meta_refresh(response)
        if target and wait is not None and wait < LONGEST_REFRESH_SECONDS:
            url = usable(response.url, target)
            return url if plain_url(url) != plain_url(response.url) else ""
    return ""


def usable(base: str, target: str) -> str:
    """The full address, or the place we are at where the target is none: a page that only points at itself."""
    try:
        url = urljoin(base, target)
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return base
    return url if is_web else base


def is_forbidden(reason: BaseException) -> bool:
    """Whether robots.txt forbids the address."""
    return isinstance(reason, IgnoreRequest)


def is_too_large(reason: BaseException) -> bool:
    return type(reason).__name__ == "DownloadCancelledError"


def words_for(reason: BaseException, trouble: SourceTrouble) -> str:
    """The kind of trouble, in words to count by."""
    if is_forbidden(reason):
        return "robots.txt forbids it"
    if isinstance(trouble, Gate):
        return "refused or behind a gate"
    if is_too_large(reason):
        return "too large"
    return "no answer"
