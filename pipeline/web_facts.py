"""What a person record of a clinic's web site claims, as certifications and licenses; never more than `claimed`.

In: the fields of such a record (`pipeline.web_records`). Out: facts with the sentence that states each. What the site
says of the past stays in the record's `statements` and is no claim of today.
"""

from __future__ import annotations

from typing import Any

from pipeline.facts import CERTIFIER_ISSUER, Certification, License
from pipeline.numbers import license_key

CLAIMED, CURRENT = "claimed", "current"


def website_certifications(fields: dict[str, Any]) -> tuple[Certification, ...]:
    """One certification an issuer and designation; one without a designation only where none is named."""
    said = [one for one in current(fields, "certification") if one["issuer"]]
    found = {(issuer_of(one), one["designation"]): one["says"] for one in reversed(said)}
    named = {issuer for issuer, designation in found if designation}
    return tuple(
        Certification(issuer, designation, CLAIMED, "", sentence)
        for (issuer, designation), sentence in reversed(found.items())
        if designation or issuer not in named
    )


def issuer_of(statement: dict[str, str]) -> str:
    """The certifier under one name, whichever of its two a sentence uses."""
    return CERTIFIER_ISSUER if statement["issuer"] == "NCCAOM" else statement["issuer"]


def website_licenses(fields: dict[str, Any]) -> tuple[License, ...]:
    """Licenses by state and number; a state alone only where no number of it is given."""
    found: dict[tuple[str, str], License] = {}
    for one in current(fields, "license"):
        key = license_key(one["state"], one["number"])
        number = one["number"] if key else ""
        claimed = License(one["state"], "", number, key, CLAIMED, one["says"], "", "", "", False)
        found.setdefault((one["state"], key), claimed)
    numbered = {state for state, key in found if key}
    return tuple(item for (state, key), item in found.items() if key or state not in numbered)


def current(fields: dict[str, Any], kind: str) -> list[dict[str, str]]:
    return [one for one in fields.get("statements", []) if one["kind"] == kind and one["tense"] == CURRENT]
