"""Names that every template may use: the facts of the file, ages, labels, safe links, the contact.

Comes in: the site. Goes out: `site` in every template and a few filters.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote

from datasette import hookimpl

from db.ages import Age, age
from db.described import DATABASE
from db.facts import PRE_CHECK, SAMPLE_NOTE
from db.profiles import is_web_address, practitioner_address
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


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Site) -> None:
    def age_of(text: str | None) -> Age:
        return age(text, datasette.facts.windows)

    env.filters["age"] = age_of
    env.filters["is_web_address"] = is_web_address
    env.filters["practitioner_address"] = practitioner_address
    env.filters["plain"] = plain
    env.filters["stopped"] = stopped
    env.filters["digits"] = digits
    env.trim_blocks = env.lstrip_blocks = True


def plain(text: str | None) -> str:
    """Return a word of the tables as a person reads it: `self_reported` becomes `self reported`."""
    return (text or "").replace("_", " ")


def digits(phone: str | None) -> str:
    """Return a telephone number as `tel:` links want it."""
    return "".join(c for c in phone or "" if c in "+0123456789")


def stopped(text: str | None) -> str:
    """Return a text of the tables with one full stop behind it."""
    return f"{text.rstrip(' .')}." if text else ""


@hookimpl
def extra_template_vars(datasette: Site, request: Any) -> dict[str, Any]:
    path = request.path if request else "/"
    return {
        "site": datasette.facts,
        "built": age(datasette.facts.built_at, datasette.facts.windows),
        "pre_check": PRE_CHECK,
        "sample_note": SAMPLE_NOTE,
        "contact": contact(datasette),
        "database_name": DATABASE,
        "style_version": datasette.style_version,
        "navigation": [(href, title, path == href or path.startswith(href + "/")) for href, title in NAVIGATION],
    }


def contact(datasette: Site) -> dict[str, str]:
    """Return how to reach the operator: DIPLOMATE_CONTACT, else what metadata.json says."""
    config: dict[str, str] = datasette.plugin_config("diplomate") or {}
    reach = os.environ.get("DIPLOMATE_CONTACT", "").strip() or config.get("contact", "")
    if is_web_address(reach):
        return {"text": reach, "url": reach, "how": config.get("how_to_correct", "")}
    is_mail = "@" in reach and " " not in reach
    return {
        "text": reach,
        "url": f"mailto:{quote(reach, safe='@+.')}" if is_mail else "",
        "how": config.get("how_to_correct", ""),
    }
