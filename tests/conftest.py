"""What tests share: one real crawl of the bundled sample, and a data folder of its own for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from tests.forked import run_command

# No test may fail because a machine is slow; in CI Hypothesis also draws the same examples each time.
settings.register_profile("patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

REPO = Path(__file__).parent.parent
Command = Callable[..., "Outcome"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, and say so, what only CI has the time for."""
    if not os.environ.get("DIPLOMATE_TEST_EVERYTHING"):
        for item in items:
            if item.get_closest_marker("everything"):
                item.add_marker(pytest.mark.skip(reason="DIPLOMATE_TEST_EVERYTHING is not set"))


@dataclass(frozen=True)
class Outcome:
    """What a command did: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


def run_diplomate(*arguments: str, data: Path, **environment: str) -> Outcome:
    """Run the command as a user does, in a process of its own (a fork: see `tests.forked`)."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("DIPLOMATE_")}
    settings |= {"DIPLOMATE_DATA": str(data), "PYTHONPATH": str(REPO)} | environment
    return Outcome(*run_command([str(word) for word in arguments], settings, REPO))


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The data folder of `diplomate demo --no-serve`, made once for all workers; never write into it."""
    root = tmp_path_factory.getbasetemp()
    shared = root.parent / "sample" if worker_id != "master" else root / "sample"
    with FileLock(str(shared) + ".lock"):
        if not (shared / "demo" / "current").exists():
            done = run_diplomate("demo", "--no-serve", data=shared)
            assert done.code == 0, done.err
    return shared / "demo"


@pytest.fixture
def data(tmp_path: Path, sample_data: Path) -> Path:
    """A copy of the sample's data folder that a test may change."""
    shutil.copytree(sample_data, tmp_path / "data", symlinks=True)
    return tmp_path / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Real files of the real sources; tests that need them skip where they are absent."""
    folder = Path(os.environ.get("DIPLOMATE_REAL_DATA") or REPO.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"real files are not here ({folder}); DIPLOMATE_REAL_DATA names their folder")
    return folder
