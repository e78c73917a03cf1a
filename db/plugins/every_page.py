"""Names that every template may use: the facts of the file, ages, labels, safe links, the contact.

Comes in: the site. Goes out: `site` in every template and a few filters.
"""

from __future__ import annotations

from typing import Any

from datasette import hookimpl
from markupsafe import Markup

from db.ages import Age, age
from db.every_page import every_page
from db.profiles import is_web_address, practitioner_address
from db.site import Site


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Site) -> None:
    def age_of(text: str | None) -> Age:
        return age(text, datasette.facts.windows)

    def quickly(template: str, **context: Any) -> Markup:
        """A part of a page in which nothing waits; the many cells of a table take half the time that way."""
        return Markup(datasette.quick_env.get_template(template).render(context))

    env.globals["quickly"] = quickly
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
    return every_page(datasette, request)
