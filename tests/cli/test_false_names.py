"""A file that has the name of a certificate and is none is told as one that was not read, with the reason."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from pkitools.requests.keys import to_pem
from tests.support.certificates import made
from tests.support.command import Command
from tests.support.der import integer, sequence

ENDINGS = ("pem", "cer", "crt", "der", "p12", "pfx", "jks", "p7b", "p7c", "key", "csr", "crl")
CONTENTS = {
    "web page": b"<!DOCTYPE html><html><body>Log in</body></html>",
    "empty": b"",
    "random": bytes(range(128, 256)) * 3,
    "text": b"See the wiki for the certificate of DigiD.\n",
    "xml": b"<?xml version='1.0'?><note>no metadata</note>",
    "pdf": b"%PDF-1.4\n%%EOF\n",
    "image": b"\x89PNG\r\n\x1a\n" + bytes(40),
    "json": b'{"note": "nothing"}',
}
REASONS = {"web page": "is a web page", "empty": "is empty", "random": "is nothing pkitools knows"}
OTHERS = {
    "a.txt": CONTENTS["text"],
    "README": CONTENTS["text"],
    "page.html": CONTENTS["web page"],
    "._a.pem": bytes(range(128, 256)),
    "pem": b"",
    "putty.key": b"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n",
    "ticket.key": CONTENTS["random"],
    "lone.key": CONTENTS["web page"],
    "dhparam.pem": to_pem("DH PARAMETERS", sequence(integer(2**511 + 1), integer(2))),
    "ssh.key": b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEo0 a@b\n",
}
SCAN = ("scan", "d", "-e", "production", "--offline")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "good.pem").write_bytes(to_pem("CERTIFICATE", made("g1-server").der))
    return tmp_path / "d"


def test_each_that_has_such_a_name_and_holds_nothing_is_named(run: Command, folder: Path) -> None:
    for ending, content in product(ENDINGS, CONTENTS):
        (folder / f"{content.replace(' ', '-')}.{ending.upper() if content == 'text' else ending}").write_bytes(
            CONTENTS[content]
        )
    ran = run(*SCAN, "--json")
    unread = {each["name"]: each for each in ran.document["unread"]}
    assert len(unread) == len(ENDINGS) * len(CONTENTS)
    assert all(each["nl"] for each in unread.values())


@pytest.mark.parametrize("content", REASONS)
def test_the_reason_is_told_and_nothing_is_good(run: Command, folder: Path, content: str) -> None:
    (folder / "digid.cer").write_bytes(CONTENTS[content])
    ran = run("--lang", "en", *SCAN)
    assert f"d/digid.cer {REASONS[content]}" in ran.told
    for words in (("expiry", "d"), ("cert", "check", "d", "-e", "production", "--offline")):
        other = run("--lang", "en", *words)
        assert f"d/digid.cer {REASONS[content]}" in " ".join((other.out + other.err).split()), words
        assert other.code in {1, 10}, words


@pytest.mark.parametrize("name", OTHERS)
def test_what_has_another_name_or_is_a_key_of_another_program_is_no_alarm(
    run: Command, folder: Path, name: str
) -> None:
    (folder / name).write_bytes(OTHERS[name])
    assert run(*SCAN, "--json").document["unread"] == []
