"""OpenSSL as the second judge: numbers, dates, names, purposes and thumbprints of every real certificate."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from datetime import UTC, datetime

import pytest

from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.document import serial_hex
from tests.support import corpus

OPENSSL = shutil.which("openssl")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.interop,
    pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed"),
]


def ask(der: bytes, *arguments: str) -> str:
    assert OPENSSL is not None
    command = [OPENSSL, "x509", "-inform", "DER", "-noout", *arguments]
    return subprocess.run(command, input=der, capture_output=True, check=True).stdout.decode()


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%SZ").replace(tzinfo=UTC)


@pytest.fixture(params=sorted(k for k in corpus.real() if "#0" in k and ".chain." not in k))
def facts(request: pytest.FixtureRequest) -> CertificateFacts:
    return read_certificate(corpus.real()[request.param])


def test_openssl_agrees(facts: CertificateFacts) -> None:
    answer = ask(facts.der, "-serial", "-dates", "-dateopt", "iso_8601", "-fingerprint", "-sha256")
    values = dict(line.split("=", 1) for line in answer.splitlines())
    assert values["serial"] == serial_hex(facts.serial_number)
    assert (moment(values["notBefore"]), moment(values["notAfter"])) == (facts.not_before, facts.not_after)
    assert values["sha256 Fingerprint"].replace(":", "").lower() == facts.sha256
    sha1 = ask(facts.der, "-fingerprint", "-sha1").split("=", 1)[1]
    assert sha1.strip().replace(":", "").lower() == facts.sha1


@pytest.mark.parametrize("which", ["subject", "issuer"])
def test_openssl_reads_the_same_names(facts: CertificateFacts, which: str) -> None:
    answer = ask(facts.der, f"-{which}", "-nameopt", "utf8,sep_multiline,dump_nostr,sname")
    lines = [line.strip() for line in answer.splitlines()[1:]]
    mine = [f"{a.name}={a.value}" for a in getattr(facts, which)]
    assert lines == mine


def test_openssl_computes_the_same_key_thumbprint(facts: CertificateFacts) -> None:
    pem = ask(facts.der, "-pubkey")
    spki = base64.b64decode("".join(line for line in pem.splitlines() if not line.startswith("-")))
    digest = hashlib.sha256(spki)
    assert facts.public_key.spki_sha256 == digest.hexdigest()
    assert facts.public_key.spki_sha256_base64 == base64.b64encode(digest.digest()).decode()
    urlsafe = base64.urlsafe_b64encode(hashlib.sha256(facts.der).digest()).decode()
    assert facts.x5t_s256 == urlsafe.rstrip("=")
