"""Hostile strings in every place they can stand: no byte acts on the terminal, and JSON loses nothing."""

from __future__ import annotations

import base64
import json
import unicodedata
from pathlib import Path

import pytest

from tests.cli.conftest import pem
from tests.support.cases import in_one_test
from tests.support.certificates import Change, alternative, giving, made
from tests.support.command import Command
from tests.support.der import tlv
from tests.support.effort import in_turn
from tests.support.requests import dns, request, subject

pytestmark = pytest.mark.slow  # products of cases: together they take a fifth of what is run while at work


HOSTILE = {
    "escape": "a\x1b[2J\x1b[31mb",
    "title": "a\x1b]0;pwned\x07b",
    "c1": "a\x9b31mb",
    "line": "a\nPASSED  b",
    "return": "a\rPASSED",
    "bidi": "a\u202egpj.exe",
    "isolate": "a\u2066b\u2069",
    "zero width": "a\u200bb",
    "separator": "a\u2028b",
    "tag": "a\U000e0041b",
    "zalgo": "a" + "\u0301" * 40,
}


FIELDS = ("CN", "O", "serialNumber", "SAN")


def changes(text: str) -> dict[str, Change]:
    raw = tlv(0x82, text.encode())
    return {
        "CN": giving("CN", text, tag=0x0C),
        "O": giving("O", text, tag=0x0C),
        "serialNumber": giving("serialNumber", text, tag=0x0C),
        "SAN": alternative(raw),
    }


COMMANDS = {
    "cert show": ("cert", "show"),
    "cert lint": ("cert", "lint"),
    "cert check": ("cert", "check", "-e", "production", "--offline"),
    "trust show": ("trust", "show"),
}


def assert_harmless(text: str) -> None:
    bad = [c for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}]
    assert not bad
    assert "\u0301" * 5 not in text
    assert not [line for line in text.splitlines() if line.startswith("PASSED  b")]


@pytest.mark.slow
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_certificate_cannot_act_on_the_terminal(run: Command, tmp_path: Path, kind: str, field: str) -> None:
    path = tmp_path / "x.pem"
    path.write_bytes(pem("CERTIFICATE", made("g1-server", changes(HOSTILE[kind])[field]).der))
    for number, command in enumerate(COMMANDS.values()):
        for form in in_turn(((), ("--json",)), number, list(HOSTILE).index(kind), FIELDS.index(field)):
            ran = run(*command, path, *form)
            assert ran.out
            if form:
                assert isinstance(ran.document, dict)
            else:
                assert_harmless(ran.out)
                assert_harmless(ran.err)
    if field in {"CN", "O"}:
        shown = json.dumps(run("cert", "show", path, "--json").document)
        assert json.dumps(HOSTILE[kind])[1:-1] in shown  # lossless


@in_one_test
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_request_cannot_either(run: Command, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.csr"
    hostile = request(subject(CN=HOSTILE[kind]), dns("a.example.nl"))
    path.write_bytes(b"-----BEGIN CERTIFICATE REQUEST-----\n" + base64.encodebytes(hostile))
    with path.open("ab") as file:
        file.write(b"-----END CERTIFICATE REQUEST-----\n")
    for command in (("csr", "check", "--profile", "g4-tls"), ("cert", "show")):
        ran = run(*command, path)
        assert ran.out
        assert_harmless(ran.out + ran.err)
    assert json.dumps(HOSTILE[kind])[1:-1] in json.dumps(run("csr", "check", path, "--json").document)


@in_one_test
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(
    "line",
    [
        ("oin", "check"),
        ("oin", "derive", "--test"),
        ("cert", "show"),
        ("cert", "check", "-e", "production", "--for"),
        ("cert", "lint", "--profile"),
        ("csr", "check", "--tsp"),
        ("rules", "explain"),
        ("rules", "list", "--source"),
        ("systems", "show"),
        ("trust", "show"),
        ("test-pki", "list"),
        ("--lang",),
        ("--moment",),
        (),
    ],
    ids=" ".join,
)
def test_what_was_typed_cannot_either(run: Command, kind: str, line: tuple[str, ...]) -> None:
    ran = run(*line, HOSTILE[kind])
    assert ran.code
    assert_harmless(ran.out)
    assert_harmless(ran.err)
