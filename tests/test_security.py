"""What strangers may put into records and files leads nowhere it should not; and every defense has its test."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.error import DNSLookupError

from crawler.public_addresses import NotPublic, PublicResolver, is_public, refuse_private
from crawler.snapshots import Run
from crawler.troubles import SourceTrouble
from tests.audit import judged
from tests.fault_server import Answer, fault_site
from tests.faulty_sample import Faulty, crawl
from tests.test_clinics import clinic, name_websites
from tests.test_clinics import crawl as clinics

ROOT = Path(__file__).resolve().parent.parent
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "１２７.0.0.1", "127。0。0。1"),
        *("[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[2002:a00:1::1]"),
        *("localhost", "LOCALHOST", "printer.local", "db.internal", "router", "mirror.example"),
    ],
)
def test_an_address_on_no_public_network_is_not_asked(host: str) -> None:
    for scheme in ("http", "https"):
        with pytest.raises(NotPublic, match="no public network; it was not asked"):
            refuse_private(f"{scheme}://user:secret@{host}:8080/path", trusted=("mirror.example",))


@pytest.mark.parametrize("host", ["clinic.example.com", "8.8.8.8", "[2001:4860:4860::8888]", "a.local.example.com"])
def test_a_public_address_is_asked(host: str) -> None:
    refuse_private(f"https://{host}/")


@given(st.integers(0, 2**32 - 1))
def test_an_address_is_judged_alike_however_it_is_written(number: int) -> None:
    address = ipaddress.IPv4Address(number)
    inside = [ipaddress.IPv6Address(f"::ffff:{address}"), ipaddress.IPv6Address((0x64FF9B << 96) | number)]
    assert {is_public(each) for each in inside} == {is_public(address)}
    for host in (str(address), str(number), hex(number), f"[{inside[0]}]"):
        if is_public(address):
            refuse_private(f"http://{host}/")
        else:
            with pytest.raises(NotPublic):
                refuse_private(f"http://{host}/")


def test_a_name_that_leads_to_a_private_address_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PublicResolver, "refused", {})
    resolver = PublicResolver.__new__(PublicResolver)
    resolver.trusted = frozenset({"mirror.example"})
    assert resolver.checked("93.184.216.34", "clinic.example") == "93.184.216.34"
    assert resolver.checked("127.0.0.1", "mirror.example") == "127.0.0.1", "the operator sends us there"
    with pytest.raises(DNSLookupError, match="no public network"):
        resolver.checked("192.168.1.1", "rebound.example")
    assert resolver.refused == {"rebound.example": "192.168.1.1"}


@pytest.mark.everything
def test_no_website_of_a_record_leads_into_the_operators_network(tmp_path: Path) -> None:
    """Named as it is, and by a redirect of a clinic's page; the server there would answer."""
    with fault_site(clinic) as inner:
        sly = {"sly": lambda path, body: Answer(b"", 302, {"Location": f"{inner.address}/about/"})}
        name_websites(tmp_path, {"sly.example": "WA", inner.address: "WA", "sound.example": "WA"})
        done = clinics(tmp_path, {**sly, "sound": clinic})
        assert inner.asked == inner.robots_asked == []
    assert done.outcome.code == 0 and done.pages_of("sound"), "the other sites are read"


def test_a_source_cannot_send_us_into_the_operators_network(tmp_path: Path) -> None:
    with fault_site(clinic) as inner:
        away = Answer(b"", 302, {"Location": f"{inner.address}/rows"})
        manifest = crawl(tmp_path, Faulty("board_wa", lambda sound, number: away))
        assert inner.asked == inner.robots_asked == []
    assert manifest.result == "failed" and "no public network; it was not asked" in " ".join(manifest.troubles)


@pytest.mark.parametrize("name", ["../../../../etc/passwd", "/etc/passwd", "..", ""])
def test_no_name_of_a_snapshot_leads_out_of_its_run(tmp_path: Path, name: str) -> None:
    """Whatever an index line says, bytes count only when their hash is the name."""
    run = Run.create(tmp_path, "ncbahm")
    with pytest.raises((SourceTrouble, OSError)):
        run.body(name)


def test_every_test_that_the_document_names_is_there() -> None:
    named = re.findall(r"`(test_\w+\.py)(?:::(test_\w+))?`", SECURITY)
    assert len(named) > 20
    for file, test in named:
        path = ROOT / "tests" / file
        assert path.exists(), file
        assert not test or f"def {test}(" in path.read_text(encoding="utf-8"), f"{file}::{test}"


KNOWN = '{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}]}'
UNASKED = '{"dependencies": [{"name": "a", "skip_reason": "not found"}]}'


@pytest.mark.parametrize(
    ("out", "code", "words"),
    [
        (KNOWN, 1, "a 1: X-1; mended in 2."),
        (KNOWN.replace("X-1", "Y").replace('"vulns": [{', '"vulns": [], "no": [{'), 0, "1 of 1 packages"),
        (UNASKED, 0, "0 of 1 packages could be asked about."),
        ("", 0, "Not audited: nobody answered (it is down)."),
    ],
)
def test_a_vulnerability_fails_the_audit_and_silence_is_said(
    out: str, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judged(out, "it is down\n") == code
    assert words in capsys.readouterr().out
