"""Progress on a terminal only."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.commands import progress
from pipeline.commands.log_lines import JsonLines
from pipeline.commands.progress import LineCount
from tests.conftest import REPO, run_diplomate


def test_lines_of_a_growing_file(tmp_path: Path) -> None:
    path = tmp_path / "snapshots.jsonl"
    count = LineCount(path)
    assert count.now() == 0
    for expected in (1, 2):
        with path.open("a") as file:
            file.write("{}\n")
        assert count.now() == expected


def test_a_log_is_told_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "snapshots.jsonl").write_text("{}\n{}\n")
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", JsonLines(log))
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_NOTES", 0.01)
    with progress.shown_progress({"board_wa": tmp_path}):
        while "\n" not in log.getvalue():
            time.sleep(0.01)
    told = json.loads(log.getvalue().splitlines()[0])
    assert told["event"] == "progress" and told["answers"] == {"board_wa": 2}


def test_a_terminal_sees_progress_and_a_log_sees_plain_lines(data: Path) -> None:
    plain = run_diplomate("crawl", "ncbahm", "--replay", data=data)
    assert "\r" not in plain.err and "ncbahm: good" in plain.err
    controller, terminal = pty.openpty()
    call = [sys.executable, "-m", "pipeline.commands.main", "crawl", "ncbahm", "--replay"]
    with subprocess.Popen(call, cwd=REPO, env=os.environ | {"DIPLOMATE_DATA": str(data)}, stderr=terminal) as crawl:
        os.close(terminal)
        shown = b""
        while chunk := read_some(controller):
            shown += chunk
        assert crawl.wait() == 0
    assert b"Answers read: ncbahm" in shown and b"\r" in shown


def read_some(controller: int) -> bytes:
    """What the terminal got; nothing once the other end is closed (an error on Linux)."""
    try:
        return os.read(controller, 4096)
    except OSError:
        return b""
