"""Challenges with status 200: a page that asks the visitor to prove being human, in place of what was asked for.

In: an answer that lacks what it must hold. Out: why it is refused: a `Gate` where it is such a page, else the trouble
given. Only an answer that lacks its marker is looked at: real pages of a guarded site carry the same scripts.
"""

from __future__ import annotations

import re

from scrapy.http import Response

from crawler.troubles import Gate, SourceTrouble

SEARCHED_BYTES = 400_000
SIGNS = re.compile(
    rb"<title>\s*(?:just a moment|attention required|please wait|security check|one more step)"
    rb"|_cf_chl_opt|cf-turnstile|cf-chl-|challenges\.cloudflare\.com|checking your browser"
    rb"|verif(?:y|ying) (?:that )?you are (?:a )?human|enable javascript and cookies to continue"
    rb"|_incapsula_resource|captcha-delivery\.com|px-captcha|hcaptcha\.com/1/api",
    re.IGNORECASE,
)


def refused(response: Response, trouble: str) -> SourceTrouble:
    """What to raise for an answer without its marker; `trouble` is the sentence for a page that is no challenge."""
    sign = SIGNS.search(response.body[:SEARCHED_BYTES])
    if sign is None:
        return SourceTrouble(trouble)
    shown = sign[0].decode("ascii", "replace").strip()
    return Gate(f"{response.url} answered with a challenge instead of a list (it holds {shown!r}).")
