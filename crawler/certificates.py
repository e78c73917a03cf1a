"""A site whose TLS certificate cannot be trusted: nothing is read past it, and what is wrong with it is said.

In: a download that failed. Out: `BadCertificate`, a whole sentence (expired, another name, signed by nobody known),
where that was the reason. Twisted says only that verifying failed, so Python's own TLS asks once more, for the reason.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable
from typing import TypeVar
from urllib.parse import urlsplit

from OpenSSL import SSL
from service_identity import VerificationError

from crawler.troubles import Unanswered

T = TypeVar("T")
PATIENCE = 10.0
UNSAID = "it has expired, is another's, or is signed by nobody known"


class BadCertificate(Unanswered):
    """What was read before stays good; the crawl goes on when the certificate is mended."""


async def trusted(asking: Awaitable[T], url: str, asked_at: str) -> T:
    """What the download gives; raises BadCertificate, naming the host of `url`, where it shows one.

    The reason is asked for at `asked_at`; with "", as for the many sites that nobody chose, it stays unsaid.
    """
    try:
        return await asking
    except Exception as error:
        if not is_about_certificates(error):
            raise
        why = await asyncio.to_thread(what_is_wrong, asked_at) if asked_at else UNSAID
        raise BadCertificate(f"The TLS certificate of {urlsplit(url).hostname} cannot be trusted: {why}.") from error


def is_about_certificates(error: BaseException) -> bool:
    """Whether the connection failed over the certificate; Twisted wraps the reasons in lists."""
    reasons = [getattr(reason, "value", reason) for reason in getattr(error, "reasons", None) or []]
    inner = [*reasons, *(each for each in (error.__cause__,) if each)]
    if isinstance(error, VerificationError):
        return True
    if isinstance(error, SSL.Error):
        return "certificate" in str(error)
    return any(is_about_certificates(each) for each in inner)


def what_is_wrong(url: str) -> str:
    """The reason in the words of OpenSSL: `certificate has expired`."""
    address = urlsplit(url)
    host = address.hostname or ""
    try:
        with socket.create_connection((host, address.port or 443), PATIENCE) as plain:
            ssl.create_default_context().wrap_socket(plain, server_hostname=host).close()
    except ssl.SSLCertVerificationError as error:
        return error.verify_message.rstrip(".")
    except OSError:
        return "it was not shown a second time"
    return "it was in order when it was asked again"
