"""Every Scrapy setting in one place: polite, quiet, nothing open to the outside.

In: what the command line decided (run folder, mirrors, delay, contact). Out: a settings dict. The reasons are
measurements on Scrapy 2.19 of 2026-11-22: robots.txt is ignored, certificates are not checked and a remote
control server listens unless told otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

MAX_ANSWER_BYTES = 64 * 1024 * 1024
MAX_FILE_BYTES = 4 * 1024**3  # the monthly NPPES ZIP is about 1 GB (2026-11)
RETRIES = 3
ANSWER_SECONDS = 60  # for a whole answer
WAITING = 16  # requests lined up for one host; one is asked at a time, and none once a trouble is seen
ROBOTS_NAME = "diplomate"
RETRY_CODES = [429, 500, 502, 503, 504, 522, 524]


def user_agent(contact: str) -> str:
    """Who we say we are: name, version, and how a site's owner reaches the operator."""
    try:
        number = version("diplomate")
    except PackageNotFoundError:
        number = "0"
    reach = f"+{contact}" if contact else "operator has set no contact"
    return f"diplomate/{number} (directory of acupuncture practitioners; {reach})"


@dataclass(frozen=True)
class Manners:
    """How one run may ask: seconds between requests to a host, hosts at once, the most requests, who is asking."""

    delay: float
    sites_at_once: int
    request_ceiling: int
    contact: str


def crawl_settings(run: Path, replay_of: Path | None, mirrors: dict[str, str], manners: Manners) -> dict[str, Any]:
    """Settings for one run of one source; with `replay_of` nothing can reach the network."""
    handler = "crawler.network.ReplayHandler" if replay_of else "crawler.network.RecordingHandler"
    return {
        "DIPLOMATE_RUN": run,
        "DIPLOMATE_REPLAY_OF": replay_of,
        "DIPLOMATE_MIRRORS": mirrors,
        "DIPLOMATE_REQUEST_CEILING": manners.request_ceiling,
        "USER_AGENT": user_agent(manners.contact),
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": ROBOTS_NAME,
        "CONCURRENT_REQUESTS": max(manners.sites_at_once, WAITING),
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0 if replay_of else manners.delay,
        "RANDOMIZE_DOWNLOAD_DELAY": False,
        "DOWNLOAD_TIMEOUT": ANSWER_SECONDS,
        "DOWNLOAD_MAXSIZE": MAX_ANSWER_BYTES,
        "DNS_RESOLVER": "crawler.public_addresses.PublicResolver",
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_HANDLERS": {
            "http": handler,
            "https": handler,
            "data": None,
            "file": None,
            "ftp": None,
            "s3": None,
        },
        "DEFAULT_REQUEST_HEADERS": {"Accept-Encoding": "gzip", "Accept-Language": "en"},
        "REDIRECT_MAX_TIMES": 5,
        "RETRY_TIMES": RETRIES,
        "RETRY_HTTP_CODES": RETRY_CODES,
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "crawler.politeness.Robots": 100,
            "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
            "crawler.politeness.Redirects": 600,
        }
        | ({} if replay_of else {"crawler.resume.Resume": 950}),
        "EXTENSIONS": {"crawler.politeness.CrawlDelay": 10},
        "SPIDER_MIDDLEWARES": {
            "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
            "crawler.watch.Watch": 40,
        },
        "ITEM_PIPELINES": {"crawler.watch.RecordWriter": 100},
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "INFO",
        "LOG_INSTALL_ROOT_HANDLER": False,
    }
