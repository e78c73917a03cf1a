"""What every page names besides its own: the facts of the file, its age, the contact, where to go.

Comes in: the site, a request. Goes out: a dictionary for templates.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from db.ages import age
from db.described import DATABASE
from db.facts import PRE_CHECK, SAMPLE_NOTE
from db.profiles import is_web_address
from db.site import Site

NAVIGATION = (
    ("/find", "Find"),
    ("/check", "Check"),
    ("/states", "States"),
    ("/sources", "Sources"),
    ("/changes", "Changes"),
    ("/methods", "Methods"),
    ("/data", "Data"),
)


def every_page(site: Site, request: Any) -> dict[str, Any]:
    path = request.path if request else "/"
    return {
        "site": site.facts,
        "built": age(site.facts.built_at, site.facts.windows),
        "pre_check": PRE_CHECK,
        "sample_note": SAMPLE_NOTE,
        "contact": contact(site),
        "database_name": DATABASE,
        "style_version": site.style_version,
        "navigation": [(href, title, path == href or path.startswith(href + "/")) for href, title in NAVIGATION],
    }


def operator(config: Mapping[str, str]) -> str:
    """How whoever runs this site says that people reach them, or ""."""
    return os.environ.get("DIPLOMATE_CONTACT", "").strip() or config.get("contact", "")


def contact(site: Site) -> dict[str, str | bool]:
    """Return how to reach the operator: DIPLOMATE_CONTACT, else what metadata.json says."""
    config: dict[str, str] = site.plugin_config("diplomate") or {}
    reach = operator(config)
    if is_web_address(reach):
        return {"text": reach, "url": reach, "how": config.get("how_to_correct", "")}
    is_mail = "@" in reach and " " not in reach
    return {
        "text": reach,
        "url": f"mailto:{quote(reach, safe='@+.')}" if is_mail else "",
        "how": config.get("how_to_correct", ""),
        "is_mail": is_mail,
    }
