"""Where the tiles of a map come from, if the operator wants any: the map works without.

Comes in: DIPLOMATE_TILES, an address with {z}, {x} and {y}, and DIPLOMATE_TILES_CREDIT, whom to name. Goes out:
`Tiles`. No tile server is built in: a visitor's browser asks it directly, so it is the operator's choice to whom
visitors are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Tiles:
    """`address` is "" where no tiles are drawn; `origin` is what the content security policy must allow then."""

    address: str = ""
    credit: str = ""

    @property
    def origin(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}" if parts.netloc else ""


def read_tiles(address: str, credit: str) -> Tiles:
    """Raises ValueError for an address that is no tile server's."""
    address = address.strip()
    if not address:
        return Tiles()
    parts = urlsplit(address)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.netloc
        or not all(x in address for x in ("{z}", "{x}", "{y}"))
    ):
        raise ValueError(f"DIPLOMATE_TILES is {address!r}; it must be a web address with {{z}}, {{x}} and {{y}} in it.")
    return Tiles(address, credit.strip())
