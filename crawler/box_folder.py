"""A folder shared on Box, as its page shows it to any visitor: what it holds and where each file is downloaded.

In: the page of a shared link (``https://x.app.box.com/s/NAME``). Out: its items. The list stands in the page as JSON;
no key and no sign-in is used, and a folder that asks for one is a Gate. Layout seen in public code, 2026-05 to 2026-09.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin

from scrapy.http import Response

from crawler.answers import text_of
from crawler.challenges import refused
from crawler.troubles import Gate, SourceTrouble

SHARED_LINK = re.compile(r"https://[\w.-]*\bbox\.com/(?:embed(?:_widget)?/)?(?:s|v)/[\w.-]+")
LIST = re.compile(r"Box\.postStreamData\s*=\s*")
ASKS_WHO = re.compile(r"type=[\"']password|account\.box\.com/login|name=[\"']login", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """A file or a folder; `address` is where it is downloaded or shown."""

    name: str
    is_folder: bool
    address: str


def shared_link(text: str) -> str:
    """The first address of a shared folder in a page's text, as a visitor opens it; "" where there is none."""
    found = SHARED_LINK.search(text.replace("\\/", "/"))
    return re.sub(r"/embed(_widget)?/", "/", found[0]) if found else ""


def read_folder(response: Response) -> tuple[list[Item], str]:
    """The items of one page of a folder, and the address of its next page or ""."""
    data = embedded(response)
    try:
        folder, shared = data["/app-api/enduserapp/shared-folder"], data["/app-api/enduserapp/shared-item"]
        items = [item_of(row, shared["sharedName"], response.url) for row in folder["items"]]
        page, pages = int(folder.get("pageNumber") or 1), int(folder.get("pageCount") or 1)
    except (KeyError, TypeError, ValueError) as error:
        raise SourceTrouble(f"{response.url} shows no list of a shared folder ({error} is missing).") from error
    address = response.url.partition("?")[0]
    return items, f"{address}?page={page + 1}" if page < pages else ""


def embedded(response: Response) -> dict[str, Any]:
    """The JSON that the page carries for its own script."""
    text = text_of(response)
    start = LIST.search(text)
    if start is None:
        if ASKS_WHO.search(text):
            raise Gate(f"{response.url} asks for a sign-in or a password; it was not passed.")
        raise refused(response, f"{response.url} shows no files to a visitor without a browser.")
    try:
        data, _ = json.JSONDecoder().raw_decode(text, start.end())
    except json.JSONDecodeError as error:
        raise SourceTrouble(f"{response.url} is cut short or damaged: its list of files ends early.") from error
    return data if isinstance(data, dict) else {}


def item_of(row: dict[str, Any], shared_name: str, page: str) -> Item:
    """One entry of the list."""
    name, number = str(row["name"]), row["id"]
    if row["type"] == "folder":
        return Item(name, True, urljoin(page, f"/s/{shared_name}/folder/{number}"))
    query = {"rm": "box_download_shared_file", "shared_name": shared_name, "file_id": f"f_{number}"}
    return Item(name, False, urljoin(page, f"/index.php?{urlencode(query)}"))
