"""What ``init`` writes and what is told of a test say which lines there are to fill in, as they are to stand there."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pkitools.connections import draft, read_connections
from pkitools.messages import LANGUAGES, Language
from tests.connections.support import CHAIN, certificate, connection, written
from tests.portfolio.support import scanned
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_line_of_a_first_file_counts_without_its_mark(tmp_path: Path, language: Language) -> None:
    (tmp_path / "a.pem").write_bytes(certificate() + CHAIN)
    made = draft(scanned(tmp_path), str(tmp_path), language=language).data.decode()
    assert "templates" not in made, "where they are hangs on how it was installed"
    wanted = {"endpoint", "owner", "supplier", "live", "ordered", "sent", "tested"}
    lines = [line.removeprefix("# ") if "  # " in line or "# [" in line else line for line in made.split("\n")]
    text = "\n".join(line for line in lines if not line.startswith("system ="))
    (one,) = tomllib.loads(text)["connection"]
    assert wanted <= one.keys()
    (read,) = read_connections(text.encode(), str(tmp_path / "c.toml")).connections
    assert (read.endpoint, read.holder.tsp, read.holder.subscriber) == ("host.example.nl:443", "kpn", True)


@pytest.mark.parametrize("tested", ["", "2026-11-01", "2024-01-01"])
def test_a_test_that_has_no_command_says_which_line_to_fill_in(run: Command, tmp_path: Path, tested: str) -> None:
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    (tmp_path / "a.pem").write_bytes(certificate() + CHAIN)
    days = {"sent": "2026-11-20", **({"tested": tested} if tested else {})}
    for endpoint in ("", "host.example.nl:8443"):
        fields = {"files": '["a.*"]', **days, **({"endpoint": f'"{endpoint}"'} if endpoint else {})}
        given = ("--connections", written(tmp_path, connection(**fields)), "--trust", tmp_path / "root.pem")
        told = run("--lang", "en", "status", *given, "--moment", "2026-11-22T12:00:00Z").told
        assert ('endpoint = "HOST:PORT"' in told) == (not endpoint)
        assert ("pkitools probe host.example.nl:8443" in told) == bool(endpoint)


@pytest.mark.parametrize("text", ["", '[[connection]]\nsystem = "fsc"\n'])
def test_a_file_that_lacks_something_is_told_how_one_is_made(run: Command, tmp_path: Path, text: str) -> None:
    ran = run("--lang", "en", "status", "--connections", written(tmp_path, text))
    assert ran.code == 1
    assert "pkitools init DIR --out FILE" in " ".join(ran.err.split())
    assert "templates" not in ran.err
