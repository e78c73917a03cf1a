"""The files to copy in docs/operate: what they call exists, what they name is there, and they read as what they are."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from db.opening import current, read_rows
from pipeline.commands.main import diplomate
from tests.conftest import REPO

FOLDER = REPO / "docs" / "operate"
FILES = [*sorted(FOLDER.iterdir()), REPO / "Dockerfile", REPO / "docs" / "operate.md"]
DOCKERFILE = (REPO / "Dockerfile").read_text(encoding="utf-8")
README = (REPO / "README.md").read_text(encoding="utf-8")
CALL = re.compile(
    r"(?:^|[\s/`;(])diplomate((?: +(?:--?[a-z][\w-]*|'[^']*'|[A-Za-z0-9][\w.:/-]*)(?![>\w]))+)", re.MULTILINE
)
COMMANDS = set(diplomate.list_commands(click.Context(diplomate)))


def calls(text: str) -> list[list[str]]:
    """Every call of the command in a text: its words, cut before whatever the shell adds."""
    found = [shlex.split(words) for words in CALL.findall(text)]
    return [words for words in found if words[0] in COMMANDS]


def refuse_unknown(words: list[str]) -> None:
    """Raise click's own exception for a call that the command line would refuse.

    A command's bare name is no call, and a value in capitals stands for one (`--workers N`).
    """
    command = diplomate.get_command(click.Context(diplomate), words[0])
    assert command is not None
    context = command.make_context(words[0], [], resilient_parsing=True)
    context.resilient_parsing = False
    command.make_parser(context).parse_args(list(words[1:]))
    if len(words) > 1 and not any(word.isupper() for word in words):
        command.make_context(words[0], list(words[1:]))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_call_exists(path: Path) -> None:
    for words in calls(path.read_text(encoding="utf-8")):
        refuse_unknown(words)


def test_calls_are_found_and_a_wrong_one_is_noticed() -> None:
    found = {words[0] for path in FILES for words in calls(path.read_text(encoding="utf-8"))}
    assert {"run", "schedule", "serve", "status"} <= found
    for text in (
        "ExecStart=/opt/diplomate/bin/diplomate run --forever",
        "`diplomate serve --many N`",
        "diplomate schedule --show x",
    ):
        (wrong,) = calls(text)
        with pytest.raises(click.UsageError):
            refuse_unknown(wrong)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_variable_is_known(path: Path) -> None:
    assert set(re.findall(r"DIPLOMATE_[A-Z_]+", path.read_text(encoding="utf-8"))) <= set(
        re.findall(r"DIPLOMATE_[A-Z_]+", README)
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_named_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.findall(r"docs/operate/[\w.-]*\w", text) + [
        "docs/" + link for link in re.findall(r"\]\((operate/[^)]+)\)", text)
    ]
    assert all((REPO / name).exists() for name in named if "*" not in name)


def read_yaml(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def test_containers_have_no_root_and_nothing_to_write() -> None:
    services = read_yaml("compose.yaml")["services"]
    for service in services.values():
        assert service["user"] == "10001:10001" and service["read_only"] and service["cap_drop"] == ["ALL"]
        assert service["healthcheck"]["test"][0] == "CMD" and service["tmpfs"]
        refuse_unknown(service["command"])
    assert services["site"]["volumes"] == ["data:/data:ro"]
    refuse_unknown(services["crawler"]["healthcheck"]["test"][2:])
    assert re.findall(r"^USER (.*)", DOCKERFILE, re.MULTILINE)[-1] == "10001:10001"
    refuse_unknown(json.loads(re.findall(r"^CMD (.*)", DOCKERFILE, re.MULTILINE)[-1]))


def test_the_workflow_calls_what_exists() -> None:
    steps = read_yaml("github-actions.yml")["jobs"]["publish"]["steps"]
    called = [words for step in steps for words in calls(step.get("run", ""))]
    assert [words[0] for words in called] == ["run", "tidy", "status"]
    assert "--target baked" in next(step["run"] for step in steps if "image" in step.get("name", ""))


@pytest.mark.parametrize("name", ["diplomate-run.service", "diplomate-serve.service", "diplomate-run.timer"])
def test_units_are_hardened(name: str) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string((FOLDER / name).read_text(encoding="utf-8"))
    if name.endswith(".timer"):
        assert unit["Timer"]["Persistent"] == "true" and unit["Timer"]["OnCalendar"]
        return
    hardened = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "PrivateTmp": "yes", "KillMode": "mixed"}
    assert hardened.items() <= dict(unit["Service"]).items() and unit["Service"]["User"] == "diplomate"
    assert unit["Service"]["CapabilityBoundingSet"] == ""


def test_the_proxy_leads_to_the_site_and_logs_no_question() -> None:
    proxy = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
    port = re.findall(r"ExecStart=.*--port (\d+)", (FOLDER / "diplomate-serve.service").read_text(encoding="utf-8"))
    assert re.findall(r"server 127.0.0.1:(\d+);", proxy) == port
    (form,) = re.findall(r"log_format diplomate (.*?);\n", proxy, re.DOTALL)
    assert not re.search(r"\$(request|request_uri|args|query_string|http_referer|remote_addr)\b", form)
    assert re.search(r"error_log\s+\S+ emerg;", proxy) and "client_max_body_size       64k;" in proxy
    assert proxy.count("{") == proxy.count("}") and "limit_req " in proxy


def test_the_image_is_made_of_files_that_docker_is_shown() -> None:
    ignored = (REPO / ".dockerignore").read_text(encoding="utf-8").splitlines()
    shown = [line[1:] for line in ignored if line.startswith("!")]
    copied = [
        word for line in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE) for word in line.split()
    ]
    assert {"constraints.txt", "pyproject.toml", "crawler", "pipeline", "db", "metadata.json"} <= set(copied)
    assert all((REPO / name).exists() and any(fnmatch(name, pattern) for pattern in shown) for name in copied)
    assert {name for name in shown if name.startswith("data")} == {"data/current", "data/published", "data/files"}


def test_what_the_baked_image_does_gives_the_published_file_alone(data: Path, tmp_path: Path) -> None:
    """The step that docker would run, run here."""
    (step,) = re.findall(r"^RUN --mount\S+ \\\n(.*?)\n(?=ENV)", DOCKERFILE, re.DOTALL | re.MULTILINE)
    baked = tmp_path / "baked"
    step = step.replace("\\\n", " ").replace("/from", str(data)).replace("/baked", str(baked))
    subprocess.run(["sh", "-c", step], check=True)
    assert current(baked) and read_rows(baked / "current", "practitioners") == read_rows(
        data / "current", "practitioners"
    )
    assert {path.name for path in baked.iterdir()} == {"current", "published", "files"}
    assert (baked / "files" / (baked / "current").resolve().stem / "manifest.json").exists()
    (data / "current").unlink()
    assert subprocess.run(["sh", "-c", step], check=False, stderr=subprocess.DEVNULL).returncode != 0
