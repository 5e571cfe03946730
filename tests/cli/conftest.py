"""What every test of the command line uses."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from pkitools.environment import Environment
from pkitools.ordering import Manifest, Ordered
from pkitools_cli.main import main
from tests.renewal.conftest import renewed
from tests.support import metadata
from tests.support.certificates import giving, made
from tests.support.command import Command
from tests.support.requests import pooled_key, request

HOSTILE_NAME = b"na\x1b[31m\nme\xff"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("PKITOOLS_LANG", "en")
    return Command(capsys, monkeypatch)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate, a request, a key, a test PKI, and everything that is none of those."""
    folder = tmp_path_factory.mktemp("world")
    folder.chmod(0o700)
    (folder / "leaf.pem").write_bytes(pem("CERTIFICATE", made("g1-server").der))
    wrong = made("g1-server", giving("serialNumber", "00000001123456789000"))
    (folder / "wrong.pem").write_bytes(pem("CERTIFICATE", wrong.der))
    (folder / "renewed.pem").write_bytes(pem("CERTIFICATE", renewed("g1-server").der))
    (folder / "selfmade.pem").write_bytes(pem("CERTIFICATE", made("self-signed").der))
    (folder / "request.csr").write_bytes(pem("CERTIFICATE REQUEST", request()))
    for name, data in metadata.EXAMPLES.items():
        (folder / name).write_bytes(data())
    key = pooled_key()
    (folder / "plain.key").write_bytes(key.pem(None))
    (folder / "locked.key").write_bytes(key.pem(b"canary-passphrase"))
    for name in ("plain.key", "locked.key"):
        (folder / name).chmod(0o600)
    (folder / "manifest.json").write_bytes(Manifest({"0" * 64: Ordered("a", Environment.PRODUCTION, "g1-server")}).json)
    (folder / "empty").touch()
    (folder / "noise").write_bytes(b"\x93" + bytes(range(256)) * 400)
    with (folder / "huge").open("wb") as file:
        file.truncate(1 << 30)
    (folder / "folder").mkdir()
    os.mkfifo(folder / "fifo")
    (Path(os.fsdecode(os.fsencode(folder) + b"/" + HOSTILE_NAME))).write_bytes(b"\x1b[31mnothing")
    with pytest.raises(SystemExit) as ended:
        main(["test-pki", "create", str(folder / "pki"), "--fast"])
    assert ended.value.code == 0
    return folder


def pem(label: str, der: bytes) -> bytes:
    body = base64.encodebytes(der).decode()
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n".encode()
