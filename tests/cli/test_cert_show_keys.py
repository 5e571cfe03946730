"""``cert show`` of keys and keystores: what fits a certificate, and how it is protected; never anything secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Command, under
from tests.support.schemas import assert_valid
from tests.support.shared import shared


@pytest.fixture
def run(run: Command) -> Any:
    return under(run, "cert", "show", after=("--moment", "2026-11-26T00:00:00Z"))


def copied(folder: Path, case: str, mode: int = 0o644) -> Path:
    path = folder / Path(case).name
    path.write_bytes(shared(f"cases/{case}").read_bytes())
    path.chmod(mode)
    return path


def test_a_key_shows_what_its_certificate_shows(run: Any, tmp_path: Path) -> None:
    _, key, _ = run(str(copied(tmp_path, "R10/key.pem", 0o600)))
    _, certificate, _ = run(str(copied(tmp_path, "R10/leaf.pem")))
    lines = [line for line in key.splitlines() if "SPKI" in line]
    assert len(lines) == 1
    assert lines[0] in certificate
    assert "RSA 3072" in key


@pytest.mark.parametrize(
    ("lang", "state", "rounds"),
    [("en", "encrypted in the keystore", "rounds"), ("nl", "versleuteld in de keystore", "ronden")],
)
def test_a_keystore_says_how_it_is_protected(run: Any, tmp_path: Path, lang: str, state: str, rounds: str) -> None:
    secret = copied(tmp_path, "R11/pw", 0o600)
    code, out, err = run("--passphrase-file", str(secret), str(copied(tmp_path, "R11/aes.p12")), lang=lang)
    assert code == 0
    out = " ".join(out.split())
    assert f"PKCS#8, {state}: AES-256-CBC, PBKDF2 SHA-256, 2048 {rounds}" in out
    assert f"HMAC SHA-256, PKCS#12 KDF SHA-256, 2048 {rounds}" in out
    assert not err  # others may read the file: its key is encrypted


def test_json_no_longer_calls_it_plain(run: Any, tmp_path: Path) -> None:
    secret = copied(tmp_path, "R11/pw", 0o600)
    document = json.loads(run("--json", "--passphrase-file", str(secret), str(copied(tmp_path, "R11/aes.p12")))[1])
    assert_valid(document, "cert-show-v2")
    assert [item["encrypted"] for item in document["files"][0]["items"] if item["kind"] == "key"] == [True]


@pytest.mark.parametrize(
    "case", ["R21/jwks.json", "R23/k8s.b64", "R23/utf16le_nobom.pem", "multi/mail.eml", "multi/mail_quoted.txt"]
)
def test_other_forms_are_described_in_both(run: Any, tmp_path: Path, case: str) -> None:
    path = copied(tmp_path, case)
    for lang in ("nl", "en"):
        assert run(str(path), lang=lang)[0] == 0
    assert_valid(json.loads(run("--json", str(path))[1]), "cert-show-v2")


def test_dates_in_other_forms_are_shown(run: Any, tmp_path: Path) -> None:
    for name in ("utcNoSeconds", "generalizedNotZulu"):
        code, out, _ = run(str(copied(tmp_path, f"R29/{name}.pem")))
        assert code == 0
        assert "not written as RFC 5280 asks" in " ".join(out.split())
