"""What is said of the next of a certificate: a key that was not opened is not said to be missing; each day apart."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    KeySerializationEncryption,
    NoEncryption,
)
from cryptography.hazmat.primitives.serialization import Encoding as To
from cryptography.hazmat.primitives.serialization import PrivateFormat as Form

from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, certificate
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.portfolios import day as at

__all__ = ["run"]  # a fixture

KINDS: dict[str, KeySerializationEncryption | None] = {
    "open": NoEncryption(),
    "closed": BestAvailableEncryption(b"a phrase of some length"),
    "none": None,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_was_not_opened_is_not_said_to_be_missing(tmp_path: Path, run: Command, kind: str) -> None:
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    keys = [rsa.generate_private_key(65537, 2048) for _ in range(2)]
    days = (("2026-01-10", "2026-12-18"), ("2026-11-01", "2028-03-01"))
    for name, key, (start, end), form in zip(("old", "new"), keys, days, (NoEncryption(), KINDS[kind]), strict=True):
        given = certificate(OIN, "a.example.nl", at(end), start=at(start), own_key=key)
        (tmp_path / f"{name}.pem").write_bytes(given + CHAIN)
        if form is not None:
            (tmp_path / f"{name}.key").write_bytes(key.private_bytes(To.PEM, Form.PKCS8, form))
    at_day = ("--moment", "2026-12-01T12:00:00Z")
    trusted = ("--trust", tmp_path / "root.pem", "--offline")
    told = run("--lang", "en", "scan", tmp_path, *trusted, *at_day).told
    line = run("--lang", "en", "expiry", tmp_path, "--nagios", *at_day).out
    assert ("its private key was not found here" in " ".join(told.split())) is (kind == "none")
    assert ("without its key" in line) is (kind == "none")


def test_certificates_with_another_day_to_order_are_not_told_under_one(tmp_path: Path, run: Command) -> None:
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    for lasts in (47, 48, 60):
        end = at("2026-12-01") + timedelta(days=lasts)
        given = certificate(OIN, f"of{lasts}.example.nl", end, start=at("2026-12-01"))
        (tmp_path / f"of{lasts}.pem").write_bytes(given + CHAIN)
    asked = ("--trust", tmp_path / "root.pem", "--offline", "--moment", "2026-12-16T12:00:00Z")
    short, every = (
        " ".join(run("--lang", "en", "scan", tmp_path, *asked, *more).told.split()) for more in ((), ("--verbose",))
    )
    days = {each.partition(".")[0].split(" by ")[1] for each in every.split("Order the next")[1:]}
    assert len(days) > 1
    assert all(f"by {each}" in short for each in days)
