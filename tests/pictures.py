"""The README's pictures: pages of the demonstration, everybody in them invented.

    diplomate demo --no-serve; python -m tests.pictures [data/demo]

Comes in: the demonstration's data folder. Goes out: `docs/pictures/*.png`, each below 150 KB.
"""

from __future__ import annotations

import sys
from pathlib import Path

from db.facts import SAMPLE_NOTE
from tests.browsing import chromium, serving

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
LARGEST = 150_000
PERSON = "/check?license=AC69010713&state=WA&name=Aurelia+Vandermeer"
SHOTS = {  # name -> address, what is followed there
    "find": ("/find?q=insomnia&near=Seattle%2C+WA", ""),
    "practitioner": (PERSON, "a[href^='/practitioner/']"),
}
SIZE = {"width": 1040, "height": 690}


def take(data: Path) -> list[Path]:
    FOLDER.mkdir(exist_ok=True)
    with serving(data / "current") as address, chromium() as browser:
        for name, (path, follow) in SHOTS.items():
            page = browser.new_page(viewport=SIZE, color_scheme="light")
            page.goto(address + path, wait_until="networkidle")
            if follow:
                page.click(follow)
                page.wait_for_load_state("networkidle")
            if SAMPLE_NOTE not in page.content():
                sys.exit(f"{page.url} does not say that its people are invented; no picture was made of it.")
            page.screenshot(path=FOLDER / f"{name}.png")
    return [FOLDER / f"{name}.png" for name in SHOTS]


def main() -> None:
    for path in take(Path(sys.argv[1] if len(sys.argv) > 1 else "data/demo")):
        size = path.stat().st_size
        print(f"{path}: {size} bytes")
        if size >= LARGEST:
            sys.exit(f"{path} has {size} bytes; {LARGEST} are the most.")


if __name__ == "__main__":
    main()
