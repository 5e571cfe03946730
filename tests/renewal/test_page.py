"""The page about renewing: each of its commands is run, and does what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.self_signed import self_signed
from tests.cli.conftest import pem
from tests.renewal.conftest import renewed
from tests.support.certificates import made
from tests.support.command import Command
from tests.support.serving import real_time

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "vernieuwen.md"
COMMANDS = re.findall(r"^\$ pkitools (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.slow
def test_every_command_of_the_page_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PKITOOLS_LANG", "nl")
    (tmp_path / "koppelingen").mkdir()
    for name, facts in {
        "oud.pem": made("g1-server"),
        "nieuw.pem": renewed("g1-server"),
        "koppelingen/a.pem": made("g1-server"),
        "koppelingen/b.pem": made("g4-tls"),
    }.items():
        (tmp_path / name).write_bytes(pem("CERTIFICATE", facts.der))
    run = Command(capsys, monkeypatch)
    assert len(COMMANDS) > 5
    for line in (line for line in COMMANDS if not line.startswith("g4 probe")):
        ran = run(*shlex.split(line), "--moment", "2027-01-10")
        assert ran.code == 0, (line, ran.err)
        assert ("Onderwerp: " in ran.out) is ("renewal" in line and ("--for" in line or "--texts" in line))


@pytest.mark.slow
def test_the_peer_of_the_page_is_tried(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("OpenSSL", reason="pyOpenSSL is not installed")
    from tests.support.peers import TLS, listening

    monkeypatch.setenv("PKITOOLS_LANG", "nl")
    (line,) = (line for line in COMMANDS if line.startswith("g4 probe"))
    identity = self_signed(moment=real_time(), keys=elliptic_keys)
    with listening(TLS(identity=identity, trusts=[identity])) as port:
        here = line.replace("koppelvlak.voorbeeld.nl:443", f"localhost:{port} --allow-net 127.0.0.0/8")
        ran = Command(capsys, monkeypatch)(*shlex.split(here))
    assert ran.code == 11, ran.err
    assert "Niet bekend" in ran.told
