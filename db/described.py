"""metadata.json: what every published table and column means.

Comes in: nothing. Goes out: the document, from the package of an installed wheel or from the top of the repository.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DATABASE = "diplomate"


def read_metadata() -> dict[str, Any]:
    """Return metadata.json from the package of an installed wheel, or from the top of the repository."""
    for folder in (HERE, HERE.parent):
        if (folder / "metadata.json").is_file():
            metadata: dict[str, Any] = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
            return metadata
    raise FileNotFoundError(f"metadata.json is neither in {HERE} nor in {HERE.parent}")
