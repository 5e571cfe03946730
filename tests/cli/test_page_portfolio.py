"""What lies at the places of the page, told as ``scan`` and ``status`` tell it of the same."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509 import load_pem_x509_certificate

from tests.connections.support import CHAIN, OTHER_OIN, certificate, connection, written
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.page import GIVEN, MOMENT, Visitor

OTHER = f'[organization.b]\noin = "{OTHER_OIN}"\nname = "Gemeente B"\n'
RISKS = {
    "a key that fits nothing": {"risk.key.misfit"},
    "one key for two organisations": {"risk.key.two_organizations"},
    "one certificate in two environments": {"risk.certificate.two_environments"},
    "more than a system takes": {"risk.system.maximum"},
}


def key_pem(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def sets(folder: Path) -> dict[str, str]:
    """Sets of files, each in its own folder, with its connections: what those state is what makes the risk."""
    (folder / "root.pem").write_bytes(pem(good_chain().root.der))
    made: dict[str, str] = {}

    def put(name: str, text: str, **files: bytes) -> None:
        (folder / name).mkdir()
        for file, data in files.items():
            place = folder / name / file.replace("_", ".")
            place.write_bytes(data)
            place.chmod(0o600)
        made[name] = text

    own = rsa.generate_private_key(65537, 2048)
    put(
        "a key that fits nothing",
        connection(files='["a.pem", "z.key"]'),
        a_pem=certificate() + CHAIN,
        z_key=key_pem(own),
    )
    put(
        "one key for two organisations",
        connection(files='["a.pem"]') + OTHER + connection(organization='"b"', files='["b.pem"]'),
        a_pem=certificate() + CHAIN,
        b_pem=certificate(OTHER_OIN, "b.example.nl") + CHAIN,
    )
    put(
        "one certificate in two environments",
        connection(files='["a.pem"]') + connection(files='["a.pem"]', environment='"production"'),
        a_pem=certificate() + CHAIN,
    )
    put(
        "more than a system takes",
        connection(files='["*.pem"]', environment='"production"', system='"digid"'),
        **{f"{name}_pem": certificate(cn=f"{name}.example.nl", own_key=rsa.generate_private_key(65537, 2048)) + CHAIN
           for name in "abcd"},
    )  # fmt: skip
    put("nothing wrong", connection(files='["a.pem"]'), a_pem=certificate() + CHAIN)
    put("nothing there", connection(files='["gone.pem"]'), a_pem=certificate() + CHAIN)
    return made


def risks_on(body: bytes) -> list[tuple[str, str]]:
    """The risks on a page: the rule of each, and its first sentence."""
    found = re.findall(r'<div class="finding.*?</div>', body.decode(), re.DOTALL)
    told = (
        (re.findall(r"<code>(risk\.[a-z_.0-9]+)</code>", each), re.findall(r"<p>(.*?)</p>", each, re.DOTALL))
        for each in found
    )
    return sorted((codes[0], unescape(sentences[0])) for codes, sentences in told if codes)


@pytest.mark.parametrize("named", [True, False], ids=["places", "no-places"])
def test_the_risks_on_the_page_are_those_of_a_scan_of_the_same(run: Command, tmp_path: Path, named: bool) -> None:
    seen: dict[str, set[str]] = {}
    for name, text in sets(tmp_path).items():
        folder = tmp_path / name
        file = written(folder, text)
        given = ("--connections", file, "--trust", tmp_path / "root.pem", "--revocation", "off", "--offline")
        report = tmp_path / f"{name}.html"
        moment = ("--moment", MOMENT.isoformat())
        ran = run("--lang", "en", "scan", *([folder] if named else []), *given, *moment, "--report", report)
        visitor = Visitor(replace(
            GIVEN, places=(str(folder),) if named else (), connections=str(file), trust=(str(tmp_path / "root.pem"),)
        ))  # fmt: skip
        body = visitor.get("/portfolio").body
        there = report.exists()
        assert there or (ran.code == 2 and not named), (name, ran.err)
        assert risks_on(body) == (risks_on(report.read_bytes()) if there else []), name
        seen[name] = {code for code, _ in risks_on(body)}
    assert {name: codes for name, codes in seen.items() if codes} == RISKS


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("has", [True, False], ids=["a certificate elsewhere", "none anywhere"])
def test_what_stands_above_with_its_certificate_is_not_missed_below(tmp_path: Path, language: str, has: bool) -> None:
    """The places of the page may hold none of what a connection has at its own; its encrypted key is told as such."""
    (tmp_path / "own").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    (tmp_path / "elsewhere" / "other.pem").write_bytes(certificate(OTHER_OIN, "b.example.nl") + CHAIN)
    if has:
        (tmp_path / "own" / "a.pem").write_bytes(certificate() + CHAIN)
    locked = BestAvailableEncryption(b"of one's own choice")
    key = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)
    (tmp_path / "own" / "a.key").write_bytes(key)
    (tmp_path / "own" / "a.key").chmod(0o600)
    file = written(tmp_path, connection(files='["own"]'))
    given = replace(
        GIVEN,
        places=(str(tmp_path / "elsewhere"),),
        connections=str(file),
        trust=(str(tmp_path / "root.pem"),),
    )
    body = " ".join(unescape(Visitor(given, language).get("/portfolio").body.decode("utf-8")).split())
    missed = {"nl": "Geen certificaat gevonden voor deze aansluitingen", "en": "For these connections no certificate"}
    assert (missed[language] in body) is not has
    closed = {"nl": "Versleutelde sleutels zijn niet geopend", "en": "Encrypted keys were not opened"}
    assert closed[language] in body


@pytest.mark.parametrize("lies", ["nothing", "what could not be opened"])
def test_how_the_connections_stand_begins_with_what_to_do_first(tmp_path: Path, lies: str) -> None:
    """In a box of the tone of the most urgent, as on the page of ``status``; without options of commands."""
    locked = BestAvailableEncryption(b"of one's own choice")
    if lies != "nothing":
        held = load_pem_x509_certificate(certificate())
        store = serialize_key_and_certificates(b"a", None, held, None, locked)
        (tmp_path / "a.p12").write_bytes(store)
    file = written(tmp_path, connection(files='["a.p12"]'))
    given = replace(GIVEN, connections=str(file))
    body = " ".join(unescape(Visitor(given, "en").get("/portfolio").body.decode("utf-8")).split())
    box = body[body.index('<div class="notice ') : body.index('<form class="line"')]
    tone, now = ("soon", "Begin with Gemeente A") if lies == "nothing" else ("unsure", "Look first at what could not")
    assert box.startswith(f'<div class="notice {tone}">')
    assert f"<strong>Now:</strong> {now}" in box
    assert "--" not in box
    assert body.index(box) < body.index("<details")
