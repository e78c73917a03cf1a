"""The right tags of an invented person, worked out from what the sources print about that very person.

In: the records of one true person, as the generator printed them. Out: (kind, scope) -> the word the site should show.
Written against design section 4 and semantics.md by itself: nothing of the pipeline is used, no status word, no order,
no rule is taken from it. The sources of the nation are read whole and are two days old.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.records import Fields, Record

Tags = dict[tuple[str, str], str]
COVERED = frozenset("CA CO CT DE FL IL MO NC TX WA".split())
NO_LICENSING = frozenset("AL OK SD".split())
# Who is asked first where the practice is.
PLACE_ORDER = ("ncbahm", "aama", "clinics", "npi_registry", "board")
# Of several licenses in a state the one that says most about today.
SAYS_MOST = "active limited suspended revoked surrendered pending inactive retired expired deceased".split()
CLAIMS_DIPLOMATE = re.compile(r"\bdipl\.? ?(ac|o\.? ?m)\b", re.IGNORECASE)
ADDRESS_END = re.compile(r", ([A-Z]{2}) \d{5}")
ONE_WORD = {
    "CA": {"Current": "active", "Delinquent": "expired", "Inactive": "inactive", "CurrentInactive": "inactive",
           "Suspension": "suspended"},
    "CO": {"Active": "active", "Expired": "expired", "Inactive": "inactive", "Active - With Conditions": "limited"},
    "DE": {"Active": "active", "Expired": "expired", "Closed": "expired", "Suspended": "suspended"},
    "IL": {"ACTIVE": "active", "NOT RENEWED": "expired"},
    "MO": {"Active": "active"},
    "NC": {"Active": "active", "Inactive": "inactive", "Expired": "expired"},
    "WA": {"Active": "active", "Expired": "expired", "Inactive": "inactive", "Retired": "retired",
           "Deceased": "deceased"},
}  # fmt: skip


def true_tags(records: Iterable[Record]) -> Tags:
    """Every tag of one true person; exclusions are no tags."""
    own = sorted((one for one in records if one.source != "leie"), key=lambda one: one.id, reverse=True)
    main = main_state(own)
    stated = stated_states(own)
    scopes = [state for state in dict.fromkeys([main, *sorted(stated)]) if state]
    tags: Tags = {("certification", "NCBAHM"): certification(own, scopes)}
    return tags | {("license", state): license_word(own, state, state in stated) for state in scopes}


def certification(own: list[Record], scopes: list[str]) -> str:
    """Who is in the certifier's directory is listed; letters elsewhere are a claim; the directory is read whole."""
    if any(one.source == "ncbahm" for one in own):
        return "listed"
    if any(CLAIMS_DIPLOMATE.search(letters(one)) for one in own):
        return "claimed"
    return "no_evidence" if scopes else "not_checked"


def letters(one: Record) -> str:
    """What a record prints behind a name; a clinic's site claims in sentences, of which the nation prints none."""
    return "" if one.source == "clinics" else f"{one.fields.get('credential', '')}, {one.fields.get('name', '')}"


def stated_states(own: list[Record]) -> set[str]:
    """States for which a board, the registry or a site states a license of this person."""
    boards = {one.partition for one in own if one.source.startswith("board_")}
    return boards | {state for one in own for state in claimed_states(one)}


def claimed_states(one: Record) -> list[str]:
    if one.source == "npi_registry":
        taxonomies = [item for item in one.fields["taxonomies"] if item["code"] == "171100000X"]
        return [item["state"] for item in taxonomies if item.get("license_number")]
    return [said["state"] for said in one.fields.get("statements", []) if said["kind"] == "license"]


def license_word(own: list[Record], state: str, stated: bool) -> str:
    if state in NO_LICENSING:
        return "state_does_not_license"
    words = [board_word(one) for one in own if one.source == f"board_{state.lower()}"]
    if words:
        return min(words, key=SAYS_MOST.index)
    if stated:
        return "claimed"
    physician = any(one.source == "aama" or one.fields.get("title") == "physician" for one in own)
    return "not_found" if state in COVERED and not physician else "not_covered"


def board_word(one: Record) -> str:
    """What one row of a board means; of several columns the one that allows least."""
    fields, state = one.fields, one.partition
    if state == "CT":
        return connecticut(fields)
    if state == "FL":
        return florida(fields)
    return texas(fields) if state == "TX" else ONE_WORD[state][fields["status"]]


def connecticut(fields: Fields) -> str:
    """The reason says why a license is inactive."""
    reasons = {"LAPSED DUE TO NON-RENEWAL": "expired", "VOLUNTARY NON-RENEWAL": "expired"}
    return "active" if fields["status"] == "ACTIVE" else reasons.get(fields["status_reason"], "inactive")


def florida(fields: Fields) -> str:
    words = {"CLEAR": "active", "DELINQUENT": "expired", "NULL AND VOID": "expired", "RETIRED": "retired",
             "DECEASED": "deceased", "OBLIGATIONS": "limited"}  # fmt: skip
    word = words[fields["status"]]
    return "inactive" if fields.get("status_reason") == "INACTIVE" and word in ("active", "limited") else word


def texas(fields: Fields) -> str:
    if fields["status"] == "EXPIRED":
        return "expired"
    if fields["currently_licensed"] == "N":
        return "inactive"
    return "limited" if fields["disciplinary_status"] == "UNDER BOARD ORDER" else "active"


def main_state(own: list[Record]) -> str:
    """The state of practice: of the first source that prints a place, else one a record is tied to."""
    ordered = sorted(
        own, key=lambda one: PLACE_ORDER.index(one.source.partition("_")[0] if is_board(one) else one.source)
    )
    printed = (state for one in ordered if (state := printed_state(one)))
    tied = (min(states) for one in ordered if (states := tied_states(one)))
    return next(printed, "") or next(tied, "")


def is_board(one: Record) -> bool:
    return one.source.startswith("board_")


def printed_state(one: Record) -> str:
    fields = one.fields
    if fields.get("locations"):
        return str(fields["locations"][0]["state"])
    if fields.get("address"):
        found = ADDRESS_END.search(fields["address"])
        return found[1] if found else ""
    return str(fields.get("state", "")) if fields.get("city") else ""


def tied_states(one: Record) -> set[str]:
    return {state for state in (one.partition, *claimed_states(one)) if state}
