"""A public key in the form of SSH beside a certificate: what it is is said, and how it is compared; that way works."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.certificates import made, setting
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.requests import pooled_key


@pytest.mark.parametrize("own", [True, False])
def test_a_public_key_of_ssh_is_told_and_converted_it_is_compared(run: Command, tmp_path: Path, own: bool) -> None:
    key, other = pooled_key("rsa:2048"), pooled_key("ec:p-256")
    (tmp_path / "a.pem").write_bytes(pem(made("g4-tls", setting("key", key.public.spki)).der))
    given = (key if own else other).native.public_key()
    (tmp_path / "a.pub").write_bytes(given.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH) + b" somebody@host\n")
    command = ("cert", "check", tmp_path / "a.pem", tmp_path / "a.pub", "-e", "pre", "--offline")
    ran = run(*command)
    assert f"{tmp_path / 'a.pub'} is a public key in the form of SSH" in ran.err
    assert "ssh-keygen -e -m PKCS8" in ran.err
    assert ran.code != 0
    # what that command writes
    (tmp_path / "a.pub").write_bytes(given.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    ran = run(*command)
    assert ("A public key that belongs to none of the certificates" in ran.told) is not own
    assert "a.pub is a public key" not in ran.err
