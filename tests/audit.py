"""Known vulnerabilities of what is installed: `make audit`, and every run of CI.

In: constraints.txt. Out: exit 1 with each vulnerability and the version that mends it; 0 where there is none, and where
nobody could be asked, which is said: a network that is down is no vulnerability. pip-audit asks, of the package index's
own advisories; nothing is installed by it and nothing is mended by itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"
QUESTION = ("-r", str(CONSTRAINTS), "--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json")
PATIENCE = 300


def main() -> int:
    try:
        command = [sys.executable, "-m", "pip_audit", *QUESTION]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return said(0, [f"Not audited: no answer within {PATIENCE} seconds."])
    return judged(done.stdout, done.stderr)


def judged(out: str, err: str) -> int:
    """The exit code for what pip-audit said, and its sentences printed."""
    try:
        packages = json.loads(out)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return said(0, [f"Not audited: nobody answered ({(err.strip().splitlines() or ['nothing was said'])[-1]})."])
    found = list(vulnerabilities(packages))
    asked = sum("vulns" in package for package in packages)
    return said(int(bool(found)), [*found, f"{asked} of {len(packages)} packages could be asked about."])


def vulnerabilities(packages: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for package in packages:
        for each in package.get("vulns", ()):
            mended = ", ".join(each.get("fix_versions") or ()) or "no version yet"
            yield f"{package['name']} {package['version']}: {each['id']}; mended in {mended}."


def said(code: int, sentences: Iterable[str]) -> int:
    print("\n".join(sentences))
    return code


if __name__ == "__main__":
    sys.exit(main())
